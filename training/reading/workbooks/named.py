"""What the names of sheets say of those that have the same columns: sums of the others, or a store each."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger, cell
from training.reading.shapes.filename import day_in
from training.reading.shapes.widenames import starts_as_store
from training.reading.tables import RawTable
from training.reading.totals import is_total

_FEWEST: Final = 2
_SHOWN: Final = 3
_COLUMN: Final = "store"


def sums_of_others(names: Sequence[str]) -> list[str]:
    """``Gesamt`` beside two sheets or more of other names: what stands in it stands in those, too."""
    whole = [name for name in names if is_total(name)]
    return whole if len(names) - len(whole) >= _FEWEST else []


def are_stores(names: Sequence[str], header: Sequence[str]) -> bool:
    """Does each sheet name a store, of which no column tells?"""
    told = any(role == words.STORE for name in header for role, _ in words.roles_of(name))
    return len(names) >= _FEWEST and not told and all(map(_is_store, names))


def _is_store(name: str) -> bool:
    """``Filiale Nord``, ``Lyon``; not ``Store 1 March``."""
    tokens = words.fold(name).split()
    dated = day_in(name) or any(token in words.MONTH_OF for token in tokens)
    return bool(tokens) and not dated and (starts_as_store(name) or words.PLACES.issuperset(tokens))


def with_store(table: RawTable, name: str) -> RawTable:
    """The table with the name of its sheet as a further column."""
    at = cell(len(table.header))
    return replace(table, header=(*table.header, _COLUMN), frame=table.frame.with_columns(pl.lit(name).alias(at)))


def tell_stores(tables: Sequence[RawTable], names: Sequence[str], ledger: Ledger) -> None:
    """Say that no column tells the store, and which sheets do."""
    shown = ", ".join(map(repr, names[:_SHOWN])) + (", ..." if len(names) > _SHOWN else "")
    lines = pl.concat([table.frame[LINE] for table in tables])
    ledger.remark(Reason.TITLE_READ, f"the store of each row is that of its sheet's name: {shown}", lines)
