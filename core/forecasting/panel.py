"""Frames to a panel: every series on the full regular calendar.

A missing day is a zero only where the series' store reported that day; otherwise it is unknown,
so a Sunday of a closed shop is never learned as a collapse of demand.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.contracts.sales import DATE, SERIES, STORE, UNITS
from core.forecasting.calendar import Calendar
from core.forecasting.encoding import Encoding, Kind
from core.forecasting.grid import Floats, Grid, Ints, first_true
from core.forecasting.opening import OPEN, opening
from core.forecasting.outlook import fill_outlook


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
        return first_true(known)


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
    encodings = (*known, *static)
    past = _placed(history, encodings, calendar, first, last)
    ahead = None if future is None else _placed(future, encodings, calendar, last + 1, last + horizon)
    rows = past if ahead is None else pl.concat([past, ahead], how="diagonal")
    keys = rows.select(SERIES).unique().sort(*SERIES)
    rows = rows.join(keys.with_row_index("_s"), on=list(SERIES), maintain_order="left")
    stores = keys[STORE].rank("dense").to_numpy().astype(np.int64) - 1
    shape = (keys.height, periods + horizon)
    selling = opening(rows, stores, shape, first=first, origin=periods - 1, calendar=calendar)
    grids = {
        encoding.name: fill_outlook(grid_of(rows, encoding.name, stores, first, shape), periods - 1, calendar, encoding)
        for encoding in known
        if encoding.name != OPEN
    }
    units = _units(rows.filter(pl.col("_t") <= last), selling, first, shape, periods)
    kinds = {encoding.name: encoding.kind for encoding in known}
    return Panel(calendar, keys, first, periods - 1, units, selling, grids, kinds, _static(rows, keys, static))


def _placed(
    frame: pl.DataFrame, encodings: tuple[Encoding, ...], calendar: Calendar, first: int, last: int
) -> pl.DataFrame:
    """Rows inside the window, encoded, with their period ``_t``; several rows of one period become one."""
    placed = frame.with_columns(pl.Series("_t", calendar.index(frame[DATE]), dtype=pl.Int64))
    placed = placed.filter(pl.col("_t").is_between(first, last))
    covariates = [e.apply(placed[e.name]).alias(f"={e.name}") for e in encodings if e.name in placed.columns]
    flags = [pl.col(OPEN).cast(pl.Float32, strict=False)] if OPEN in placed.columns else []
    units = [pl.col(UNITS).cast(pl.Float64)] if UNITS in placed.columns else []
    placed = placed.select(*SERIES, "_t", *units, *flags, *covariates)
    if placed.select(*SERIES, "_t").is_duplicated().any():
        others = [name for name in placed.columns if name not in (*SERIES, "_t", UNITS)]
        summed = [_sum_or_null()] if units else []
        placed = placed.group_by(*SERIES, "_t", maintain_order=True).agg(*summed, pl.col(others).mean())
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
    sells = first_true(units > 0)
    start = np.where(sells < shape[1], sells, first_true(~np.isnan(units)))
    column = np.arange(shape[1])
    lived = (column >= start[:, None]) & (column < periods)
    units[lived & np.isnan(units) & ~closed] = 0
    units[column < start[:, None]] = np.nan
    return units


def grid_of(rows: pl.DataFrame, name: str, stores: Ints, first: int, shape: tuple[int, int]) -> Grid:
    """Lay one encoded covariate on the calendar, shared by all series or by a store's where they agree."""
    if f"={name}" not in rows.columns:
        return Grid(np.full((1, shape[1]), np.nan, dtype=np.float32), np.zeros(shape[0], dtype=np.int64))
    column = rows[f"={name}"].to_numpy()
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
    columns = [f"={encoding.name}" for encoding in static]
    there = [name for name in columns if name in rows.columns]
    firsts = rows.group_by(SERIES).agg(pl.col(there).drop_nulls().first())
    joined = keys.join(firsts, on=list(SERIES), how="left", maintain_order="left")
    none = pl.lit(None, pl.Float32)
    chosen = joined.select(pl.col(name) if name in there else none.alias(name) for name in columns)
    return chosen.to_numpy().astype(np.float32) if columns else np.zeros((keys.height, 0), dtype=np.float32)
