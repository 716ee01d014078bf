"""Series that are being launched: what they gain from week to week is no drift of those that have long been sold."""

from typing import Final

import numpy as np

from core.forecasting.grid import Bools, Floats, Ints
from core.forecasting.spec import Rhythm

_LEVELS: Final = 2
"""Windows of the level that a launch takes: until then the level holds days before most of its customers came."""
_OLD: Final = 0.5
"""Share of the oldest series' age beyond which a series is no launch: a table that has just begun holds none."""
_AT_ONCE: Final = 1_024
"""Series whose masks are held at one time."""


def first_sales(units: Floats) -> Ints:
    """(series,) column of each series' first sale, the number of columns where there is none.

    Args:
        units: (series, periods) what was sold, NaN where unknown.
    """
    found = np.empty(len(units), dtype=np.int64)
    for start in range(0, len(units), _AT_ONCE):
        part = units[start : start + _AT_ONCE] > 0
        found[start : start + _AT_ONCE] = np.where(part.any(axis=1), part.argmax(axis=1), part.shape[1])
    return found


def launching(age: Ints, rhythm: Rhythm) -> Bools:
    """Which forecasts are of a series that has begun so lately that it is not past its launch.

    Args:
        age: (rows,) periods from the first sale of each row's series to the origin, of all rows of one origin.
        rhythm: of the frequency.
    """
    new: Bools = age < min(_LEVELS * rhythm.level, _OLD * age.max(initial=0))
    return new
