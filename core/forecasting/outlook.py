"""Covariates of the horizon that nobody gave: guessed from their own past."""

from typing import Final

import numpy as np

from core.forecasting.calendar import Calendar
from core.forecasting.encoding import Encoding
from core.forecasting.grid import Floats, Grid

_MOST_WRONG: Final = 0.1
_CLEARLY: Final = 0.01
_PERIODS: Final = {"D": (7, 14, 28, 364), "W": (1, 2, 4, 52), "M": (1, 12), "Q": (1, 4)}


def fill_outlook(grid: Grid, origin: int, calendar: Calendar, encoding: Encoding) -> Grid:
    """Fill gaps of the horizon: a number keeps its last value, a flag repeats its best own period.

    Promotions come every second week, events every year: the period that best explained the
    covariate's own last year is the one it is continued by. Where none explains it, it stays
    unknown; the boosters have been shown rows where it was.
    """
    values = grid.values.copy()
    if encoding.kind == "number":
        return Grid(_carried(values), grid.row)
    missing = np.isnan(values[:, origin + 1 :])
    if not missing.any():
        return Grid(values, grid.row)
    period = _best_period(values[:, : origin + 1], _PERIODS[calendar.frequency])
    if period is None:
        return Grid(values, grid.row)
    for column in range(origin + 1, values.shape[1]):
        source = values[:, column - period] if column >= period else np.full(len(values), np.nan)
        guess = np.where(np.isnan(source), np.float32(encoding.usual), source)
        values[:, column] = np.where(np.isnan(values[:, column]), guess, values[:, column])
    return Grid(values, grid.row)


def _carried(values: Floats) -> Floats:
    """Each gap holds the value before it."""
    known = ~np.isnan(values)
    index = np.maximum.accumulate(np.where(known, np.arange(values.shape[1]), 0), axis=1)
    carried: Floats = np.take_along_axis(values, index, axis=1)
    return carried


def _best_period(past: Floats, periods: tuple[int, ...]) -> int | None:
    """The candidate with the smallest share of values that differ from those one period before.

    None where even that share is large.
    """
    best, least = None, _MOST_WRONG
    for period in periods:
        if past.shape[1] <= period:
            continue
        recent, before = past[:, period:][:, -364:], past[:, :-period][:, -364:]
        both = ~np.isnan(recent) & ~np.isnan(before)
        differs = float(np.mean(recent[both] != before[both])) if both.any() else np.inf
        if differs < least - _CLEARLY:
            best, least = period, differs
    return best
