"""Series that have ended by the last day of their sales, as far as it can be told: items taken out of the range.

On the day of a forecast nobody told the model that an item would be gone within the month, and how many will be is no
matter of demand. Seen in hindsight, such days teach neither the level nor the spread of those that are still sold.
"""

from typing import Final

import numpy as np

from core.forecasting.grid import Bools, Floats, Ints
from core.forecasting.spec import Rhythm

_BY_CHANCE: Final = 1e-3
"""A silence less likely than this, by how often the series used to sell, is an end."""
_LEAST: Final = 2
"""Periods of silence that are never an end when there are fewer."""
_AT_ONCE: Final = 1_024
"""Series whose masks are held at one time."""


def silence(rhythm: Rhythm) -> int:
    """Periods without a sale that it takes, at the least, to tell an end from a pause."""
    return max(_LEAST, rhythm.level // 4)


def last_sales(units: Floats, rhythm: Rhythm) -> Ints:
    """(series,) column of the last sale of each series that has ended, the number of columns for all others.

    It has ended where it has been silent to the end for as long as it takes, and for longer than one
    that sells as often as it did would ever be.

    Args:
        units: (series, periods) what was sold, NaN where unknown.
        rhythm: of the frequency.
    """
    found = np.full(len(units), units.shape[1], dtype=np.int64)
    for start in range(0, len(units), _AT_ONCE):
        part = units[start : start + _AT_ONCE]
        last = units.shape[1] - 1 - (part > 0)[:, ::-1].argmax(axis=1)
        ended = _ended(part, last, rhythm) & (part > 0).any(axis=1)
        found[start : start + _AT_ONCE][ended] = last[ended]
    return found


def _ended(units: Floats, last: Ints, rhythm: Rhythm) -> Bools:
    known, column = ~np.isnan(units), np.arange(units.shape[1])
    silent = (known & (column > last[:, None])).sum(axis=1)
    before = known & (column <= last[:, None]) & (column > last[:, None] - rhythm.level)
    often = (before & (units > 0)).sum(axis=1) / (before.sum(axis=1) + 1)
    ended: Bools = (silent * np.log1p(-often) < np.log(_BY_CHANCE)) & (silent >= silence(rhythm))
    return ended
