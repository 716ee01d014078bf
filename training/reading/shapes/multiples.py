"""Quantities that are counted in thousands or millions, by their name: ``Units (000)``, ``Menge in Tsd.``."""

import re
from collections.abc import Iterable
from typing import Final

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.lines.measured import label_of
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
from training.reading.tables import RawTable

_TIMES: Final = {
    "thousands": (
        "thousand", "thousands", "tsd", "tausend", "milliers", "milhares", "migliaia", "duizend", "duizendtallen",
        "tys", "tusen", "tusinde", "000", "000s", "tstk",
    ),
    "millions": (
        "million", "millions", "mio", "mln", "millionen", "millones", "milhoes", "milioni", "miljoen", "miljoner",
        "millioner", "000000",
    ),
    "hundreds": ("hundreds", "hunderte", "centaines", "centenas", "centinaia", "honderdtallen"),
}  # fmt: skip
_IN_BRACKETS: Final = {"k": "thousands", "miles": "thousands", "mil": "thousands", "mille": "thousands"}
"""Words that mean it in brackets, and others elsewhere."""
_BRACKETS: Final = re.compile(r"[(\[]([^)\]]*)[)\]]")
_BY: Final = re.compile(r"[x\u00d7*]\s*1([., ']?000){1,2}\b|[(\[]\s*1([., ']?000){1,2}\s*[)\]]")


_SHORT: Final = {"M": "millions", "MM": "millions", "MN": "millions", "Mn": "millions", "mn": "millions"}
"""In brackets."""
_METRES: Final = {"m": "millions or in metres", "mm": "millions or in millimetres"}
"""In brackets, where goods are sold by length, too."""
_BEHIND: Final = {"k": "thousands", "K": "thousands", "MM": "millions", "mn": "millions", "MN": "millions"}
"""Behind a word that counts: ``Qty K``."""
_THOUSAND_PIECES: Final = re.compile(r"\bT(?:sd)?[ .-]?(?:Stk|Stück|St)\b")


def multiple_of(header: str) -> str | None:
    """``thousands``, ``millions`` or ``hundreds`` where a name says that its numbers are so many; None for others."""
    return _multiple(header, words.fold(header).split())


def _multiple(header: str, tokens: list[str]) -> str | None:
    if (by := _BY.search(header)) is not None:
        return "millions" if by.group().count("000") > 1 else "thousands"
    if tokens[-2:] == ["000", "000"]:
        return "millions"
    told = next((what for what, names in _TIMES.items() if set(names) & set(tokens[1:])), None)
    inner = [re.sub(r"^(?:in|en) ", "", text.strip(), flags=re.IGNORECASE) for text in _BRACKETS.findall(header)]
    told = told or next((_SHORT[text] for text in inner if text in _SHORT), None)
    told = told or next((_IN_BRACKETS[text] for text in map(words.fold, inner) if text in _IN_BRACKETS), None)
    if told is None and _THOUSAND_PIECES.search(header):
        return "thousands"
    before, _, last = header.replace("_", " ").rpartition(" ")
    counts = not words.COUNTED.isdisjoint(words.fold(before).split())
    return told or (_BEHIND.get(last) if counts else None)


def _in_metres(header: str) -> str | None:
    """What ``Units (m)`` may count in; None for other names."""
    return next((_METRES[text] for text in _BRACKETS.findall(header) if text in _METRES), None)


def check_multiples_of_days(columns: Iterable[str], name: str) -> None:
    """Raise where the measure in the names of columns of days is counted so: ``Units (000) 2024-01-01``."""
    for column in columns:
        label = label_of(column)
        what = None if label is None else _multiple(label.measure, ["", *words.fold(label.measure).split()])
        if what is not None:
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{name}: {column!r} counts in {what} by its name; export the numbers in full, and leave that out of "
                "the names.",
            )


def check_multiples(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the quantity is counted so; a configured one is taken as it stands."""
    index = roles.of.get(words.UNITS, roles.of.get(SALES))
    if index is None or words.UNITS in roles.configured:
        return
    header = table.header[index]
    entry = f"reading.columns.units = {header!r}"
    if (what := multiple_of(header)) is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {header!r} counts in {what} by its name; export the numbers in full, or set {entry} to take them "
            f"as they are written, in {what}.",
        )
    if (what := _in_metres(header)) is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {header!r} may count in {what} by its name; export the numbers in full, or set {entry} to take "
            "them as they are written.",
        )


def check_multiples_across(headers: list[str], name: str) -> None:
    """Raise where columns of items or stores are counted so, by what stands in brackets: ``Mug (thousands)``.

    ``Nails (1000)`` and ``Item 000`` are names.
    """
    for header in headers:
        inner = {token for text in _BRACKETS.findall(header) for token in words.fold(text).split()}
        what = next((what for what, names in _TIMES.items() if inner.intersection(names)), None)
        if what is not None:
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{name}: {header!r} counts in {what} by its name; export the numbers in full, and leave that out of "
                "the name.",
            )
