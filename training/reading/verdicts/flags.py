"""Remarks on a table that was read: nothing of it is wrong, and a person may want to look."""

from typing import Final

import polars as pl

from core.contracts.sales import DATE, ITEM, STORE
from core.contracts.verdict import Reason
from training.reading.ledger import Ledger

_FEW: Final = 20
_SOME_DAYS: Final = 7
_SHOWN: Final = 3
_ROUNDED: Final = r"^\d([.,]\d+)?[eE]\+\d{2}$"
"""A long number as a spreadsheet shows and saves it: its last digits are gone."""


def flag(table: pl.DataFrame, ledger: Ledger) -> None:
    """Remark what is odd about a table; rows are in the order of their days."""
    if not table.height:
        return
    _half_day(table, ledger)
    for name, what in ((STORE, "stores"), (ITEM, "items")):
        _rounded_ids(table[name], what, ledger)


def _half_day(table: pl.DataFrame, ledger: Ledger) -> None:
    """A last day on which less than half of the usual series report."""
    if table.height < _FEW or "units" not in table.columns:
        return
    daily = table[DATE].rle().struct.unnest()  # a group_by of a long table takes as much memory as the table
    if daily.height < _SOME_DAYS:
        return
    fewest = daily["len"].head(daily.height - 1).tail(4 * 7).min()
    count, last = daily.row(daily.height - 1)
    if isinstance(fewest, int) and count * 2 < fewest:
        ledger.remark(
            Reason.HALF_DAY,
            f"{last} has {count} series, the days before {fewest} or more; it may be half delivered",
        )


def _rounded_ids(ids: pl.Series, what: str, ledger: Ledger) -> None:
    """Ids like 4.00638E+12: they are kept as written, and several may have become one."""
    texts = ids.unique().cast(pl.String)
    rounded = texts.filter(texts.str.contains(_ROUNDED)).sort()
    if rounded.len():
        told = ", ".join(map(repr, rounded.head(_SHOWN))) + (", ..." if rounded.len() > _SHOWN else "")
        ledger.remark(
            Reason.ID_ROUNDED,
            f"{what} named {told} are long numbers that a spreadsheet has rounded; several may have become one: "
            "format the column as text and export it again",
        )
