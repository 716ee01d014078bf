"""Quantiles from backtest residuals (split conformal, by size of the forecast).

Residuals are ratios of what was sold to what was expected. Their quantiles are taken in bins of
the expected units and read off between bins, so a large forecast gets a narrow band, a small one a wide.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from core.forecasting.grid import Doubles

_MOST_BINS: Final = 12
_ROWS_PER_BIN: Final = 60
_FLOOR: Final = 1e-3
_UNTESTED: Final = 0.6
"""Spread of a model that has no backtest: half of the days within a factor of 1.5."""


@dataclass(frozen=True)
class Intervals:
    """Ratio quantiles by size of forecast.

    Attributes:
        quantiles: as asked.
        centers: (bins,) log of the expected units, increasing.
        ratios: (bins, quantiles) sold over expected.
    """

    quantiles: tuple[float, ...]
    centers: Doubles
    ratios: Doubles

    @classmethod
    def calibrate(cls, units: Doubles, mean: Doubles, quantiles: tuple[float, ...]) -> Self:
        """Learn from forecasts of a backtest; without any, a wide default."""
        good = np.isfinite(units) & np.isfinite(mean)
        expected = np.maximum(mean[good], _FLOOR)
        if not len(expected):
            normal = np.array([_normal_quantile(q) for q in quantiles])
            return cls(quantiles, np.zeros(1), np.exp(_UNTESTED * normal)[None, :])
        ratio = units[good] / expected
        order = np.argsort(expected, kind="stable")
        bins = np.array_split(order, int(np.clip(len(order) // _ROWS_PER_BIN, 1, _MOST_BINS)))
        centers = np.array([np.log(expected[b]).mean() for b in bins])
        ratios = np.array([[_conformal(ratio[b], q) for q in quantiles] for b in bins])
        return cls(quantiles, centers, ratios)

    def apply(self, mean: Doubles) -> Doubles:
        """(rows, quantiles), not negative and increasing along a row."""
        at = np.log(np.maximum(mean, _FLOOR))
        columns = [np.interp(at, self.centers, self.ratios[:, k]) for k in range(len(self.quantiles))]
        raw = np.stack(columns, axis=1) * mean[:, None]
        return np.maximum.accumulate(np.maximum(raw, 0), axis=1)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"quantiles": self.quantiles, "centers": self.centers.tolist(), "ratios": self.ratios.tolist()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        return cls(tuple(values["quantiles"]), np.asarray(values["centers"]), np.asarray(values["ratios"]))


def _conformal(ratios: Doubles, quantile: float) -> float:
    """Quantile with the finite-sample correction away from the centre."""
    count = len(ratios)
    level = quantile + (quantile - 0.5) * 2 / (count + 1)
    return float(np.quantile(ratios, np.clip(level, 0, 1)))


def _normal_quantile(level: float) -> float:
    """Quantile of the standard normal, by the logistic approximation."""
    return float(np.log(level / (1 - level)) / 1.702)
