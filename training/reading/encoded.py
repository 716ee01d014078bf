"""Rows in few bytes while a file is gathered: texts as codes, numbers as short as they are exact."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.sales import DATE, ITEM, STORE
from training.reading.blocks import IrregularError
from training.reading.ledger import LINE

_Codes = npt.NDArray[np.int64]
_LINES: Final = pl.UInt32


def encoded(lines: pl.DataFrame, texts: pl.Categorical) -> pl.DataFrame:
    """Texts of a block as codes of ``texts``, which all blocks share; numbers halved where that loses nothing."""
    lines = lines.with_columns(pl.col(pl.String).cast(texts), pl.col(LINE).cast(_LINES))
    short = lines.select(pl.col(pl.Float64).cast(pl.Float32))
    exact = [name for name in short.columns if (short[name].cast(pl.Float64).eq_missing(lines[name])).all()]
    return lines.with_columns(short.select(exact))


def plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the types of the sales table again."""
    codes = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Categorical)]
    return rows.with_columns(
        pl.col(codes).cast(pl.String), pl.col(pl.Float32).cast(pl.Float64), pl.col(_LINES).cast(pl.Int64)
    )


def joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """All rows sorted by key, still encoded. The list is emptied.

    Raises:
        IrregularError: two rows have one key; which of them counts is told by cells that are gone. Or a column
            is of two kinds.
    """
    frames[:] = _alike(frames)
    ranks = {name: _ranks(frame[name] for frame in frames) for name in (STORE, ITEM)}
    if _increase(_code(frame, ranks) for frame in frames):
        rows = pl.concat(frames)
        frames.clear()
        return rows
    code = np.concatenate([_code(frame, ranks) for frame in frames])
    order = code.argsort(kind="stable")
    code = code[order]
    if bool((code[1:] == code[:-1]).any()):
        raise IrregularError
    del code
    places = pl.Series(order.astype(np.uint32))
    del order
    columns = []
    for name in frames[0].columns:  # one by one, so that no second copy of all is needed
        columns.append(pl.concat([frame[name] for frame in frames]).gather(places))
        frames[:] = [frame.drop(name) for frame in frames]
    frames.clear()
    return pl.DataFrame(columns)


def _alike(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """A number that is long in one block is so in all."""
    wide = [name for name in frames[0].columns if any(frame.schema.get(name) == pl.Float64 for frame in frames)]
    frames = [
        frame.with_columns(pl.col(pl.Float32).name.keep() if not wide else _widened(frame, wide)) for frame in frames
    ]
    if len({tuple(frame.schema.items()) for frame in frames}) > 1:
        raise IrregularError
    return frames


def _widened(frame: pl.DataFrame, wide: list[str]) -> list[pl.Expr]:
    return [pl.col(name).cast(pl.Float64) for name in wide if frame.schema.get(name) == pl.Float32]


def _increase(codes: Iterable[_Codes]) -> bool:
    """Is each code greater than the one before it, from array to array?"""
    last: int | None = None
    for code in codes:
        if not code.size:
            continue
        if (last is not None and code[0] <= last) or bool((code[1:] <= code[:-1]).any()):
            return False
        last = int(code[-1])
    return True


def _code(rows: pl.DataFrame, ranks: dict[str, _Codes]) -> _Codes:
    """As ``training.order.key_code`` counts, from the codes of the ids."""
    code = rows[DATE].to_physical().to_numpy().astype(np.int64)
    for rank in (STORE, ITEM):
        code *= max(int(ranks[rank].max(initial=0)) + 1, 1)
        code += ranks[rank][rows[rank].to_physical().to_numpy()]
    return code


def _ranks(columns: Iterable[pl.Series]) -> _Codes:
    """By code, the place of its text among the distinct texts in order."""
    distinct = pl.concat([column.unique() for column in columns]).unique()
    texts = pl.DataFrame({"code": distinct.to_physical(), "text": distinct.cast(pl.String)}).sort("text")
    ranks = np.zeros(int(np.asarray(texts["code"].max())) + 1, dtype=np.int64)
    ranks[texts["code"].to_numpy()] = np.arange(texts.height)
    return ranks
