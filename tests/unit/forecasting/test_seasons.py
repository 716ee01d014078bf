"""Weeks and months of a series by itself: a season it has shown is repeated, chance is not."""

import numpy as np
import pytest

from core.forecasting.seasons import means_ahead
from core.forecasting.spec import RHYTHMS, Rhythm

MONTHS, WEEKS, QUARTERS = RHYTHMS["M"], RHYTHMS["W"], RHYTHMS["Q"]


def wave(periods: int, year: int, height: float) -> np.ndarray:
    """(periods,) factors of a yearly wave."""
    return np.exp(height * np.sin(2 * np.pi * np.arange(periods) / year))


@pytest.mark.parametrize(("rhythm", "years"), [(MONTHS, 3), (MONTHS, 5), (WEEKS, 2)])
def test_a_season_is_repeated(rhythm: Rhythm, years: int) -> None:
    noise = np.exp(np.random.default_rng(1).normal(0, 0.05, (20, (years + 1) * rhythm.year)))
    truth = 1000 * wave((years + 1) * rhythm.year, rhythm.year, 0.5)
    past = years * rhythm.year
    told, _ = means_ahead((truth * noise)[:, :past], rhythm.year, rhythm, 7)
    assert np.abs(told / truth[past:] - 1).mean() < 0.06
    assert np.abs(told.mean() / truth[past:].mean() - 1) < 0.02


def test_a_single_month_of_a_year_is_its_season_too() -> None:
    year = np.full(12, 100.0)
    year[11] = 300.0
    told, _ = means_ahead(np.tile(year, 5)[None], 12, MONTHS, 7)
    np.testing.assert_allclose(told[0], year, rtol=0.05)


def test_a_level_that_wanders_is_no_season() -> None:
    steps = np.random.default_rng(2).normal(0, 0.03, (40, 120))
    wandering = 1000 * np.exp(np.cumsum(steps, axis=1))
    told, _ = means_ahead(wandering, 13, WEEKS, 7)
    assert np.abs(told / wandering[:, -1:] - 1).mean() < 0.06


def test_chance_is_no_season() -> None:
    told, _ = means_ahead(np.random.default_rng(3).poisson(2.0, (60, 120)).astype(float), 13, WEEKS, 7)
    assert np.abs(told - 2.0).mean() < 0.35
    assert abs(told.mean() / 2.0 - 1) < 0.05


def test_growth_goes_on_and_slows_down() -> None:
    told, _ = means_ahead(1000 * 1.02 ** np.arange(60)[None], 12, MONTHS, 7)
    assert 1.0 < told[0, 11] / told[0, 0] < 1.02**11
    assert (np.diff(told[0]) > 0).all()


@pytest.mark.parametrize(("rhythm", "up", "down"), [(MONTHS, 48, 12), (QUARTERS, 16, 6)])
def test_what_has_begun_to_fall_falls_on(rhythm: Rhythm, up: int, down: int) -> None:
    turned = np.concatenate([1000 * 1.01 ** np.arange(up), 1000 * 1.01**up * 0.97 ** np.arange(down)])
    told, level = means_ahead(turned[None], rhythm.year, rhythm, min(rhythm.year, 7))
    assert told[0, -1] < told[0, 0] < level[0]


def test_a_year_that_was_seen_once_tells_no_season() -> None:
    told, level = means_ahead(1000 * wave(14, 12, 0.5)[None], 12, MONTHS, 7)
    assert np.ptp(told / level[:, None]) < 0.2


def test_small_units_have_the_season_of_large_ones() -> None:
    units = 1000 * wave(60, 12, 0.5)[None]
    large, small = (means_ahead(units * scale, 12, MONTHS, 7)[0] / scale for scale in (1.0, 1e-4))
    np.testing.assert_allclose(small, large, rtol=0.1)


def test_neither_other_series_nor_later_periods_change_a_forecast_to_the_last_bit() -> None:
    units = np.random.default_rng(4).gamma(5, 20, (9, 120))
    units[3, 50:60] = np.nan
    alone = np.concatenate([means_ahead(one[None], 5, WEEKS, 5)[0] for one in units])
    np.testing.assert_array_equal(means_ahead(units, 13, WEEKS, 5)[0][:, :5], alone)


def test_nothing_known_is_nothing_told() -> None:
    told, level = means_ahead(np.full((1, 30), np.nan), 3, MONTHS, 3)
    assert np.isnan(told).all()
    assert np.isnan(level).all()


def test_months_reach_back_five_years_and_end_after_two() -> None:
    assert (MONTHS.history, MONTHS.silence) == (66, 30)
    assert (WEEKS.history, RHYTHMS["D"].history) == (WEEKS.silence, RHYTHMS["D"].silence) == (120, 784)
