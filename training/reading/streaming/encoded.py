"""Compact rows of many blocks, made one table."""

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from training.compact import Codes, codes_of, increase, key_ranks
from training.reading.parsing.parse import OPEN
from training.reading.streaming.blocks import IrregularError

PIECE: Final = 1 << 22
"""Rows that are put in order at a time."""
_SAMPLED: Final = 1 << 14


class TwinsError(IrregularError):
    """Rows share their key; which rows of all do."""

    def __init__(self, rows: pl.Series) -> None:
        super().__init__()
        self.rows = rows


def joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """All rows sorted by key, still compact. The list is emptied.

    Raises:
        TwinsError: two rows have one key; which of them counts is told by cells that are gone. The list is kept.
        IrregularError: a column is of two kinds.
    """
    frames[:] = _alike(frames)
    ranks = key_ranks(frames)
    if increase(codes_of(frame, ranks) for frame in frames):
        rows = pl.concat(frames)
        frames.clear()
        return rows
    code = _codes(frames, ranks)
    order, twins = _order(code)
    if bool(twins.any()):
        raise TwinsError(pl.Series(twins))
    del code, twins
    return _gathered(frames, order)


def in_order(frames: list[pl.DataFrame]) -> tuple[pl.DataFrame, Codes]:
    """All rows sorted by key, those of one key as they stood, and the code of each row's key. The list is emptied.

    Raises:
        IrregularError: a column is of two kinds.
    """
    frames[:] = _alike(frames)
    ranks = key_ranks(frames)
    code = _codes(frames, ranks)
    order, _ = _order(code)
    return _gathered(frames, order), code[order]


def _codes(frames: list[pl.DataFrame], ranks: dict[str, Codes]) -> Codes:
    """The codes of all rows, put where they belong block by block: joined afterwards they would be there twice."""
    code, start = np.empty(sum(frame.height for frame in frames), dtype=np.int64), 0
    for frame in frames:
        code[start : start + frame.height] = codes_of(frame, ranks)
        start += frame.height
    return code


def _order(code: Codes) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.bool_]]:
    """Places of the codes in their order, those of one code as they stand, and which codes are not alone.

    Sorted some range of codes after the other: at once it would take twice as much memory as the codes.
    """
    order, twins, start = np.empty(code.size, dtype=np.uint32), np.zeros(code.size, dtype=bool), 0
    for low, high in pairwise(_edges(code)):
        places = np.flatnonzero((code >= low) & (code < high)).astype(np.uint32)
        own = code[places]
        within = own.argsort(kind="stable")
        places, own = places[within], own[within]
        same = own[1:] == own[:-1]
        twins[places] = np.append(same, False) | np.insert(same, 0, False)
        order[start : start + places.size] = places
        start += places.size
    return order, twins


def _edges(code: Codes) -> list[int]:
    """Codes between which lie about ``PIECE`` of them, from the least to beyond the greatest."""
    if not code.size:
        return []
    sample = np.sort(code[:: max(code.size // _SAMPLED, 1)])
    count = code.size // PIECE + 1
    inner = sample[[sample.size * at // count for at in range(1, count)]]
    return sorted({int(code.min()), *map(int, inner), int(code.max()) + 1})


def _gathered(frames: list[pl.DataFrame], order: npt.NDArray[np.uint32]) -> pl.DataFrame:
    """The rows in another order, column by column, so that no second copy of all is needed."""
    places, columns = pl.Series(order), []
    for name in frames[0].columns:
        columns.append(pl.concat([frame[name] for frame in frames]).gather(places))
        frames[:] = [frame.drop(name) for frame in frames]
    frames.clear()
    return pl.DataFrame(columns)


def _alike(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """A number that is long in one block is so in all."""
    wide = {name for frame in frames for name, kind in frame.schema.items() if kind == pl.Float64}
    alike = [
        frame.with_columns(
            pl.col(name).cast(pl.Float64) for name in sorted(wide) if frame.schema.get(name) == pl.Float32
        )
        for frame in frames
    ]
    if len({tuple(frame.schema.items()) for frame in alike}) > 1:
        raise IrregularError
    return alike


def level(groups: list[list[pl.DataFrame]]) -> list[pl.DataFrame]:
    """Rows of several tables with the columns of all; what a table lacks is blank. The lists are emptied.

    Raises:
        IrregularError: within a table a column is of two kinds.
    """
    kinds: dict[str, pl.DataType] = {}
    for frames in groups:
        frames[:] = _alike(frames)
        kinds |= {name: kind for name, kind in (frames[0].schema if frames else {}).items() if name not in kinds}
    found = [
        frame.with_columns(pl.lit(None, dtype=kinds[name]).alias(name) for name in kinds if name not in frame.columns)
        for frames in groups
        for frame in frames
    ]
    for frames in groups:
        frames.clear()
    return [frame.select(*kinds) for frame in found]


def say_open(frames: list[pl.DataFrame]) -> None:
    """Where a block of a table has a word that says closed, the rows of all its other blocks are of open days."""
    names = next((frame.columns for frame in frames if OPEN in frame.columns), None)
    if names is not None:
        told = pl.lit(value=True).alias(OPEN)
        frames[:] = [(frame if OPEN in frame.columns else frame.with_columns(told)).select(names) for frame in frames]


def stacked(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Rows below each other as they stand."""
    return pl.concat(_alike(frames))
