"""Months above the numbers of their days, as merged cells write the columns of several months."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from training.reading.lines.monthdays import months_in

_FEWEST: Final = 3


def days_under_months(above: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """Names of columns of two lines: days such as ``2024-01-31`` where the lower line numbers those of a month.

    None where they are no such lines: each month stands once above its first day, and its days rise.
    """
    held: set[tuple[int, int]] = set()
    names, days = [], list[date]()
    for at, number in enumerate(below):
        told = above[at].strip() if at < len(above) else ""
        held = months_in(told) if told else held
        if not number.strip().isdigit() or len(held) != 1:
            if days and (number.strip() or held):
                return None
            names.append(number.strip() or told)
            continue
        day = _day(*next(iter(held)), int(number))
        if day is None:
            return None
        days.append(day)
        names.append(day.isoformat())
    rising = all(first < then for first, then in pairwise(days))
    return names if len(days) >= _FEWEST and len({day.month for day in days}) > 1 and rising else None


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
