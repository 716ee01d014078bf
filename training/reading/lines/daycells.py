"""Cells that tell a part of their day, of which a title tells the rest: ``1.3.``, ``Mon 4`` or ``March``."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings
from training.reading.lines.monthdays import months_in
from training.reading.tables import RawTable
from training.reading.totals import looks_total

_SHORT: Final = re.compile(r"^(?:(?P<word>[^\W\d]+)\.?,? )?(?P<one>\d|[0-3]\d)(?P<mark>[-/.])(?P<two>\d|[0-3]\d)\.?$")
_NUMBERED: Final = re.compile(r"^(?:(?P<word>[^\W\d]+)\.?,?\s*)?(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?$", re.IGNORECASE)
_OF_DAYS: Final = frozenset({words.DATE, words.DAY, words.MONTH, words.WEEK, words.YEAR})
_ROW_LABELS: Final = frozenset(
    {"row labels", "zeilenbeschriftungen", "etiquetas de fila", "etiquettes de lignes", "etichette di riga",
     "rotulos de linha", "rijlabels"}
)  # fmt: skip
"""How pivot tables name the column of their rows."""
_FEWEST: Final = 2

Known = tuple[int, int | None]
"""The year of a title, and its month where it tells one."""


def is_short_day(text: str) -> bool:
    """``06/03``, ``Mon 06/03``: a day and a month in numbers, and no year."""
    return _SHORT.match(text.strip()) is not None and not readings(text)


def column_of_days(table: RawTable) -> int | None:
    """The one column that is called by days or a month, or that holds the labels of a pivot table's rows."""
    called = [at for at, name in enumerate(table.header) if _is_called(name) or (not at and months_in(name))]
    return called[0] if len(called) == 1 else None


def _is_called(name: str) -> bool:
    roles = {role for role, _ in words.roles_of(name)}
    return not _OF_DAYS.isdisjoint(roles) or words.fold(name) in _ROW_LABELS


def completed(texts: Sequence[str], known: Known, *, counted: bool) -> dict[str, str]:
    """The day of each text, as ``2024-03-01``, by the one way to read all of them in which they lie in order.

    Blank cells and totals have none. ``counted`` texts may be bare numbers, days of the title's month.
    """
    texts = [text for text in texts if text and not looks_total(text)]
    found: list[dict[str, date]] = []
    for days in _ways(texts, known, counted=counted):
        if len(days) == len(texts) >= _FEWEST and _lie_in_order([*days.values()]) and days not in found:
            found.append(days)
    return {text: day.isoformat() for text, day in found[0].items()} if len(found) == 1 else {}


def _ways(texts: Sequence[str], known: Known, *, counted: bool) -> Iterator[dict[str, date]]:
    year, month = known
    if all(words.fold(text) in words.MONTH_OF for text in texts):
        for form in dict(readings(f"{texts[0]} {year}")) if texts and month is None else ():
            yield {text: first for text in texts if (first := dict(readings(f"{text} {year}")).get(form))}
        return
    short = [told for text in texts if (told := _SHORT.match(text)) is not None]
    if len(short) == len(texts):
        for day, its_month in (("one", "two"), ("two", "one")):
            if its_month == "two" or all(
                told["mark"] != "." for told in short
            ):  # nobody writes the month first with dots
                yield _days(short, day, [int(told[its_month]) for told in short], known)
        return
    numbered = [told for text in texts if (told := _NUMBERED.match(text)) is not None]
    if month is not None and len(numbered) == len(texts) and (counted or all(told["word"] for told in numbered)):
        yield _days(numbered, "day", [month] * len(numbered), known)


def _days(told: Sequence[re.Match[str]], day: str, months: Sequence[int], known: Known) -> dict[str, date]:
    """Days of the calendar alone, in the month of the title, on the weekday that each text names."""
    found: dict[str, date] = {}
    for match, month in zip(told, months, strict=True):
        try:
            read = date(known[0], month, int(match[day]))
        except ValueError:
            continue
        named = words.days_of_week(match["word"]) if match["word"] else {read.weekday()}
        if read.weekday() in named and known[1] in (None, month):
            found[match[0]] = read
    return found


def _lie_in_order(days: Sequence[date]) -> bool:
    return list(days) in (sorted(days), sorted(days, reverse=True))
