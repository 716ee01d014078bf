"""What stands in a column: dates, numbers, sums of money, flags, names."""

import re
from typing import Final

import polars as pl

from training.reading import naming, rowkinds
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, split_time
from training.reading.dialect.datepatterns import EXCEL
from training.reading.ledger import cell
from training.reading.tables import RawTable
from training.reading.totals import looks_total

SALES: Final = "sales"
NOTHING: Final = r"^-?0*[.,]?0*$"
"""A quantity that is blank or zero."""
SAMPLE: Final = 200
_NEARLY_ALL: Final = 0.95
MOST_STRAYS: Final = int(SAMPLE * (1 - _NEARLY_ALL) + 0.5)
"""Cells of a sample that are no dates, beyond which a column holds none for certain."""
_MOSTLY: Final = 0.5
_HOURS: Final = frozenset({"hour", "stunde", "heure", "hora", "ora", "uur"})
_HOURS_OF_A_DAY: Final = 24
_COUNTERS: Final = frozenset({"count", "cnt"})
_MANY_ROWS: Final = 12
_CURRENCY: Final = re.compile(
    r"[$\u20ac\u00a3\u00a5\u20b9]|\b(?:USD|EUR|GBP|CHF|BRL|SEK|NOK|DKK|PLN|INR|JPY|CNY|AUD|CAD|MXN)\b", re.I
)
_BARE_NUMBER: Final = re.compile(r"^\d+(?:\.\d+)?$")


def roles_of_column(table: RawTable, index: int) -> tuple[tuple[str, int], ...]:
    """Roles by name; ``sales`` and whatever is not plainly called a quantity is money where cells bear a currency."""
    named = words.roles_of(table.header[index])
    open_names = {(role, rank) for role, rank in named if role == SALES or (role == words.UNITS and rank > 0)}
    if not open_names or not _bears_currency(sample_of(table, index)):
        return named
    return tuple((words.MONEY, 0) if claim in open_names else claim for claim in named)


def _bears_currency(sample: list[str]) -> bool:
    filled = [text for text in sample if any(c.isdigit() for c in text)]
    return bool(filled) and sum(bool(_CURRENCY.search(text)) for text in filled) >= _MOSTLY * len(filled)


def is_filled(table: RawTable, index: int, beside: int) -> bool:
    """Wherever the other column is, among the first rows that have a quantity; others hold a text or a comment."""
    counted = [at for at, name in enumerate(table.header) if words.UNITS in dict(words.roles_of(name))]
    own, other, *quantities = (
        pl.col(cell(at)).cast(pl.String).fill_null("").str.strip_chars() for at in (index, beside, *counted)
    )
    own, other = own != "", other != ""
    sold = pl.any_horizontal(~text.str.contains(NOTHING) for text in quantities) if quantities else pl.lit(value=True)
    return bool(table.frame.head(SAMPLE * 3).select((own | ~other | ~sold).all()).item())


def are_names(sample: list[str]) -> bool:
    """Most are words: small letters without a digit, or several with letters."""
    named = [
        (any(c.islower() for c in text) and not any(c.isdigit() for c in text))
        or (" " in text and any(c.isalpha() for c in text))
        for text in sample
    ]
    return sum(named) > _MOSTLY * len(sample)


_FLAGS: Final = frozenset(
    {*words.TRUE_WORDS, *words.FALSE_WORDS, *words.MISSING_WORDS, *words.CLOSED_WORDS}
    | {"0", "1", "0.0", "1.0", "open", "offen", "abierto"}
)


def content_fits(table: RawTable, index: int, role: str) -> bool:
    """Does what stands in the column bear out what its name promises?"""
    if words.fold(table.header[index]) == "id":
        column = table.frame[cell(index)]
        return (column.n_unique() == column.len()) == (role == words.LINE)
    sample = sample_of(table, index)
    fits = True
    if role in (words.STORE, words.ITEM):
        fits = bool(sample) or not table.frame.height
        fits &= words.LINE not in dict(words.roles_of(table.header[index])) or are_names(sample)  # "linea" of goods
    elif role == words.LINE:
        fits = not are_names(sample)
    elif role in (words.OPEN, words.CLOSED):
        fits = all(text.casefold() in _FLAGS for text in sample)
    elif role in (words.UNITS, SALES, words.MONEY, words.PRICE, words.STOCK):
        fits = _numberish(sample) if sample else words.fold(table.header[index]) != "unit"  # blank, it told of kilos
        fits &= role not in (words.UNITS, SALES) or not numbers_rows(table, index)
        if role == words.UNITS and naming.is_shipped(table.header[index]):  # "Ordered" may be the day it was
            fits &= not holds_dates(table, index, strict=True)
    elif role == words.TYPE:
        said = table.frame[cell(index)].cast(pl.String, strict=False).unique().drop_nulls().head(SAMPLE)
        fits = bool(rowkinds.returned_kinds(said.to_list()))
    elif role == words.TIME:
        hours = words.fold(table.header[index]).split()[0] in _HOURS
        sample = [text for text in sample if not looks_total(text)]
        fits = all(":" in text or text.isdigit() or "h" in text for text in sample)
        fits &= not hours or all(not text.isdigit() or int(text) <= _HOURS_OF_A_DAY for text in sample)
    return fits


def numbers_rows(table: RawTable, index: int) -> bool:
    """``Count`` that is 1, 2, 3, ... down many rows numbers them."""
    if _COUNTERS.isdisjoint(words.fold(table.header[index]).split()):
        return False
    sample = sample_of(table, index)
    return len(sample) >= _MANY_ROWS and sample == [str(row) for row in range(1, len(sample) + 1)]


def _numberish(sample: list[str]) -> bool:
    """Half of the cells have a digit: the rest may be dashes, words for closed, or damage."""
    filled = [text for text in sample if text.casefold() not in words.MISSING_WORDS]
    return not filled or sum(any(c.isdigit() for c in text) for text in filled) >= _MOSTLY * len(filled)


def holds_dates(table: RawTable, index: int, *, days_only: bool = False, strict: bool = False) -> bool:
    """Most cells of a column are dates. ``strict``: nearly all, and no bare numbers."""
    kind = table.frame[cell(index)].dtype
    if kind == pl.Date or isinstance(kind, pl.Datetime):
        return True
    sample = [
        text for text in sample_of(table, index) if text.casefold() not in words.MISSING_WORDS and not looks_total(text)
    ]
    if not sample:
        return not strict and not days_only
    good = 0
    for text in sample:
        forms = [form for form, _ in readings(split_time(text)[0])]
        if strict:
            forms = [form for form in forms if form != EXCEL and not _BARE_NUMBER.match(text)]
        good += bool(forms)
    return good >= (_NEARLY_ALL if strict else _MOSTLY) * len(sample)


def is_number_column(table: RawTable, index: int) -> bool:
    """Whole or decimal numbers alone, without signs."""
    return all(text.replace(".", "", 1).isdigit() for text in sample_of(table, index))


def sample_of(table: RawTable, index: int) -> list[str]:
    """The first cells of a column that are not blank, trimmed."""
    column = table.frame[cell(index)]
    head = column.drop_nulls().head(SAMPLE * 3).cast(pl.String).str.strip_chars()
    return [text for text in head.to_list() if text][:SAMPLE]
