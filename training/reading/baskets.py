"""Cells that list what a whole order holds: no item can be told from them."""

import re
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.columns import SALES, Roles
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.tables import RawTable

_COUNTED: Final = r"^\d+\s*[x\x{d7}]\s+\S"
_SEVERAL: Final = re.compile(r"[,;|/+]\s*\d+\s*[x\u00d7]\s+\S")
_SAMPLE: Final = 600


def check_baskets(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the item column holds lists such as ``2\u00d7 Mug, 1\u00d7 Tee``."""
    index = roles.of.get(words.ITEM)
    if index is None or table.frame.schema[cell(index)] != pl.String:
        return
    head = table.frame.select(LINE, pl.col(cell(index)).str.strip_chars().alias("text")).head(_SAMPLE)
    filled = head.filter(pl.col("text") != "")
    lists = filled.filter(pl.col("text").str.contains(_COUNTED))
    several = next(((line, text) for line, text in lists.iter_rows() if _SEVERAL.search(text)), None)
    if several is None or 2 * lists.height < filled.height:
        return
    line, text = several
    target = roles.of.get(words.UNITS, roles.of.get(SALES))
    counted = f", which {table.header[target]!r} counts together" if target is not None else ""
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: {table.header[index]!r} lists several products in one cell (line {line}: {text[:60]!r}){counted}; "
        "export one line for each product of an order.",
    )
