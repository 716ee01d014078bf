"""A small table that stands beside the rows, after a column left blank: a list of prices, or sums of the rows."""

from typing import Final

import polars as pl

from training.reading.ledger import cell
from training.reading.tables import RawTable

_FEWEST: Final = 2
"""Columns of a table; one alone holds comments."""


def table_beside(table: RawTable) -> list[int]:
    """The columns right of a blank one that end before the rows do, as none of the others does."""
    names = [name.strip() for name in table.header]
    cuts = [at for at, name in enumerate(names) if not name and sum(map(bool, names[:at])) >= _FEWEST]
    for cut in cuts:
        right = [at for at in range(cut + 1, len(names)) if names[at]]
        if len(right) >= _FEWEST and _is_blank(table, [cut]).all() and _ends_early(table, right):
            return list(range(cut + 1, len(names)))
    return []


def _is_blank(table: RawTable, columns: list[int]) -> pl.Series:
    """Rows of which all these cells are blank."""
    blank = [pl.col(cell(at)).cast(pl.String).fill_null("").str.strip_chars() == "" for at in columns]
    return table.frame.select(pl.all_horizontal(blank).alias("blank"))["blank"]


def _ends_early(table: RawTable, columns: list[int]) -> bool:
    """Are the first rows filled, half of them at most, and all others blank?"""
    blank = _is_blank(table, columns)
    filled = len(blank) - int(blank.sum())
    return 0 < filled <= len(blank) // 2 and not blank[:filled].any()
