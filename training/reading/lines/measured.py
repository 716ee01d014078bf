"""Tables with a column for each day and measure: ``Units 2024-03-13``, ``$ 1 W/E 01/09/16``, or days above them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import ENDING, header_dates, names_week_by_end, ranges, readings, split_time
from training.reading.dialect.datepatterns import EXCEL
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.tables import RawTable
from training.reading.totals import is_total

_SUM_OF: Final = re.compile(
    r"^(?:sum of|summe von|somme de|suma de|soma de|somma di|som van)\s+|^(?:total|sum)\s+(?=\S)", re.IGNORECASE
)
_BARE: Final = re.compile(r"^\d+(?:\.\d+)?$")
_FEWEST_DIGITS, _MOST_WORDS, _LONGEST_DAY = 3, 12, 30
_EDGES: Final = " -_|:/\u2013"
_SALES: Final = "sales"
_OF_OTHERS: Final = frozenset({words.MONEY, words.PRICE, words.STOCK})


@dataclass(frozen=True)
class Label:
    """What a column's name says: which measure, of which day, and over how many weeks that end there."""

    measure: str
    day: str
    weeks: int = 1


@lru_cache(maxsize=65536)
def label_of(name: str) -> Label | None:
    """The label of a column, where its name has a day and anything beside it."""
    parts = name.replace("_", " ").split()
    if sum(c.isdigit() for c in name) < _FEWEST_DIGITS or len(parts) > _MOST_WORDS or ranges(name.strip()):
        return None
    for length in range(len(parts), 0, -1):
        for start in dict.fromkeys((len(parts) - length, 0)):  # the day stands last or first
            text = " ".join(parts[start : start + length]).strip(_EDGES)
            weeks = ENDING.match(text)
            day = text[weeks.end() :] if weeks else text
            if day[:1] in words.SIGNS and _is_day(day[1:].strip()):
                return Label(day[0], day[1:].strip())
            if _is_day(day):
                rest = " ".join(parts[:start] or parts[length:]).strip(_EDGES)
                day = text if names_week_by_end(text) else day
                return Label(rest, day, int(weeks["weeks"] or 1) if weeks else 1) if rest or weeks else None
    return None


def _is_day(text: str) -> bool:
    few = len(text) <= _LONGEST_DAY and sum(c.isdigit() for c in text) >= _FEWEST_DIGITS
    return few and not _BARE.match(text) and any(form != EXCEL for form, _ in readings(split_time(text)[0]))


def labels(names: Iterable[str]) -> Mapping[str, Label]:
    """Labels by name, where two columns at least have one and the days differ."""
    found = {name: label for name in names if (label := label_of(name)) is not None}
    return found if len({label.day for label in found.values()}) > 1 else {}


@dataclass(frozen=True)
class Measured:
    """The table with the days as names of the columns of its quantity, and the columns that are of other measures."""

    table: RawTable
    dated: list[int]
    others: list[int]


def measured(table: RawTable, name: str) -> Measured | None:
    """The columns of the quantity sold, in a table that has days and measures in its columns' names.

    Raises:
        FileRefusedError: no measure is the quantity, or the periods are longer than a week.
    """
    found = {column: label for column in table.header if (label := label_of(column)) is not None}
    plain = {column: Label("", column) for column in header_dates(table.header) if column not in found}
    if not found or len({label.day for label in (found | plain).values()}) < 2:  # noqa: PLR2004 - one may be of another kind
        return None
    found |= plain
    weekly = {column for column, label in found.items() if label.weeks == 1}
    if not weekly:
        column, label = next(iter(found.items()))
        raise _too_long(column, label.weeks, name)
    measure = _quantity([found[column].measure for column in table.header if column in weekly], name)
    chosen = {column for column in weekly if found[column].measure == measure}
    header = tuple(found[column].day if column in chosen else column for column in table.header)
    dated = [index for index, column in enumerate(table.header) if column in chosen]
    others = [index for index, column in enumerate(table.header) if column in found and column not in chosen]
    return Measured(replace(table, header=header), dated, others)


def check_periods(table: RawTable, name: str) -> None:
    """Raise where a column tells periods of several weeks, such as ``4 W/E 01/09/16``."""
    for index in range(len(table.header)):
        column = table.frame[cell(index)]
        first = next(iter(column.drop_nulls().head(1)), None) if column.dtype == pl.String else None
        if first and (label := label_of(first)) is not None and label.weeks > 1:
            raise _too_long(first, label.weeks, name)


def _too_long(text: str, weeks: int, name: str) -> FileRefusedError:
    return FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: {text!r} is a period of {weeks} weeks, and sales are read by day, week or month; "
        "export single weeks.",
    )


def _quantity(measures: Sequence[str], name: str) -> str:
    kinds = list(dict.fromkeys(measures))
    ranked = sorted(
        (rank, kinds.index(kind))
        for kind in kinds
        for role, rank in _roles(kind)
        if role == words.UNITS or (role == _SALES and words.UNITS not in {r for k in kinds for r, _ in _roles(k)})
    )
    if ranked and (len(ranked) == 1 or ranked[0][0] < ranked[1][0]):
        return kinds[ranked[0][1]]
    if not ranked and "" in kinds:
        return ""
    if not ranked and len(kinds) == 1 and _OF_OTHERS.isdisjoint(role for role, _ in _roles(kinds[0])):
        return kinds[0]
    told = ", ".join(map(repr, kinds[:5]))
    raise FileRefusedError(
        Reason.AMBIGUOUS if ranked else Reason.COLUMNS_MISSING,
        f"{name}: each day has columns of {told}, and {'several of them' if ranked else 'none'} "
        f"may be the quantity sold; export {'one' if ranked else 'the quantity'} alone, or name it Units.",
    )


def _roles(measure: str) -> tuple[tuple[str, int], ...]:
    return words.roles_of(_SUM_OF.sub("", measure))


def with_days_above(header: Sequence[str], above: Sequence[str], below: str) -> tuple[str, ...]:
    """Names of a header that repeats its measures under the days of the line above, each with its day.

    A day that is written once stands for the columns up to the next, as merged cells are exported. ``below`` are the
    kinds of the cells of the first row.
    """
    days = header_dates(cell.strip() for cell in above)
    again = {name for name in header if name and list(header).count(name) > 1}
    if not again or any((words.DATE, 0) in words.roles_of(name) for name in again):  # the latter of tables side by side
        return tuple(header)
    if not days:
        return _with_names_above(header, above, below, again)
    names, held = [], ""
    for index, name in enumerate(header):
        told = above[index].strip() if index < len(above) else ""
        held = told or held
        names.append(f"{name} {held}".strip() if held in days and name else held if is_total(held) else name)
    return tuple(names)


def _with_names_above(header: Sequence[str], above: Sequence[str], below: str, again: set[str]) -> tuple[str, ...]:
    """The same under names of items or stores, where each measure that repeats has another name above it.

    Names of numbers that are no measures stay as they are: two names of one column are its store and its item.
    """
    counted = {name for name, kind in zip(header, below, strict=False) if kind == "n"}
    if not any(words.measure_of(name) for name in again) and again & counted:
        return tuple(header)
    names, held = list(header), ""
    for index, name in enumerate(header):
        held = (above[index].strip() if index < len(above) else "") or held
        if name in again and held:
            names[index] = f"{held} {name}"
    told = [name for name, before in zip(names, header, strict=True) if before in again]
    return tuple(names) if len({*told}) == len(told) else tuple(header)
