"""The local view: each series by itself, by exponential smoothing of its level.

Boosters learn what many series have in common. Where there are few, or where a series has just
moved to another level, its own last weeks tell more. Sales are divided by the profile of their
weekdays, smoothed (R. G. Brown, 1959), and multiplied again; how quickly old sales are forgotten
is chosen for each series by how well its levels foretold the horizons that followed.
"""

from typing import Final

import numpy as np
import polars as pl

from core.forecasting.grid import Bools, Doubles, Floats, Ints
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.spec import ForecastSpec

_RATES: Final = (0.1, 0.05, 0.2, 0.02, 0.4, 0.8)
"""How much of the newest value each level takes; the first where nothing speaks for another."""
_PROFILE_CYCLES: Final = 13
_EVEN_UNITS: Final = 20.0
"""Units of an even week mixed into each profile: a weekday that sold three says little."""
_AHEAD: Final = 7
"""Levels are measured on what was sold in so many periods after them, at the most."""
_LEAST_PROFILE: Final = 0.05
_BLOCK: Final = 1_024
"""Series that are smoothed at one time."""


def local_means(panel: Panel, rows: Rows, levels: Doubles, spec: ForecastSpec) -> tuple[Doubles, Doubles]:
    """What the rows' own series let expect, whatever other series there are.

    Args:
        panel: history up to ``panel.origin``, from where all rows are seen.
        rows: what to forecast.
        levels: what is expected of a row whose series has no history.
        spec: of the forecast.

    Returns:
        (rows,) units of each row's day, and of a day like any other.
    """
    chosen, place = np.unique(rows.series, return_inverse=True)
    begin = max(0, panel.origin + 1 - 2 * spec.rhythm.year)
    units = panel.units[chosen, begin : panel.origin + 1]
    cycle = spec.rhythm.cycle
    phase = np.arange(units.shape[1]) % cycle
    profile = _profiles(units, phase, cycle)
    level = _levels(units, profile[:, phase], min(spec.horizon, _AHEAD))[place]
    level = np.where(np.isfinite(level), level, levels)
    return level * profile[place, (rows.target - begin) % cycle], level


def _profiles(units: Floats, phase: Ints, cycle: int) -> Doubles:
    """(series, cycle) what each phase sells, relative to the mean of all."""
    profile = np.ones((len(units), cycle))
    if cycle == 1:
        return profile
    late = slice(-_PROFILE_CYCLES * cycle, None)
    known = ~np.isnan(units[:, late])
    filled = np.where(known, units[:, late], 0.0).astype(np.float64)
    sold = np.stack([filled[:, phase[late] == each].sum(axis=1) for each in range(cycle)], axis=1)
    days = np.stack([known[:, phase[late] == each].sum(axis=1) for each in range(cycle)], axis=1)
    mean = np.divide(sold.sum(axis=1), days.sum(axis=1), out=np.zeros(len(units)), where=days.sum(axis=1) > 0)
    relative: Doubles = (sold + _EVEN_UNITS) / (mean[:, None] * days + _EVEN_UNITS)
    return relative


def _levels(units: Floats, profile: Doubles, ahead: int) -> Doubles:
    """(series,) smoothed level at the last column, without the profile; NaN where nothing is known."""
    levels = np.empty((len(_RATES), len(units)))
    errors = np.empty_like(levels)
    for start in range(0, len(units), _BLOCK):
        block = slice(start, start + _BLOCK)
        flat = units[block].astype(np.float64) / np.maximum(profile[block], _LEAST_PROFILE)
        after, counted = _means_after(flat, ahead)
        for number, rate in enumerate(_RATES):
            level = _smoothed(flat, rate)
            levels[number, block] = level[:, -1]
            miss = np.where(counted & np.isfinite(level), level - after, 0.0)
            errors[number, block] = (miss**2).sum(axis=1)
    chosen: Doubles = levels[np.argmin(errors, axis=0), np.arange(len(units))]
    return chosen


def _smoothed(flat: Doubles, rate: float) -> Doubles:
    """Exponentially weighted means of what is known up to each column; NaN before the first value."""
    series = pl.DataFrame(flat.T, nan_to_null=True)
    mean = pl.all().ewm_mean(alpha=rate, adjust=True, ignore_nulls=False).forward_fill()
    smoothed: Doubles = series.select(mean).to_numpy().T
    return smoothed


def _means_after(flat: Doubles, ahead: int) -> tuple[Doubles, Bools]:
    """Mean of the ``ahead`` columns after each, and where they are all there and half of them known."""
    means, there = np.zeros(flat.shape), np.zeros(flat.shape, dtype=bool)
    last = flat.shape[1] - ahead
    if last > 0:
        known = ~np.isnan(flat)
        days, sold = (_sums_after(values, ahead) for values in (known, np.where(known, flat, 0.0)))
        there[:, :last] = days >= ahead / 2
        np.divide(sold, days, out=means[:, :last], where=days > 0)
    return means, there


def _sums_after(values: Doubles | Bools, ahead: int) -> Doubles:
    total = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=total[:, 1:])
    after: Doubles = total[:, ahead + 1 :] - total[:, 1:-ahead]
    return after
