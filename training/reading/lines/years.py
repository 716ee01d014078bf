"""Days without a year, under a title that tells it: ``Sales 2023`` above columns ``1-Jan``, ``2-Jan``, ..."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, weekday_of
from training.reading.ledger import LINE, Ledger, cell
from training.reading.tables import RawTable

_YEAR: Final = re.compile(r"(?<![\d/.\-])(?:19|20)\d\d(?![\d/.\-])")
_SHORT: Final = re.compile(r"^(?:[^\W\d]+\.?,? )?(?:\d|[0-3]\d)[-/.](?:\d|[0-3]\d)\.?$")
_DATED: Final = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d\d|\d:\d\d")
_NOT_ITS_YEAR: Final = frozenset(
    {"printed", "exported", "generated", "created", "run", "as", "updated", "version", "copyright", "erstellt", "stand",
     "gedruckt", "imprime", "edite", "impreso", "generado", "stampato", "impresso", "afgedrukt", "to", "vs", "fy",
     "fiscal", "fiskal", "ly", "last", "previous"}
)  # fmt: skip
_MOST_WORDS: Final = 4
_FEWEST: Final = 3
_WEEK: Final = re.compile(r"^(?:w|wk|week|kw|woche|sem|semaine|semana|settimana)[ _.]?\d{1,2}$", re.IGNORECASE)
_SAMPLE: Final = 200
_DAYS_OF_MONTH: Final = range(28, 32)


def is_short_day(text: str) -> bool:
    """``06/03``, ``Mon 06/03``: a day and a month in numbers, and no year."""
    return _SHORT.match(text.strip()) is not None


def lacks_year(text: str) -> bool:
    """``1-Jan``, ``Mon 2 January``, ``Mar 3``: a day and a month in words, and no year."""
    tokens = words.fold(text).split()
    if not 1 < len(tokens) <= _MOST_WORDS or sum(token.isdigit() for token in tokens) != 1 or readings(text):
        return False
    named = [token for token in tokens if not token.isdigit()]
    return sum(token in words.MONTH_OF for token in named) == 1 and all(
        token in words.MONTH_OF or token in words.WEEKDAYS or token in ("of", "de") for token in named
    )


def days_of_month(names: Sequence[str]) -> list[str]:
    """Of ``Item, 1, 2, ..., 31``: the numbers of the days of a month, where all stand in a row."""
    numbers = [name for name in names if name.isdigit() and name[0] != "0"]
    counted = [str(number) for number in range(1, len(numbers) + 1)]
    return numbers if numbers == counted and len(numbers) in _DAYS_OF_MONTH else []


def is_week(text: str) -> bool:
    """``KW 1``, ``Week 12``: a week of no year."""
    return _WEEK.match(text.strip()) is not None


def with_year(table: RawTable, above: Iterable[str], ledger: Ledger) -> RawTable:
    """The table with the year of the title above it written into days that lack one, where all of them lie in order."""
    above = list(above)
    if days := days_of_month(table.header):
        return _with_month(table, days, above, ledger)
    years = _years(above)
    if len(years) != 1:
        return table
    year = next(iter(years))
    heads = [at for at, name in enumerate(table.header) if lacks_year(name)] or _named(table)
    if len(heads) > 1 and _in_order([table.header[at] for at in heads], year):
        header = tuple(f"{name} {year}" if at in heads else name for at, name in enumerate(table.header))
        _tell(year, table, ledger)
        return replace(table, header=header)
    column = next((at for at, name in enumerate(table.header) if _is_day(table, at, name, year)), None)
    if column is None:
        return table
    text = pl.col(cell(column)).str.strip_chars()
    dated = pl.when(text.is_in([day for day in _cells(table, column) if lacks_year(day)])).then(text + f" {year}")
    _tell(year, table, ledger)
    return replace(table, frame=table.frame.with_columns(dated.otherwise(text).alias(cell(column))))


def _named(table: RawTable) -> list[int]:
    """Columns named by months or weeks alone, beside which no column tells the year or a day."""
    months = [at for at, name in enumerate(table.header) if words.fold(name) in words.MONTH_OF]
    named = months or [at for at, name in enumerate(table.header) if is_week(name)]
    told = {role for at, name in enumerate(table.header) if at not in named for role, _ in words.roles_of(name)}
    return named if len(named) >= _FEWEST and told.isdisjoint({words.DATE, words.YEAR, words.DAY}) else []


def _with_month(table: RawTable, days: Sequence[str], above: Sequence[str], ledger: Ledger) -> RawTable:
    """The table with the month of the title above it written into columns ``1`` to ``31``, where it has such days."""
    told = {month for line in above for month in _months_in(line)}
    if len(told) != 1 or {words.MONTH, words.DATE} & {
        role for name in table.header for role, _ in words.roles_of(name)
    }:
        return table
    year, month = told.pop()
    if len(days) > monthrange(year, month)[1]:
        return table
    header = tuple(f"{year}-{month:02}-{int(name):02}" if name in days else name for name in table.header)
    ledger.remark(
        Reason.TITLE_READ,
        f"the month of each day is that of the title above: {year}-{month:02}",
        table.frame[LINE].head(1),
    )
    return replace(table, header=header)


def _months_in(line: str) -> set[tuple[int, int]]:
    """``May 2024`` of ``Sales May 2024``: months with their year that a title tells, without a day."""
    tokens = words.fold(line).split()
    if _DATED.search(line) or not _NOT_ITS_YEAR.isdisjoint(tokens):
        return set()
    pairs = [(at, pair) for at, pair in enumerate(pairwise(tokens)) if pair[0] in words.MONTH_OF]
    return {
        (int(year), words.MONTH_OF[month])
        for at, (month, year) in pairs
        if _YEAR.fullmatch(year) and not (at and tokens[at - 1].isdigit())
    }


def _years(above: Iterable[str]) -> set[str]:
    """The years of titles that tell no day, and not when the report was made."""
    found: set[str] = set()
    for line in above:
        tokens = words.fold(line).split()
        if _DATED.search(line) or not _NOT_ITS_YEAR.isdisjoint(tokens):
            continue
        found.update(_YEAR.findall(line))
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
    days: list[date] = []
    for text in texts:
        found = {day for _, day in readings(f"{text} {year}")}
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
