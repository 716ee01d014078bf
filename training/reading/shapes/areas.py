"""Regions, countries or marketplaces that tell rows of one day and item apart: what a table without stores is of."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.tables import RawTable
from training.reading.totals import looks_total

_DAYS: Final = (words.DATE, words.YEAR, words.MONTH, words.WEEK, words.DAY)
_OF_LINES: Final = (words.STORE, words.DOCUMENT, words.CUSTOMER, words.TIME, words.LINE, words.TYPE, words.STATUS)
_NEARLY_ALL: Final = 0.95
_SIZES: Final = frozenset({"area", "land"})
_FEWEST: Final = 2
_SEVERAL: Final = 3
"""Areas of which one may be the sum of two."""
_CENT: Final = 0.005
_UNITS: Final = "_units"


def area_of_rows(table: RawTable, roles: Roles) -> int | None:
    """The column that is the place of each row, where no column is known as the store, and rows are of no documents.

    Without it several rows are of one day and item, and with it hardly any; of several such columns it is the one that
    tells the others, as a city tells its country.
    """
    named = [at for at in roles.others if at not in roles.renamed and is_area(table.header[at])]
    keys = [cell(roles.of[role]) for role in (*_DAYS, words.ITEM) if role in roles]
    counted = words.UNITS in roles or words.SALES in roles
    if not named or not keys or not counted or any(role in roles for role in _OF_LINES):
        return None
    rows = table.frame.select(pl.col(cell(at)).cast(pl.String).str.strip_chars() for at in range(len(table.header)))
    rows = rows.unique()
    if not rows.height or rows.select(keys).n_unique() > _NEARLY_ALL * rows.height:
        return None
    if words.ITEM not in roles and any(_tells(rows, keys, at) for at in roles.others if at not in named):
        return None  # another text may be the item
    told = [at for at in named if rows.select(*keys, cell(at)).n_unique() >= _NEARLY_ALL * rows.height]
    told = [at for at in told if all(text and not looks_total(text) for text in rows[cell(at)].unique())]
    told = [at for at in told if not _is_size(table.header[at], rows[cell(at)]) and not _is_mixed(rows[cell(at)])]
    found = _finest(rows, told)
    units = cell(roles.of.get(words.UNITS, roles.of.get(words.SALES, 0)))
    return None if found is not None and _holds_sums(rows, keys, cell(found), units) else found


def _is_mixed(texts: pl.Series) -> bool:
    """Are some a continent or the whole country, and others not?"""
    wide = texts.unique().map_elements(words.fold, pl.String).is_in(sorted(words.WIDE_AREAS))
    return bool(wide.any() and not wide.all())


def _holds_sums(rows: pl.DataFrame, keys: Sequence[str], area: str, units: str) -> bool:
    """Is one area the sum of all others, wherever there are several?"""
    for mark in numbers.MARKS:
        read = rows.with_columns(numbers.numbers(rows[units], mark)[0].alias(_UNITS))
        read = read.filter(pl.len().over(keys) >= _SEVERAL, pl.col(_UNITS).is_not_null())
        all_of = pl.col(_UNITS).sum().over(keys)
        is_sum = ((2 * pl.col(_UNITS) - all_of).abs() < _CENT) & (all_of > 0)
        told = read.with_columns(is_sum.alias("sum")).group_by(area).agg(pl.col("sum").all(), pl.len())
        if told.filter(pl.col("sum") & (pl.col("len") > 1)).height:
            return True
    return False


def _tells(rows: pl.DataFrame, keys: Sequence[str], at: int) -> bool:
    """Does a text tell rows of one day apart?"""
    text = rows[cell(at)].fill_null("")
    worded = 2 * text.str.contains(r"\p{L}").sum() > len(text)
    return bool(worded) and rows.select(*keys, cell(at)).n_unique() > rows.select(keys).n_unique()


def is_area(header: str) -> bool:
    """``Region``, ``Country name``."""
    tokens = [token for token in words.fold(header).split() if token not in words.OF_NAMES]
    return " ".join(tokens) in words.AREAS


def _is_size(header: str, texts: pl.Series) -> bool:
    """``Area`` or ``Land`` in numbers alone may be how large something is."""
    return not _SIZES.isdisjoint(words.fold(header).split()) and not texts.str.contains(r"\p{L}").any()


def _finest(rows: pl.DataFrame, told: Sequence[int]) -> int | None:
    for at in told:
        own = rows[cell(at)].n_unique()
        if own >= _FEWEST and all(rows.select(cell(at), cell(other)).n_unique() == own for other in {*told} - {at}):
            return at
    return None
