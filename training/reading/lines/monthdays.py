"""Columns ``1`` to ``31`` of a month that a title, a sheet's name or the file's name tells, begun or whole."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger
from training.reading.tables import RawTable

YEAR: Final = re.compile(r"(?<![\d/.\-])(?:19|20)\d\d(?![\d/.\-])")
DATED: Final = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d\d|\d:\d\d")
_IN_NUMBERS: Final = re.compile(
    r"(?<![\d/.\-])(?:(?P<year>(?:19|20)\d\d)[-/.]?(?P<month>0[1-9]|1[0-2])"
    r"|(?P<month2>0?[1-9]|1[0-2])[-/.](?P<year2>(?:19|20)\d\d))(?![\d]|[-/.:]\d)"
)
"""``2025-03``, ``202503``, ``03/2025``, and no part of a day."""
_LONG_DAY: Final = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}|\d:\d\d")
NOT_ITS_YEAR: Final = frozenset(
    {"printed", "exported", "generated", "created", "run", "as", "updated", "version", "copyright", "erstellt", "stand",
     "gedruckt", "imprime", "edite", "impreso", "generado", "stampato", "impresso", "afgedrukt", "to", "vs", "fy",
     "fiscal", "fiskal", "ly", "last", "previous"}
)  # fmt: skip
"""Words beside a year that is not, or not alone, that of the rows."""
_DAYS_OF_MONTH: Final = frozenset(range(13, 32)) - {24}
"""Up to 12 may be months, ranks or codes as well, and 24 are hours."""
_BY_DAY: Final = frozenset(
    {"daily", "day", "days", "tag", "tage", "taglich", "tages", "tagesumsatz", "jour", "jours", "journalier",
     "journalieres", "quotidien", "diario", "diaria", "diarias", "dias", "giornaliero", "giornaliere", "giorni",
     "dagelijks"}
)  # fmt: skip
_TITLE: Final = "the title above"
_FEWEST: Final = 2
_WEEK_LENGTH: Final = 7
_ISO_LENGTH: Final = 10


def days_of_month(names: Sequence[str]) -> list[str]:
    """Of ``Item, 1, 2, ..., 31``: the numbers of the days of a month, where all stand in a row and are no others."""
    numbers = numbered(names)
    return numbers if len(numbers) in _DAYS_OF_MONTH else []


def numbered(names: Sequence[str]) -> list[str]:
    """Names ``1``, ``2``, ``3``, ... without a gap, as many as a month may have days; they may be of another kind."""
    numbers = [name for name in names if name.isdigit() and name[0] != "0"]
    counted = [str(number) for number in range(1, len(numbers) + 1)]
    return numbers if numbers == counted and _FEWEST <= len(numbers) <= max(_DAYS_OF_MONTH) else []


def days_of_one_period(names: Iterable[str]) -> frozenset[str]:
    """``2025-03-01``, ``2025-03-02``, ...: names that are days in a row, within a week or from the first of a month."""
    found = {name: day for name in names if (day := _iso(name)) is not None}
    days = sorted(found.values())
    if len(days) < _FEWEST or (days[-1] - days[0]).days != len(days) - 1:
        return frozenset()
    of_month = days[0].day == 1 and (days[0].year, days[0].month) == (days[-1].year, days[-1].month)
    return frozenset(found) if of_month or len(days) <= _WEEK_LENGTH else frozenset()


def _iso(name: str) -> date | None:
    try:
        return date.fromisoformat(name) if len(name) == _ISO_LENGTH else None
    except ValueError:
        return None


def with_month(table: RawTable, above: Sequence[str], names: Iterable[str], ledger: Ledger) -> RawTable:
    """The table with a month written into columns of its days: that of a title above, or of the first of ``names``.

    Up to 12 columns, and 24, are days only where the title or name says so in a word.
    """
    days = numbered(table.header)
    told, place = month_told(above, names := list(names))
    texts = [*above] if place == _TITLE else [name for name in names if months_in_name(name)][:1]
    said = {word for text in texts for word in words.fold(text).split()}
    sure = len(days) in _DAYS_OF_MONTH or not _BY_DAY.isdisjoint(said)
    of_rows = {role for name in table.header for role, _ in words.roles_of(name)} & {words.MONTH, words.DATE}
    if not days or len(told) != 1 or not sure or of_rows or not words.NOT_OF_SALES.isdisjoint(said):
        return table
    year, month = told.pop()
    if len(days) > monthrange(year, month)[1]:
        return table
    header = tuple(f"{year}-{month:02}-{int(name):02}" if name in days else name for name in table.header)
    ledger.remark(
        Reason.TITLE_READ, f"the month of each day is that of {place}: {year}-{month:02}", table.frame[LINE].head(1)
    )
    return replace(table, header=header)


def month_told(above: Iterable[str], names: Iterable[str]) -> tuple[set[tuple[int, int]], str]:
    """Years and months that titles tell, or else the first name that tells any, and what told them."""
    told = {month for line in above for month in months_in(line)}
    named = next((name for name in names if months_in_name(name)), "") if not told else ""
    return (months_in_name(named), f"the name {named!r}") if named else (told, _TITLE)


def months_in(line: str) -> set[tuple[int, int]]:
    """``May 2024`` of ``Sales May 2024``, or ``05/2024``: months with their year that a title tells, without a day."""
    tokens = words.fold(line).split()
    if _LONG_DAY.search(line) or not NOT_ITS_YEAR.isdisjoint(tokens):
        return set()
    pairs = [(at, pair) for at, pair in enumerate(pairwise(tokens)) if pair[0] in words.MONTH_OF]
    found = {
        (int(year), number)
        for at, (month, year) in pairs
        for number in _numbers_of(month, line)
        if YEAR.fullmatch(year) and not (at and tokens[at - 1].isdigit())
    }
    return found | {
        (int(match["year"] or match["year2"]), int(match["month"] or match["month2"]))
        for match in _IN_NUMBERS.finditer(line)
    }


def _numbers_of(month: str, line: str) -> set[int]:
    """The numbers a month may have in the language of its line, two where that is not told: ``listopad``."""
    told = {True: words.CROATIAN.get(month), False: words.MONTHS.get(month)}
    both = None not in told.values() and (croatian := words.is_croatian([line])) is not None
    return {number for language, number in told.items() if number and (not both or language == croatian)}


def months_in_name(name: str) -> set[tuple[int, int]]:
    """The same of the name of a file or a sheet: ``sales_2025-03.csv``, ``2025 March``."""
    text = PurePosixPath(name).stem if "." in name else name
    text = re.sub(r"[_\s]+", " ", text)
    tokens = words.fold(text).split()
    turned = [f"{month} {year}" for year, month in pairwise(tokens) if month in words.MONTH_OF and YEAR.fullmatch(year)]
    return months_in(text) or {month for pair in turned for month in months_in(pair)}
