"""A table and what its columns mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from training.reading import vocabulary as words
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES, holds_dates
from training.reading.tables import RawTable

LONG, TRANSACTIONS, PLAN = "long", "transactions", "plan"
WIDE_ITEMS, WIDE_STORES, WIDE_DATES = "wide_items", "wide_stores", "wide_dates"
WIDE: Final = (WIDE_ITEMS, WIDE_STORES, WIDE_DATES)
MOSTLY: Final = 0.5
_NUMBER: Final = (
    r"^[\s\-+(\x{2212}]*[$\x{20ac}\x{a3}]?\s*[\d.,'\x{2019} \x{a0}\x{202f}\x{66b}\x{66c}\x{ff0c}\x{ff0e}]*"
    r"\d[\d.,]*\s*[%\x{20ac}$\x{a3}]?\)?-?$"
)


@dataclass
class Meaning:
    """A raw table and what its columns mean.

    ``values`` are the columns that hold units in a wide table; ``one_each`` marks transaction
    lines without a quantity, each of which is one unit; ``deducted`` are quantities to take off the units.
    ``beside`` are columns of a wide table that each of ``values`` fills from a column of its own, or leaves blank;
    ``sided`` says that the columns of such measures are told by their names alone, ``timed`` that rows of a wide table
    are of times of a day. ``told`` says what the rows told of a column against its name,
    ``states`` what the configuration says of words in columns of states and kinds, folded: "sold" or "no_sale".
    ``stated`` are columns that tell states by their cells, ``watched`` others of which a cell may yet tell one.
    """

    table: RawTable
    shape: str
    roles: Roles
    values: list[int] = field(default_factory=list)
    covariates: list[int] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    deducted: list[int] = field(default_factory=list)
    one_each: bool = False
    beside: dict[int, list[int | None]] = field(default_factory=dict)
    sided: bool = False
    timed: bool = False
    told: str = ""
    states: Mapping[str, str] = field(default_factory=dict)
    stated: list[int] = field(default_factory=list)
    watched: list[int] = field(default_factory=list)

    def index(self, role: str) -> int | None:
        """Column of a role, None where the file has none."""
        return self.roles.of.get(role)

    def is_text(self, index: int) -> bool:
        """No column of numbers."""
        return not is_numeric(self.table, index)

    @property
    def idle(self) -> list[int]:
        """Columns of a wide table whose cells reach no row as they stand: other measures, and what fills ``beside``."""
        sources = {index for of_each in self.beside.values() for index in of_each if index is not None}
        return sorted({*self.ignored, *sources})

    @property
    def is_summed(self) -> bool:
        """Different rows of one day, store and item are parts of what was sold on it."""
        return self.shape == TRANSACTIONS or self.timed

    @property
    def target(self) -> int | None:
        """Column of the units in a long table."""
        return self.roles.of.get(words.UNITS, self.roles.of.get(SALES))


def is_numeric(table: RawTable, index: int) -> bool:
    """Most cells of a named column are numbers, with or without signs of currency, and no dates."""
    column = table.frame[cell(index)]
    if column.dtype.is_numeric():
        return True
    if column.dtype != pl.String or not table.header[index]:
        return False
    text = column.drop_nulls().head(2000).str.strip_chars()
    filled = text.filter((text != "") & ~text.str.to_lowercase().is_in(list(words.MISSING_WORDS)))
    if not filled.len() or holds_dates(table, index, strict=True):
        return False
    return int(filled.str.contains(_NUMBER).sum()) >= MOSTLY * filled.len()
