"""Quantities that a product proves, whatever they are called: a price times them is the sum of each line."""

from itertools import permutations
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
from training.reading.shapes.meaning import is_numeric
from training.reading.tables import RawTable

_LOOKED_AT: Final = 200
_CENT: Final = 0.011
_MOST: Final = 12
"""Columns of numbers beyond which no three are looked for."""
_ENOUGH: Final = 3
_KNOWN: Final = frozenset({words.UNITS, SALES})


def take_proven_stock(table: RawTable, roles: Roles) -> None:
    """``Stock Qty`` beside ``Rate`` and ``Amount``, their product, is the quantity where nothing else is."""
    if not {words.STOCK, words.MONEY, words.DOCUMENT} <= roles.of.keys() or _KNOWN & roles.of.keys():
        return
    if {words.STOCK, words.MONEY} & roles.configured:
        return
    stock, money = roles.of[words.STOCK], roles.of[words.MONEY]
    priced = [roles.of[words.PRICE]] if words.PRICE in roles else []
    prices = [*priced, *(index for index in roles.others if is_numeric(table, index))]
    if any(_makes(table, stock, price, money) for price in prices):
        roles.of[words.UNITS] = roles.of.pop(words.STOCK)


def _makes(table: RawTable, stock: int, price: int, money: int) -> bool:
    """Is the product the sum on each of the first rows, of which some are of several units?"""
    frame = table.frame.head(_LOOKED_AT)
    for mark in numbers.MARKS:
        units, one, total = (numbers.numbers(frame[cell(at)], mark)[0] for at in (stock, price, money))
        told = pl.DataFrame({"units": units, "made": units * one, "total": total}).drop_nulls()
        close = (told["made"] - told["total"]).abs() <= _CENT
        if told.height > 1 and bool(close.all()) and bool((told["units"].abs() > 1).any()):
            return True
    return False


def check_products(table: RawTable, named: list[int], name: str) -> None:
    """Raise where one of several columns is the product of two others: these are no items or stores.

    Raises:
        FileRefusedError: the one of whole numbers is the quantity.
    """
    frame = table.frame.head(_LOOKED_AT)
    for mark in numbers.MARKS if len(named) <= _MOST else ():
        read = pl.DataFrame({str(at): numbers.numbers(frame[cell(at)], mark)[0].abs() for at in named})
        for units, price, total in permutations(named, 3):
            if _is_product(read.select(str(units), str(price), str(total)).drop_nulls()):
                of, one, all_of = (table.header[at] for at in (units, price, total))
                raise FileRefusedError(
                    Reason.COLUMNS_MISSING,
                    f"{name}: {of!r} times {one!r} is {all_of!r} on each line, so they are a quantity, a price and "
                    f"their product, and no items or stores; set reading.columns.units = '{of}' if that is the "
                    "quantity.",
                    units=of,
                )


def _is_product(told: pl.DataFrame) -> bool:
    """Whole numbers times others that are not all whole, of several sizes each."""
    units, price, total = told.get_columns()
    several = int(((units > 1) & (price > 0)).sum())
    if told.height < _ENOUGH or several < _ENOUGH or units.n_unique() < 2 or price.n_unique() < 2:  # noqa: PLR2004
        return False
    whole = bool((units == units.round()).all()) and not bool((price == price.round()).all())
    return whole and bool(((units * price - total).abs() <= _CENT).all())
