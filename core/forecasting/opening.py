"""When a store sells: from a column ``open``, from the days it reported, or from its usual week."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from core.contracts.sales import UNITS
from core.forecasting.grid import Bools, Floats, Grid, Ints, first_true
from core.forecasting.placed import OPEN, Block, Placed

__all__ = ["OPEN", "opening"]
_WEEKS: Final = 8
_SEEN: Final = 2
"""Times a weekday must have come before it can be one on which a store is closed."""
_CLOSED_SHARE: Final = 0.1
_YEARS: Final = 2
"""In which a date must have been closed: a single closed day is no custom."""
_FEASTS: Final = 3
"""Holidays from which on a store is known to keep them."""


@dataclass(frozen=True)
class Days:
    """What the calendar tells of a panel whose periods are days.

    Attributes:
        feasts: columns of public holidays, in the panel or not.
        before: (columns, years) columns of the same date one year before, two, ...; -1 before the panel.
    """

    feasts: Ints
    before: Ints

    @classmethod
    def of(cls, first: dt.date, columns: int, feasts: Ints) -> Self:
        """Of a panel that begins on a day."""
        days = [first + dt.timedelta(days=column) for column in range(columns)]
        before = [[_column_of(day, years, first) for years in range(1, _YEARS + 1)] for day in days]
        return cls(feasts, np.array(before, dtype=np.int64).reshape(columns, _YEARS))


def opening(parts: list[Placed], stores: Ints, shape: tuple[int, int], *, origin: int, days: Days | None) -> Grid:
    """One row a store: 1 on days it sells, 0 on days it does not; in the horizon what is said or usual.

    Where future rows leave out days, those days are closed and all others open. Where they hold every
    day, or there are none, only a flag or the usual week can tell.

    Args:
        parts: history, then the future where there is one; perhaps with ``open``.
        stores: (series,) store of each series.
        shape: series and columns.
        origin: last column of history.
        days: what the calendar tells; None where periods are longer than days.
    """
    count = int(stores.max(initial=-1)) + 1
    values = np.zeros((count, shape[1]), dtype=np.float32)
    for block in (block for part in parts for block in part.blocks()):
        np.maximum.at(values, (stores[block.series], block.column), _flags(block.frame)[0])
    ahead = [block for part in parts[1:] for block in part.blocks()]
    if _complete(ahead):
        values[:, origin + 1 :] = _usual(values, origin, days)
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


def _usual(values: Floats, origin: int, days: Days | None) -> Floats:
    """Opening in the horizon by the past: closed on weekdays, holidays and dates that were (almost) always closed."""
    horizon = values.shape[1] - origin - 1
    if days is None or origin + 1 < _SEEN * 7:
        return np.ones((len(values), horizon), dtype=np.float32)
    weeks = min(_WEEKS, (origin + 1) // 7)
    pattern = (_open_share(values, origin, weeks) > _CLOSED_SHARE).astype(np.float32)
    usual = np.tile(pattern, (1, -(-horizon // 7)))[:, :horizon]
    ahead = days.feasts[(days.feasts > origin) & (days.feasts < values.shape[1])]
    usual[np.ix_(_keepers(values, origin, days.feasts), ahead - origin - 1)] = 0
    usual[_each_year(values, origin, days.before, np.tile(pattern, (1, -(-(origin + 1) // 7))))] = 0
    return usual


def _open_share(values: Floats, origin: int, weeks: int) -> Floats:
    """(stores, 7) how often each weekday was open in the last weeks; what a store has not yet shown counts as open."""
    first = origin + 1 - weeks * 7
    recent = values[:, first : origin + 1].reshape(len(values), weeks, 7)
    began = first_true(values[:, : origin + 1] > 0)
    there = (np.arange(first, origin + 1) >= began[:, None]).reshape(recent.shape).sum(axis=1)
    share: Floats = np.divide(recent.sum(axis=1), there, out=np.ones(there.shape, np.float32), where=there >= _SEEN)
    share[share.max(axis=1) == 0] = 1
    return share


def _each_year(values: Floats, origin: int, before: Ints, pattern: Floats) -> Bools:
    """(stores, horizon) dates on which a store that keeps its usual days was closed in each of the years before.

    Args:
        values: (stores, columns) opening up to the origin.
        origin: last column of history.
        before: (columns, years) the same date in years before.
        pattern: (stores, at least the columns of history) the usual week, ending at the origin.
    """
    past, expected = values[:, : origin + 1], pattern[:, -(origin + 1) :] > 0
    began = first_true(past > 0)
    told = expected & (np.arange(origin + 1) >= began[:, None])
    kept = (past * told).sum(axis=1) >= (1 - _CLOSED_SHARE) * np.maximum(told.sum(axis=1), 1)
    earlier = before[origin + 1 :]
    column = np.clip(earlier, 0, origin)
    seen = ((earlier >= 0) & (earlier <= origin)).all(axis=1)
    there = column.min(axis=1) >= began[:, None]
    shut = (values[:, column] == 0).all(axis=2)
    found: Bools = kept[:, None] & seen & there & shut
    return found


def _column_of(day: dt.date, years: int, first: dt.date) -> int:
    """Column of the same date some years before; -1 where there is none."""
    try:
        return max(-1, (day.replace(year=day.year - years) - first).days)
    except ValueError:  # the 29th of February
        return -1


def _keepers(values: Floats, origin: int, feasts: Ints) -> Ints:
    """Stores that were (almost) always closed on public holidays of their time, and have seen some."""
    past = feasts[(feasts >= 0) & (feasts <= origin)]
    there = past >= first_true(values > 0)[:, None]
    seen, kept = there.sum(axis=1), (there & (values[:, past] == 0)).sum(axis=1)
    return np.flatnonzero((seen >= _FEASTS) & (kept >= (1 - _CLOSED_SHARE) * seen))
