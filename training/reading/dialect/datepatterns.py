"""The patterns in which days, weeks and months are written, and the day that a match of each gives.

A *form* is one way to write dates, named by its strptime pattern where there is one. Months stand as ``#01``.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

EXCEL: Final = "excel serial"
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_WEEK_WORDS: Final = "w|week|wk|kw|kalenderwoche|woche|sem|semaine|semana|settimana|sett|s|uke|cw"


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _week(year: int, week: int, day: int = 1) -> date | None:
    try:
        return date.fromisocalendar(year, week, day)
    except ValueError:
        return None


def _century(year: int) -> int:
    return 2000 + year if year < 69 else 1900 + year  # noqa: PLR2004 - the pivot of POSIX strptime


Builder = Callable[[re.Match[str]], date | None]


def _ints(match: re.Match[str], *names: str) -> list[int]:
    return [int(match[name]) for name in names]


def _ymd(match: re.Match[str]) -> date | None:
    return _day(*_ints(match, "y", "m", "d"))


def _short(match: re.Match[str]) -> date | None:
    year, month, day = _ints(match, "y", "m", "d")
    return _day(_century(year), month, day)


def _ym(match: re.Match[str]) -> date | None:
    return _day(int(match["y"]), int(match["m"]), 1)


def _yw(match: re.Match[str]) -> date | None:
    return _week(*_ints(match, "y", "w"))


def _short_week(match: re.Match[str]) -> date | None:
    year, week = _ints(match, "y", "w")
    return _week(_century(year), week)


def _ywd(match: re.Match[str]) -> date | None:
    return _week(*_ints(match, "y", "w", "d"))


def _ordinal(match: re.Match[str]) -> date | None:
    year, day = _ints(match, "y", "n")
    found = date(year, 1, 1) + timedelta(days=day - 1)
    return found if day and found.year == year else None


def _serial(match: re.Match[str]) -> date | None:
    return _EXCEL_EPOCH + timedelta(days=int(match["n"]))


def _forms() -> tuple[tuple[str, re.Pattern[str], Builder], ...]:
    y4, y2, two, one = r"(?P<y>\d{4})", r"(?P<y>\d{2})", r"\d{2}", r"\d{1,2}"
    forms: list[tuple[str, str, Builder]] = []
    for sep in "-/. ":
        s = re.escape(sep)
        forms += [
            (f"%Y{sep}%m{sep}%d", f"{y4}{s}(?P<m>{one}){s}(?P<d>{one})", _ymd),
            (f"%d{sep}%m{sep}%Y", f"(?P<d>{one}){s}(?P<m>{one}){s}{y4}", _ymd),
            (f"%d{sep}%m{sep}%y", f"(?P<d>{one}){s}(?P<m>{one}){s}{y2}", _short),
        ]
        if sep != ".":  # nobody writes the month first, or a short year first, with dots
            forms += [
                (f"%m{sep}%d{sep}%Y", f"(?P<m>{one}){s}(?P<d>{one}){s}{y4}", _ymd),
                (f"%m{sep}%d{sep}%y", f"(?P<m>{one}){s}(?P<d>{one}){s}{y2}", _short),
                (f"%y{sep}%m{sep}%d", f"{y2}{s}(?P<m>{one}){s}(?P<d>{one})", _short),
            ]
        if sep != " ":
            forms += [
                (f"%Y{sep}%m", f"{y4}{s}(?P<m>{one})", _ym),
                (f"%m{sep}%Y", f"(?P<m>{one}){s}{y4}", _ym),
                (f"%G{sep}%V", f"{y4}{s}(?P<w>{one})", _yw),
                (f"%V{sep}%G", f"(?P<w>{one}){s}{y4}", _yw),
            ]
    forms += [
        ("%d/%m-%Y", f"(?P<d>{one})/(?P<m>{one}) ?- ?{y4}", _ymd),  # as Danes write it
        ("%d/%m-%y", f"(?P<d>{one})/(?P<m>{one}) ?- ?{y2}", _short),
        ("%Y%m%d", f"{y4}(?P<m>{two})(?P<d>{two})", _ymd),
        ("%d%m%Y", f"(?P<d>{two})(?P<m>{two}){y4}", _ymd),
        ("%m%d%Y", f"(?P<m>{two})(?P<d>{two}){y4}", _ymd),
        ("%Y%m", f"(?P<y>(?:19|20)\\d\\d)(?P<m>{two})", _ym),
        ("%G%V", f"(?P<y>(?:19|20)\\d\\d)(?P<w>{two})", _yw),
        ("%y%m%d", f"(?P<y>(?!19|20)\\d\\d)(?P<m>{two})(?P<d>{two})", _short),
        ("%G-W%V", rf"{y4}\s*[-/. ]?\s*(?:{_WEEK_WORDS})\s*[-.]?\s*(?P<w>{one})", _yw),
        ("%G-W%V-%u", rf"{y4}-?w(?P<w>{two})-?(?P<d>[1-7])", _ywd),
        ("W%V %G", rf"(?:{_WEEK_WORDS})\s*\.?\s*(?P<w>{one})\s*[-/., ]\s*{y4}", _yw),
        ("W%V/%y", rf"(?:{_WEEK_WORDS})\s*\.?\s*(?P<w>{one})\s*/\s*{y2}", _short_week),  # "KW 18/24"
        ("%V W %G", rf"(?P<w>{one})\s*\.?\s*(?:{_WEEK_WORDS})\s*[-/., ]?\s*{y4}", _yw),
        ("%d %b %Y", rf"(?P<d>{one}) #(?P<m>{two}) {y4}", _ymd),
        ("%b %d %Y", rf"#(?P<m>{two}) (?P<d>{one}) {y4}", _ymd),
        ("%Y %b %d", rf"{y4} #(?P<m>{two}) (?P<d>{one})", _ymd),
        ("%d %b %y", rf"(?P<d>{one}) #(?P<m>{two}) {y2}", _short),
        ("%b %d %y", rf"#(?P<m>{two}) (?P<d>{one}) {y2}", _short),
        ("%b %Y", rf"#(?P<m>{two}) {y4}", _ym),
        ("%Y %b", rf"{y4} #(?P<m>{two})", _ym),
        ("%b %y", rf"#(?P<m>{two}) {y2}", lambda m: _day(_century(int(m["y"])), int(m["m"]), 1)),
        ("%Y年%m月%d日", rf"{y4}\s?[年년]\s?(?P<m>{one})\s?[月월]\s?(?P<d>{one})\s?[日일]", _ymd),
        ("%Y年%m月", rf"{y4}\s?[年년]\s?(?P<m>{one})\s?[月월]", _ym),
        ("%d.%m.%Y.", rf"(?P<d>{one})\.\s?(?P<m>{one})\.\s?{y4}\.", _ymd),
        ("%YM%m", rf"{y4}-?m(?P<m>{two})", _ym),
        ("%Y-%j", r"(?P<y>(?:19|20)\d\d)-(?P<n>\d{3})", _ordinal),
        ("%Y%j", r"(?P<y>(?:19|20)\d\d)(?P<n>\d{3})", _ordinal),
        ("%Y%m%d%H%M%S", rf"(?P<y>(?:19|20)\d\d)(?P<m>{two})(?P<d>{two})(?:[01]\d|2[0-3])[0-5]\d[0-5]\d", _ymd),
        (EXCEL, r"(?P<n>[2-7]\d{4})(?:[.,]\d+)?", _serial),
    ]
    return tuple((name, re.compile(rf"^{pattern}$"), build) for name, pattern, build in forms)


FORMS: Final = _forms()
