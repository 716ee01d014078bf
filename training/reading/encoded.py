"""Rows with their texts as codes: a quarter of the memory while a file is gathered."""

from typing import Final

import polars as pl

from core.contracts.sales import DATE, ITEM, STORE
from training.order import CODE
from training.reading.blocks import IrregularError

_KEPT_AS_TEXT: Final = pl.Categorical


def encoded(lines: pl.DataFrame) -> pl.DataFrame:
    """Texts of a block as codes, which all blocks share."""
    return lines.with_columns(pl.col(pl.String).cast(_KEPT_AS_TEXT))


def joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """All rows as texts again, sorted by key, with the key's code. The list is emptied.

    Raises:
        IrregularError: two rows have one key; which of them counts is told by cells that are gone.
    """
    rows = pl.concat(frames)
    frames.clear()
    code = _code(rows)
    if not code.is_sorted():
        order = code.arg_sort()
        rows, code = rows[order], code[order]
    if code.len() > 1 and bool((code.diff().tail(-1) == 0).any()):
        raise IrregularError
    return rows.with_columns(pl.col(_KEPT_AS_TEXT).cast(pl.String), code)


def _code(rows: pl.DataFrame) -> pl.Series:
    """As ``training.order.key_code`` counts, from the codes of the ids."""
    stores, items = _ranked(rows[STORE]), _ranked(rows[ITEM])
    day = rows[DATE].to_physical().cast(pl.Int64)
    widths = [max(int(rank.n_unique()), 1) for rank in (stores, items)]
    return ((day * widths[0] + stores) * widths[1] + items).alias(CODE)


def _ranked(column: pl.Series) -> pl.Series:
    """Place of each text among the distinct texts in order, as Int64."""
    distinct = column.unique().to_frame("code").with_columns(pl.col("code").cast(pl.String).alias("text")).sort("text")
    codes, ranks = distinct["code"].to_physical(), pl.Series(range(distinct.height), dtype=pl.Int64)
    return column.to_physical().replace_strict(codes, ranks, return_dtype=pl.Int64)
