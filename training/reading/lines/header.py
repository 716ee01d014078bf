"""Finds the line that names the columns."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from training.reading.dialect.dateforms import header_dates, readings, split_time
from training.reading.dialect.datepatterns import EXCEL
from training.reading.dialect.periods import QUARTERS, is_fiscal_period
from training.reading.lines.daycells import is_short_day
from training.reading.lines.measured import labels
from training.reading.lines.monthdays import days_of_month, months_in, numbered
from training.reading.lines.strays import kinds
from training.reading.lines.years import lacks_year
from training.reading.vocabulary import DATE, DAY, ITEM, MONTH, MONTH_OF, STORE, WEEK, WEEKDAYS, YEAR, fold, roles_of

MIN_SCORE: Final = 2
_SEVERAL: Final = 2
_NUMBERED: Final = re.compile(r"^(?:d|day|f|w|wk|week|kw|woche|semaine|semana|settimana) ?\d{1,4}$")
_YEAR: Final = re.compile(r"^(?:19|20)\d\d$")
_NUMBER: Final = re.compile(r"^[\s\-+(]*[$€£]?\s*\d[\d.,' \u00a0]*%?\)?$")


def header_score(fields: Sequence[str], wanted: frozenset[str] = frozenset()) -> int:
    """How much a row looks like a header; below ``MIN_SCORE`` it is none.

    A name that the configuration speaks of counts five, a role that the vocabulary knows two,
    a row of dates two more: those are the days of a table with one column a date.
    """
    names = [name.strip() for name in fields]
    filled = [name for name in names if name]
    if len(filled) < 2 or _is_filter(filled):  # noqa: PLR2004 - a table of sales has a day and a number
        return 0
    roles = _roles(filled)
    score = 5 * len(wanted.intersection(names)) + 2 * len(roles)
    dates = header_dates(filled) or frozenset(labels(filled))
    if dates:
        labelled = len(dates) < len(filled) or not names[0]  # the labels of rows may stand under no name
        return score + 2 if labelled and _are_text(filled, dates) else 0
    if days_of_month(filled) or (len(numbered(filled)) > _SEVERAL and roles & {STORE, ITEM}):
        return _score_of_days(filled, score, labelled=not names[0])
    numbers = [name for name in filled if _NUMBER.match(name)]
    many = len(numbers) > len(filled) // 3
    if many and not _are_codes(numbers):
        return 0
    dated = roles & {DATE, YEAR, MONTH, WEEK, DAY} or _number_days(filled) or _tells_other_periods(filled)
    if many and not dated:
        return 0
    months = sum(fold(name) in MONTH_OF for name in filled) > _SEVERAL
    score = max(score, MIN_SCORE) if months else score
    return score if score > MIN_SCORE or dated else min(score, 1)


def _is_filter(filled: Sequence[str]) -> bool:
    """``Year, 2024`` above a pivot table."""
    return len(filled) == _SEVERAL and bool(_YEAR.match(filled[1])) and YEAR in dict(roles_of(filled[0]))


def _score_of_days(filled: Sequence[str], score: int, *, labelled: bool) -> int:
    """Of the numbers of a month's days; few of them may be of another kind, and add nothing."""
    days = days_of_month(filled)
    if not days:
        return score
    return score + 2 if len(days) < len(filled) or labelled else 0


def _tells_other_periods(filled: Sequence[str]) -> bool:
    """Quarters, or periods of a fiscal year: no day, but such a table is refused for what it tells."""
    quarters = any(not QUARTERS.isdisjoint(fold(name).split()) for name in filled)
    return quarters or sum(map(is_fiscal_period, filled)) >= _SEVERAL


def _number_days(filled: Sequence[str]) -> bool:
    """Are three at least called by days of no year: ``Jan``, ``Mon``, ``d_1``, ``W1``, ``2-Jan``?"""
    called = (
        (folded := fold(name)) in MONTH_OF
        or folded in WEEKDAYS
        or _NUMBERED.match(folded)
        or lacks_year(name)
        or (is_short_day(name) and not name[0].isdigit())
        for name in filled
    )
    return sum(map(bool, called)) > _SEVERAL


def _roles(filled: Sequence[str]) -> set[str]:
    roles: set[str] = set()
    for name in filled:
        found = next((role for role, _ in roles_of(name) if role not in roles), None)
        if found:
            roles.add(found)
    return roles


def _are_codes(numbers: Sequence[str]) -> bool:
    """Whole numbers, all different: they may name items or stores beside a column of dates."""
    return all(number.isdigit() for number in numbers) and len(set(numbers)) == len(numbers)


