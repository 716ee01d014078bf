"""The day that a file's own name tells, for rows that tell none: ``2024-03-01.csv`` in an archive of daily exports."""

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings
from training.reading.dialect.datepatterns import EXCEL
from training.reading.errors import FileRefusedError, UndatedError
from training.reading.ledger import cell
from training.reading.lines.years import lacks_year
from training.reading.shapes.contents import sample_of
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning
from training.reading.shapes.shape import understand
from training.reading.tables import RawTable

_CALENDAR: Final = frozenset({words.DATE, words.YEAR, words.MONTH, words.WEEK, words.DAY})
COLUMN: Final = "day of the file name"
_START, _STOP = r"(?<![A-Za-z0-9.])", r"(?![A-Za-z0-9])"
_DAYS: Final = tuple(
    re.compile(_START + form + _STOP, re.IGNORECASE)
    for form in (
        r"(?P<day>\d{4}(?P<mark>[-_. ])\d{1,2}(?P=mark)\d{1,2})",
        r"(?P<day>\d{1,2}(?P<mark>[-_. ])\d{1,2}(?P=mark)(?:\d{4}|\d{2}))",
        r"(?P<day>\d{8})(?:\d{4}|\d{6})?",
        r"(?P<day>\d{4}[-_ ]?(?:W|KW)\d{1,2})",
        r"(?P<day>(?:W|KW)[ _-]?\d{1,2}[-_ ]\d{4})",
        r"(?P<day>(?:\d{1,2}[-_ ])?[^\W\d_]{3,}[-_ ]\d{4})",
        r"(?P<day>\d{4}[-_ ][^\W\d_]{3,})",
        r"(?P<day>\d{4}-\d{2})",
    )
)


def day_in(name: str) -> list[str]:
    """Texts of the days that a name tells, each once, as a cell would write them."""
    rest, found = PurePosixPath(name).stem if "." in name else name, list[str]()
    rest = re.sub(r"\.(?:csv|tsv|txt|xlsx|gz|zip|parquet)$", "", rest, flags=re.IGNORECASE)
    for form in _DAYS:
        for match in form.finditer(rest):
            text = match["day"].replace("_", "-")
            if any(found_form != EXCEL for found_form, _ in readings(text)):
                found.append(text)
                rest = rest.replace(match[0], "\n")
    return list(dict.fromkeys(found))


def understood(table: RawTable, config: Reading, name: str) -> Meaning:
    """The meaning of a table, whose rows have the day of its name where they have none.

    ``name`` is that of the upload; a member of an archive, or a sheet, comes first where it tells a day.

    Raises:
        FileRefusedError: as of ``understand``; where no day is told the sentence says so of the name too.
    """
    try:
        return understand(table, config, name)
    except UndatedError as undated:
        own = next((each for each in (table.member, name) if each and day_in(each)), "")
        days = day_in(own)
        if days and (tells := _column_of_several_days(table)) is not None:
            raise undated.but(
                f"and as {tells!r} tells of several days, the one in the file's name is not taken; add a column "
                "of the day, or name it"
            ) from undated
        if len(days) == 1 and _of_sales(own) and (found := _dated(table, config, name, days[0])) is not None:
            return found
        raise undated.but(_why(PurePosixPath(own).name, days)) from undated
    except FileRefusedError as refused:
        raise _with_next(refused, table, config, name) from refused


def _with_next(refused: FileRefusedError, table: RawTable, config: Reading, name: str) -> FileRefusedError:
    """The refusal with that which would follow once the quantity is named as it says: both are told at once."""
    if refused.units is None or words.UNITS in config.columns:
        return refused
    named = config.model_copy(update={"columns": {**config.columns, words.UNITS: refused.units}})
    try:
        understood(table, named, name)
    except FileRefusedError as following:
        told = following.sentence.removeprefix(f"{name}: ")
        sentence = f"{refused.sentence} Besides: {told[:1].lower() + told[1:]}"
        return FileRefusedError(refused.reason, sentence, refused.refusals, units=refused.units)
    return refused


def _column_of_several_days(table: RawTable) -> str | None:
    """The column by which rows are of several days, though not fully told: ``01/01``, ``Mon``, ``Jan``, ``W12``."""
    for index, header in enumerate(table.header):
        texts = set(sample_of(table, index))
        if len(texts) > 1 and (all(map(_is_part, texts)) or (_is_called(header) and not any(map(_is_clock, texts)))):
            return header
    return None


def _is_part(text: str) -> bool:
    return words.fold(text) in words.WEEKDAYS or words.fold(text) in words.MONTH_OF or lacks_year(text)


def _is_called(header: str) -> bool:
    return naming.is_date_name(header) or any(role in _CALENDAR for role, _ in words.roles_of(header))


def _is_clock(text: str) -> bool:
    return ":" in text


def _dated(table: RawTable, config: Reading, name: str, day: str) -> Meaning | None:
    """None for what is no table of quantities sold: a price list of a day is a plan of none."""
    at = len(table.header)
    frame = table.frame.with_columns(pl.lit(day).alias(cell(at)))
    dated = replace(table, header=(*table.header, COLUMN), frame=frame)
    meaning = understand(dated, config.model_copy(update={"columns": {**config.columns, words.DATE: COLUMN}}), name)
    is_sold = meaning.shape in (LONG, TRANSACTIONS) and words.UNITS in meaning.roles
    return meaning if is_sold else None


def _of_sales(name: str) -> bool:
    """Not ``stock_2024-03-01.csv``: a quantity in it is none that was sold."""
    return words.NOT_OF_SALES.isdisjoint(words.fold(PurePosixPath(name).name).split())


def _why(name: str, days: list[str]) -> str:
    if not days:
        return "and the file's name tells no day; add a column of the day, or name it"
    if len(days) > 1:
        several = ", ".join(map(repr, days[:2]))
        return f"and the name {name!r} tells several days ({several}); add a column of the day, or name it"
    return f"and the day in the name {name!r} is not taken for that of sales; add a column of the day, or name it"
