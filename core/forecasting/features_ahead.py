"""Features from the date alone, and from when the store sells."""

import datetime as dt
from typing import Final

import numpy as np

from core.contracts.dataset import Frequency
from core.forecasting.calendar import Calendar, easter
from core.forecasting.features_past import Columns
from core.forecasting.grid import Floats, Grid, Ints, RunningSums, last_where
from core.forecasting.rows import Rows

_NEAR: Final = 45
_FLAG: Final = 0.5
_LONGEST_RUN: Final = 14
_MIDSUMMER: Final = 6


def calendar_features(calendar: Calendar, period: Ints) -> Columns:
    """What the date alone tells."""
    unique, back = np.unique(period, return_inverse=True)
    days: list[dt.date] = calendar.dates(unique).to_list()
    columns: dict[str, list[float]] = {
        "month": [d.month for d in days],
        "year_day": [d.timetuple().tm_yday for d in days],
        "easter": [_near((d - easter(d.year)).days) for d in days],
        "christmas": [_near((d - _christmas(d)).days) for d in days],
    }
    if calendar.frequency == "D":
        columns["weekday"] = [d.weekday() for d in days]
    if calendar.frequency in ("D", "W"):
        columns["month_day"] = [d.day for d in days]
        columns["week"] = [d.isocalendar().week for d in days]
    return {name: np.asarray(values, dtype=np.float32)[back] for name, values in columns.items()}


def opening_features(selling: Grid, rows: Rows, horizon: int, frequency: Frequency) -> Columns:
    """Closed days around the target, as far as the horizon tells."""
    if frequency != "D":
        return {}
    values = selling.values
    series, target, end = rows.series, rows.target, rows.origin + horizon
    since = (np.arange(values.shape[1]) - last_where(values < _FLAG)).astype(np.float32)
    sums = RunningSums(values)
    soon = sums.mean(selling.row[series], target + 3, 3)
    return {
        "open_before": selling.at(series, target - 1),
        "open_after": until(selling, series, target + 1, end),
        "open_run": np.minimum(Grid(since, selling.row).at(series, target), _LONGEST_RUN),
        "open_week_before": sums.mean(selling.row[series], target - 1, 7),
        "open_days_after": np.where(target + 3 <= end, soon, np.nan),
    }


def until(grid: Grid, series: Ints, column: Ints, end: Ints) -> Floats:
    """Values up to the end of the horizon; what lies behind it nobody knows."""
    return np.where(column <= end, grid.at(series, column), np.float32(np.nan))


def _near(days: int) -> float:
    return float(days) if abs(days) <= _NEAR else float("nan")


def _christmas(day: dt.date) -> dt.date:
    """The nearest Christmas Day."""
    return dt.date(day.year if day.month > _MIDSUMMER else day.year - 1, 12, 25)
