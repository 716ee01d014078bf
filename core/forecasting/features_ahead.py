"""Features from what is known of the horizon: calendar, opening and covariates."""

import datetime as dt
from typing import Final

import numpy as np

from core.forecasting.calendar import Calendar, easter
from core.forecasting.encoding import Kind
from core.forecasting.features_past import Columns, Past
from core.forecasting.grid import Doubles, Floats, Grid, Ints, RunningSums, last_where
from core.forecasting.panel import Panel
from core.forecasting.spec import ForecastSpec

_NEAR: Final = 45
_HALF_YEAR: Final = 26
_FLAG: Final = 0.5


def ahead_features(
    panel: Panel,
    series: Ints,
    origin: Ints,
    target: Ints,
    past: Past,
    local: Ints,
    spec: ForecastSpec,
    level: Doubles,
) -> Columns:
    """Columns of the target period; ``local`` is the series' place in the block of ``past``."""
    horizon_end = origin + spec.horizon
    columns = calendar_features(panel.calendar, panel.first + target)
    if panel.calendar.frequency == "D":
        columns |= _opening(panel.open, series, target, horizon_end)
    start = int(series[0] - local[0]) if len(series) else 0
    block = slice(start, start + len(past.units))
    for name, grid in panel.known.items():
        columns |= _covariate(name, grid, panel.kinds[name], series, origin, target, horizon_end)
        if panel.kinds[name] == "flag":
            columns |= _conditional(name, grid, block, past, series, local, origin, target, level)
    return columns


def calendar_features(calendar: Calendar, period: Ints) -> Columns:
    """What the date alone tells."""
    unique, back = np.unique(period, return_inverse=True)
    dates = calendar.dates(unique)
    days: list[dt.date] = dates.to_list()
    columns: dict[str, list[float]] = {
        "month": [d.month for d in days],
        "year_day": [d.timetuple().tm_yday for d in days],
        "easter": [_near((d - easter(d.year)).days) for d in days],
        "christmas": [_near((d - dt.date(d.year if d.month > 6 else d.year - 1, 12, 25)).days) for d in days],  # noqa: PLR2004
    }
    if calendar.frequency == "D":
        columns["weekday"] = [d.weekday() for d in days]
    if calendar.frequency != "M":
        columns["month_day"] = [d.day for d in days]
        columns["week"] = [d.isocalendar().week for d in days]
    return {name: np.asarray(values, dtype=np.float32)[back] for name, values in columns.items()}


def _near(days: int) -> float:
    return float(days) if abs(days) <= _NEAR else float("nan")


def _opening(selling: Grid, series: Ints, target: Ints, end: Ints) -> Columns:
    """Closed days around the target, as far as the horizon tells."""
    values = selling.values
    since = np.arange(values.shape[1]) - last_where(values < _FLAG)
    columns: Columns = {
        "open_before": selling.at(series, target - 1),
        "open_after": _until(selling, series, target + 1, end),
        "open_run": np.minimum(Grid(since.astype(np.float32), selling.row).at(series, target), 14),
    }
    sums = RunningSums(values)
    columns["open_week_before"] = sums.mean(selling.row[series], target - 1, 7)
    ahead = sums.mean(selling.row[series], target + 3, 3)
    columns["open_days_after"] = np.where(target + 3 <= end, ahead, np.nan)
    return columns


def _covariate(name: str, grid: Grid, kind: Kind, series: Ints, origin: Ints, target: Ints, end: Ints) -> Columns:
    value = grid.at(series, target)
    columns: Columns = {name: value}
    if kind == "flag":
        since = np.arange(grid.values.shape[1]) - last_where(_changes(grid.values))
        columns[f"{name}_run"] = np.minimum(Grid(since.astype(np.float32), grid.row).at(series, target), 30)
        columns[f"{name}_before"] = grid.at(series, target - 1)
        columns[f"{name}_after"] = _until(grid, series, target + 1, end)
        return columns
    if kind == "number":
        sums = RunningSums(grid.values)
        for width in (28, 182):
            usual = sums.mean(grid.row[series], origin, width)
            columns[f"{name}_to_{width}"] = value / np.where(usual > 0, usual, np.nan)
    return columns


def _conditional(
    name: str,
    grid: Grid,
    block: slice,
    past: Past,
    series: Ints,
    local: Ints,
    origin: Ints,
    target: Ints,
    level: Doubles,
) -> Columns:
    """Own sales on days when the flag had the target's value: on any day, and on the same weekday."""
    flag = grid.values[grid.row[block]] > _FLAG
    cycle = past.rhythm.cycle
    value = grid.at(series, target) > _FLAG
    end = target - cycle * -(-(target - origin) // cycle)
    widths = {"": (origin, past.rhythm.windows[-2], 1)}
    if cycle > 1:
        widths |= {"_phase": (end, _HALF_YEAR, cycle), "_phase_near": (end, 8, cycle)}
    columns: Columns = {f"{name}_like{suffix}": np.full(len(series), np.nan) for suffix in widths}
    for side in (False, True):
        rows = np.flatnonzero(value == side)
        if not len(rows):
            continue
        only = np.where(flag == side, past.units, np.nan)
        sums = {stride: RunningSums(only, stride) for stride in {1, cycle}}
        for suffix, (stop, width, stride) in widths.items():
            columns[f"{name}_like{suffix}"][rows] = sums[stride].mean(local[rows], stop[rows], width) / level[rows]
    return columns


def _until(grid: Grid, series: Ints, column: Ints, end: Ints) -> Floats:
    """Values up to the end of the horizon; what lies behind it nobody knows."""
    return np.where(column <= end, grid.at(series, column), np.float32(np.nan))


def _changes(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    changed = np.zeros(values.shape, dtype=bool)
    changed[:, 1:] = values[:, 1:] != values[:, :-1]
    return changed
