"""Levels ahead of a series that may grow: exponential smoothing with a damped trend, averaged over rates.

A level with a trend that fades (Holt 1957; Gardner & McKenzie 1985) is smoothed at several rates. Which of them
suits a series, its one-step errors tell by their likelihood, of which half is believed; all are averaged by it: the
best of a few years is chance, and an average of plain methods seldom fails (Makridakis et al. 2020).
"""

from typing import Final

import numpy as np

from core.forecasting.grid import Bools, Doubles

_RATES: Final = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
"""How much of each error the level takes."""
_TRENDS: Final = ((0.0, 1.0), (0.05, 0.9), (0.15, 0.9), (0.4, 0.9), (0.05, 0.98), (0.15, 0.98))
"""How much of what the level takes its trend takes, and what is left of a trend a period later; the first has none."""
_TRUST: Final = 0.5
"""Of the likelihood: errors of neighbouring periods say much the same."""
_A_TREND: Final = 1.0
"""Log likelihood that a trend must bring, as another two numbers are chosen with it."""
_LEAST_ERROR: Final = 1e-9
"""Of the sum of squared units, below which no error is believed."""

_GRID: Final = tuple((rate, *trend) for rate in _RATES for trend in _TRENDS)
_LEVEL_TAKES, _TREND_TAKES, _LEFT = (np.array(each)[:, None] for each in zip(*_GRID, strict=True))


def levels_ahead(flat: Doubles, season: Doubles, ahead: int) -> Doubles:
    """Smoothed level of the last period and of those ahead.

    Args:
        flat: (series, periods) what was sold without its season, NaN where unknown.
        season: (series, periods) what was taken out, by which errors are counted in units.
        ahead: periods.

    Returns:
        (series, 1 + ahead) levels, none below zero; NaN where nothing is known.
    """
    known = ~np.isnan(flat)
    level, trend, error = _smoothed(np.where(known, flat, 0.0), known, season)
    weight = _weights(error, known, flat * season)
    told = np.zeros((len(flat), 1 + ahead))
    for each, left in enumerate(_LEFT[:, 0]):  # one after the other: the same in a batch of any size
        steps = np.concatenate([[0.0], np.cumsum(left ** np.arange(1, ahead + 1))])
        told += weight[each][:, None] * np.maximum(level[each][:, None] + trend[each][:, None] * steps, 0.0)
    told[~known.any(axis=1)] = np.nan
    return told


def _smoothed(flat: Doubles, known: Bools, season: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """(rates, series) level and trend at the last period, and the sum of squared errors one period ahead."""
    begun = np.maximum.accumulate(known, axis=1)
    starts = begun & ~np.hstack([np.zeros((len(flat), 1), dtype=bool), begun[:, :-1]])
    level, trend, error = (np.zeros((len(_GRID), len(flat))) for _ in range(3))
    for now in range(flat.shape[1]):
        trend *= _LEFT
        miss = np.where(known[:, now] & ~starts[:, now], flat[:, now] - level - trend, 0.0)
        error += (miss * season[:, now]) ** 2
        level = np.where(starts[:, now], flat[:, now], level + trend + _LEVEL_TAKES * miss)
        trend += _LEVEL_TAKES * _TREND_TAKES * miss
    return level, trend, error


def _weights(error: Doubles, known: Bools, units: Doubles) -> Doubles:
    """(rates, series) shares of the rates by the likelihood of their errors; they add up to one."""
    least = _LEAST_ERROR * np.maximum((np.where(known, units, 0.0) ** 2).sum(axis=1), _LEAST_ERROR)
    counted = np.maximum(known.sum(axis=1) - 1, 2)
    likely = -0.5 * _TRUST * counted * np.log(np.maximum(error, least)) - _A_TREND * (_TREND_TAKES > 0)
    weight = np.exp(likely - likely.max(axis=0))
    total = np.zeros(len(units))
    for each in weight:
        total += each
    shares: Doubles = weight / total
    return shares
