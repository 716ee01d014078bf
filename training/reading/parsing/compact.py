"""Pivot tables in compact form: one column of labels, in which a group's row is the sum of the rows below it."""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.parsing import sums
from training.reading.shapes.meaning import WIDE_DATES, Meaning

_FEWEST_GROUPS: Final = 2
_Matrix = npt.NDArray[np.float64]


def check_compact(meaning: Meaning, frame: pl.DataFrame) -> None:
    """Raise where every row of a table with one column a date is a group's sum or belongs to one.

    Raises:
        FileRefusedError: groups and their parts would both count.
    """
    labels = [index for role in (words.STORE, words.ITEM) if (index := meaning.index(role)) is not None]
    many = frame.height * len(meaning.values) > sums.MOST_CELLS
    if meaning.shape != WIDE_DATES or len(labels) != 1 or len(meaning.values) < 2 or many:  # noqa: PLR2004
        return
    for mark in numbers.MARKS:
        read = [numbers.numbers(frame[cell(index)], mark)[0].fill_null(0.0) for index in meaning.values]
        groups = _groups(np.column_stack([column.to_numpy() for column in read]))
        if len(groups) >= _FEWEST_GROUPS:
            where = f"{meaning.table.member}: " if meaning.table.member else ""
            line, label = frame.select(LINE, cell(labels[0])).row(groups[0])
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{where}line {line} ({label!r}) is the sum of the rows below it, as "
                f"{_others(len(groups) - 1)}, so groups and their parts would both count; show the pivot table "
                "in tabular form, with labels on each row.",
            )


def _others(count: int) -> str:
    return "is one more" if count == 1 else f"are {count} more"


def _groups(rows: _Matrix) -> list[int]:
    """Rows that are sums of the ones below them, up to the next; none where one row is neither."""
    found: list[int] = []
    at, parts = 0, 0
    while at < len(rows):
        if found and not rows[at].any():
            at += 1  # a part without sales, at the end of its group
            continue
        sums = np.cumsum(rows[at + 1 :], axis=0)
        hit = np.flatnonzero(np.isclose(sums, rows[at]).all(axis=1))
        if not hit.size or not rows[at].any():
            return []
        found.append(at)
        parts = max(parts, int(hit[0]) + 1)
        at += int(hit[0]) + 2
    return found if parts > 1 else []
