"""Lines outside the tables of a file: is one of them a row all the same?"""

import re
from collections.abc import Sequence
from typing import Final

from training.reading.dialect.dateforms import readings, split_time
from training.reading.dialect.datepatterns import EXCEL
from training.reading.lines.records import split_record

MARKS: Final = (",", ";", "\t", "|")
_NUMBER: Final = re.compile(r"[-+(]?\d[\d.,' \u00a0]*[-)]?")
_LACKING: Final = 2


def kinds(fields: Sequence[str]) -> str:
    """What each cell holds: d for a day, n for a number, t for text, a dot for nothing."""
    return "".join(_kind(field.strip()) for field in fields)


def _kind(text: str) -> str:
    if not text:
        return "."
    if not text.isdigit() and any(form != EXCEL for form, _ in readings(split_time(text)[0])):
        return "d"
    return "n" if _NUMBER.fullmatch(text) else "t"


def divided_otherwise(raw: str, delimiter: str, width: int) -> bool:
    """True for a line that another delimiter divides into a day, a number and about as many cells as a row has."""
    for mark in MARKS:
        if mark != delimiter and raw.count(mark) >= max(width - _LACKING, 1):
            found = kinds(split_record(raw, mark))
            if "d" in found and "n" in found:
                return True
    return False
