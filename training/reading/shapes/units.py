"""Quantities that no sum adds up: one item in kilos and in pieces, in cases and in pieces, in packs of two sizes."""

from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.measures import measure, measures
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import are_names, sample_of
from training.reading.tables import RawTable

_UNIT: Final = frozenset({"unit", "unite", "unita"})


def unit_of_measure(table: RawTable) -> int | None:
    """Column that says in what each quantity is counted."""
    told = (
        index
        for index, name in enumerate(table.header)
        if words.is_unit_of_measure(name) or (words.fold(name) in _UNIT and are_names(sample_of(table, index)))
    )
    return next(told, None)


def units_of_items(table: RawTable, roles: Roles) -> pl.DataFrame | None:
    """Each ``item`` with each ``unit`` it is counted in; None where no column tells the unit."""
    unit = unit_of_measure(table)
    item = roles.of.get(words.ITEM)
    if unit is None or item is None or unit == item or words.UNITS not in roles or words.UNITS in roles.configured:
        return None
    return _pairs(table, item, pl.col(cell(unit)).cast(pl.String).fill_null("").str.strip_chars())


def check_units(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where one item is counted in several units, said by a column or in the cells of the quantity."""
    if words.UNITS not in roles or words.UNITS in roles.configured:
        return
    _check_cells(table, roles, name)
    unit, pairs = unit_of_measure(table), units_of_items(table, roles)
    several = None if pairs is None else _several(pairs)
    if unit is not None and several is not None:
        quantity = table.header[roles.of[words.UNITS]]
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {table.header[unit]!r} counts one item in several units {several}; export one unit, or set "
            f"reading.columns.units = '{quantity}' to take the numbers as they are.",
            units=quantity,
        )


def _check_cells(table: RawTable, roles: Roles, name: str) -> None:
    quantity = roles.of[words.UNITS]
    column = table.frame[cell(quantity)]
    if column.dtype != pl.String or len(measures(column)) < 2:  # noqa: PLR2004 - one unit is no doubt
        return
    several = _several(_pairs(table, roles.of.get(words.ITEM), measure(pl.col(cell(quantity)).fill_null(""))))
    if several is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {table.header[quantity]!r} counts one item in several units {several}; write all in one unit.",
        )


def check_packs(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where one item is counted in packs of several sizes."""
    size = next((i for i, header in enumerate(table.header) if words.fold(header) in words.PACK_SIZES), None)
    if size is None or words.UNITS not in roles or words.UNITS in roles.configured or size in roles.of.values():
        return
    text = pl.col(cell(size)).cast(pl.String).fill_null("").str.strip_chars().str.replace(r"\.0+$", "")
    several = _several(
        _pairs(table, roles.of.get(words.ITEM), pl.when(text.str.contains(r"^\d+$")).then(text).otherwise(pl.lit("")))
    )
    if several is not None:
        quantity = table.header[roles.of[words.UNITS]]
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: by {table.header[size]!r} one item comes in packs of several sizes {several}, and whether "
            f"{quantity!r} counts packs or pieces is not told; export pieces, or set reading.columns.units = "
            f"'{quantity}' to take the numbers as they are.",
            units=quantity,
        )


def _pairs(table: RawTable, item: int | None, unit: pl.Expr) -> pl.DataFrame:
    """Each ``item`` with each ``unit``, where one is told."""
    named = pl.lit("") if item is None else pl.col(cell(item)).cast(pl.String).fill_null("").str.strip_chars()
    return table.frame.select(named.alias("item"), unit.alias("unit")).filter(pl.col("unit") != "").unique()


def _several(pairs: pl.DataFrame) -> str | None:
    """The first item that has several units, with some of them; None where each has one."""
    several = pairs.group_by("item").agg(pl.col("unit").sort()).filter(pl.col("unit").list.len() > 1).sort("item")
    if not several.height:
        return None
    item, units = several.row(0)
    told = ", ".join(map(repr, units[:3]))
    return f"({item!r} in {told})" if item else f"({told})"
