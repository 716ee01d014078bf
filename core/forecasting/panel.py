"""Frames to a panel: every series on the full regular calendar.

A missing day is a zero only where the series' store reported that day; otherwise it is unknown,
so a Sunday of a closed shop is never learned as a collapse of demand. A series that was silent for
two years has ended: its later days are unknown, too. So are days whose sales a
stock-out held down.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from core.contracts.sales import SERIES, STORE, UNITS
from core.forecasting import stockouts
from core.forecasting.calendar import Calendar
from core.forecasting.encoding import Encoding, Kind
from core.forecasting.feasts import Feasts
from core.forecasting.grid import Doubles, Floats, Grid, Ints, first_true, last_where
from core.forecasting.holidays import Holidays
from core.forecasting.opening import OPEN, Days, opening
from core.forecasting.outlook import fill_outlook
from core.forecasting.placed import Block, Placed, floats
from core.forecasting.spec import RHYTHMS
from core.forecasting.table import as_words, between, compact

_SERIES_AT_ONCE: Final = 1_024
"""Series whose masks are held at one time."""


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
        hidden: cells unknown because a stock-out hid what was wanted.
        holidays: of the country, where one is named.
        feasts: what days about them sell; None until it is learned.
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
    hidden: int = 0
    holidays: Holidays | None = None
    feasts: Feasts | None = None

    def factors(self, column: Ints) -> Doubles:
        """(columns,) what each day sells beside one that no feast is near."""
        if self.feasts is None:
            return np.ones(len(column))
        return self.feasts.at(self.first + column, self.calendar, self.holidays)

    @property
    def launch(self) -> Ints:
        """First column with a known value, the number of columns where there is none."""
        known = ~np.isnan(self.units)
        return first_true(known)

    def of(self, block: slice) -> "Panel":
        """The panel of a block of series."""
        return replace(
            self,
            keys=self.keys[block],
            units=self.units[block],
            open=self.open.of(block),
            known={name: grid.of(block) for name, grid in self.known.items()},
            static=self.static[block],
        )


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
    holidays: Holidays | None = None,
    feasts: Feasts | None = None,
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
        holidays: of the country, or None.
        feasts: as learned, or None.
    """
    first = last - periods + 1
    parts = [between(compact(history), calendar, first, last)]
    if future is not None:
        parts.append(between(compact(future), calendar, last + 1, last + horizon))
    keys = pl.concat([part.select(SERIES).unique() for part in parts]).unique().sort(*SERIES)
    shape = (keys.height, periods + horizon)
    past, *ahead = [Placed(part, keys, calendar, first).once_each(shape, (*known, *static)) for part in parts]
    stores = keys[STORE].rank("dense").to_numpy().astype(np.int64) - 1
    selling = opening(
        [past, *ahead], stores, shape, origin=periods - 1, days=_days(calendar, first, shape[1], holidays)
    )
    grids = {
        each.name: fill_outlook(grid_of([past, *ahead], each, stores, shape), periods - 1, calendar, each)
        for each in known
        if each.name != OPEN
    }
    kinds = {each.name: each.kind for each in known}
    units = _units(past, selling, shape, periods)
    hidden = stockouts.forget(units, past)
    fixed = _static(parts, keys, static)
    return Panel(
        calendar, as_words(keys), first, periods - 1, units, selling, grids, kinds, fixed, hidden, holidays, feasts
    )


def _days(calendar: Calendar, first: int, columns: int, holidays: Holidays | None) -> Days | None:
    """What the calendar tells of days; None where periods are longer."""
    if calendar.frequency != "D":
        return None
    feasts = np.array([] if holidays is None else holidays.periods, dtype=np.int64) - first
    return Days.of(calendar.dates(np.array([first]))[0], columns, feasts)


def _units(past: Placed, selling: Grid, shape: tuple[int, int], periods: int) -> Floats:
    """Units on the calendar: zero where the store was open without a row, from the first sale until it ended."""
    units = np.full(shape, np.nan, dtype=np.float32)
    for block in past.blocks():
        sold = block.frame[UNITS].is_not_null().to_numpy()
        units[block.series[sold], block.column[sold]] = block.frame[UNITS].drop_nulls().to_numpy()
    column = np.arange(shape[1])
    longest = RHYTHMS[past.calendar.frequency].silence
    for at in range(0, shape[0], _SERIES_AT_ONCE):
        part = units[at : at + _SERIES_AT_ONCE]
        closed = selling.values[selling.row[at : at + _SERIES_AT_ONCE]] < 0.5  # noqa: PLR2004 - a flag
        part[closed & ~(part > 0)] = np.nan
        sells = first_true(part > 0)
        start = np.where(sells < shape[1], sells, first_true(~np.isnan(part)))
        lived = (column >= start[:, None]) & (column < periods) & (column - last_where(~np.isnan(part)) <= longest)
        part[lived & np.isnan(part) & ~closed] = 0
        part[column < start[:, None]] = np.nan
    return units


def grid_of(parts: list[Placed], encoding: Encoding, stores: Ints, shape: tuple[int, int]) -> Grid:
    """Lay one covariate on the calendar, shared by all series or by a store's where they agree."""
    everyone, each = np.zeros(shape[0], dtype=np.int64), np.arange(shape[0])
    for row in (everyone, stores):
        values = np.full((int(row.max(initial=0)) + 1, shape[1]), np.nan, dtype=np.float32)
        if all(_agrees(values, row, block, encoding) for part in parts for block in part.blocks()):
            return Grid(values, row)
    values = np.full(shape, np.nan, dtype=np.float32)
    for part in parts:
        for block in part.blocks():
            _agrees(values, each, block, encoding)
    return Grid(values, each)


def _agrees(values: Floats, row: Ints, block: Block, encoding: Encoding) -> bool:
    """Write what a block says; False where it contradicts itself, or what was written."""
    said = block.coded(encoding)
    if said is None:
        return True
    there = ~np.isnan(said)
    at, value = (row[block.series[there]], block.column[there]), said[there]
    before = values[at]
    values[at] = value
    return bool(np.all(np.isnan(before) | (before == value)) and np.array_equal(values[at], value))


def _static(parts: list[pl.DataFrame], keys: pl.DataFrame, static: tuple[Encoding, ...]) -> Floats:
    """Encoded ids and attributes, one row a series: of each the first that is said."""
    values = np.full((keys.height, len(static)), np.nan, dtype=np.float32)
    said = [_first_said(part, keys, static) for part in reversed(parts)]
    for place, encoding in enumerate(static):
        for frame in [keys] if encoding.name in SERIES else said:
            if encoding.name in frame.columns:
                codes = floats(encoding.apply(frame[encoding.name]))
                values[:, place] = np.where(np.isnan(codes), values[:, place], codes)
    return values


def _first_said(part: pl.DataFrame, keys: pl.DataFrame, static: tuple[Encoding, ...]) -> pl.DataFrame:
    """The first that rows say of each series' attributes, in the order of the keys."""
    names = [each.name for each in static if each.name in part.columns and each.name not in SERIES]
    firsts = part.group_by(SERIES).agg(pl.col(name).drop_nulls().first() for name in names)
    return keys.join(firsts, on=list(SERIES), how="left", maintain_order="left") if names else keys
