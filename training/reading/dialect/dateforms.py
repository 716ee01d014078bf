"""Every way a day, a week or a month is written, and what each reading gives.

A *form* is one way to write dates, named by its strptime pattern where there is one.
``readings`` gives all forms a text could be, so that a column can be proven as a whole.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from training.reading.dialect.datepatterns import EXCEL, FORMS
from training.reading.dialect.digits import plain_text
from training.reading.vocabulary import CROATIAN, MONTH_OF, MONTHS, WEEKDAYS, fold

IN_CROATIAN: Final = " (Croatian)"
"""Ends the forms in which months have the numbers they have in Croatian alone."""
_FILL: Final = frozenset(["de", "of", "del", "do", "da", "the", "st", "nd", "rd", "th", "er", "le", "den", "den"])
_DOT: Final = re.compile(r"(?<=\d\.\d\d)\.$|(?<=\d{4})(?:\.|\s?[r\u0433]\.?)$")
"""Of ``2024.03.13.`` and ``13.03.2024.``, as some write ordinals, and ``8.01.2024 r.``, which says year."""
_TIME: Final = re.compile(
    r"(?:\s+[-\u2013|]\s+(?=\d{1,2}:\d{2})|[T ,]\s*|\s+(?:at|um|a las|à)\s+)"
    r"(?:\d{1,2}[:h.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?(?:[+-]\d{2}(?=$))?)?|\d{6}|\d{1,2}(?=\s*[ap]))\s*(?:uhr|hrs|hs|h)?\.?"
    r"\s*(?:[ap]\.?\s?m\.?)?\s*(?:(?:utc|gmt)[+-]\d{2}:?\d{2}(?:\s\([^()]+\))?|z|utc|gmt|[a-z]{3,4}|[+-]\d{2}:?\d{2})?"
    r"(?:\s?\((?:utc|gmt)[+-]\d{1,2}(?::?\d{2})?\))?(?:\[[a-z/_+-]+\d*\])?$",
    re.IGNORECASE,
)


_TIME_BEFORE: Final = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s*,\s*|\s+)(?=\S{3})", re.IGNORECASE)
"""``11:38 PM, September 10 2024``."""
_TO_WORDS: Final = "to|until|till|through|thru|bis|au|al|a|ate|tot|t/m|do"
_TO: Final = re.compile(rf"\s*(?:[-\u2013\u2014~/]|\.\.+)\s*|\s+(?:{_TO_WORDS})\s+", re.IGNORECASE)
_ENDS_IN_TO: Final = re.compile(rf"(?:[-\u2013\u2014~/]|\.\.|\s(?:{_TO_WORDS}))\s*$", re.IGNORECASE)
_SHORTEST_RANGE, _LONGEST_RANGE, _FEWEST_DIGITS = 13, 60, 3

ENDING: Final = re.compile(
    r"^(?:(?P<weeks>\d{1,2})\s*)?(?:w/\s?e\.?|we(?=\s*\d)|w(?:ee)?ks?\.?\s+end(?:ing|ed)?\.?)[\s:-]*(?=\S)",
    re.IGNORECASE,
)
"""How panels of retailers name a week by its last day: ``1 W/E 01/09/16``, ``Week Ending 01-10-16``."""


def names_week_by_end(text: str) -> bool:
    """Is it such a label of one week? It stands for the Monday in it, as every label of a week does."""
    ending = ENDING.match(text.strip())
    return ending is not None and ending["weeks"] in (None, "1")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weekday_of(text: str) -> int | None:
    """0 for Monday, from an English or German name; None for anything else."""
    return _WEEKDAY_OF.get(fold(text)[:3])


def month_of(text: str) -> int | None:
    """1 to 12, from a number or a name; None for anything else."""
    plain = fold(text)
    number = int(plain) if plain.isdigit() else MONTH_OF.get(plain, 0)
    return number if number in range(1, 13) else None


_WEEKDAY_OF: Final = {
    name: index
    for index, names in enumerate(("mon", "tue die", "wed mit", "thu don", "fri fre", "sat sam", "sun son"))
    for name in names.split()
}


def split_time(text: str) -> tuple[str, str]:
    """Day and time of day, the latter empty where there is none."""
    if before := _TIME_BEFORE.match(text):
        return text[before.end() :], before.group().strip(" ,")
    match = _TIME.search(text)
    if match is None or _ENDS_IN_TO.search(text[: match.start()]):  # the short date that ends a range
        return text, ""
    if not any(c.isdigit() for c in text[: match.start()]):  # "Mo 06.05.24": a time stands after a day
        return text, ""
    return text[: match.start()].strip(), match.group().strip(" ,Tt-\u2013|")


def _plain(text: str, months: Mapping[str, int] = MONTHS) -> str:
    """Lower case, months as ``#01``, without weekday names and little words."""
    if not any(c.isalpha() for c in text):
        return text
    if names_week_by_end(text):
        text = ENDING.sub("", text)
    if (joined := _JOINED.match(text)) and joined[2].casefold() in MONTH_OF:
        text = " ".join(joined.groups())
    words = fold(re.sub(r"(\d)(st|nd|rd|th|er|º|ª)\b", r"\1", text)).split()
    if words[:1] in _TUESDAYS and not any(word in MONTH_OF for word in words[1:]) and _DAY_MONTH.search(text):
        return re.sub(r"^[^\W\d_]+\.?,?\s+", "", text)  # Tuesday, not March: the month stands there as a number
    if not any(word in MONTH_OF for word in words):
        bare = re.sub(r"^[^\W\d_]+\.?,?\s+", "", text) if words and words[0] in WEEKDAYS else text
        return bare.casefold()
    if words[0] in WEEKDAYS and (words[0] not in MONTH_OF or sum(w in MONTH_OF for w in words) > 1):
        words = words[1:]
    kept = [word for word in words if word not in _FILL and (word not in WEEKDAYS or word in MONTH_OF)]
    return " ".join(f"#{months[word]:02d}" if word in months else word for word in kept)


