"""Columns of numbers among those of days, items or stores that would be lost: ``Mrch 2024``, or without a name."""

import re
from typing import Final

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.roles import Roles
from training.reading.shapes.contents import sample_of
from training.reading.shapes.meaning import is_numeric
from training.reading.shapes.widenames import known_word
from training.reading.tables import RawTable
from training.reading.totals import looks_total

_NUMBER: Final = re.compile(r"[-+(]?\d[\d.,' \u00a0]*\)?")
_SUMS: Final = re.compile(
    r"\b(?:[qths] ?[1-4]|quarter|quartal|trimestre?|half|halbjahr|semestre?|weeks?|months?|years?)\b"
)


def check_among(table: RawTable, roles: Roles, dated: list[int], name: str) -> None:
    """Raise where numbers stand between columns of days, or under a name written as theirs are, and would be lost.

    Totals, quarters and what is known to stand beside sales are left out as ever.
    """
    forms = {form for form in (_form(table.header[at]) for at in dated) if "9" in form}
    taken = {*dated, *roles.of.values(), *roles.renamed}
    for index, header in enumerate(table.header):
        between = dated[0] < index < dated[-1]
        if not header or index in taken or not (between or _form(header) in forms) or not is_numeric(table, index):
            continue
        if not _is_known(header):
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{name}: {header!r} stands among columns of days (line {table.header_line}) and is read as none; "
                f"write it as the others are, such as {table.header[dated[0]]!r}, or set "
                f"reading.columns.{words.snake(header)} = {header!r} to keep it beside them.",
            )
    check_unnamed(table, dated, name)


def check_unnamed(table: RawTable, values: list[int], name: str) -> None:
    """Raise where a column of numbers without a name stands among those that have one."""
    for index in range(values[0], values[-1]):
        texts = [] if table.header[index] else sample_of(table, index)
        if texts and all(map(_NUMBER.fullmatch, texts)):
            raise FileRefusedError(
                Reason.COLUMNS_MISSING,
                f"{name}: column {index + 1} has numbers (such as {texts[0]!r}) and no name (line "
                f"{table.header_line}), and stands among others, such as {table.header[values[0]]!r}; write its name, "
                "or leave it out.",
            )


def _form(header: str) -> str:
    """``aa.99`` of ``Şub.24``: letters and digits as such."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "9", header.strip()))


def _is_known(header: str) -> bool:
    folded = words.fold(header)
    beside = folded in words.BESIDE_COLUMNS or "%" in header or bool(words.roles_of(header))
    return beside or looks_total(header) or known_word(header) or _SUMS.search(folded) is not None
