"""Months and weeks of no year, of a fiscal one, and instants: what tells no day of the calendar."""

import re
from typing import Final

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, split_time
from training.reading.dialect.datepatterns import EXCEL
from training.reading.dialect.periods import is_fiscal_period
from training.reading.errors import FileRefusedError
from training.reading.lines.daycells import is_short_day
from training.reading.lines.monthdays import days_of_month, numbered
from training.reading.lines.years import is_week, lacks_year
from training.reading.roles import Roles
from training.reading.shapes.contents import sample_of
from training.reading.tables import RawTable

_SECONDS: Final = 10
"""Digits of seconds since 1970; those of milliseconds are more."""
_INSTANT: Final = re.compile(r"^1\d{9}(?:\d{3})?(?:\.\d+)?$")


def check_months(table: RawTable, name: str) -> None:
    """Raise where columns are months of no year."""
    months = [header for header in table.header if words.fold(header) in words.MONTH_OF]
    if len(months) > 2:  # noqa: PLR2004 - fewer may be words of another kind
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: the columns {', '.join(map(repr, months[:3]))} are months without a year; write it into their "
            f"names, as '{months[0]} 2024', or in a column 'Year'.",
        )


def check_weeks(table: RawTable, name: str) -> None:
    """Raise where columns are weeks of no year."""
    weeks = [header for header in table.header if is_week(header)]
    if len(weeks) > 2:  # noqa: PLR2004 - fewer may be of another kind
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: the columns {', '.join(map(repr, weeks[:3]))} are weeks without a year; write it into their "
            "names, as '2024-W01'.",
        )


def check_days(table: RawTable, name: str) -> None:
    """Raise where columns are days of the week, of a month, or of no year."""
    weekdays = [header for header in table.header if words.fold(header) in words.WEEKDAYS]
    if len(weekdays) > 2:  # noqa: PLR2004 - fewer may be words of another kind
        raise _no_days(name, weekdays, "days of the week, and no column tells which")
    if numbers := days_of_month(table.header):
        raise _no_days(name, numbers, "days of a month, and no columns of the year and the month tell which")
    if len(numbers := numbered(table.header)) > 2:  # noqa: PLR2004 - fewer may be of another kind
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: the columns {', '.join(map(repr, numbers[:3]))} may be days of a month or of another kind, and "
            "no column tells the day; if they are days, write the date into their names, as '2024-01-31', or tell the "
            "first as reading.date_format = '1 = 2024-01-01'.",
        )
    undated = [header for header in table.header if lacks_year(header) or is_short_day(header)]
    if len(undated) > 1:
        raise _no_days(name, undated, "days without a year")


def _no_days(name: str, headers: list[str], what: str) -> FileRefusedError:
    shown = ", ".join(map(repr, headers[:3]))
    return FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: the columns {shown} are {what}; write the date into their names, as '2024-01-31', or a row for each "
        "day.",
    )


def check_fiscal_periods(table: RawTable, name: str) -> None:
    """Raise where columns or the cells of one are numbered periods of a fiscal year, of which no day is told."""
    named = [header for header in table.header if is_fiscal_period(header)]
    told = f"the columns {', '.join(map(repr, named[:3]))} are" if len(named) > 1 else ""
    for index, header in enumerate(table.header) if not told else ():
        texts = sample_of(table, index)
        if texts and all(map(is_fiscal_period, texts)):
            told = f"the cells of {header!r} (such as {texts[0]!r}) are"
    if told:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {told} periods of a fiscal year, and on which day each begins is not told; where they are months "
            "of the calendar, write which, as '2024-01', and where they are of several weeks, export weeks or days.",
        )


def check_instants(table: RawTable, name: str) -> None:
    """Raise where a column counts seconds since 1970: which day it was in the store its numbers do not say."""
    for index, header in enumerate(table.header):
        called = any(role == words.DATE for role, _ in words.roles_of(header)) or naming.is_date_name(header)
        texts = sample_of(table, index) if called else []
        if texts and all(_INSTANT.match(text) for text in texts):
            thousandths = len(texts[0].partition(".")[0]) > _SECONDS
            raise FileRefusedError(
                Reason.COLUMNS_MISSING,
                f"{name}: {header!r} counts {'milli' if thousandths else ''}seconds since 1970 (such as {texts[0]!r}), "
                "which fall on different days in different places; write the day of the sale in the store's own time.",
            )


def check_fiscal(table: RawTable, roles: Roles, reading: Reading, name: str) -> None:
    """Raise where weeks or months are of a fiscal year, of which the file does not tell the first day."""
    parts = [roles.of[role] for role in (words.DATE, words.YEAR, words.MONTH, words.WEEK) if role in roles]
    index = next((at for at in parts if naming.is_fiscal(table.header[at])), None)
    if index is None or reading.date_format is not None:
        return
    texts = sample_of(table, index)
    dated = index == roles.of.get(words.DATE)
    if not texts or (dated and any(_is_full(form) for text in texts for form, _ in readings(split_time(text)[0]))):
        return
    monthly = words.MONTH in roles or words.MONTH in {role for role, _ in words.roles_of(table.header[index])}
    forms = [form for form, _ in readings(texts[0])] if dated else ["%Y-%m" if monthly else "%G-W%V"]
    form = next((form for form in forms if ("%m" in form) == monthly), forms[0])
    what = "months" if "%m" in form else "weeks"
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: {table.header[index]!r} is called fiscal, and on which day that year begins is not told (such as "
        f"{texts[0]!r}); write the first day of each of the {what}, or set reading.date_format = '{form}' to read them "
        "as those of the calendar.",
    )


def _is_full(form: str) -> bool:
    """Tells a day, and no week or month alone."""
    return form == EXCEL or any(part in form for part in ("%d", "%j", "%u"))
