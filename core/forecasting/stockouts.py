"""Days that ended without stock: what was sold is the least that was wanted, not what was.

Taken for demand, an empty shelf teaches that nobody wants what it holds. Leaving out every such day would
teach too little as well, since shelves empty on the best days. So what was sold counts where it is at least
the series' mean of ordinary days, and is unknown where it is less.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from core.contracts.sales import STOCK
from core.forecasting.grid import Bools, Floats, last_where
from core.forecasting.placed import Placed, floats

LONGEST_DAYS: Final = 56
"""Days after the last stock from which an item counts as gone from the range, and its zeros as zeros."""
_AT_ONCE: Final = 1_024
"""Series whose masks are held at one time."""


def forget(units: Floats, past: Placed) -> int:
    """Make unknown, in place, what stock-outs hid; how many cells that were.

    Only of days, and only where rows tell their stock: at the end of a week or a month it says little of its days.

    Args:
        units: (series, periods) what was sold, NaN where unknown.
        past: the rows they came from.
    """
    if past.calendar.frequency != "D" or not past.tells_stock:
        return 0
    told = np.zeros(units.shape, dtype=np.int8)
    for block in past.blocks():
        stock = floats(block.frame[STOCK])
        told[block.series, block.column] = np.where(stock > 0, 1, np.where(stock <= 0, -1, 0))
    forgotten = 0
    for at in range(0, len(units), _AT_ONCE):
        part = units[at : at + _AT_ONCE]
        hidden = _hidden(part, told[at : at + _AT_ONCE])
        part[hidden] = np.nan
        forgotten += int(hidden.sum())
    return forgotten


def _hidden(units: Floats, told: npt.NDArray[np.int8]) -> Bools:
    """Where less was sold than on the series' ordinary days, and the shelf was empty at the day's end."""
    ordinary = ~np.isnan(units) & (told >= 0)
    total = np.where(ordinary, units, 0).sum(axis=1, dtype=np.float64)
    days = ordinary.sum(axis=1)
    level = np.divide(total, days, out=np.full(len(units), np.nan), where=days > 0)
    stocked = last_where(told > 0)
    recent = (stocked >= 0) & (np.arange(units.shape[1]) - stocked <= LONGEST_DAYS)
    hidden: Bools = (told < 0) & recent & (units < level[:, None])
    return hidden
