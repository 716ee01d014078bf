"""The local view: each series by itself, by exponential smoothing of its level.

Boosters learn what many series have in common. Where there are few, or where a series has just
moved to another level, its own last weeks tell more. Sales of days are divided by the profile of their
weekdays, and by what days about a feast sell, smoothed, and multiplied again; those of weeks and months by their
season of the year.
"""

from typing import Final

import numpy as np

from core.forecasting.grid import Doubles, Floats, Ints
from core.forecasting.levels import levels as smoothed
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.seasons import means_ahead
from core.forecasting.spec import ForecastSpec

_PROFILE_CYCLES: Final = 13
_EVEN_UNITS: Final = 20.0
"""Units of an even week mixed into each profile: a weekday that sold three says little."""
_EVEN_SALES: Final = 4
"""Days with a sale that are mixed in at the least where most days sell nothing: one large order says as little."""
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
    units: Floats = panel.units[chosen, : panel.origin + 1]
    step = rows.target - panel.origin
    tell = _by_weekday if spec.rhythm.cycle > 1 else _by_year
    means, level = np.empty(len(rows)), np.empty(len(chosen))
    feasts = panel.factors(np.arange(panel.origin + 1 + int(step.max(initial=0))))
    units /= feasts[: panel.origin + 1].astype(np.float32)
    for start in range(0, len(chosen), _BLOCK):
        block = slice(start, start + _BLOCK)
        here = np.flatnonzero((place >= block.start) & (place < block.stop))
        ahead, level[block] = tell(units[block], int(step[here].max()), spec)
        means[here] = ahead[place[here] - start, step[here] - 1] * feasts[rows.target[here]]
    known = np.isfinite(level)[place]
    return np.where(known, means, levels), np.where(known, level[place], levels)


def _by_year(units: Floats, ahead: int, spec: ForecastSpec) -> tuple[Doubles, Doubles]:
    return means_ahead(units, ahead, spec.rhythm, min(spec.horizon, _AHEAD))


def _by_weekday(units: Floats, ahead: int, spec: ForecastSpec) -> tuple[Doubles, Doubles]:
    """(series, ahead) units of each day ahead, and (series,) those of a day like any other."""
    cycle = spec.rhythm.cycle
    late = units[:, -2 * spec.rhythm.year :]
    phase = np.arange(late.shape[1] + ahead) % cycle
    profile = _profiles(late, phase[: late.shape[1]], cycle)
    flat = late.astype(np.float64) / np.maximum(profile[:, phase[: late.shape[1]]], _LEAST_PROFILE)
    level = smoothed(flat, None, min(spec.horizon, _AHEAD))[0]
    return level[:, None] * profile[:, phase[late.shape[1] :]], level


def _profiles(units: Floats, phase: Ints, cycle: int) -> Doubles:
    """(series, cycle) what each phase sells, relative to the mean of all."""
    late = slice(-_PROFILE_CYCLES * cycle, None)
    known = ~np.isnan(units[:, late])
    filled = np.where(known, units[:, late], 0.0).astype(np.float64)
    sold = np.stack([filled[:, phase[late] == each].sum(axis=1) for each in range(cycle)], axis=1)
    days = np.stack([known[:, phase[late] == each].sum(axis=1) for each in range(cycle)], axis=1)
    mean = np.divide(sold.sum(axis=1), days.sum(axis=1), out=np.zeros(len(units)), where=days.sum(axis=1) > 0)
    even = _even_units(sold.sum(axis=1), (filled > 0).sum(axis=1), days.sum(axis=1) / cycle)[:, None]
    relative: Doubles = (sold + even) / (mean[:, None] * days + even)
    return relative


def _even_units(sold: Doubles, sales: Ints, cycles: Doubles) -> Doubles:
    """(series,) units of an even week, by what was sold on how many days with a sale, in how many cycles."""
    rare = np.maximum(_EVEN_UNITS, _EVEN_SALES * sold / np.maximum(sales, 1))
    even: Doubles = np.where(sales < cycles, rare, _EVEN_UNITS)
    return even
