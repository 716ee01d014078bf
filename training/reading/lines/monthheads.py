"""Months above the numbers of their days, and days above their measures, as merged cells write them."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from training.reading import vocabulary as words
from training.reading.dialect.dateforms import header_dates
from training.reading.lines.monthdays import months_in

_FEWEST: Final = 3


def days_under_months(above: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """Names of columns of two lines: days such as ``2024-01-31`` where the lower line numbers those of a month.

    None where they are no such lines: each month stands once above the first of several days, its days rise, and no
    other column has a name in both, as the first row below months that have one column each would seem to have.
    """
    told_once = sum(bool(months_in(text)) for text in above)
    held: set[tuple[int, int]] = set()
    names, days = [], list[date]()
    for at, number in enumerate(below):
        told = above[at].strip() if at < len(above) else ""
        held = months_in(told) if told else held
        if not number.strip().isdigit() or len(held) != 1:
            if (days and (number.strip() or held)) or (number.strip() and told):
                return None
            names.append(number.strip() or told)
            continue
        day = _day(*next(iter(held)), int(number))
        if day is None:
            return None
        days.append(day)
        names.append(day.isoformat())
    rising = all(first < then for first, then in pairwise(days))
    several = len({day.month for day in days}) > 1 and len(days) >= 2 * told_once
    return names if len(days) >= _FEWEST and several and rising else None


def measures_under_days(above: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """Names of columns of two lines: ``Menge 06.05.2024`` where the lower line names measures of the day above them.

    A day stands for the columns up to the next; names of other columns stand in the upper line alone.
    """
    days, held, names = header_dates(text.strip() for text in above), "", []
    for at, text in enumerate(map(str.strip, below)):
        told = above[at].strip() if at < len(above) else ""
        held = told or held
        if bool(text) != (held in days) or (text and words.measure_of(text) is None):
            return None
        names.append(f"{text} {held}" if text else told)
    return names if days and len({*names}) == len(names) else None


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
