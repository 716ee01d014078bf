"""Series that sell rarely: the views that foretell them are not those that foretell the others.

A booster that is good at many steady series may tell next to nothing of a few that are ordered from once a month, and
their day's error, which a large order makes larger than all others, says nothing of the steady ones.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from core.forecasting.grid import Bools, Floats

_MARK: Final = "zeros_"
"""Before the number of periods of which a feature tells the share without a sale."""
_SHARE: Final = 6 / 7
"""Less than a sale a week, of days."""
COLUMN: Final = 4
"""Of the shape of a forecast: the share of periods without a sale in the longer window."""


def zeros_of(names: Sequence[str]) -> str | None:
    """Which of the columns tells the share of periods without a sale, in the longest window; None: no one does."""
    told = [name for name in names if name.lstrip("~").startswith(_MARK)]
    return max(told, key=lambda name: int(name.rpartition("_")[2])) if told else None


def sells_rarely(zeros: Floats) -> Bools:
    """(rows,) of forecasts, by the share of periods without a sale; one that is not known is none.

    Args:
        zeros: (rows,) NaN where unknown.
    """
    rare: Bools = np.nan_to_num(zeros) > _SHARE
    return rare


def rows_of_rare(shape: Floats) -> Bools:
    """(rows,) of forecasts whose series sells rarely, by their (rows, features) shape; none where it does not tell."""
    return sells_rarely(shape[:, COLUMN]) if shape.shape[1] > COLUMN else np.zeros(len(shape), dtype=bool)
