"""How far is the table complete? A day that few have delivered yet is no day to learn from."""

from datetime import date
from statistics import median
from typing import Final

import polars as pl

from core.contracts.dataset import Frequency
from core.contracts.sales import DATE, SERIES

LEAST_SHARE: Final = 0.5
"""Of the series that usually report, so many must have reported a period before it counts."""
USUAL: Final[dict[str, int]] = {"D": 28, "W": 8, "M": 3, "Q": 2}
"""Complete periods whose median says what is usual."""
PATIENCE: Final[dict[str, int]] = {"D": 56, "W": 16, "M": 4, "Q": 2}
"""Periods below the usual after which they are the new usual: shops do close for good."""


def complete_until(sales: pl.DataFrame, frequency: Frequency) -> date:
    """Newest period that at least half of the usual number of series have reported.

    A store that delivers late would otherwise look like a collapse of all others.

    Args:
        sales: date, store_id, item_id; at least one row.
        frequency: of the rows.
    """
    counted = sales.group_by(DATE).agg(pl.struct(SERIES).n_unique().alias("series")).sort(DATE).rows()
    usual: list[int] = []
    pending: list[int] = []
    newest: date = counted[0][0]
    for day, series in counted:
        pending.append(series)
        enough = not usual or series >= LEAST_SHARE * median(usual)
        if enough or len(pending) > PATIENCE[frequency]:
            usual = ([*usual, series] if enough else pending)[-USUAL[frequency] :]
            pending = []
            newest = day
    return newest


def complete(sales: pl.DataFrame, frequency: Frequency) -> pl.DataFrame:
    """Rows up to the newest complete period."""
    return sales.filter(pl.col(DATE) <= complete_until(sales, frequency))
