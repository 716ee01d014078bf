"""Lines of a till under a bare ``id``, which several lines of one moment share."""

from typing import Final

import polars as pl

from training.reading import vocabulary as words
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
from training.reading.tables import RawTable

_BARE: Final = frozenset({"id", "no", "nr", "num", "number", "numero", "nummer"})
_MOSTLY: Final = 0.5


def take_receipts(table: RawTable, roles: Roles) -> None:
    """Make such a column the document, where no column is known as one or as a quantity: each line is one unit."""
    wanted = (words.DATE, words.TIME, words.ITEM)
    if any(role not in roles for role in wanted) or any(role in roles for role in (words.DOCUMENT, words.UNITS, SALES)):
        return
    index = next(
        (i for i in roles.others if words.fold(table.header[i]) in _BARE and _is_receipt(table, roles, i)), None
    )
    if index is not None:
        roles.of[words.DOCUMENT] = index
        roles.others.remove(index)


def _is_receipt(table: RawTable, roles: Roles, index: int) -> bool:
    """Do several lines share a number, all of them with one day and time, and others have times of their own?"""
    when = pl.struct(cell(roles.of[words.DATE]), cell(roles.of[words.TIME]))
    lines = table.frame.select(pl.col(cell(index)).alias("number"), when.alias("when"))
    told = lines.group_by("number").agg(pl.len().alias("lines"), pl.col("when").n_unique().alias("moments"))
    several = bool((told["lines"] > 1).any()) and bool((told["moments"] == 1).all())
    return several and lines["when"].n_unique() > _MOSTLY * told.height
