"""What was seen of forecasts of each size: a bound on what a shape may say of the next ones.

A spread is learned from a few weeks. The first day off that a large series had in its last four weeks makes it look
like a small one with many days without sales, and the trees give it the small one's spread, three times too wide.
Size is the safer witness: no forecast spreads more, or less, than those of its size did in the backtest.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from core.forecasting.grid import Doubles, Ints

_ROWS_PER_SIZE: Final = 100
_ONE_SIZE: Final = 1.0
_TAIL: Final = 0.01
"""Share of a size's ratios on either side that bound nothing."""


def by_size(size: Doubles, within: float) -> list[Ints]:
    """Rows of forecasts of about one size, small ones first.

    Args:
        size: (rows,) log of the expected units; at least one row.
        within: widest range of it that is one size, unless there are too few rows.

    Returns:
        Places of the rows of each size, by their own size.
    """
    order = np.argsort(size, kind="stable")
    return parted(order, np.unique(np.floor(size[order] / within), return_index=True)[1], _ROWS_PER_SIZE)


def parted(rows: Ints, places: Ints, least: int) -> list[Ints]:
    """Rows cut at those of some increasing places that leave so many on both sides at the least."""
    cuts = [0]
    for place in places.tolist():
        if min(place - cuts[-1], len(rows) - place) >= least:
            cuts.append(place)
    return np.split(rows, cuts[1:])


@dataclass(frozen=True)
class Seen:
    """Ratios of sold over expected, least and most, by size.

    Attributes:
        starts: (sizes,) log of the expected units from which on each size counts, increasing; the first counts from 0.
        least: (sizes, quantiles).
        most: (sizes, quantiles).
    """

    starts: Doubles
    least: Doubles
    most: Doubles

    @classmethod
    def of(cls, size: Doubles, ratios: Doubles) -> Self:
        """What was seen.

        Args:
            size: (rows,) log of the expected units; at least one row.
            ratios: (rows, quantiles) that the shape said.
        """
        sizes = by_size(size, _ONE_SIZE)
        starts = np.array([size[rows[0]] for rows in sizes])
        bounds = np.array([np.quantile(ratios[rows], [_TAIL, 1 - _TAIL], axis=0) for rows in sizes])
        return cls(starts, bounds[:, 0], bounds[:, 1])

    def hold(self, size: Doubles, ratios: Doubles) -> Doubles:
        """The ratios, each within what was seen of its size."""
        at = np.maximum(np.searchsorted(self.starts, size, side="right") - 1, 0)
        held: Doubles = np.clip(ratios, self.least[at], self.most[at])
        return held

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"starts": self.starts.tolist(), "least": self.least.tolist(), "most": self.most.tolist()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        return cls(*(np.asarray(values[name], dtype=np.float64) for name in ("starts", "least", "most")))
