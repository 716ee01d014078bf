"""The year of a series by itself, where periods are weeks, months or quarters: its season, its trend and its level.

Boosters compare a season with those before it, which they learn where many series have had many years. A few series of
a few years do not teach it, but each tells its own. The log of its sales is a sum of waves of a year, a straight line
and a remainder that passes on a part of itself to the next period (Cochrane & Orcutt 1949): otherwise a level that
wanders would be taken for a season. Waves are drawn to zero as far as the series is noisy, short ones more.
The level is smoothed in units, so that it is a mean, and the trend is damped (Gardner & McKenzie 1985). What this lets
expect of months and quarters is averaged with what their newest trend does (``core.forecasting.trends``), in the same
season.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.forecasting.grid import Bools, Doubles, Floats
from core.forecasting.levels import levels
from core.forecasting.spec import Rhythm
from core.forecasting.trends import levels_ahead

_WAVES: Final = {4: 2, 12: 6, 52: 4}
"""Waves of a year, the longest first: all that quarters and months have, of weeks those that a few years can tell."""
_USUAL_WAVE, _USUAL_TREND = 0.3, 0.05
"""Standard deviations, in logs, of the yearly wave and of a year's growth before anything is known of a series."""
_YEARS_OF_HALF: Final = 2.0
"""After which a period counts half."""
_LEAST_YEARS: Final = 1.25
"""Of history that tells a season from a trend."""
_MOST_PASSED_ON: Final = 0.95
_LEAST_NOISE: Final = 1e-5
_PASSES: Final = 2
_DAMPING: Final = 0.93
_OFFSET: Final = 1.0
"""Units added before the logarithm; the mean of a series that sells less."""
_MOST_SWING: Final = 20.0
_TRENDS_OF: Final = 12
"""Periods of the longest year in which the newest trend of a series is believed: that of weeks is mostly chance."""
_CLEARLY: Final = 0.9
"""Of the squared error without a season, what one with it must stay below."""


@dataclass(frozen=True)
class Year:
    """What a block of series tells of its periods, past and ahead.

    Attributes:
        offset: (series, 1) units added before the logarithm.
        season: (series, past + ahead) factors of mean 1 over the past.
        growth: (series, ahead) factors since the last period.
    """

    offset: Doubles
    season: Doubles
    growth: Doubles


def means_ahead(units: Floats | Doubles, ahead: int, rhythm: Rhythm, measured: int) -> tuple[Doubles, Doubles]:
    """What each of a block of series lets expect of the periods ahead.

    Args:
        units: (series, past) what was sold, NaN where unknown.
        ahead: periods.
        rhythm: of the frequency; its year is one of weeks, months or quarters.
        measured: periods after each level by which it is judged.

    Returns:
        (series, ahead) units, and (series,) those of a period like any other; NaN where nothing is known.
    """
    past = units.shape[1]
    year = _year(units.astype(np.float64), ahead, rhythm)
    sold, before = units + year.offset, year.season[:, :past]
    flat, even = sold / before, np.ones_like(before)
    tells = levels(flat, before, 1)[1] <= _CLEARLY * levels(sold, even, 1)[1]
    level = np.where(tells, levels(flat, before, measured)[0], levels(sold, even, measured)[0])
    season = np.where(tells[:, None], year.season[:, past:], 1.0)
    growing = np.hstack([level[:, None], level[:, None] * year.growth])
    if rhythm.year <= _TRENDS_OF:
        told = levels_ahead(np.where(tells[:, None], flat, sold), np.where(tells[:, None], before, even), ahead)
        growing = (growing + told) / 2
    means: Doubles = np.maximum(growing[:, 1:] * season - year.offset, 0)
    return means, np.maximum(growing[:, 0] - year.offset[:, 0], 0)