def _are_text(filled: Sequence[str], dates: frozenset[str]) -> bool:
    return not any(_NUMBER.match(name) for name in filled if name not in dates)


def find_header(rows: Sequence[Sequence[str]], wanted: frozenset[str] = frozenset()) -> tuple[int, int] | None:
    """Index and score of the header among the first rows of a file.

    It is the first row that looks like one and has a row of data under it; a line of types or units
    may stand between them. Where no word is known, a row of texts with numbers under it will do, with
    the lowest score.
    """
    scored = [(index, header_score(fields, wanted)) for index, fields in enumerate(rows)]
    found = [(index, score) for index, score in scored if score >= MIN_SCORE]
    for index, score in found:
        better = next((later for later, other in found if later > index and other > score), len(rows))
        if better < len(rows) and not any(_is_like_data(rows[index], row) for row in rows[index + 1 : better]):
            continue  # a line such as ``Date: 2024-03-01`` above the table
        if _has_data(rows, index) or _has_second_line(rows, index, score, wanted):
            return index, score
    if found:
        return max(found, key=lambda entry: entry[1])
    return next(((index, 1) for index, _ in scored if _is_plain_header(rows, index)), None)


def _filled(fields: Sequence[str]) -> list[str]:
    return [field.strip() for field in fields if field.strip()]


def _has_data(rows: Sequence[Sequence[str]], index: int) -> bool:
    """The next row that is not blank has cells with digits, and about as many as there are names."""
    below = next((filled for fields in rows[index + 1 :] if (filled := _filled(fields)) and not _is_rule(filled)), None)
    if below is None:
        return True
    return len(below) > 1 and any(c.isdigit() for text in below for c in text) and len(rows[index]) > 1


def _is_rule(filled: Sequence[str]) -> bool:
    """A line drawn below the header: ``-----``, ``|---|---|``."""
    return not "".join(filled).strip("-=_+*")


def _is_like_data(header: Sequence[str], fields: Sequence[str]) -> bool:
    """As many cells as the header has names, with a number beside a day or beside another number."""
    found = kinds(fields).replace(".", "")
    return len(found) == len(_filled(header)) and "n" in found and ("d" in found or found.count("n") > 1)


def _has_second_line(rows: Sequence[Sequence[str]], index: int, score: int, wanted: frozenset[str]) -> bool:
    """The next row tells types or units, and the one after it is data."""
    below = next((i for i in range(index + 1, len(rows)) if _filled(rows[i])), None)
    if below is None or not is_second_line(rows[index], rows[below]):
        return False
    return header_score(rows[below], wanted) < score and _has_data(rows, below)


def is_second_line(header: Sequence[str], fields: Sequence[str]) -> bool:
    """A row without a digit, right below a header, with text under half of the names at least: never a sale."""
    filled = _filled(fields)
    return 2 * len(filled) >= len(_filled(header)) and not any(c.isdigit() for text in filled for c in text)


def _is_plain_header(rows: Sequence[Sequence[str]], index: int) -> bool:
    names = _filled(rows[index])
    unnamed = _labels_unnamed(rows, index)
    if len(names) + unnamed < MIN_SCORE or len(set(names)) < len(names) or any(_NUMBER.match(name) for name in names):
        return False
    counts = _counts_days(rows, index)
    if not counts and any(readings(name) for name in names):
        return False
    width = len(names) + unnamed
    below = [filled for fields in rows[index + 1 : index + 20] if len(filled := _filled(fields)) == width]
    if counts:
        return bool(below)
    dated = [fields for fields in below if fold(fields[0]) in MONTH_OF or any(_is_day(text) for text in fields)]
    return bool(below) and len(dated) > len(below) // 2


def _counts_days(rows: Sequence[Sequence[str]], index: int) -> bool:
    """Is the first name a month, and do the rows below it begin with its days, 1, 2, 3, ...?"""
    firsts = [fields[0].strip() for fields in rows[index + 1 : index + 4] if _filled(fields)]
    firsts = [*takewhile(str.isdigit, firsts)]
    counted = [str(number) for number in range(1, len(firsts) + 1)]
    return len(firsts) > 1 and firsts == counted and len(months_in(rows[index][0].strip())) == 1


def _is_day(text: str) -> bool:
    """A day in any form but a bare number, which may be a postal code."""
    return any(form != EXCEL for form, _ in readings(split_time(text)[0]))


def _labels_unnamed(rows: Sequence[Sequence[str]], index: int) -> bool:
    """Stand days under a first name that is blank, as where tables are written with their rows' labels?"""
    below = next((fields for fields in rows[index + 1 :] if _filled(fields)), [""])
    return not rows[index][0].strip() and _is_day(below[0].strip())
