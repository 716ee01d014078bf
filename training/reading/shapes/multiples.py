"""Quantities that are counted in thousands or millions, by their name: ``Units (000)``, ``Menge in Tsd.``."""

import re
from typing import Final

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
from training.reading.tables import RawTable

_TIMES: Final = {
    "thousands": (
        "thousand", "thousands", "tsd", "tausend", "milliers", "milhares", "migliaia", "duizend", "duizendtallen",
        "tys", "tusen", "tusinde", "000", "000s",
    ),
    "millions": (
        "million", "millions", "mio", "mln", "millionen", "millones", "milhoes", "milioni", "miljoen", "miljoner",
        "millioner", "000000",
    ),
}  # fmt: skip
_IN_BRACKETS: Final = {"k": "thousands", "miles": "thousands", "mil": "thousands", "mille": "thousands"}
"""Words that mean it in brackets, and others elsewhere."""
_BRACKETS: Final = re.compile(r"[(\[]([^)\]]*)[)\]]")
_BY: Final = re.compile(r"[x\u00d7*]\s*1([., ']?000){1,2}\b|[(\[]\s*1([., ']?000){1,2}\s*[)\]]")


def multiple_of(header: str) -> str | None:
    """``thousands`` or ``millions`` where a name says that its numbers are so many; None for others."""
    tokens = words.fold(header).split()
    if (by := _BY.search(header)) is not None:
        return "millions" if by.group().count("000") > 1 else "thousands"
    if tokens[-2:] == ["000", "000"]:
        return "millions"
    told = next((what for what, names in _TIMES.items() if set(names) & set(tokens[1:])), None)
    inner = (words.fold(text).removeprefix("in ").removeprefix("en ") for text in _BRACKETS.findall(header))
    return told or next((_IN_BRACKETS[text] for text in inner if text in _IN_BRACKETS), None)


def check_multiples(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the quantity is counted so; a configured one is taken as it stands."""
    index = roles.of.get(words.UNITS, roles.of.get(SALES))
    what = None if index is None else multiple_of(table.header[index])
    if index is None or what is None or words.UNITS in roles.configured:
        return
    header = table.header[index]
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: {header!r} counts in {what} by its name; export the numbers in full, or set reading.columns.units = "
        f"'{header}' to take them as they are written, in {what}.",
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
