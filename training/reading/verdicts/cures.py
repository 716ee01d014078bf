"""What to do about one refused cell: true of this cell, and as specific as the file allows."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading.dialect.dateforms import readings, split_time
from training.reading.dialect.dates import EARLIEST
from training.reading.dialect.numbers import Decimal, bare, read_as
from training.reading.dialect.periods import coarse
from training.reading.shapes.wholes import may_be_whole
from training.reading.totals import is_total
from training.reading.verdicts.codes import words_for

_LETTERS: Final = {"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"}
_LOOKS: Final = str.maketrans(_LETTERS)
_PART: Final = {"%Y": "y", "%y": "y", "%m": "m", "%d": "d"}
_MONTHS: Final = 12
_BUDDHIST: Final = 543
"""Years by which the calendar of Thailand is ahead."""
_TIMES: Final = frozenset({"k", "m", "t", "mio", "mln", "mill", "tsd", "thousand", "million", "mil", "lakh", "cr"})
"""What stands for thousands or millions behind a number."""
_PERSIAN: Final = range(1380, 1420)
_BLANK: Final = "; or leave it blank"


@dataclass(frozen=True)
class Known:
    """What the file proved of itself: its date form, an example of it, its days, its decimal mark.

    ``untold`` is a part of a sentence on the ids that no column is known to tell, ``described`` the names of those that
    describe rows, by their place among the cells of a refused one.
    """

    form: str = ""
    example: str = ""
    first: date | None = None
    last: date | None = None
    latest: date | None = None
    decimal: Decimal = "."
    untold: str = ""
    described: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """The first lines that claim one key, each with its member where there are several, and cells of its rows."""

    lines: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()


def cure(reason: Reason, value: str, known: Known, claim: Claim = Claim()) -> str:
    """A sentence without its full stop. ``claim`` is of the key that several rows have, for a conflict."""
    told: str | None = None
    if reason is Reason.DATE_UNREADABLE:
        told = _unreadable_date(value.strip(), known)
    elif reason is Reason.DATE_IMPLAUSIBLE:
        told = _implausible(value.strip(), known)
    elif reason in (Reason.UNITS_UNREADABLE, Reason.VALUE_UNREADABLE):
        share = reason is Reason.UNITS_UNREADABLE and value.strip().endswith("%")
        told = "a share is no quantity: write how many" if share else _unreadable_number(value.strip(), known.decimal)
        told = told + _BLANK if told and reason is Reason.VALUE_UNREADABLE else told
    elif reason is Reason.RAGGED_ROW:
        told = _ragged(value)
    elif reason is Reason.DUPLICATE_CONFLICT and len(claim.lines) > 1:
        lines = f"{', '.join(claim.lines[:-1])} and {claim.lines[-1]}"
        first = _without_sums(claim, known) or _of_a_store(claim.lines, known)
        told = f"lines {lines} differ: {first}keep one, or set reading.duplicates to 'sum' or 'last'{known.untold}"
    return told or words_for(reason).cure


def _without_sums(claim: Claim, known: Known) -> str:
    """Which of the rows may be sums of the others, by a cell of theirs that says total."""
    for place, name in known.described.items():
        for row in claim.cells:
            text = row[place].strip() if place < len(row) else ""
            if is_total(text) or may_be_whole(text):
                return f"leave out the rows of {text!r} in {name!r} if they sum up others, or "
    return ""


def _of_a_store(claimed: tuple[str, ...], known: Known) -> str:
    """Rows of one key, each in a file or sheet of its own, where no column tells the store."""
    places = {place for line in claimed if (place := line.partition(" of ")[2])}
    return (
        "add a column of the store to each, if each is of one; or "
        if len(places) == len(claimed) and "store" in known.untold
        else ""
    )


def _unreadable_date(value: str, known: Known) -> str | None:
    if not known.form:
        return None
    text = split_time(value)[0]
    digits = text.translate(_LOOKS)
    if digits != text and _by(digits, known.form):
        return f"write {digits!r}: {_letter(text)}"
    told = _no_such_day(text, known.form)
    if told is None and known.example and (period := coarse(value)):
        told = f"this is {period}, and the other rows are like {known.example!r}; write it as they do"
    if told:
        return told
    other = {form: day for form, day in readings(text) if form != "excel serial"}
    if len(set(other.values())) == 1:
        form, day = next(iter(other.items()))
        meant = f" ({day.isoformat()})" if known.form != "%Y-%m-%d" else ""
        if not known.example:  # nothing in the file has the form: it was configured
            return f"this is {form}{meant}; correct reading.date_format = '{known.form}'"
        write = repr(_written(day, known.form)) if _written(day, known.form) else f"it like {known.example!r}"
        if form == "%Y-%m-%d" and known.form[:3] in ("%d/", "%m/") and day.day != day.month and day.day <= _MONTHS:
            turned = _written(date(day.year, day.day, day.month), known.form)
            write += f", or {turned!r} where a spreadsheet took the day for the month" if turned else ""
        return f"this is {form}{meant}, the file's dates are {known.form}: write {write}"
    return f"write it as the other rows do, like {known.example!r}" if known.example else None


def _by(text: str, form: str) -> date | None:
    return dict(readings(text)).get(form)


def _written(day: date, form: str) -> str | None:
    """None for forms that strftime does not know, and for those of a range."""
    return None if " - " in form else day.strftime(form) if _by(day.strftime(form), form) == day else None


def _letter(text: str) -> str:
    found = next(c for c in text if c in _LETTERS)
    return f"{found!r} is no digit, {_LETTERS[found]} is"


def _no_such_day(text: str, form: str) -> str | None:
    """The text has the form's own parts and names a day that no calendar has."""
    if not {"%m", "%d"} <= set(re.findall(r"%\w", form)) or " - " in form:
        return None
    pattern = re.escape(form)
    for mark, name in _PART.items():
        width = r"\d{4}" if mark == "%Y" else r"\d{2}" if mark == "%y" or not re.search(r"\W", form[2:]) else r"\d{1,2}"
        pattern = pattern.replace(mark, f"(?P<{name}>{width})")
    match = re.fullmatch(pattern, text)
    if match is None:
        return None
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    if not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        return f"there is no month {month}; correct the date"
    full = year if year > 99 else 2000 + year  # noqa: PLR2004 - two digits
    length = calendar.monthrange(full, month)[1]
    name = calendar.month_name[month] + (f" {full}" if month == 2 else "")  # noqa: PLR2004 - the month that varies
    return None if 1 <= day <= length else f"{name} has {length} days, there is no day {day}; correct the date"


