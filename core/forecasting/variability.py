"""How much a series' sales vary, beside others: what spreads an interval where nothing else tells its shape.

Few forecasts of a backtest bear no booster of their spread. Taken together they give one spread to all, too wide for a
series that sells much the same every month and too narrow for one of ups and downs. What a series' own sales deviate
from their mean tells them apart, but season and trend are in it, which the forecast knows: so a series that deviates
four times as much is taken to spread twice as much.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from core.forecasting.grid import Doubles, Floats

COLUMN: Final = 3
"""Of the shape of a forecast: the deviation over the longer window, relative to the level."""
_LEAST: Final = 0.02
_POWER: Final = 0.5
_MOST: Final = 2.0
"""Bounds of how much more, or less, than usual a series is taken to spread."""


@dataclass(frozen=True)
class Variability:
    """What deviations of series are compared with.

    Attributes:
        usual: deviation of the forecasts of the backtest, relative to the level: their geometric mean.
    """

    usual: float

    @classmethod
    def of(cls, shape: Floats) -> Self | None:
        """That of (rows, features) of a backtest; None where it does not tell deviations."""
        if shape.shape[1] <= COLUMN:
            return None
        told = shape[:, COLUMN].astype(np.float64)
        told = told[np.isfinite(told)]
        return cls(float(np.exp(np.log(np.maximum(told, _LEAST)).mean()))) if len(told) else None

    def usual_of(self, ratios: Doubles, shape: Floats) -> Doubles:
        """(rows, quantiles) of sold over expected, as a series of usual deviation would have them."""
        return _spread(ratios, 1 / self._relative(shape))

    def of_each(self, ratios: Doubles, shape: Floats) -> Doubles:
        """The opposite."""
        return _spread(ratios, self._relative(shape))

    def _relative(self, shape: Floats) -> Doubles:
        """(rows, 1) how much more than usual a series spreads; 1 where nothing is known."""
        told = np.maximum(shape[:, COLUMN].astype(np.float64), _LEAST) / self.usual
        bounded: Doubles = np.clip(told**_POWER, 1 / _MOST, _MOST)[:, None]
        return np.where(np.isfinite(bounded), bounded, 1.0)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"usual": self.usual}


def _spread(ratios: Doubles, by: Doubles) -> Doubles:
    """Ratios farther from 1: those below by factors, so that they stay positive, those above by differences."""
    wider: Doubles = np.where(ratios < 1, np.minimum(ratios, 1) ** by, 1 + (ratios - 1) * by)
    return wider
