"""Columns of a wide table that call themselves the total of those beside them: both would count."""

import re
from typing import Final

import numpy as np

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.lines.titles import says_all
from training.reading.tables import RawTable
from training.reading.totals import is_total, looks_total

_FEWEST: Final = 2
_EVERY: Final = frozenset(
    {"all", "alle", "alles", "saemtliche", "samtliche", "tous", "toutes", "todas", "todos", "tutti", "tutte"}
)
_AVERAGES: Final = frozenset(
    {"average", "avg", "mean", "durchschnitt", "mittelwert", "moyenne", "promedio", "media", "gemiddelde"}
)


def may_be_whole(header: str) -> bool:
    """``All`` alone: the total of the columns beside it, or a name."""
    return words.fold(header) in _EVERY


def parts_of(table: RawTable, named: list[int], name: str) -> list[int]:
    """Those of the columns of numbers that are no total of the others.

    ``Total`` and ``All Stores`` are by their names, ``All`` where it is the sum of the others on each row.

    Raises:
        FileRefusedError: ``All`` is not their sum.
    """
    parts = [index for index in named if not (is_total(table.header[index]) or _is_of_all(table.header[index]))]
    whole = next((index for index in parts if may_be_whole(table.header[index])), None)
    if whole is not None and len(parts) > 2:  # noqa: PLR2004 - two parts and their sum
        parts.remove(whole)
        _check_sum(table, whole, parts, name)
    return _summed_up(table, parts) or parts


def whole_of(table: RawTable, fresh: list[int], parts: list[int]) -> int | None:
    """The column called ``Total`` that is the sum of the others on each row."""
    wholes = [index for index in fresh if is_total(table.header[index]) and index not in parts]
    if len(wholes) != 1 or len(parts) < _FEWEST or _wrong_line(table, wholes[0], parts) is not None:
        return None
    return wholes[0]


def _summed_up(table: RawTable, parts: list[int]) -> list[int]:
    """Those of which the only column that is called a total, ``Totale piatti``, is the sum on each row, if any.

    Whoever came stands beside them, as ``Coperti`` do, and is no part.
    """
    wholes = [index for index in parts if looks_total(table.header[index])]
    counted = [index for index in parts if index not in wholes and not naming.is_footfall(table.header[index])]
    if len(wholes) != 1 or len(counted) < _FEWEST or _wrong_line(table, wholes[0], counted) is not None:
        return []
    return counted


def check_totals(headers: list[str], name: str) -> None:
    """Raise where one of several columns is called the total of some, such as ``Total Bags``."""
    bare = [re.sub(r"\([^)]*\)\s*$", "", header) for header in headers]
    some = [header for header, short in zip(headers, bare, strict=True) if looks_total(short)]
    if len(headers) > 1 and all(map(is_total, bare)):  # "Total Bran" and "Total Corn" are items
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {', '.join(map(repr, headers[:3]))} are called totals, and no items or stores; add the "
            "quantity of each item, or name it as reading.columns.units.",
        )
    averages = any(not _AVERAGES.isdisjoint(words.fold(header).split()) for header in some)
    if some and (len(some) < len(headers) or averages):  # "Total Bran" and "Total Corn", but no average, are items
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {some[0]!r} is called a total or an average, and what it is of may stand beside it and would "
            f"count twice; leave it out, set reading.columns.{words.snake(some[0])} = '{some[0]}' to keep it beside "
            "the others, or name the column that is the quantity as reading.columns.units.",
        )


def _is_of_all(header: str) -> bool:
    """``All Stores``, ``Alle Filialen``."""
    first, *rest = words.fold(header).split() or [""]
    return bool(rest) and first in _EVERY and any(says_all(header, role) for role in (words.STORE, words.ITEM))


def _wrong_line(table: RawTable, whole: int, parts: list[int]) -> int | None:
    """The first line on which a column is not the sum of others, None where it is on all."""
    wrong: list[int] = []
    for mark in numbers.MARKS:
        read = [numbers.numbers(table.frame[cell(at)], mark)[0].fill_null(0.0).to_numpy() for at in (whole, *parts)]
        differs = np.flatnonzero(~np.isclose(read[0], np.sum(read[1:], axis=0), atol=1e-6))
        if not differs.size:
            return None
        wrong.append(int(differs[0]))
    return int(table.frame[LINE][wrong[0]])


def _check_sum(table: RawTable, whole: int, parts: list[int], name: str) -> None:
    line = _wrong_line(table, whole, parts)
    if line is None:
        return
    header = table.header[whole]
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: {header!r} may be the total of the columns beside it, and is not their sum (line {line}); leave it "
        "out, or where it is the name of an item or a store, write more of it.",
    )
