"""How many training rows tell a mean: few of steady sales, many where sales are rare and large."""

from typing import Final

import numpy as np

from core.forecasting.grid import Doubles, Floats
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows

_ROWS: Final = 0.5
"""Of a leaf, where every day sells the same; there, and up to a dispersion of about 7, other bounds are higher."""
_BLOCK: Final = 1_024
"""Series that are summed at one time."""


def rows_of_a_leaf(panel: Panel, rows: Rows) -> float:
    """Rows below which a leaf would learn rare sales by heart.

    They grow with the cube of the middle row's dispersion, as trials on sets between 2 and 40 had it. Drawing a target
    from several origins tells nothing new of it.

    Args:
        panel: with the history that is learned from.
        rows: drawn for training, of all hosts.
    """
    targets = len(np.unique(rows.series * np.int64(panel.units.shape[1]) + rows.target))
    middle = float(np.median(dispersion(panel.units)[rows.series]))
    return _ROWS * middle**3 * len(rows) / targets


def dispersion(units: Floats) -> Doubles:
    """(series,) mean square over squared mean of what was sold: 1 for the same every day, 30 for one day in thirty.

    Its inverse is the share of days among which as many equal sales would spread their mean as widely (Kish 1965).

    Args:
        units: (series, periods), NaN where unknown.
    """
    found = np.ones(len(units))
    for start in range(0, len(units), _BLOCK):
        block = slice(start, start + _BLOCK)
        sold = np.maximum(np.nan_to_num(units[block]), 0).astype(np.float64)
        days, total = (~np.isnan(units[block])).sum(axis=1), sold.sum(axis=1)
        np.divide(days * (sold**2).sum(axis=1), total**2, out=found[block], where=total > 0)
    return found
