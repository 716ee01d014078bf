"""What feasts move is learned from all series together, and only where years agree on it."""

import datetime as dt

import numpy as np
import pytest

from core.forecasting.calendar import Calendar, easter
from core.forecasting.feasts import Feasts
from core.forecasting.grid import Floats
from core.forecasting.holidays import Holidays

FIRST = dt.date(2020, 1, 6)
DAYS = 1_150
CALENDAR = Calendar("D")
START = (FIRST - dt.date(1970, 1, 1)).days


def sold(lift: dict[dt.date, float]) -> Floats:
    """(8 series, days) counts about levels of 5 to 40, times what some days bring."""
    rng = np.random.default_rng(3)
    weekdays = np.array([1, 1, 1, 1, 1.3, 1.6, 0.5])[np.arange(DAYS) % 7]
    factors = np.ones(DAYS)
    for day, factor in lift.items():
        factors[(day - FIRST).days] = factor
    units = rng.poisson(np.linspace(5, 40, 8)[:, None] * weekdays * factors)
    counts: Floats = units.astype(np.float32)
    return counts


def factor(feasts: Feasts | None, day: dt.date, holidays: Holidays | None = None) -> float:
    assert feasts is not None
    return float(feasts.at(np.array([(day - dt.date(1970, 1, 1)).days]), CALENDAR, holidays)[0])


def eves(years: tuple[int, ...]) -> dict[dt.date, float]:
    return {easter(year) - dt.timedelta(1): 2.0 for year in years}


def test_what_the_day_before_easter_brings_is_expected_of_the_next() -> None:
    feasts = Feasts.of(sold(eves((2020, 2021, 2022))), START, CALENDAR, None)
    again = Feasts.from_json(feasts.to_json()) if feasts else None
    assert factor(again, easter(2023) - dt.timedelta(1)) == pytest.approx(2, abs=0.25)
    assert factor(again, easter(2023) + dt.timedelta(5)) == pytest.approx(1, abs=0.12)
    assert factor(again, dt.date(2023, 7, 14)) == 1


def test_what_one_year_alone_brought_is_not_expected_again() -> None:
    once = Feasts.of(sold(eves((2021,)))[:, 300:700], START + 300, CALENDAR, None)
    assert factor(once, easter(2023) - dt.timedelta(1)) == 1


def test_without_feasts_no_day_has_more_than_chance() -> None:
    feasts = Feasts.of(sold({}), START, CALENDAR, None)
    ahead = np.arange(START + DAYS, START + DAYS + 365)
    assert feasts is not None
    assert np.abs(feasts.at(ahead, CALENDAR, None) - 1).max() < 0.08


def test_a_named_holiday_that_moves_with_the_moon_is_met_again() -> None:
    holidays = Holidays.of("CN", CALENDAR, START, START + DAYS)
    new_years = [dt.date(2020, 1, 25), dt.date(2021, 2, 12), dt.date(2022, 2, 1), dt.date(2023, 1, 22)]
    lift = {day - dt.timedelta(k): 2.0 for day in new_years for k in (1, 2, 3)}
    feasts = Feasts.of(sold(lift), START, CALENDAR, holidays)
    assert factor(feasts, dt.date(2024, 2, 8), holidays) == pytest.approx(2, abs=0.25)


def test_weeks_and_a_few_days_have_none() -> None:
    assert Feasts.of(sold({}), START, Calendar("W"), None) is None
    assert Feasts.of(sold({})[:, :40], START, CALENDAR, None) is None