def _implausible(value: str, known: Known) -> str | None:
    day = _by(split_time(value)[0], known.form)
    if day is None:
        return None
    if day < EARLIEST:
        persian = f"the year {day.year} may be one of the Persian calendar: write the day of the Gregorian one"
        early = f"the year {day.year} lies before {EARLIEST.year}; correct the date"
        return persian if day.year in _PERSIAN else early
    if known.latest and day > known.latest:
        west = day.year - _BUDDHIST
        if known.latest.year >= west > EARLIEST.year:
            return f"the year {day.year} of the Buddhist calendar is {west}: write that, if it is meant"
        return f"{day} lies in the future; correct the date"
    if known.first and known.last:
        away = day.year - known.last.year if day > known.last else known.first.year - day.year
        return f"{day} lies {away} years away from the other rows ({known.first} to {known.last}); correct the date"
    return None


def _unreadable_number(value: str, decimal: Decimal) -> str | None:
    other: Decimal = "," if decimal == "." else "."
    digits = value if re.search(r"\d\s*\|\s*\d", value) else value.translate(_LOOKS)  # "1|2" is a list
    if digits != value and any(c.isdigit() for c in value) and _number(digits, decimal) is not None:
        return f"write {digits}: {_letter(value)}"
    if value.casefold().lstrip("+-") in ("inf", "infinity", "\u221e") or _too_big(value, decimal):
        return "write a finite number"
    meant = _number(value, other)
    if meant is not None and not value.endswith("%"):
        mark = {".": "point", ",": "comma"}[decimal]
        return f"the file's decimal mark is the {mark}: write {_plain(meant, decimal)} if that is meant"
    inner = re.findall(r"\d[\d.,]*", value)
    if len(inner) == 1 and _number(inner[0], decimal) is not None:
        rest = " ".join(value.replace(inner[0], " ").split())
        what = "it in full" if rest.casefold().rstrip(".") in _TIMES else "the number alone"
        return f"write {what}, without {rest!r}"
    if not inner:
        return "this is no number: write one in digits"
    return f"these are {len(inner)} numbers in one cell: write one" if len(inner) > 1 else None


def _number(text: str, decimal: Decimal) -> float | None:
    found: float | None = pl.select(read_as(bare(pl.lit(text)), decimal)).item()
    return found


def _too_big(text: str, decimal: Decimal) -> bool:
    found = _number(text, decimal)
    return found is not None and found in (float("inf"), float("-inf"))


def _plain(value: float, decimal: Decimal) -> str:
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text.replace(".", decimal)


def _ragged(value: str) -> str | None:
    found = re.match(r"(\d+) fields where the header has (\d+)(?:; divided by (.+) it has as many)?", value)
    if found is None:
        return None
    if found[3]:
        return f"its cells are divided by {found[3]}: divide them as the other rows are"
    has, wants = int(found[1]), int(found[2])
    if has > wants:
        cells = "cells that contain the delimiter"
        return f"{has - wants} too many: put {cells} in quotes, or write into the header the name that it lacks"
    return f"{wants - has} missing: complete the row, or close a quotation mark that stays open"
