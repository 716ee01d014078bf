"""Rows of sales in few bytes: texts as codes, numbers as short as they are exact."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.sales import DATE, ITEM, SOURCE_LINE, STORE
from training.order import key_code

Codes = npt.NDArray[np.int64]
_LINES: Final = pl.UInt32
_PIECE: Final = 1 << 20


def compact(rows: pl.DataFrame, texts: pl.Categorical) -> pl.DataFrame:
    """Texts as codes of ``texts``; numbers halved where that loses nothing."""
    rows = rows.with_columns(pl.col(pl.String).cast(texts), pl.col(SOURCE_LINE).cast(_LINES))
    short = rows.select(pl.col(pl.Float64).cast(pl.Float32))
    exact = [name for name in short.columns if short[name].cast(pl.Float64).eq_missing(rows[name]).all()]
    return rows.with_columns(short.select(exact))


def plain(rows: pl.DataFrame, *, texts: bool = True) -> pl.DataFrame:
    """Rows with the types of the sales table again; codes stay codes unless ``texts``, but none is a short one."""
    codes = {name: kind for name, kind in rows.schema.items() if isinstance(kind, pl.Categorical)}
    short = [name for name, kind in codes.items() if kind.categories.physical() != pl.UInt32]
    return rows.with_columns(
        pl.col([*codes]).cast(pl.String) if texts else pl.col(short).cast(pl.Categorical()),
        pl.col(pl.Float32).cast(pl.Float64),
        pl.col(_LINES).cast(pl.Int64),
    )


def has_twins(rows: pl.DataFrame) -> bool:
    """Have two rows one key? Compact rows in order are told piece by piece, in no memory worth naming."""
    if not rows.height:
        return False
    if not isinstance(rows.schema[STORE], pl.Categorical) or not isinstance(rows.schema[ITEM], pl.Categorical):
        return key_code(rows).n_unique() < rows.height
    pieces = list(rows.iter_slices(_PIECE))
    ranks = key_ranks(pieces)
    if increase(codes_of(piece, ranks) for piece in pieces):
        return False
    codes = np.concatenate([codes_of(piece, ranks) for piece in pieces])
    codes.sort()  # np.unique hashes first, in ten times the time where nearly all are distinct
    return bool((codes[1:] == codes[:-1]).any())


def key_ranks(pieces: list[pl.DataFrame]) -> dict[str, Codes]:
    """For stores and items: by code, the place of its text among the distinct texts in order."""
    return {name: _ranks([piece[name] for piece in pieces]) for name in (STORE, ITEM)}


def codes_of(rows: pl.DataFrame, ranks: dict[str, Codes]) -> Codes:
    """As ``training.order.key_code`` counts, from the codes of the ids."""
    code = rows[DATE].to_physical().to_numpy().astype(np.int64)
    for name in (STORE, ITEM):
        code *= _count(ranks[name])
        code += ranks[name][_numbers(rows[name])]
    return code


def keys_a_day(ranks: dict[str, Codes]) -> int:
    """By how much the codes of a day and of the next lie apart."""
    return _count(ranks[STORE]) * _count(ranks[ITEM])


def _count(ranks: Codes) -> int:
    return max(int(ranks.max(initial=0)) + 1, 1)


def _numbers(column: pl.Series) -> Codes:
    return column.to_physical().to_numpy().astype(np.int64)  # by which numpy looks up twice as fast as by shorter ones


def increase(codes: Iterator[Codes]) -> bool:
    """Is each code greater than the one before it, from array to array?"""
    last: int | None = None
    for code in codes:
        if not code.size:
            continue
        if (last is not None and code[0] <= last) or bool((code[1:] <= code[:-1]).any()):
            return False
        last = int(code[-1])
    return True


def _ranks(columns: list[pl.Series]) -> Codes:
    occurs = np.zeros(1, dtype=bool)
    for column in columns:
        numbers = _numbers(column)
        occurs = np.pad(occurs, (0, max(int(numbers.max(initial=0)) + 1 - occurs.size, 0)))
        occurs[numbers] = True
    codes = np.flatnonzero(occurs)
    texts = pl.Series(codes.astype(np.uint32)).cat.to(columns[0].dtype).cast(pl.String)
    ranks = np.zeros(occurs.size, dtype=np.int64)
    ranks[codes[texts.arg_sort().to_numpy()]] = np.arange(codes.size)
    return ranks
