"""Days without a year, under a title that tells it: ``Sales 2023`` above columns ``1-Jan``, ``2-Jan``, ..."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, weekday_of
from training.reading.ledger import LINE, Ledger, cell
from training.reading.lines.daycells import column_of_days, completed
from training.reading.lines.monthdays import DATED, NOT_ITS_YEAR, YEAR, month_told, months_in, numbered, with_month
from training.reading.tables import RawTable

_MOST_WORDS: Final = 4
_FEWEST: Final = 3
_WEEK: Final = re.compile(r"^(?:w|wk|week|kw|woche|sem|semaine|semana|settimana)[ _.]?\d{1,2}$", re.IGNORECASE)
_SAMPLE: Final = 200


def lacks_year(text: str) -> bool:
    """``1-Jan``, ``Mon 2 January``, ``Mar 3``: a day and a month in words, and no year."""
    tokens = words.fold(text).split()
    if not 1 < len(tokens) <= _MOST_WORDS or sum(token.isdigit() for token in tokens) != 1 or readings(text):
        return False
    named = [token for token in tokens if not token.isdigit()]
    return sum(token in words.MONTH_OF for token in named) == 1 and all(
        token in words.MONTH_OF or token in words.WEEKDAYS or token in ("of", "de") for token in named
    )


def is_week(text: str) -> bool:
    """``KW 1``, ``Week 12``: a week of no year."""
    return _WEEK.match(text.strip()) is not None


def with_year(
    table: RawTable, above: Iterable[str], names: Iterable[str], wanted: str | None, ledger: Ledger
) -> RawTable:
    """The table with the year of the title above it written into days that lack one, where all of them lie in order.

    Days of a month get that of the title, or of the first of ``names`` that tells one. ``wanted`` is the configured
    format of the days, which leaves bare numbers as they are.
    """
    above, names = list(above), list(names)
    if numbered(table.header):
        return with_month(table, above, names, ledger)
    years = _years(above)
    if len(years) != 1:
        return _completed(table, above, names, wanted, ledger)
    year = next(iter(years))
    heads = _without_days_beside(table, [at for at, name in enumerate(table.header) if lacks_year(name)])
    heads = heads or _named(table)
    if len(heads) > 1 and _in_order([table.header[at] for at in heads], year):
        header = tuple(f"{name} {year}" if at in heads else name for at, name in enumerate(table.header))
        _tell(year, table, ledger)
        return replace(table, header=header)
    column = next((at for at, name in enumerate(table.header) if _is_day(table, at, name, year)), None)
    if column is None:
        return _completed(table, above, names, wanted, ledger)
    text = pl.col(cell(column)).str.strip_chars()
    dated = pl.when(text.is_in([day for day in _cells(table, column) if lacks_year(day)])).then(text + f" {year}")
    _tell(year, table, ledger)
    return replace(table, frame=table.frame.with_columns(dated.otherwise(text).alias(cell(column))))


def _completed(
    table: RawTable, above: Sequence[str], names: Iterable[str], wanted: str | None, ledger: Ledger
) -> RawTable:
    """The table with the year, or the month, of a title or a name written into cells that tell the rest of a day."""
    column = column_of_days(table)
    if column is None or table.frame.schema[cell(column)] != pl.String:
        return table
    own = months_in(table.header[column])
    months, place = (own, "its column's name") if own else month_told(above, names)
    years = _years(above) if not months else {str(year) for year, _ in months}
    if len(years) != 1 or len(months) > 1:
        return table
    known = (int(next(iter(years))), next((month for _, month in months), None))
    called = words.DAY in {role for role, _ in words.roles_of(table.header[column])}
    counted = wanted is None and (called or bool(own))
    days = completed(_cells(table, column), known, counted=counted)
    if not days:
        return table
    told = f"{known[0]}-{known[1]:02}" if known[1] else str(known[0])
    what = "month" if known[1] else "year"
    ledger.remark(Reason.TITLE_READ, f"the {what} of each day is that of {place}: {told}", table.frame[LINE].head(1))
    text = pl.col(cell(column)).str.strip_chars()
    return replace(table, frame=table.frame.with_columns(text.replace(days).alias(cell(column))))


def _named(table: RawTable) -> list[int]:
    """Columns named by months or weeks alone, beside which no column tells the year or a day."""
    months = [at for at, name in enumerate(table.header) if words.fold(name) in words.MONTH_OF]
    named = months or [at for at, name in enumerate(table.header) if is_week(name)]
    return _without_days_beside(table, named) if len(named) >= _FEWEST else []


def _without_days_beside(table: RawTable, named: list[int]) -> list[int]:
    """These columns, where no other tells the year or a day: beside one, ``Kas 1`` is a till and no day."""
    told = {role for at, name in enumerate(table.header) if at not in named for role, _ in words.roles_of(name)}
    return named if told.isdisjoint({words.DATE, words.YEAR, words.DAY}) else []


def _years(above: Iterable[str]) -> set[str]:
    """The years of titles that tell no day, and not when the report was made."""
    found: set[str] = set()
    for line in above:
        tokens = words.fold(line).split()
        if DATED.search(line) or not NOT_ITS_YEAR.isdisjoint(tokens):
            continue
        found.update(YEAR.findall(line))
    return found


def _is_day(table: RawTable, index: int, name: str, year: str) -> bool:
    """A column of the day of which the first cells lack a year, and lie in order."""
    if words.DATE not in dict(words.roles_of(name)) or table.frame.schema[cell(index)] != pl.String:
        return False
    days = [text for text in _cells(table, index) if lacks_year(text)]
    sample = _cells(table, index)[:_SAMPLE]
    return bool(days) and 2 * sum(map(lacks_year, sample)) > len(sample) and _in_order(days, year)


def _cells(table: RawTable, index: int) -> list[str]:
    """The different texts of a column, in the order of the file."""
    return table.frame[cell(index)].drop_nulls().str.strip_chars().unique(maintain_order=True).to_list()


def _in_order(texts: Sequence[str], year: str) -> bool:
    """Do the days of that year rise or fall, and are their weekdays those that the texts tell?"""
    read = [dict(readings(f"{text} {year}")) for text in texts]
    forms = set[str]().union(*read).intersection(*read) if len(read) > 1 else set[str]()
    days: list[date] = []
    for text, each in zip(texts, read, strict=True):
        found = {*each.values()}
        if len(found) > 1:  # of several readings, those that all texts have
            found = {day for form, day in each.items() if form in forms}
        if len(found) != 1:
            return False
        days.append(found.pop())
        weekdays = {weekday_of(token) for token in words.fold(text).split() if token in words.WEEKDAYS} - {None}
        if weekdays and weekdays != {days[-1].weekday()}:
            return False
    return days in (sorted(days), sorted(days, reverse=True))


def _tell(year: str, table: RawTable, ledger: Ledger) -> None:
    ledger.remark(
        Reason.TITLE_READ, f"the year of each day is that of the title above: {year}", table.frame[LINE].head(1)
    )
