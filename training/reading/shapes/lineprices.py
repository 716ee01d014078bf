"""Columns named like prices that grow with the quantity: prices of whole lines, and none of one unit."""

from typing import Final

import polars as pl

from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.ledger import LINE, cell
from training.reading.roles import Roles
from training.reading.tables import RawTable

_LOOKED_AT: Final = 600
_ENOUGH: Final = 3
_CLEARLY: Final = 9
_MOSTLY: Final = 0.5
_CLOSE: Final = 0.006


def without_line_price(table: RawTable, roles: Roles) -> str:
    """Take the price from its role where the same items cost, on each line, as many times as much as were sold of them.

    Such a column is the sum of its line. Returns what to say of it, nothing where the price is of one unit.
    """
    index = roles.of.get(words.PRICE)
    if index is None or words.PRICE in roles.configured or not _grows(table, roles, index):
        return ""
    del roles.of[words.PRICE]
    roles.of.setdefault(words.MONEY, index)
    return f"{table.header[index]!r} grows with the quantity of one item: it is the sum of a line, and no price of one"


def _grows(table: RawTable, roles: Roles, price: int) -> bool:
    """Does the price follow the quantity between lines of one item, and nearly never stay?"""
    if words.UNITS not in roles or words.ITEM not in roles:
        return False
    frame = table.frame.head(_LOOKED_AT)
    item = pl.col(cell(roles.of[words.ITEM])).cast(pl.String).str.strip_chars()
    for mark in numbers.MARKS:
        units, own = (numbers.numbers(frame[cell(at)], mark)[0].abs() for at in (roles.of[words.UNITS], price))
        told = frame.select(LINE, item.alias("of")).with_columns(units.alias("units"), own.alias("price")).drop_nulls()
        told = told.filter((pl.col("units") > 0) & (pl.col("price") > 0) & (pl.col("of") != ""))
        steps = told.sort("of", LINE).select(
            (pl.col("units") / pl.col("units").shift(1).over("of")).alias("more"),
            (pl.col("price") / pl.col("price").shift(1).over("of")).alias("dearer"),
        )
        steps = steps.drop_nulls().filter((pl.col("more") - 1).abs() > _CLOSE)
        grown = int(((steps["dearer"] / steps["more"] - 1).abs() <= _CLOSE).sum())
        stayed = int(((steps["dearer"] - 1).abs() <= _CLOSE).sum())
        if grown >= max(_ENOUGH, _CLEARLY * stayed, _MOSTLY * steps.height):
            return True
    return False
