"""A quantity that is called one in stock, and was sold: a price times it is the sum of each line."""

from typing import Final

import polars as pl

from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
from training.reading.shapes.meaning import is_numeric
from training.reading.tables import RawTable

_LOOKED_AT: Final = 200
_CENT: Final = 0.011
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
