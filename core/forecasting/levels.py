"""The level of a series by exponential smoothing (R. G. Brown, 1959).

How quickly old sales are forgotten is chosen for each series by how well its levels foretold the periods that followed.
"""

from typing import Final

import numpy as np
import polars as pl

from core.forecasting.grid import Bools, Doubles

_RATES: Final = (0.1, 0.05, 0.2, 0.02, 0.4, 0.8)
"""How much of the newest value each level takes; the first where nothing speaks for another."""


def levels(flat: Doubles, season: Doubles | None, ahead: int) -> tuple[Doubles, Doubles]:
    """Smoothed level at the last period, and how far the levels before it erred.

    Args:
        flat: (series, periods) what was sold without its season, NaN where unknown.
        season: (series, periods) what was taken out, by which errors are counted in units; None: they are not.
        ahead: periods after each on which its level is measured.

    Returns:
        (series,) level, NaN where nothing is known; (series,) sum of squared errors.
    """
    found = np.empty((len(_RATES), len(flat)))
    errors = np.empty_like(found)
    after, counted = _means_after(flat if season is None else flat * season, ahead)
    scale = 1.0 if season is None else _means_after(np.where(np.isnan(flat), np.nan, season), ahead)[0]
    for number, rate in enumerate(_RATES):
        level = _smoothed(flat, rate)
        found[number] = level[:, -1]
        miss = np.where(counted & np.isfinite(level), level * scale - after, 0.0)
        errors[number] = (miss**2).sum(axis=1)
    best = np.argmin(errors, axis=0), np.arange(len(flat))
    return found[best], errors[best]


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
