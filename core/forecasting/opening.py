"""When a store sells: from a column ``open``, from the days it reported, or from its usual week."""

from typing import Final

import numpy as np
import polars as pl

from core.contracts.sales import UNITS
from core.forecasting.grid import Bools, Floats, Grid, Ints, first_true
from core.forecasting.placed import OPEN, Block, Placed

__all__ = ["OPEN", "opening"]
_WEEKS: Final = 8
_CLOSED_SHARE: Final = 0.1
_FEASTS: Final = 3
"""Holidays from which on a store is known to keep them."""


def opening(parts: list[Placed], stores: Ints, shape: tuple[int, int], *, origin: int, feasts: Ints | None) -> Grid:
    """One row a store: 1 on days it sells, 0 on days it does not; in the horizon what is said or usual.

    Where future rows leave out days, those days are closed and all others open. Where they hold every
    day, or there are none, only a flag or the usual week can tell.

    Args:
        parts: history, then the future where there is one; perhaps with ``open``.
        stores: (series,) store of each series.
        shape: series and columns.
        origin: last column of history.
        feasts: columns of public holidays, in the panel or not; None where periods are longer than days.
    """
    count = int(stores.max(initial=-1)) + 1
    values = np.zeros((count, shape[1]), dtype=np.float32)
    for block in (block for part in parts for block in part.blocks()):
        np.maximum.at(values, (stores[block.series], block.column), _flags(block.frame)[0])
    ahead = [block for part in parts[1:] for block in part.blocks()]
    if _complete(ahead):
        values[:, origin + 1 :] = _usual(values, origin, feasts)
        said = [(block, *_flags(block.frame)) for block in ahead]
        for block, _, told in said:
            values[stores[block.series[told]], block.column[told]] = 0
        for block, is_open, told in said:
            np.maximum.at(values, (stores[block.series[told]], block.column[told]), is_open[told])
    return Grid(values, stores)


def _flags(rows: pl.DataFrame) -> tuple[Floats, Bools]:
    """Whether each row is of an open day, and whether a flag says so."""
    if OPEN not in rows.columns:
        return np.ones(rows.height, dtype=np.float32), np.zeros(rows.height, dtype=bool)
    flag = rows[OPEN].cast(pl.Float32, strict=False)
    is_open = (flag.fill_null(1) > 0).cast(pl.Float32).to_numpy()
    if UNITS in rows.columns:
        is_open = np.maximum(is_open, (rows[UNITS] > 0).fill_null(value=False).cast(pl.Float32).to_numpy())
    return is_open, flag.is_not_null().to_numpy()


def _complete(ahead: list[Block]) -> bool:
    """True when every series of the future has a row on every day from its first to its last."""
    if not ahead:
        return True
    series = np.concatenate([block.series for block in ahead])
    column = np.concatenate([block.column for block in ahead])
    return len(series) >= len(np.unique(series)) * int(column.max() - column.min() + 1)


def _usual(values: Floats, origin: int, feasts: Ints | None) -> Floats:
    """Opening in the horizon by the past: closed on weekdays, and on holidays, that were (almost) always closed."""
    horizon = values.shape[1] - origin - 1
    if feasts is None or origin + 1 < 2 * 7:
        return np.ones((len(values), horizon), dtype=np.float32)
    weeks = min(_WEEKS, (origin + 1) // 7)
    recent = values[:, origin + 1 - weeks * 7 : origin + 1].reshape(len(values), weeks, 7)
    share = recent.mean(axis=1)
    share[share.max(axis=1) == 0] = 1
    pattern = (share > _CLOSED_SHARE).astype(np.float32)
    usual = np.tile(pattern, (1, -(-horizon // 7)))[:, :horizon]
    ahead = feasts[(feasts > origin) & (feasts < values.shape[1])]
    usual[np.ix_(_keepers(values, origin, feasts), ahead - origin - 1)] = 0
    return usual


def _keepers(values: Floats, origin: int, feasts: Ints) -> Ints:
    """Stores that were (almost) always closed on public holidays of their time, and have seen some."""
    past = feasts[(feasts >= 0) & (feasts <= origin)]
    there = past >= first_true(values > 0)[:, None]
    seen, kept = there.sum(axis=1), (there & (values[:, past] == 0)).sum(axis=1)
    return np.flatnonzero((seen >= _FEASTS) & (kept >= (1 - _CLOSED_SHARE) * seen))
