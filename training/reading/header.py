"""Finds the line that names the columns."""

import re
from collections.abc import Sequence
from typing import Final

from training.reading.dateforms import header_dates
from training.reading.vocabulary import DATE, MONTH, WEEK, YEAR, roles_of

MIN_SCORE: Final = 2
_NUMBER: Final = re.compile(r"^[\s\-+(]*[$€£]?\s*\d[\d.,' \u00a0]*%?\)?$")


def header_score(fields: Sequence[str], wanted: frozenset[str] = frozenset()) -> int:
    """How much a row looks like a header; below ``MIN_SCORE`` it is none.

    A name that the configuration speaks of counts five, a role that the vocabulary knows two,
    a row of dates two more: those are the days of a table with one column a date.
    """
    names = [name.strip() for name in fields]
    filled = [name for name in names if name]
    if len(filled) < 2:  # noqa: PLR2004 - a table of sales has a day and a number
        return 0
    dates = header_dates(filled)
    if not dates and sum(bool(_NUMBER.match(name)) for name in filled) > len(filled) // 3:
        return 0
    if dates and any(_NUMBER.match(name) and name not in dates for name in filled):
        return 0
    score = 5 * len(wanted.intersection(names))
    roles: set[str] = set()
    for name in filled:
        found = next((role for role, _ in roles_of(name) if role not in roles), None)
        if found:
            roles.add(found)
            score += 2
    if dates:
        return score + 2 if len(dates) < len(filled) and _are_text(filled, dates) else 0
    dated = roles & {DATE, YEAR, MONTH, WEEK}
    return score if score > MIN_SCORE or dated else min(score, 1)


def _are_text(filled: Sequence[str], dates: frozenset[str]) -> bool:
    return not any(_NUMBER.match(name) for name in filled if name not in dates)


def find_header(rows: Sequence[Sequence[str]], wanted: frozenset[str] = frozenset()) -> tuple[int, int] | None:
    """Index and score of the best header among the first rows of a file; the first of equals."""
    best: tuple[int, int] | None = None
    for index, fields in enumerate(rows):
        score = header_score(fields, wanted)
        if score >= MIN_SCORE and (best is None or score > best[1]):
            best = (index, score)
    return best
