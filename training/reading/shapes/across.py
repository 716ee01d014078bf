"""Tables with one column for each day, month or numbered day, and days that are counted from a first."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import header_dates
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.lines.measured import measured
from training.reading.lines.monthdays import days_of_month, numbered
from training.reading.roles import Roles
from training.reading.shapes.among import check_among
from training.reading.shapes.columns import find_roles
from training.reading.shapes.contents import are_names, holds_dates, sample_of
from training.reading.shapes.meaning import WIDE_DATES, Meaning, is_numeric
from training.reading.shapes.multiples import check_multiples_of_days
from training.reading.shapes.widenames import known_word
from training.reading.tables import RawTable
from training.reading.totals import is_total

_WEEK_DAYS: Final = 7
_NUMBERED: Final = re.compile(r"^(?:d|day|f)[ _]?(?P<number>\d{1,4})$")
_FIRST_DAY: Final = re.compile(r"^\D*(?P<number>\d+) = (?P<day>\d{4}-\d\d-\d\d)$")
_M5: Final = {"item_id", "dept_id", "cat_id", "store_id", "state_id", "d_1"}


def measured_days(table: RawTable, reading: Reading, name: str) -> Meaning | None:
    """One column for each day and measure, of which those of the quantity count."""
    found = measured(table, name)
    if found is None:
        return None
    roles = find_roles(found.table, reading.columns, name, valued=(*found.dated, *found.others))
    if words.DATE in roles:
        return None
    check_multiples_of_days((table.header[index] for index in found.dated), name)
    return _wide_dates(found.table, roles, found.dated, found.others)


def days_across(table: RawTable, roles: Roles, reading: Reading, name: str) -> Meaning | None:
    """One column for each day, month or numbered day."""
    dated = _date_columns(table, roles) or _month_columns(table, roles) or _days_of_months(table, roles)
    if not dated:
        return _numbered_days(table, roles, reading, name)
    _check_beside_days(table, roles, dated, name)
    check_among(table, roles, dated, name)
    return _wide_dates(table, roles, dated)


def _check_beside_days(table: RawTable, roles: Roles, dated: list[int], name: str) -> None:
    """Raise where each row has a day of its own: ``May 10`` beside ``Date`` may name what is sold.

    Raises:
        FileRefusedError: rows of a day, and columns that may be days or not.
    """
    index = roles.of.get(words.DATE)
    if index is None or (words.DATE, 0) not in words.roles_of(table.header[index]) or index in dated:
        return
    days = table.frame[cell(index)]
    if days.n_unique() == 1 or 2 * days.n_unique() < days.len() or not holds_dates(table, index, strict=True):
        return
    header, shown = table.header[index], " and ".join(repr(table.header[at]) for at in dated[:2])
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: {shown} may be days, or names of what is sold on the days of {header!r}; set reading.columns.date = "
        f"{header!r} where they are names, or leave {header!r} out where they are days.",
    )


def _date_columns(table: RawTable, roles: Roles) -> list[int]:
    dates = header_dates(table.header)
    if len(dates) < 2 or words.DATE in roles.configured:  # noqa: PLR2004 - one column may be named by a day for other reasons
        return []
    return [index for index, name in enumerate(table.header) if name in dates]


def _month_columns(table: RawTable, roles: Roles) -> list[int]:
    """Columns named by months beside a column of years."""
    if words.YEAR not in roles or words.MONTH in roles or words.WEEK in roles:
        return []
    found = [i for i, header in enumerate(table.header) if words.fold(header) in words.MONTH_OF]
    return found if len(found) > 2 else []  # noqa: PLR2004 - fewer may be words of another kind


def _days_of_months(table: RawTable, roles: Roles) -> list[int]:
    """Columns ``1`` to ``31`` beside columns of years and months."""
    if words.YEAR not in roles or words.MONTH not in roles or words.DAY in roles:
        return []
    numbers = days_of_month(table.header)
    return [index for index, header in enumerate(table.header) if header in numbers]


def _numbered_days(table: RawTable, roles: Roles, reading: Reading, name: str) -> Meaning | None:
    """Columns ``d_1``, ``d_2``, ...: days counted from one that the file does not tell.

    M5's own columns are known: its first day is 2011-01-29. Others need the configuration.
    """
    if words.DATE in roles or words.YEAR in roles:
        return None
    first = _FIRST_DAY.match(reading.date_format or "")
    bare = numbered(table.header) if first else []
    found = [
        (i, match)
        for i, header in enumerate(table.header)
        if (match := _NUMBERED.match(f"d{header}" if header in bare else header.strip().casefold()))
    ]
    if len(found) < 2:  # noqa: PLR2004 - one alone counts nothing
        return None
    start = first["day"] if first else "2011-01-29" if {*table.header} >= _M5 else None
    if start is None:
        column = table.header[found[0][0]]
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: the columns from {column!r} on count days without saying from which; tell the first day as "
            f"reading.date_format = '{column} = 2011-01-29'.",
        )
    offset = int(first["number"]) if first else 1
    begin = date.fromisoformat(start)
    renamed = list(table.header)
    for index, match in found:
        renamed[index] = (begin + timedelta(days=int(match["number"]) - offset)).isoformat()
    return _wide_dates(replace(table, header=tuple(renamed)), roles, [index for index, _ in found])


def days_counted(table: RawTable, roles: Roles, reading: Reading) -> RawTable:
    """The table with a column of numbered days or weeks written as days, where the configuration tells the first.

    A number that is no whole one stays as it is and is refused with its row.
    """
    first = _FIRST_DAY.match(reading.date_format or "")
    if first is None or words.YEAR in roles:
        return table
    index = roles.of.get(words.DATE)
    if index is None:
        index = numbering_column(table, roles)
    if index is None:
        return table
    if words.DATE not in roles:
        roles.of[words.DATE] = index
        roles.others.remove(index)
    begin, column = date.fromisoformat(first["day"]), pl.col(cell(index))
    text = column.cast(pl.String).str.strip_chars().str.replace(r"\.0+$", "")
    after = text.str.extract(r"^(\d{1,5})$").cast(pl.Int64) - int(first["number"])
    length = _WEEK_DAYS if words.WEEK in dict(words.roles_of(table.header[index])) else 1
    days = (pl.lit(begin) + pl.duration(days=after * length)).dt.to_string("%Y-%m-%d")
    return replace(table, frame=table.frame.with_columns(pl.coalesce(days, text).alias(cell(index))))


def numbering_column(table: RawTable, roles: Roles) -> int | None:
    """Column that numbers the days or, where none does, the weeks."""
    for role in (words.DAY, words.WEEK):
        for index in roles.others:
            if role in dict(words.roles_of(table.header[index])) and is_numeric(table, index):
                return index
    return None


def _may_name_rows(header: str) -> bool:
    """A code of whatever: no name that is known, nor that of a rank, a cost or what the calendar tells."""
    beside = words.fold(header) in words.BESIDE_COLUMNS
    return not (beside or words.roles_of(header) or known_word(header))


def _wide_dates(table: RawTable, roles: Roles, dated: list[int], ignored: Sequence[int] = ()) -> Meaning:
    """One column a date; every other column but those ``ignored`` names the series or describes it."""
    taken = {*dated, *ignored}
    naming = (words.STORE, words.ITEM, words.YEAR, *([words.MONTH] if days_of_month(table.header) else []))
    kept = {role: index for role, index in roles.of.items() if role in naming and index not in taken}
    others = [i for i in range(len(table.header)) if i not in taken and i not in kept.values()]
    text = [i for i in others if table.header[i] and not is_numeric(table, i) and not is_total(table.header[i])]
    text = text or [i for i in others if not table.header[i] and are_names(sample_of(table, i))]
    if words.ITEM not in kept and text:  # labels of rows may stand under no name
        kept[words.ITEM] = text[0]
        others.remove(text[0])
    covariates = [i for i in others if table.header[i] and not is_total(table.header[i])]
    lone = [i for i in covariates if _may_name_rows(table.header[i])]
    if not {words.STORE, words.ITEM} & kept.keys() and len(covariates) == len(lone) == 1:  # numbers that name the rows
        kept[words.ITEM] = covariates.pop()
    return Meaning(table, WIDE_DATES, Roles(of=kept), values=dated, covariates=covariates, ignored=[*ignored])
