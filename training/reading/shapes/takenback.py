"""What the other numbers of a row say of a column of what came back: that it counts units, or was taken off before."""

from typing import Final

import polars as pl

from training.reading import naming
from training.reading import vocabulary as words
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.tables import RawTable

_FEWEST: Final = 3
"""Rows that bear it out."""
_MOSTLY: Final = 0.95
_CENT: Final = 0.011


def numbers_of(table: RawTable, index: int) -> pl.Series:
    """The cells of a column as numbers without their signs, 0.0 where they are none."""
    text = table.frame[cell(index)].cast(pl.String, strict=False).fill_null("").str.replace_all(r"[^\d.,]", "")
    return text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).fill_null(0.0).alias("number")


def counts_units(table: RawTable, roles: Roles, index: int, target: int) -> bool:
    """Are amounts those of what was sold less a column of ones and noughts, which so is no flag of the whole row?"""
    price = roles.of.get(words.PRICE)
    if price is None:
        return False
    back, sold = numbers_of(table, index), numbers_of(table, target)
    some = (back > 0) & (sold > 1)
    if int(some.sum()) < _FEWEST:
        return False
    due = numbers_of(table, price) * (sold - back)
    for other in range(len(table.header)):
        if other not in (index, target, price):
            exact = (numbers_of(table, other) - due).abs() < _CENT
            if exact.sum() >= _MOSTLY * len(exact) and exact.filter(some).sum() >= _MOSTLY * int(some.sum()):
                return True
    return False


def is_net(table: RawTable, index: int, target: int) -> bool:
    """Is what was shipped, on all rows, what was sold and what came back, so that the latter is taken off before?"""
    back, sold = numbers_of(table, index), numbers_of(table, target)
    if int((back > 0).sum()) < _FEWEST:
        return False
    both = sold + back
    others = [other for other in range(len(table.header)) if other not in (index, target)]
    shipped = [other for other in others if naming.is_shipped(table.header[other])]
    return any(((numbers_of(table, other) - both).abs() < _CENT).all() for other in shipped)