_JOINED: Final = re.compile(r"^(\d{1,2})([^\W\d_]{3,9})(\d{4}|\d{2})$")  # 26FEB2024
_TUESDAYS: Final = (["mar"],)
_DAY_MONTH: Final = re.compile(r"\s\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$")


@lru_cache(maxsize=65536)
def readings(text: str) -> tuple[tuple[str, date], ...]:
    """All forms that read ``text`` (a day without its time), with the day each gives.

    A range of one day, of seven, or of a month of the calendar stands for its first day.
    """
    text = _DOT.sub("", plain_text(text.strip()))
    return _of_one(text) or tuple((form, first) for form, first, last in ranges(text) if _is_period(first, last))


def ranges(text: str) -> list[tuple[str, date, date]]:
    """All forms that read ``01.01.2024 - 07.01.2024`` as a range, with its first and last day."""
    found: list[tuple[str, date, date]] = []
    for cut in _TO.finditer(text) if _SHORTEST_RANGE <= len(text) <= _LONGEST_RANGE else ():
        parts = (text[: cut.start()], text[cut.end() :])
        if any(sum(c.isdigit() for c in part) < _FEWEST_DIGITS for part in parts):
            continue
        firsts, lasts = (dict(_of_one(split_time(part)[0])) for part in parts)
        found += [
            (f"{form} - {form}", first, lasts[form])
            for form, first in firsts.items()
            if form in lasts and "%d" in form and first <= lasts[form]
        ]
    return found


def _is_period(first: date, last: date) -> bool:
    days = (last - first).days + 1
    return days in (1, 7) or (first.day == 1 and days == monthrange(first.year, first.month)[1])


def _of_one(text: str) -> tuple[tuple[str, date], ...]:
    text, of_week = text.strip(), names_week_by_end(text)
    written = [(_plain(text), "")]
    if any(c.isalpha() for c in text) and not CROATIAN.keys().isdisjoint(fold(text).split()):
        written.append((_plain(text, CROATIAN), IN_CROATIAN))
    found: list[tuple[str, date]] = []
    for plain, suffix in written:
        for form, pattern, build in FORMS:
            match = pattern.match(plain)
            day = build(match) if match else None
            if day is not None:
                found.append((form + suffix, _monday(day) if of_week else day))
    return tuple(found)


def strptime(text: str, pattern: str) -> date | None:
    """Read by a configured pattern; ISO weeks stand for their Monday, and so do weeks named by their last day."""
    if names_week_by_end(text):
        day = _by_pattern(text, pattern)
        return _monday(day) if day else None
    return _by_pattern(text, pattern)


def _by_pattern(text: str, pattern: str) -> date | None:
    if pattern == EXCEL:
        return dict(readings(text)).get(EXCEL)
    if "%V" in pattern and "%u" not in pattern:
        text, pattern = f"{text} 1", f"{pattern} %u"
    try:
        return datetime.strptime(text, pattern).date()
    except (ValueError, re.error):  # the latter for a part that a pattern names twice, as that of a range does
        return None


def header_dates(names: Iterable[str]) -> frozenset[str]:
    """Column names that are dates, when there are two at least; serials and bare numbers are none."""
    found = frozenset(
        name
        for name in names
        if any(form != EXCEL and (form not in _BARE) for form, _ in readings(split_time(name)[0]))
    )
    return found if len(found) > 1 else frozenset()


_BARE: Final = frozenset({"%d%m%Y", "%m%d%Y", "%y%m%d", "%Y%j", "%Y-%j"})
