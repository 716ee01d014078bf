"""Frames to a panel: every series on the full regular calendar.

A missing day is a zero only where the series' store reported that day; otherwise it is unknown,
so a Sunday of a closed shop is never learned as a collapse of demand.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.sales import DATE, SERIES, STORE, UNITS
from core.forecasting.calendar import Calendar
from core.forecasting.encoding import Encoding, Kind
from core.forecasting.grid import Floats, Grid, Ints
from core.forecasting.opening import OPEN, opening
from core.forecasting.outlook import fill_outlook

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Panel:
    """All series side by side.

    Attributes:
        keys: store_id, item_id of each series, sorted.
        first: period number of column 0.
        origin: last column of history; later columns are the horizon.
        units: (series, periods) what was sold, NaN where unknown and after the origin.
        open: whether the store sells on that day, 0 or 1.
        known: covariates known in advance, by name.
        kinds: kind of each of them.
        static: (series, attributes) encoded ids and attributes.
    """

    calendar: Calendar
    keys: pl.DataFrame
    first: int
    origin: int
    units: Floats
    open: Grid
    known: dict[str, Grid]
    kinds: dict[str, Kind]
    static: Floats

    @property
    def launch(self) -> Ints:
        """First column with a known value, the number of columns where there is none."""
        known = ~np.isnan(self.units)
        return np.where(known.any(axis=1), known.argmax(axis=1), self.units.shape[1])


def build(
    history: pl.DataFrame,
    future: pl.DataFrame | None,
    calendar: Calendar,
    known: tuple[Encoding, ...],
    static: tuple[Encoding, ...],
    *,
    last: int,
    periods: int,
    horizon: int,
) -> Panel:
    """Lay history and future on the calendar.

    Args:
        history: canonical sales; rows after ``last`` or older than ``periods`` are left out.
        future: keys and covariates of the horizon, or None where nothing is known of it.
        calendar: of the data.
        known: encodings of the covariates known in advance.
        static: encodings of ids and attributes.
        last: period number of the origin.
        periods: columns of history.
        horizon: columns after it.
    """
    first = last - periods + 1
    past = _placed(history, calendar, first, last)
    ahead = None if future is None else _placed(future, calendar, last + 1, last + horizon)
    frames = [past] if ahead is None else [past, ahead.drop(UNITS, strict=False)]
    rows = pl.concat(frames, how="diagonal_relaxed")
    keys = rows.select(SERIES).unique().sort(*SERIES)
    rows = rows.join(keys.with_row_index("_s"), on=list(SERIES), maintain_order="left")
    stores = keys[STORE].rank("dense").to_numpy().astype(np.int64) - 1
    shape = (keys.height, periods + horizon)
    selling = opening(rows, stores, first, shape, periods - 1, calendar, explicit=ahead is not None)
    grids = {
        encoding.name: fill_outlook(grid_of(rows, encoding, stores, first, shape), periods - 1, calendar, encoding)
        for encoding in known
        if encoding.name != OPEN
    }
    units = _units(past.join(keys.with_row_index("_s"), on=list(SERIES)), selling, first, shape, periods)
    kinds = {encoding.name: encoding.kind for encoding in known}
    return Panel(calendar, keys, first, periods - 1, units, selling, grids, kinds, _static(rows, keys, static))


def _placed(frame: pl.DataFrame, calendar: Calendar, first: int, last: int) -> pl.DataFrame:
    """Rows inside the window with their period ``_t``; several rows of one period become one."""
    placed = frame.with_columns(pl.Series("_t", calendar.index(frame[DATE]), dtype=pl.Int64))
    placed = placed.filter(pl.col("_t").is_between(first, last))
    if placed.select(*SERIES, "_t").is_duplicated().any():
        numbers = [name for name in placed.columns if placed[name].dtype.is_numeric() and name not in ("_t", UNITS)]
        others = [name for name in placed.columns if name not in (*numbers, *SERIES, "_t", UNITS)]
        units = [_sum_or_null()] if UNITS in placed.columns else []
        placed = placed.group_by(*SERIES, "_t", maintain_order=True).agg(
            *units, pl.col(numbers).mean(), pl.col(others).drop_nulls().first()
        )
    return placed


def _sum_or_null() -> pl.Expr:
    return pl.when(pl.col(UNITS).count() > 0).then(pl.col(UNITS).sum()).alias(UNITS)


def _units(past: pl.DataFrame, selling: Grid, first: int, shape: tuple[int, int], periods: int) -> Floats:
    """Units on the calendar: zero where the store was open without a row, after the first sale."""
    units = np.full(shape, np.nan, dtype=np.float32)
    sold = past.filter(pl.col(UNITS).is_not_null())
    units[sold["_s"].to_numpy(), sold["_t"].to_numpy() - first] = sold[UNITS].to_numpy()
    closed = selling.values[selling.row] < 0.5  # noqa: PLR2004 - a flag
    units[closed & ~(units > 0)] = np.nan
    positive = units > 0
    start = np.where(positive.any(axis=1), positive.argmax(axis=1), (~np.isnan(units)).argmax(axis=1))
    column = np.arange(shape[1])
    lived = (column >= start[:, None]) & (column < periods) & (~np.isnan(units)).any(axis=1)[:, None]
    units[lived & np.isnan(units) & ~closed] = 0
    units[column < start[:, None]] = np.nan
    return units


def grid_of(rows: pl.DataFrame, encoding: Encoding, stores: Ints, first: int, shape: tuple[int, int]) -> Grid:
    """Lay one covariate on the calendar, shared by all series or by a store's where they agree."""
    if encoding.name not in rows.columns:
        return Grid(np.full((1, shape[1]), np.nan, dtype=np.float32), np.zeros(shape[0], dtype=np.int64))
    column = encoding.apply(rows[encoding.name]).to_numpy()
    said = ~np.isnan(column)
    series, period = rows["_s"].to_numpy()[said].astype(np.int64), rows["_t"].to_numpy()[said] - first
    value = column[said]
    for row in (np.zeros(shape[0], dtype=np.int64), stores):
        values = np.full((int(row.max(initial=0)) + 1, shape[1]), np.nan, dtype=np.float32)
        values[row[series], period] = value
        if np.array_equal(values[row[series], period], value):
            return Grid(values, row)
    values = np.full(shape, np.nan, dtype=np.float32)
    values[series, period] = value
    return Grid(values, np.arange(shape[0]))


def _static(rows: pl.DataFrame, keys: pl.DataFrame, static: tuple[Encoding, ...]) -> Floats:
    """Encoded ids and attributes, one row a series."""
    names = [e.name for e in static if e.name in rows.columns and e.name not in SERIES]
    firsts = rows.group_by(SERIES).agg(pl.col(name).drop_nulls().first() for name in names)
    joined = keys.join(firsts, on=list(SERIES), how="left", maintain_order="left")
    columns = [
        e.apply(joined[e.name]).to_numpy() if e.name in joined.columns else np.full(keys.height, np.nan) for e in static
    ]
    return np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((keys.height, 0), dtype=np.float32)
