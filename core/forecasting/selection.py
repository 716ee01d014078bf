"""Choose a recipe from the backtest: how much of each view, and what makes it unbiased."""

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from core.contracts.sales import UNITS
from core.forecasting.backtest import LAUNCHING, Trials
from core.forecasting.blending import blended
from core.forecasting.grid import Doubles
from core.forecasting.rare import sells_rarely, zeros_of
from core.forecasting.spec import LOCAL, Recipe

_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_LOCAL_SHARES: Final = (0.0, 0.15, 0.3, 0.5, 0.7, 0.9)
"""Boosters keep a part: only they know of prices, promotions and plans."""
_LEAST, _MOST = 0.9, 1.12
"""Bounds of what is believed of a drift."""
_TRUST: Final = 0.5
"""Of a drift that all windows show, how much is carried on: half of them turn."""
_CHANCE: Final = 0.02
"""Drifts of this size come and go by chance."""
_SETTLED: Final = 0.25
"""Share of sales that series past their launch must have, to tell a drift; and those that sell often, a blend."""
_TELLING: Final = 0.02
"""Share of sales that series of rare sales must have, to tell a blend of their own."""
_MOSTLY: Final = 0.5
"""Share of zeros above which the middle of what is sold is nothing."""


def choose(tested: Trials, recipe: Recipe) -> Recipe:
    """The blend with the least error on all windows; where there is no window, equal shares of the boosters."""
    names, frame = tested.views, tested.going
    if frame.is_empty():
        fitted = [name for name in names if name != LOCAL]
        return replace(recipe, weights={name: 1 / len(fitted) for name in fitted})
    steady, rare = _kinds(frame)
    settled = _settled(steady)
    factors = {name: _smearing(settled, name) * _drift(settled, name) for name in names}
    weights = _best(steady, names, factors)
    own = {} if rare.is_empty() else _best(rare, names, factors)
    used = [name for name in names if name in weights or name in own]
    return replace(recipe, weights=weights, rare=own, factors={name: factors[name] for name in used})


def _kinds(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of series that sell often, and of those that sell rarely; all and none where either sell too little."""
    zeros = zeros_of(frame.columns)
    if zeros is None:
        return frame, frame.clear()
    rarely = pl.Series(sells_rarely(frame[zeros].to_numpy()))
    steady = frame.filter(~rarely)
    share = float(steady[UNITS].sum()) / (float(frame[UNITS].sum()) or 1.0)
    enough = _SETTLED <= share <= 1 - _TELLING
    return (steady, frame.filter(rarely)) if enough else (frame, frame.clear())


def _best(frame: pl.DataFrame, names: tuple[str, ...], factors: dict[str, float]) -> dict[str, float]:
    """The shares with the least error."""
    units = frame[UNITS].to_numpy()
    made = {name: frame[name].to_numpy() * factors[name] for name in names}
    blends = _blends(names)
    errors = [_error(units, np.sum([share * made[name] for name, share in each.items()], axis=0)) for each in blends]
    return blends[int(np.argmin(errors))]


def _blends(names: tuple[str, ...]) -> list[dict[str, float]]:
    """Shares to be tried, those without the local view first; views without a share are left out."""
    fitted = [name for name in names if name != LOCAL]
    first, last = fitted[0], fitted[-1]
    splits = [{first: 1.0}] if first == last else [{first: share, last: 1 - share} for share in _SHARES]
    found = [
        {name: (1 - local) * share for name, share in split.items()} | {LOCAL: local}
        for local in (_LOCAL_SHARES if LOCAL in names else (0.0,))
        for split in splits
    ]
    return [{name: share for name, share in each.items() if share > 0} for each in found]


def error(tested: Trials, recipe: Recipe) -> float:
    """What ``choose`` makes small: the error of a recipe's blend on all windows."""
    frame = tested.going
    frame = frame.with_columns(blended(frame, recipe))
    return _error(frame[UNITS].to_numpy(), frame["mean"].to_numpy())


def _settled(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of series past their launch, by which all are made unbiased; every row where those sell too little."""
    settled = frame.filter(~pl.col(LAUNCHING))
    return settled if float(settled[UNITS].sum()) >= _SETTLED * float(frame[UNITS].sum()) else frame


def _smearing(frame: pl.DataFrame, name: str) -> float:
    """From a median to a mean (Duan 1983): mean of the exponent of log residuals about their centre.

    The centre of each window is taken out, so that a drift of one window is not mistaken for spread.
    """
    if name != "log":
        return 1.0
    top, bottom = 0.0, 0.0
    for part in frame.partition_by("window"):
        units, made = np.maximum(part[UNITS].to_numpy(), 0), part[name].to_numpy()
        gap = np.log((units + 1) / (made + 1))
        if made.sum() > 0:
            gap = gap - np.average(gap, weights=made)
        top += float((made * np.exp(np.minimum(gap, 2))).sum())
        bottom += float(made.sum())
    return float(np.clip(top / bottom, 1.0, 2.0)) if bottom > 0 else 1.0


def _drift(frame: pl.DataFrame, name: str) -> float:
    """Sold over expected, as far as all windows agree on it (shrunk by their disagreement)."""
    smearing = _smearing(frame, name)
    ratios = []
    for part in frame.partition_by("window"):
        sold, expected = float(part[UNITS].sum()), float(part[name].sum()) * smearing
        if sold > 0 and expected > 0:
            ratios.append(np.log(sold / expected))
    if not ratios:
        return 1.0
    mean = float(np.mean(ratios))
    doubt = float(np.var(ratios, ddof=1)) / len(ratios) if len(ratios) > 1 else mean**2
    share = _TRUST * mean**2 / (mean**2 + doubt + _CHANCE**2)
    return float(np.clip(np.exp(share * mean), _LEAST, _MOST))


def _error(units: Doubles, mean: Doubles) -> float:
    """WAPE times root mean square: neither the middle nor the peaks alone decide.

    Where most rows are zeros the mean square alone does: the middle is nothing, and WAPE would have it forecast.
    """
    error = mean - units
    square = float((error**2).mean())
    return square if (units <= 0).mean() > _MOSTLY else float(np.abs(error).mean() * np.sqrt(square))
