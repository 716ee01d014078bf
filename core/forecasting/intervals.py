"""Quantiles from backtest residuals: a booster for their shape, then conformal calibration.

A residual is what was sold over what was expected. How widely it spreads depends on the series
and on the size of the forecast, so a small quantile booster learns that from the backtest; what
it says is then stretched, bin by bin of forecast size, until it covers what it should. Where
zeros are common the lowest quantile is zero, and the interval covers more than it promises: zero
itself holds more than its share. One window may cover far more or less than the next, because errors
of a season spread alike; that boosters are a horizon older than at the forecast widens nothing.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import xgboost as xgb

from core.forecasting.grid import Doubles, Floats, Ints
from core.forecasting.rare import rows_of_rare
from core.forecasting.residuals import FLOOR, Residuals, centred
from core.forecasting.sizes import Seen
from core.forecasting.spec import THREADS
from core.forecasting.stretch import MIDDLE, MIDDLE_WIDTH, Stretch, bins_of, conformal, stretch_of
from core.forecasting.variability import Variability

SHAPE_FEATURES: Final = ("level", "deviation_", "zeros_", "since_")
"""What may tell the spread: the series, not the day, of which a backtest sees too few."""
_LEAST_ROWS: Final = 2_000
_MOST_ROWS: Final = 60_000
_LEAST_STEADY: Final = 100
_ROUNDS: Final = 60
_UNTESTED: Final = 0.6
"""Spread of a model that has no backtest: half of the days within a factor of 1.5."""
_PARAMS: Final[dict[str, Any]] = {
    "objective": "reg:quantileerror",
    "tree_method": "hist",
    "max_bin": 64,
    "learning_rate": 0.1,
    "max_depth": 3,
    "min_child_weight": 50,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "nthread": THREADS,
    "verbosity": 0,
}


@dataclass(frozen=True)
class Intervals:
    """Quantiles of sold over expected: a shape, and how far it is stretched in each bin.

    Attributes:
        quantiles: as asked, increasing.
        booster: ratio quantiles by shape; None where the backtest was too small for one.
        centers: (sizes,) log of the expected units, increasing.
        stretch: (sizes, quantiles) factors on the shape.
        seen: what bounds the shape by the size of a forecast; None without a shape, and in bundles of older versions.
        spread: the shape is what the spread booster tells beside each forecast; there is no ``booster`` then.
        variability: by which series spread unlike where there is no shape; None with one, and in older bundles.
        steady: what stretches the spread booster's shape for series that sell often, where others sell rarely, of
            which low quantiles are 0; None: ``stretch`` is that of all.
    """

    quantiles: tuple[float, ...]
    booster: xgb.Booster | None
    centers: Doubles
    stretch: Doubles
    seen: Seen | None = None
    spread: bool = False
    variability: Variability | None = None
    steady: Stretch | None = None

    def apply(self, mean: Doubles, shape: Floats, spread: Doubles | None = None) -> Doubles:
        """(rows, quantiles) in units: not negative, increasing along a row, zero where the mean is.

        Low quantiles that the spread booster tells are never above the mean.

        Args:
            mean: (rows,) expected units.
            shape: (rows, features) the ``SHAPE_FEATURES``.
            spread: (rows, quantiles) units that the spread booster tells, where the shape is its.
        """
        at = np.log(np.maximum(mean, FLOOR))
        factors = Stretch(self.centers, self.stretch).at(at)
        low = [k for k, quantile in enumerate(self.quantiles) if quantile <= MIDDLE - MIDDLE_WIDTH]
        if self.steady is not None:
            factors[:, low] = 0.0  # of a rare sale, whatever is expected: most days sell nothing
            factors = np.where(rows_of_rare(shape)[:, None], factors, self.steady.at(at))
        ratios = _ratios(self.booster, mean, shape, len(self.quantiles), spread)
        if self.seen is not None:
            ratios = self.seen.hold(at, ratios)
        if self.variability is not None:
            factors = self.variability.of_each(factors, shape)
        raw = ratios * factors * mean[:, None]
        if self.spread:  # trees of their own may tell more than those of the mean expect
            raw[:, low] = np.minimum(raw[:, low], mean[:, None])
        return np.maximum.accumulate(np.maximum(raw, 0), axis=1)

    def to_json(self) -> dict[str, Any]:
        """As plain values, the booster excepted."""
        told = {"quantiles": self.quantiles, "centers": self.centers.tolist(), "stretch": self.stretch.tolist()}
        told |= {"spread": True} if self.spread else {}
        told |= {"variability": self.variability.to_json()} if self.variability else {}
        told |= {} if self.steady is None else {"steady": self.steady.to_json()}
        return told | ({} if self.seen is None else {"seen": self.seen.to_json()})

    @classmethod
    def from_json(cls, values: dict[str, Any], booster: xgb.Booster | None) -> Self:
        """The opposite of ``to_json``."""
        seen = Seen.from_json(values["seen"]) if "seen" in values else None
        whole = Stretch.from_json(values)
        told = Variability(**values["variability"]) if "variability" in values else None
        steady = Stretch.from_json(values["steady"]) if "steady" in values else None
        quantiles, spread = tuple(values["quantiles"]), values.get("spread", False)
        return cls(quantiles, booster, whole.centers, whole.factors, seen, spread, told, steady)


def calibrate(residuals: Residuals, quantiles: tuple[float, ...], seed: int) -> tuple[Intervals, list[Intervals]]:
    """Learn intervals from a backtest.

    Each window is judged by a shape learned on the others, so that the stretch is honest. The spread booster has
    seen none of them: where there is one, its shape is taken, and only the stretch is learned.

    Returns:
        Intervals for the future, and for each window those that know nothing of it.
    """
    windows = [int(number) for number in np.unique(residuals.window)]
    good = residuals.usable()
    if len(good.units) < 2:  # noqa: PLR2004 - one ratio has no spread
        return _untested(quantiles), [_untested(quantiles) for _ in windows]
    even = centred(good)
    if len(windows) == 1 or len(good.units) < _LEAST_ROWS or good.spread is not None:
        own = [_fitted(even.take(even.window != w), quantiles, seed) for w in windows]
        whole = _fitted(even, quantiles, seed)
        return whole, [whole if len(windows) == 1 else one for one in own]
    shapes = {w: _booster(even.take(even.window != w), quantiles, seed) for w in windows}
    held = np.zeros((len(even.units), len(quantiles)))
    for w, booster in shapes.items():
        rows = even.window == w
        held[rows] = _ratios(booster, even.mean[rows], even.shape[rows], len(quantiles))
    own = []
    for w in windows:
        rows = even.window != w
        own.append(_stretched(shapes[w], even.take(rows), held[rows], quantiles))
    return _stretched(_booster(even, quantiles, seed), even, held, quantiles), own


def _fitted(residuals: Residuals, quantiles: tuple[float, ...], seed: int) -> Intervals:
    """Shape and stretch from the same rows; no shape from few rows."""
    if len(residuals.units) < 2:  # noqa: PLR2004 - one ratio has no spread
        return _untested(quantiles)
    booster = None if residuals.spread is not None else _booster(residuals, quantiles, seed)
    ratios = _ratios(booster, residuals.mean, residuals.shape, len(quantiles), residuals.spread)
    return _stretched(booster, residuals, ratios, quantiles)


def _booster(residuals: Residuals, quantiles: tuple[float, ...], seed: int) -> xgb.Booster | None:
    count = len(residuals.units)
    if count < _LEAST_ROWS:
        return None
    rows = np.sort(np.random.default_rng(seed).permutation(count)[:_MOST_ROWS])
    mean = residuals.mean[rows]
    matrix = xgb.QuantileDMatrix(
        _with_size(mean, residuals.shape[rows]),
        label=residuals.units[rows] / mean,
        weight=np.sqrt(mean / mean.mean()) + 1e-3,
        max_bin=_PARAMS["max_bin"],
        nthread=THREADS,
    )
    params = _PARAMS | {"seed": seed, "quantile_alpha": list(quantiles)}
    return xgb.train(params, matrix, num_boost_round=_ROUNDS)


def _ratios(
    booster: xgb.Booster | None, mean: Doubles, shape: Floats, count: int, spread: Doubles | None = None
) -> Doubles:
    """Sold over expected at each quantile by what the spread booster told, or by shape alone; 1 without either."""
    if spread is not None:
        told: Doubles = np.maximum(spread / np.maximum(mean, FLOOR)[:, None], FLOOR)
        return told
    if booster is None or not len(mean):
        return np.ones((len(mean), count))
    raw = booster.inplace_predict(_with_size(mean, shape), validate_features=False).reshape(len(mean), count)
    ratios: Doubles = np.maximum(raw.astype(np.float64), FLOOR)
    return ratios


def _with_size(mean: Doubles, shape: Floats) -> Floats:
    return np.column_stack([np.log(np.maximum(mean, FLOOR)).astype(np.float32), shape])


def _stretched(
    booster: xgb.Booster | None, residuals: Residuals, ratios: Doubles, quantiles: tuple[float, ...]
) -> Intervals:
    """A shape with the factors, by bin of forecast size, that make each quantile cover what it should."""
    size = np.log(residuals.mean)
    bins = bins_of(residuals.mean, residuals.gone)
    centers = np.array([size[b].mean() for b in bins])
    over = residuals.units[:, None] / (residuals.mean[:, None] * ratios)
    if booster is None and residuals.spread is None:
        return _alike(residuals, over, bins, centers, quantiles)
    stretch = stretch_of(over, bins, quantiles)
    if residuals.spread is not None:
        return Intervals(quantiles, booster, centers, stretch, None, True, steady=_steady(residuals, over, quantiles))
    return Intervals(quantiles, booster, centers, stretch, Seen.of(size, ratios))


def _steady(residuals: Residuals, over: Doubles, quantiles: tuple[float, ...]) -> Stretch | None:
    """What series that sell often show by themselves, where there are others.

    A rare sale may be expected at the size of their days; its many days of none would put their lowest quantile at 0.
    """
    often = np.flatnonzero(~rows_of_rare(residuals.shape))
    if not _LEAST_STEADY <= len(often) < len(over):
        return None
    size = np.log(residuals.mean[often])
    bins = bins_of(residuals.mean[often], None if residuals.gone is None else residuals.gone[often])
    return Stretch(np.array([size[b].mean() for b in bins]), stretch_of(over[often], bins, quantiles))


def _alike(
    residuals: Residuals, over: Doubles, bins: list[Ints], centers: Doubles, quantiles: tuple[float, ...]
) -> Intervals:
    """Without a shape: quantiles of the ratios themselves, as if all series varied as usual."""
    told = Variability.of(residuals.shape)
    usual = over if told is None else told.usual_of(over, residuals.shape)
    stretch = np.array([[conformal(usual[b, k], q) for k, q in enumerate(quantiles)] for b in bins])
    return Intervals(quantiles, None, centers, stretch, variability=told)


def _untested(quantiles: tuple[float, ...]) -> Intervals:
    """A wide default; the normal quantile by its logistic approximation."""
    normal = np.array([np.log(q / (1 - q)) / 1.702 for q in quantiles])
    return Intervals(quantiles, None, np.zeros(1), np.exp(_UNTESTED * normal)[None, :])
