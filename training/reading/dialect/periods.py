"""Periods that are no day, week or month: quarters, half-years, years, and ranges of any other length."""

import re
from collections.abc import Iterable
from typing import Final

from training.reading.dialect.dateforms import ranges, readings
from training.reading.dialect.digits import plain_text
from training.reading.vocabulary import fold

_QUARTER: Final = "q|qu|qtr|quarter|quartal|kwartaal|kvartal|t|tr|trim|trimestre|trimester"
_HALF: Final = "h|hj|half|halfyear|halbjahr|sem|semestre|semester"
_YEAR, _SHORT = (rf"(?:(?:fy|gj) ?)?{digits}" for digits in (r"(?:19|20)\d\d", r"\d\d"))
_WHATS: Final = {"a quarter": (_QUARTER, "[1-4]"), "a half-year": (_HALF, "[12]")}
_SEVERAL: Final = 2
CURE: Final = "sales are read by day, week or month; export one of these"
QUARTERS: Final = frozenset({"quarter", "qtr", "quartal", "kwartaal", "trimestre", "kvartal"})


_NUMBERED: Final = r"(?:p|per|period|periode|periodo) ?(?:0?[1-9]|1[0-3])"
_OF_YEAR: Final = r"(?:(?:fy|gj) ?(?:(?:19|20)?\d\d)|(?:19|20)\d\d)"
_FISCAL: Final = re.compile(rf"{_NUMBERED} {_OF_YEAR}|{_OF_YEAR} {_NUMBERED}")


def is_fiscal_period(text: str) -> bool:
    """``P1 FY24``, ``FY2024 P01``, ``Period 3 2024``: of a year that begins on a day of its own."""
    return _FISCAL.fullmatch(fold(text)) is not None


def _counted(word: str, number: str) -> str:
    return rf"(?:(?:{word}) ?{number}|{number}(?:st|nd|rd|th|o|er|e|eme)? ?(?:{word})|i{{1,3}}v? (?:{word}))"


def _dated(counted: str) -> re.Pattern[str]:
    """A year of two digits stands apart: ``T101`` is a code."""
    return re.compile(rf"{_YEAR} ?{counted}|{_SHORT} {counted}|{counted} ?(?:of |de |du )?{_YEAR}|{counted} {_SHORT}")


_DATED: Final[dict[str, re.Pattern[str]]] = {what: _dated(_counted(*parts)) for what, parts in _WHATS.items()}
_BARE: Final[dict[str, re.Pattern[str]]] = {what: re.compile(_counted(*parts)) for what, parts in _WHATS.items()}


def coarse(text: str, *, bare: bool = False) -> str | None:
    """``a quarter`` of ``2024-Q1``, ``1T2024``, ``II. Quartal 24``; ``a period of 10 days`` of such a range; else None.

    ``bare`` takes ``Q1`` for a quarter, too.
    """
    plain = plain_text(text.strip())
    if not any(c.isdigit() for c in plain) and not bare:
        return None
    forms: list[tuple[str, re.Pattern[str]]] = [*_DATED.items(), *(_BARE.items() if bare else ())]
    told = next((what for what, form in forms if form.fullmatch(fold(plain))), None)
    if told is not None and not readings(plain):
        return told
    spans = {(last - first).days + 1 for _, first, last in ranges(plain)}
    return f"a period of {min(spans)} days" if spans and not readings(plain) else None


def coarse_columns(names: Iterable[str]) -> str | None:
    """A sentence on columns of which several are such periods; None for others."""
    named = [name.strip() for name in names if coarse(name)]
    if len(named) < _SEVERAL:
        return None
    shown = ", ".join(map(repr, named[:3]))
    return f"the columns {shown} are each {coarse(named[0])}, and {CURE}."
