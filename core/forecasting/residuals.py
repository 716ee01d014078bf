"""Forecasts of a backtest beside what was sold, from which intervals are learned."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.forecasting.grid import Bools, Doubles, Floats

FLOOR: Final = 1e-3
"""Units and ratios below which there is nothing."""


@dataclass(frozen=True)
class Residuals:
    """Forecasts of a backtest beside what was sold.

    Attributes:
        units: (rows,) sold.
        mean: (rows,) expected.
        shape: (rows, features) the ``SHAPE_FEATURES`` of each forecast.
        window: (rows,) number of the window.
        spread: (rows, quantiles) units that the spread booster told; None without one.
        series: that bring most of the units; of equal ones their number.
        gone: (rows,) after the end of their series; None where there are none.
    """

    units: Doubles
    mean: Doubles
    shape: Floats
    window: Floats
    spread: Doubles | None = None
    series: float = math.inf
    gone: Bools | None = None

    def take(self, chosen: Bools) -> "Residuals":
        """Some of the rows."""
        told = None if self.spread is None else self.spread[chosen]
        gone = None if self.gone is None else self.gone[chosen]
        units, mean = self.units[chosen], self.mean[chosen]
        return Residuals(units, mean, self.shape[chosen], self.window[chosen], told, self.series, gone)

    def usable(self) -> "Residuals":
        """Rows with a forecast above zero: closed days have no spread."""
        return self.take((self.mean > FLOOR) & np.isfinite(self.units))


def centred(residuals: Residuals) -> Residuals:
    """Without each window's own drift: its direction says nothing of the next, which has another.

    Of many series the spread alone is left. What a single one is off in a window is its error, and as likely on
    the other side: the spread is widened by it, by a share in it where there are a few.
    """
    units, mean = residuals.units.copy(), residuals.mean
    for window in np.unique(residuals.window):
        rows = residuals.window == window
        sold = float(units[rows].sum())
        if sold > 0:
            units[rows] *= float(mean[rows].sum()) / sold
    whole, rest = (float(((each - mean) ** 2 / mean).sum()) for each in (residuals.units, units))
    if rest > 0:
        units = mean + (units - mean) * math.sqrt(1 + max(whole / rest - 1, 0) / residuals.series)
    return replace(residuals, units=np.maximum(units, 0))