def _year(units: Doubles, ahead: int, rhythm: Rhythm) -> Year:
    """Waves and trend of each series, by ridge regression on its logs."""
    known = ~np.isnan(units)
    count = np.maximum(known.sum(axis=1), 1)
    filled = np.where(known, units, 0.0)
    offset = np.clip(filled.sum(axis=1) / count, _LEAST_NOISE, _OFFSET)[:, None]
    logs = np.where(known, np.log(np.maximum(filled, 0) + offset), 0.0)
    base, penalties = _base(units.shape[1], ahead, rhythm.year)
    short = known.sum(axis=1) < _LEAST_YEARS * rhythm.year
    found = _regressed(logs, known, base[: units.shape[1]], penalties, rhythm.year)
    found[short, 2:] = 0
    season = np.exp(_times(base[:, 2:], found[:, 2:]))
    season = season / season[:, : units.shape[1]].mean(axis=1, keepdims=True)
    steps = np.cumsum(_DAMPING ** np.arange(1, ahead + 1)) / rhythm.year
    return Year(offset, np.clip(season, 1 / _MOST_SWING, _MOST_SWING), np.exp(found[:, 1:2] * steps))


def _base(past: int, ahead: int, year: int) -> tuple[Doubles, Doubles]:
    """(periods, terms) one, years since the last period, waves; (terms,) how far each is drawn to zero."""
    time = np.arange(past + ahead) - past + 1
    number = np.arange(1, _WAVES[year] + 1)
    angle = 2 * np.pi * time[:, None] * number / year
    sines = number[2 * number < year]  # at half a year's periods a sine is zero throughout
    waves = np.hstack([np.cos(angle), np.sin(angle[:, : len(sines)])])
    base = np.hstack([np.ones((len(time), 1)), time[:, None] / year, waves])
    drawn = np.concatenate([[0.0, _USUAL_TREND**-2], np.concatenate([number, sines]) / _USUAL_WAVE**2])
    return base, drawn


def _regressed(logs: Doubles, known: Bools, base: Doubles, drawn: Doubles, year: int) -> Doubles:
    """(series, terms) coefficients: what a remainder passes on is learned from those before, then taken out."""
    passed = np.zeros(len(logs))
    noise = np.full(len(logs), _USUAL_TREND)
    both = known[:, 1:] & known[:, :-1]
    age = np.arange(len(base) - 2, -1, -1)
    weight = both * 0.5 ** (age / (_YEARS_OF_HALF * year))
    pairs = np.maximum(both.sum(axis=1), 1)
    found = np.zeros((len(logs), base.shape[1]))
    for _ in range(_PASSES):
        terms = base[1:] - passed[:, None, None] * base[:-1]
        target = logs[:, 1:] - passed[:, None] * logs[:, :-1]
        found = _ridge(terms, target, weight, noise[:, None] * drawn)
        rest = np.where(known, logs - _times(base, found), 0.0)
        before, after = np.where(both, rest[:, :-1], 0.0), np.where(both, rest[:, 1:], 0.0)
        scale = np.maximum((before**2).sum(axis=1), _LEAST_NOISE)
        passed = np.clip((before * after).sum(axis=1) / scale, 0, _MOST_PASSED_ON)
        noise = np.maximum(((after - passed[:, None] * before) ** 2).sum(axis=1) / pairs, _LEAST_NOISE)
    return found


def _ridge(terms: Doubles, target: Doubles, weight: Doubles, penalty: Doubles) -> Doubles:
    """(series, terms) least squares of each series, each term drawn to zero by its penalty."""
    weighted = (terms * weight[:, :, None]).transpose(0, 2, 1)
    square = weighted @ terms
    each = np.arange(terms.shape[2])
    square[:, each, each] += penalty + _LEAST_NOISE
    solved: Doubles = np.linalg.solve(square, weighted @ target[:, :, None])[:, :, 0].astype(np.float64)
    return solved


def _times(base: Doubles, found: Doubles) -> Doubles:
    """(series, periods) what the terms add up to, series by series: the same in a batch of any size."""
    sums: Doubles = (base[None] @ found[:, :, None])[:, :, 0]
    return sums
