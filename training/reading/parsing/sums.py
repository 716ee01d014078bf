"""Rows and columns of wide tables that are the sum of all others, under whatever name: both would count."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.shapes.meaning import WIDE, WIDE_DATES, Meaning
from training.reading.shapes.wholes import may_be_whole

MOST_CELLS: Final = 2_000_000
"""Cells of a wide table beyond which sums are not looked for."""
_FEWEST: Final = 3
"""Parts of a sum, and cells that bear it out: fewer may be so by chance."""
_MANY: Final = 14
"""Cells that bear out a sum of two parts, or one that some cells do not bear out."""
_Matrix = npt.NDArray[np.float64]


def check_sums(meaning: Meaning, frame: pl.DataFrame) -> None:
    """Raise where the first or last row of a table of days, or a column of one of items or stores, is such a sum.

    Raises:
        FileRefusedError: the sentence names it and how to have it left out.
    """
    if meaning.shape not in WIDE or frame.height * len(meaning.values) > MOST_CELLS:
        return
    for mark in numbers.MARKS:
        columns = _read(frame, meaning.values, mark)
        cells = columns.T if meaning.shape == WIDE_DATES else columns
        at = _sum_of_others(cells, _said(meaning, frame), edges=meaning.shape == WIDE_DATES)
        if at is not None:
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{_what(meaning, frame, at)} is the sum of all others, so both would count; leave it out, or call it "
                "'Total'.",
            )


def _read(frame: pl.DataFrame, values: Sequence[int], mark: numbers.Decimal) -> _Matrix:
    """(columns, lines) numbers, 0 where there is none; all columns in one, as a thousand are read no slower then."""
    columns = [frame[cell(index)] for index in values]
    alike = [pl.concat(columns)] if len({column.dtype for column in columns}) == 1 else columns
    read = [numbers.numbers(column, mark)[0].fill_null(0.0).to_numpy() for column in alike]
    return np.concatenate(read).reshape(len(columns), frame.height)


def _said(meaning: Meaning, frame: pl.DataFrame) -> set[int]:
    """Rows of a table with one column a date that call themselves ``All``."""
    named = [index for role in (words.ITEM, words.STORE) if (index := meaning.index(role)) is not None]
    if meaning.shape != WIDE_DATES or len(named) != 1:
        return set()
    return {
        at for at, text in enumerate(frame[cell(named[0])].cast(pl.String).to_list()) if text and may_be_whole(text)
    }


def _sum_of_others(cells: _Matrix, said: set[int], *, edges: bool) -> int | None:
    """The row that is the sum of all others in each column, of which enough have two parts or more.

    One that is ``said`` to be of all needs no more than that.
    """
    count, width = cells.shape
    proving = int(((cells != 0).sum(axis=0) > 2).sum())  # noqa: PLR2004 - two parts and their sum
    few = count > _FEWEST and width >= _FEWEST and proving == width
    sure = few or proving >= _MANY
    if count < _FEWEST or not (sure or (said and proving)):
        return None
    whole = cells.sum(axis=0)
    places = sorted(said | ({0, count - 1} if sure else set())) if edges else range(count)
    return next((at for at in places if np.allclose(2 * cells[at], whole, rtol=0, atol=1e-6)), None)


def _what(meaning: Meaning, frame: pl.DataFrame, at: int) -> str:
    where = f"{meaning.table.member}: " if meaning.table.member else ""
    if meaning.shape != WIDE_DATES:
        return f"{where}column {meaning.table.header[meaning.values[at]]!r}"
    named = [index for role in (words.ITEM, words.STORE) if (index := meaning.index(role)) is not None]
    label = f" ({frame[cell(named[0])][at]!r})" if named else ""
    return f"{where}line {frame[LINE][at]}{label}"
