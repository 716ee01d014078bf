"""Compact rows of many blocks, made one table."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.sales import DATE, KEY
from training.compact import Codes, codes_of, increase, key_ranks, keys_a_day
from training.reading.parsing.parse import OPEN
from training.reading.streaming.blocks import IrregularError
from training.reading.streaming.narrow import of_one_kind

PIECE: Final = 1 << 22
"""Rows that are put in order at a time."""
MANY: Final = 1 << 24
"""Rows that are laid on the disk while they are put in order."""
_SAMPLED: Final = 1 << 14
_Places = npt.NDArray[np.uint32]


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
    order, twins, start = np.empty(_count(frames), dtype=np.uint32), np.zeros(_count(frames), dtype=bool), 0
    for places, codes in _in_turn(frames, ranks):
        order[start : start + places.size] = places
        same = codes[1:] == codes[:-1]
        twins[places[np.append(same, False) | np.insert(same, 0, False)]] = True
        start += places.size
    if bool(twins.any()):
        raise TwinsError(pl.Series(twins))
    return _gathered(frames, order)


def in_order(frames: list[pl.DataFrame]) -> tuple[pl.DataFrame, Codes]:
    """All rows sorted by key, those of one key as they stood, and the code of each row's key. The list is emptied.

    Raises:
        IrregularError: a column is of two kinds.
    """
    frames[:] = _alike(frames)
    order, code, start = np.empty(_count(frames), dtype=np.uint32), np.empty(_count(frames), dtype=np.int64), 0
    for places, codes in _in_turn(frames, key_ranks(frames)):
        order[start : start + places.size], code[start : start + places.size] = places, codes
        start += places.size
    return _gathered(frames, order), code


def _count(frames: list[pl.DataFrame]) -> int:
    return sum(frame.height for frame in frames)


def _in_turn(frames: list[pl.DataFrame], ranks: dict[str, Codes]) -> Iterator[tuple[_Places, Codes]]:
    """Places of the rows in the order of their keys, those of one key as they stand, and the codes of their keys.

    Some range of codes after the other: the codes of all rows at once would take as much memory as half the rows.
    """
    for low, high in pairwise(_edges(frames, ranks)):
        places, codes = _between(frames, ranks, low, high)
        within = codes.argsort(kind="stable")
        yield places[within], codes[within]


def _edges(frames: list[pl.DataFrame], ranks: dict[str, Codes]) -> list[int]:
    """Codes between which lie about ``PIECE`` of them, from the least to beyond the greatest."""
    rows = _count(frames)
    if not rows:
        return []
    every = max(rows // _SAMPLED, 1)
    sample = np.sort(np.concatenate([codes_of(frame.gather_every(every), ranks) for frame in frames]))
    count = rows // PIECE + 1
    inner = sample[[sample.size * at // count for at in range(1, count)]]
    days = [_days(frame) for frame in frames if frame.height]
    keys = keys_a_day(ranks)
    first, last = min(int(day.min()) for day in days), max(int(day.max()) for day in days)
    return sorted({first * keys, *map(int, inner), (last + 1) * keys})


def _between(frames: list[pl.DataFrame], ranks: dict[str, Codes], low: int, high: int) -> tuple[_Places, Codes]:
    """Places and codes of the rows of a range of codes, as they stand."""
    keys, start = keys_a_day(ranks), 0
    places, codes = [np.empty(0, dtype=np.uint32)], [np.empty(0, dtype=np.int64)]
    for frame in frames:
        days = _days(frame)
        near = np.flatnonzero((days >= low // keys) & (days <= (high - 1) // keys))
        if near.size:
            code = codes_of(frame.select(KEY)[near], ranks)
            within = (code >= low) & (code < high)
            places.append((near[within] + start).astype(np.uint32))
            codes.append(code[within])
        start += frame.height
    return np.concatenate(places), np.concatenate(codes)


def _days(frame: pl.DataFrame) -> npt.NDArray[np.int32]:
    return frame[DATE].to_physical().to_numpy()


def _gathered(frames: list[pl.DataFrame], order: _Places) -> pl.DataFrame:
    """The rows in another order, column by column, so that no second copy of all is needed. The list is emptied.

    Many rows are laid on the disk meanwhile: what is freed block by block is not free for a long column at once.
    """
    blank, places = frames[0].clear(), pl.Series(order)
    if order.size >= MANY:
        with TemporaryDirectory() as folder:
            longest_first = sorted(blank.columns, key=lambda name: -frames[0][name].estimated_size())
            files = {name: _laid(frames, name, Path(folder) / str(at)) for at, name in enumerate(longest_first)}
            frames.clear()
            return pl.DataFrame([_lifted(file, places, blank[name]) for name, file in files.items()]).select(
                blank.columns
            )
    columns = []
    for name in blank.columns:
        columns.append(pl.concat([frame[name] for frame in frames]).gather(places))
        frames[:] = [frame.drop(name) for frame in frames]
    frames.clear()
    return pl.DataFrame(columns)


def _laid(frames: list[pl.DataFrame], name: str, file: Path) -> Path:
    """The file of one column as its numbers, which the frames have no longer."""
    pl.concat([frame.select(pl.col(name).to_physical()) for frame in frames]).write_ipc(file)
    frames[:] = [frame.drop(name) for frame in frames]
    return file


def _lifted(file: Path, places: pl.Series, blank: pl.Series) -> pl.Series:
    """A column of the type of ``blank``, in another order. The file is gone."""
    column = pl.read_ipc(file).to_series().gather(places)
    file.unlink()
    kind = blank.dtype  # what its codes stand for is known as long as any column of them is there
    return column.cat.to(kind) if isinstance(kind, pl.Categorical) else column.cast(kind)


def _alike(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """A number that is long in one block is so in all, and so is a code of texts."""
    frames = of_one_kind(frames)
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
