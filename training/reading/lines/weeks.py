"""Blocks of columns ``Mon`` to ``Sun`` under a line that tells their week: ``Week of 3 March 2025``, ``KW 12/2025``."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import ENDING, ranges, readings, split_time
from training.reading.dialect.datepatterns import EXCEL
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE
from training.reading.lines.records import split_record
from training.reading.lines.titles import TITLE, WORD, names_none, under_titles
from training.reading.tables import RawTable

_WEEK: Final = "week"
_SALES: Final = (
    r"^(?:(?:sales|umsatz|verkauf|ventes|ventas|vendite|vendas|verkoop|salg)[\s,:\u2013-]+(?:for\s+)?(?:the\s+)?)?"
)
_OF_SALES: Final = re.compile(_SALES, re.IGNORECASE)
_YEAR: Final = re.compile(r"[(\[]\s*(\d{4})\s*[)\]]\s*$")
_OF_DAY: Final = re.compile(
    _SALES + r"(?:(?:week|wk)\s*(?:of|commencing|comm\.?|beginning|begin|starting|start|from|van|vanaf)|w\s*/?\s*[cb]|"
    r"woche\s+(?:vom|ab|von)|kw\s+(?:vom|ab)|semaine\s+(?:du|de)|semana\s+(?:del?|do|da)|settimana\s+(?:del|dal|di)|"
    r"(?:week|wk|woche|semaine|semana|settimana)(?=[:\s]+\d[\d\s./\u2013-]*(?:\s(?:to|bis|au|al?|at[e\u00e9]|tot)\s[\d\s./-]+)?$))"
    r"\b[.:\s-]*(?P<day>.*)$",
    re.IGNORECASE,
)
_ENDING: Final = re.compile(ENDING.pattern.replace(r"(?=\S)", ""), re.IGNORECASE)
_SPAN: Final = re.compile(
    r"^(?P<first>\d{1,2})\.?\s*(?:[-\u2013]|to|bis|au|al|a|tot)\s*(?P<last>\d{1,2}\.?\s+[^\W\d]+\.?\s+\d{4})$"
)
_BRACKETS: Final = re.compile(r"\s*[(\[].*?[)\]]\s*$")
_FEWEST: Final = 3
_MOST_CELLS: Final = 2
_WEEK_LENGTH: Final = 7
_SHOWN: Final = 80


def weekdays(header: Sequence[str]) -> dict[int, int]:
    """Days after the first such column, of columns that are days of the week in a row; none where there are few."""
    named = [at for at, name in enumerate(header) if words.days_of_week(name)]
    if not _FEWEST <= len(named) <= _WEEK_LENGTH or named != [*range(named[0], named[0] + len(named))]:
        return {}
    return {at: at - named[0] for at in named} if first_weekday(header, named) is not None else {}


def first_weekday(header: Sequence[str], named: Sequence[int]) -> int | None:
    """0 where the first of these columns is a Monday; None where they are in no one order."""
    found = [
        first
        for first in range(_WEEK_LENGTH)
        if all((first + after) % _WEEK_LENGTH in words.days_of_week(header[at]) for after, at in enumerate(named))
    ]
    return found[0] if len(found) == 1 else None


def find_weeks(
    lines: pl.DataFrame, delimiter: str, header: Sequence[str], wanted: str | None, name: str
) -> pl.DataFrame:
    """Lines that tell a week, with the day of its first column, where columns are days of the week; else no row.

    Raises:
        FileRefusedError: a line calls itself a week, and its first day is not told, or in two ways.
    """
    columns = weekdays(header)
    schema = {LINE: pl.Int64(), WORD: pl.String(), TITLE: pl.String()}
    if not columns or not names_none(words.DATE, header, ()):
        return pl.DataFrame(schema=schema)
    first, last = first_weekday(header, [*columns]), max(columns.values())
    told: list[tuple[int, str, dict[str, date]]] = []
    for line, raw in lines.iter_rows():
        filled = [text.strip() for text in split_record(raw, delimiter) if text.strip()]
        text = " ".join(filled)
        starts = _starts(text, first or 0, last) if 0 < len(filled) <= _MOST_CELLS else None
        if starts is not None:
            starts = {form: day for form, day in starts.items() if wanted in (None, form)}
            told.append((line, text, {form: day for form, day in starts.items() if day.weekday() == first}))
            if not told[-1][2]:
                raise _untold(f"{name}: line {line} ({text[:_SHOWN]!r})", starts, header[min(columns)])
    return pl.DataFrame([(line, _WEEK, day) for line, day in _one_form(told, name)], schema=schema, orient="row")


def _starts(text: str, first: int, last: int) -> dict[str, date] | None:
    """The first day of a week by each form of a text that calls itself one; None for other texts."""
    if (ending := _ENDING.match(text)) is not None and ending["weeks"] in (None, "1"):
        ends = _days(text[ending.end() :])
        starts = {form: day - timedelta(days=(day.weekday() - first) % _WEEK_LENGTH) for form, day in ends.items()}
        return {form: day for form, day in starts.items() if day + timedelta(days=last) <= ends[form]}
    week = _BRACKETS.sub("", _YEAR.sub(r"\1", _OF_SALES.sub("", text)))
    weeks = {form: day for form, day in readings(week) if "%V" in form or "%G" in form}
    if weeks and any(c.isalpha() for c in text):
        return weeks
    of_day = _OF_DAY.match(text)
    return None if of_day is None else _days(of_day["day"])


def _days(text: str) -> dict[str, date]:
    text = _BRACKETS.sub("", text).strip()
    if span := _SPAN.match(text):
        ends = {form: day for form, day in readings(span["last"]) if int(span["first"]) < day.day}
        return {form: day.replace(day=int(span["first"])) for form, day in ends.items()}
    spans = {form: day for form, day, end in ranges(text) if (end - day).days < _WEEK_LENGTH}
    return spans or {form: day for form, day in readings(split_time(text)[0]) if form != EXCEL and "%d" in form}


def _one_form(told: Sequence[tuple[int, str, Mapping[str, date]]], name: str) -> list[tuple[int, str]]:
    """Each line with its day, by one form for all lines of which several days could be read."""
    doubtful = [starts for _, _, starts in told if len({*starts.values()}) > 1]
    common = set[str]().union(*doubtful).intersection(*map(set, doubtful)) if doubtful else set()
    found: list[tuple[int, str]] = []
    for line, text, starts in told:
        days = {*starts.values()} if len({*starts.values()}) == 1 else {starts[form] for form in common}
        if len(days) != 1:
            shown = ", ".join(sorted(map(str, {*starts.values()})))
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{name}: the week of line {line} ({text[:_SHOWN]!r}) can be read in two ways ({shown}); settle it "
                f"with reading.date_format = {' or '.join(map(repr, sorted(starts)[:2]))}.",
            )
        found.append((line, days.pop().isoformat()))
    return found


def _untold(where: str, starts: Mapping[str, date], column: str) -> FileRefusedError:
    day = next(iter(starts.values()), None)
    why = "no day with its year can be read"
    if day is not None:
        why = f"{day} is a {day:%A}, and their first column is {column!r}"
    return FileRefusedError(
        Reason.AMBIGUOUS,
        f"{where} tells the week of the rows below it, and {why}; write the day of the first column, as "
        "'Week of 2024-01-29', or the date into the names of the columns.",
    )


def by_week(table: RawTable, weeks: pl.DataFrame, name: str) -> list[RawTable]:
    """One table for each week, with days as names of its columns.

    Raises:
        FileRefusedError: rows stand above the first week.
    """
    columns = weekdays(table.header)
    if not columns:
        return [table]
    first = weeks[LINE][0]
    untold = (
        f"stands above the first line that tells a week (line {first}), so its week is not told; write one above it."
    )
    frame = under_titles(table.frame, weeks, name, untold)
    tables = []
    for (start,), rows in frame.group_by([TITLE], maintain_order=True):
        begin = date.fromisoformat(str(start))
        days = {at: (begin + timedelta(days=after)).isoformat() for at, after in columns.items()}
        header = tuple(days.get(at, column) for at, column in enumerate(table.header))
        tables.append(replace(table, header=header, frame=rows.drop(TITLE)))
    return tables
