"""What days about a feast sell beside days like any other, learned from all series once, when a model is fitted.

A view of each series by itself knows its level and its weekdays. A few Easters of one series do not tell what the next
will bring, but those of all series together do: the day's total beside that of the same weekday in the weeks about it.
Each distance from each feast has a factor, drawn to 1 as far as chance alone would bring as much (empirical Bayes:
Efron & Morris 1973), so that a feast that moves nothing has none. The factors travel with the model, and a forecast
stays the same in a request of one series and in a batch of all.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import polars as pl

from core.forecasting.calendar import Calendar, easter
from core.forecasting.grid import Doubles, Floats, Ints
from core.forecasting.holidays import Holidays

_BEFORE, _AFTER = 28, 14
"""Days about a feast that may sell otherwise; each belongs to the feast that is nearest."""
_NAMED: Final = 3
"""Number of the first holiday of the country; before it come Easter, Black Friday and Christmas."""
_WEEKS: Final = 6
"""Before and after a day, whose same weekdays are what it would sell without the feast."""
_LEAST_WEEKS: Final = 5
_LEAST_RATIO, _MOST_RATIO = 0.05, 10.0
_FEWEST_DAYS: Final = 56
"""Ordinary days that tell what chance does."""
_FEWEST_YEARS: Final = 2
"""In which a distance from a feast was seen: what happened once may be chance, or a promotion."""
_THURSDAY: Final = 3


@dataclass(frozen=True)
class Feasts:
    """Factors on sales by feast and distance.

    Attributes:
        factors: of each feast's number, one of each day from ``_BEFORE`` days before it to ``_AFTER`` after it.
    """

    factors: dict[int, tuple[float, ...]]

    @classmethod
    def of(cls, units: Floats, first: int, calendar: Calendar, holidays: Holidays | None) -> Self | None:
        """Learn them.

        Args:
            units: (series, periods) what was sold, NaN where unknown.
            first: period number of the first column.
            calendar: that counts the periods; None is the answer unless they are days.
            holidays: of the country, where one is named.
        """
        if calendar.frequency != "D" or not units.size:
            return None
        kind, away = _nearest(np.arange(first, first + units.shape[1]), calendar, holidays)
        over = np.log(np.clip(_beside_the_weeks_about(_totals(units)), _LEAST_RATIO, _MOST_RATIO))
        ordinary = over[(kind < 0) & np.isfinite(over)]
        if len(ordinary) < _FEWEST_DAYS:
            return None
        told = np.isfinite(over)
        factors = {
            number: _drawn(over[told & (kind == number)], away[told & (kind == number)], float(np.var(ordinary)))
            for number in np.unique(kind[told & (kind >= 0)]).tolist()
        }
        return cls({number: tuple(found.tolist()) for number, found in factors.items() if (found != 1).any()})

    def at(self, period: Ints, calendar: Calendar, holidays: Holidays | None) -> Doubles:
        """(periods,) factor of each; 1 far from any feast, and about those that were never seen."""
        kind, away = _nearest(period, calendar, holidays)
        found = np.ones(len(period))
        for number, factors in self.factors.items():
            here = kind == number
            found[here] = np.asarray(factors)[away[here] + _BEFORE]
        return found

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {str(number): factors for number, factors in self.factors.items()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        return cls({int(number): tuple(factors) for number, factors in values.items()})


def _nearest(period: Ints, calendar: Calendar, holidays: Holidays | None) -> tuple[Ints, Ints]:
    """Number of the feast that each period is about, -1 where there is none, and days since it."""
    none = np.full(len(period), -1)
    if not len(period):
        return none, none
    begin, end = (day.year for day in calendar.dates(np.array([period.min(), period.max()])).to_list())
    told = [feast for year in range(begin - 1, end + 2) for feast in _of_every_year(year)]
    days = calendar.index(pl.Series([day for day, _ in told], dtype=pl.Date))
    kinds = np.array([number for _, number in told])
    if holidays is not None:
        listed, names = (np.asarray(each, dtype=np.int64) for each in (holidays.periods, holidays.kinds))
        again = np.bincount(names)[names] >= _FEWEST_YEARS  # a bridge day of one year is no feast
        days = np.concatenate([days, listed[again]])
        kinds = np.concatenate([kinds, _NAMED + names[again]])
    order = np.argsort(days, kind="stable")
    days, kinds = days[order], kinds[order]
    after = np.searchsorted(days, period).clip(0, len(days) - 1)
    before = np.maximum(after - 1, 0)
    place = np.where(np.abs(days[before] - period) <= np.abs(days[after] - period), before, after)
    away = period - days[place]
    return np.where((away >= -_BEFORE) & (away <= _AFTER), kinds[place], none), away


def _of_every_year(year: int) -> Iterator[tuple[dt.date, int]]:
    yield easter(year), 0
    first = dt.date(year, 11, 1)
    yield first + dt.timedelta((_THURSDAY - first.weekday()) % 7 + 22), 1
    yield dt.date(year, 12, 25), 2


def _totals(units: Floats) -> Doubles:
    """(periods,) what was sold beside what the same series sell on average, those counting by the root of that."""
    known = ~np.isnan(units)
    sold = np.where(known, np.maximum(units, 0), 0).astype(np.float64)
    usual = sold.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    weight = 1 / np.sqrt(np.maximum(usual, np.finfo(np.float64).tiny)) * (usual > 0)
    # no product of matrices: the order of its sums, and so the last bits, would depend on the machine's cores
    expected = np.einsum("s,sp->p", usual * weight, known)
    totals: Doubles = np.divide(
        np.einsum("s,sp->p", weight, sold), expected, out=np.full(units.shape[1], np.nan), where=expected > 0
    )
    return totals


def _beside_the_weeks_about(totals: Doubles) -> Doubles:
    """(periods,) each over the median of its weekday in the weeks before and after; NaN where there are too few."""
    reach = 7 * _WEEKS
    padded = np.concatenate([np.full(reach, np.nan), totals, np.full(reach, np.nan)])
    steps = [7 * week for week in range(-_WEEKS, _WEEKS + 1) if week]
    about = np.stack([padded[reach + step : reach + step + len(totals)] for step in steps])
    enough = (~np.isnan(about)).sum(axis=0) >= _LEAST_WEEKS
    usual = np.full(len(totals), np.nan)
    usual[enough] = np.nanmedian(about[:, enough], axis=0)
    over: Doubles = np.divide(totals, usual, out=np.full(len(totals), np.nan), where=usual > 0)
    return over


def _drawn(over: Doubles, away: Ints, chance: float) -> Doubles:
    """(days about the feast,) factors of one feast: means over its years, drawn to 1 by how far the years are apart."""
    place = away + _BEFORE
    years = np.bincount(place, minlength=_BEFORE + _AFTER + 1)
    mean = np.bincount(place, over, minlength=len(years)) / np.maximum(years, 1)
    seen = years >= _FEWEST_YEARS
    factors = np.ones(len(years))
    if seen.any():
        apart = ((over - mean[place]) ** 2)[seen[place]].sum() / (years[seen] - 1).sum()
        noise = max(chance, float(apart), np.finfo(np.float64).tiny)
        signal = max(0.0, float((mean[seen] ** 2 - noise / years[seen]).mean()))
        share = signal * years / (signal * years + noise)
        factors[seen] = np.exp(share * mean)[seen]
    return factors
