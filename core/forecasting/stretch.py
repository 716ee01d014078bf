"""How far a shape of spread is stretched, size by size of forecasts, until it covers what it should."""

import math
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from core.forecasting.grid import Bools, Doubles, Ints
from core.forecasting.sizes import by_size, parted

_ONE_STRETCH: Final = 2.0
"""Range of the log of the expected units that is stretched alike: narrower ones follow chance."""
_APART, _ROWS_APART = 1.5, 12
"""Between the logs of two sizes, and rows of each, as two windows of one series of months are: taken as one size, for
want of more, a small series would lend its zeros to a large one."""
_DWARF: Final = 0.02
"""Share of the middle forecast of a size below which a forecast's ratio is no witness: it is 0, or anything. After
the end of a series it is none below what is one size, where most are still sold."""
MIDDLE, MIDDLE_WIDTH = 0.5, 0.2
"""Middle quantiles are not stretched: two windows show their own shift, not one that stays."""


@dataclass(frozen=True)
class Stretch:
    """How far a shape is stretched by the size of a forecast.

    Attributes:
        centers: (sizes,) log of the expected units, increasing.
        factors: (sizes, quantiles).
    """

    centers: Doubles
    factors: Doubles

    def at(self, size: Doubles) -> Doubles:
        """(rows, quantiles) of forecasts by the log of their expected units."""
        return np.stack([np.interp(size, self.centers, column) for column in self.factors.T], axis=1)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"centers": self.centers.tolist(), "stretch": self.factors.tolist()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        return cls(np.asarray(values["centers"]), np.asarray(values["stretch"]))


def bins_of(mean: Doubles, gone: Bools | None = None) -> list[Ints]:
    """Rows that are stretched alike, by what is expected of each: small ones first.

    Args:
        mean: (rows,) expected units.
        gone: (rows,) after the end of their series.
    """
    ended = np.zeros(len(mean), dtype=bool) if gone is None else gone
    size = np.log(mean)
    parts = [part for rows in by_size(size, _ONE_STRETCH) for part in _far_apart(rows, size)]
    return [_without_dwarfs(rows, mean, ended) for rows in parts]


def _far_apart(rows: Ints, size: Doubles) -> list[Ints]:
    """Rows in the order of their sizes, parted where these lie far apart."""
    return parted(rows, np.flatnonzero(np.diff(size[rows]) >= _APART) + 1, _ROWS_APART)


def stretch_of(over: Doubles, bins: list[Ints], quantiles: tuple[float, ...]) -> Doubles:
    """(bins, quantiles) factors on (rows, quantiles) of sold over what the shape told; middle quantiles have none."""
    stretch = np.array([[conformal(over[b, k], q) for k, q in enumerate(quantiles)] for b in bins])
    stretch[:, [abs(q - MIDDLE) < MIDDLE_WIDTH for q in quantiles]] = 1.0
    return stretch


def conformal(ratios: Doubles, quantile: float) -> float:
    """Quantile with the finite-sample correction away from the centre."""
    level = quantile + (quantile - 0.5) * 2 / (len(ratios) + 1)
    return float(np.quantile(ratios, np.clip(level, 0, 1)))


def _without_dwarfs(rows: Ints, mean: Doubles, gone: Bools) -> Ints:
    """Rows taken as one size, for want of more, without those that say nothing of the others: what ended sells 0."""
    others = gone[rows] & (2 * np.count_nonzero(gone[rows]) < len(rows))
    least = np.where(others, math.exp(-_ONE_STRETCH), _DWARF) * float(np.median(mean[rows]))
    kept: Ints = rows[mean[rows] > least]
    return kept
