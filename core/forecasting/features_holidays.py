"""Features from public holidays: how near one is, which, and what was sold about the same one a year before."""

from typing import Final

import numpy as np

from core.forecasting.features_known import Scope
from core.forecasting.features_past import Columns
from core.forecasting.grid import Doubles, Ints
from core.forecasting.holidays import Holidays

_NEAR: Final = {"D": 14, "W": 4, "M": 1, "Q": 1}
"""Periods up to which a distance is told."""
_ABOUT: Final = {"D": 7, "W": 1, "M": 0, "Q": 0}
"""Periods about a holiday that are like those about it a year before."""


def holiday_features(holidays: Holidays, period: Ints, frequency: str) -> Columns:
    """What the date alone tells.

    Args:
        holidays: of the country.
        period: (rows,) period number of each target.
        frequency: of the periods.
    """
    unique, back = np.unique(period, return_inverse=True)
    starts, kinds = np.asarray(holidays.periods), np.asarray(holidays.kinds)
    from_left, from_right = np.searchsorted(starts, unique), np.searchsorted(starts, unique, side="right")
    padded = np.concatenate([[np.nan], starts, [np.nan]])
    nearest = holidays.nearest(unique)
    near = np.abs(starts[nearest] - unique) <= _ABOUT[frequency]
    columns = {
        "holidays": (from_right - from_left).astype(np.float64),
        "holiday_next": _near(padded[from_left + 1] - unique, frequency),
        "holiday_last": _near(unique - padded[from_right], frequency),
        "holiday_which": np.where(near, kinds[nearest], np.nan),
    }
    return {name: column[back] for name, column in columns.items()}


def same_holiday_features(scope: Scope, holidays: Holidays) -> Columns:
    """What was sold on the same day about the same holiday a year before: beside the level of now, and of then."""
    rows, past, panel = scope.rows, scope.past, scope.panel
    period = rows.target + panel.first
    nearest = holidays.nearest(period)
    away = period - np.asarray(holidays.periods)[nearest]
    before = np.asarray(holidays.before)[nearest]
    column = before + away - panel.first
    like = (np.abs(away) <= _ABOUT[panel.calendar.frequency]) & (before >= 0) & (column <= rows.origin)
    column = np.where(like, column, -1)
    usual = past.sums.mean(rows.series, np.maximum(column, 0), past.rhythm.level)
    sold = past.value(rows.series, column)
    return {
        "year_holiday": sold / scope.level,
        "year_holiday_ratio": sold / np.where(usual > 0, usual, np.nan),
    }


def _near(distance: Doubles, frequency: str) -> Doubles:
    near: Doubles = np.where(distance <= _NEAR[frequency], distance, np.nan)
    return near
