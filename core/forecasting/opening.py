"""When a store sells: from a column ``open``, from the days it reported, or from its usual week."""

from typing import Final

import numpy as np
import polars as pl

from core.contracts.sales import UNITS
from core.forecasting.calendar import Calendar
from core.forecasting.grid import Bools, Floats, Grid, Ints

OPEN: Final = "open"
_WEEKS: Final = 8
_CLOSED_SHARE: Final = 0.1


def opening(
    rows: pl.DataFrame, stores: Ints, shape: tuple[int, int], *, first: int, origin: int, calendar: Calendar
) -> Grid:
    """One row a store: 1 on days it sells, 0 on days it does not; in the horizon what is said or usual.

    Where future rows leave out days, those days are closed and all others open. Where they hold every
    day, or there are none, only a flag or the usual week can tell.

    Args:
        rows: history and future with ``_s``, ``_t``, perhaps ``open``.
        stores: (series,) store of each series.
        shape: series and columns.
        first: period number of column 0.
        origin: last column of history.
        calendar: of the data.
    """
    count = int(stores.max(initial=-1)) + 1
    values = np.zeros((count, shape[1]), dtype=np.float32)
    column = rows["_t"].to_numpy() - first
    series = rows["_s"].to_numpy().astype(np.int64)
    is_open, told = _flags(rows)
    np.maximum.at(values, (stores[series], column), is_open)
    ahead = column > origin
    if _complete(series[ahead], column[ahead]):
        values[:, origin + 1 :] = _usual(values, origin, weekly=calendar.frequency == "D")
        said = np.flatnonzero(ahead & told)
        values[stores[series[said]], column[said]] = 0
        np.maximum.at(values, (stores[series[said]], column[said]), is_open[said])
    return Grid(values, stores)


def _flags(rows: pl.DataFrame) -> tuple[Floats, Bools]:
    """Whether each row is of an open day, and whether a flag says so."""
    if OPEN not in rows.columns:
        return np.ones(rows.height, dtype=np.float32), np.zeros(rows.height, dtype=bool)
    flag = rows[OPEN].cast(pl.Float32, strict=False)
    sold = (rows[UNITS] > 0).fill_null(value=False).cast(pl.Float32)
    is_open = pl.select(pl.max_horizontal((flag.fill_null(1) > 0).cast(pl.Float32), sold)).to_series()
    return is_open.to_numpy().astype(np.float32), flag.is_not_null().to_numpy()


def _complete(series: Ints, column: Ints) -> bool:
    """True when every series of the future has a row on every day from its first to its last."""
    if not len(series):
        return True
    return len(series) >= len(np.unique(series)) * int(column.max() - column.min() + 1)


def _usual(values: Floats, origin: int, *, weekly: bool) -> Floats:
    """Opening in the horizon by the last weeks: closed on weekdays that were (almost) always closed."""
    horizon = values.shape[1] - origin - 1
    if not weekly or origin + 1 < 2 * 7:
        return np.ones((len(values), horizon), dtype=np.float32)
    weeks = min(_WEEKS, (origin + 1) // 7)
    recent = values[:, origin + 1 - weeks * 7 : origin + 1].reshape(len(values), weeks, 7)
    share = recent.mean(axis=1)
    share[share.max(axis=1) == 0] = 1
    pattern = (share > _CLOSED_SHARE).astype(np.float32)
    return np.tile(pattern, (1, -(-horizon // 7)))[:, :horizon]
