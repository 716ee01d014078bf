"""Levels ahead of one series: a trend goes on as it fades, chance is none, and what was never sold tells nothing."""

import numpy as np
import pytest

from core.forecasting.trends import levels_ahead


def ahead(units: np.ndarray, steps: int = 12, season: np.ndarray | None = None) -> np.ndarray:
    """(series, 1 + steps) levels of series without a season, or with one taken out."""
    return levels_ahead(units, np.ones_like(units) if season is None else season, steps)


def test_a_steady_level_stays() -> None:
    np.testing.assert_allclose(ahead(np.full((2, 40), 70.0)), 70.0)


def test_growth_goes_on_and_fades() -> None:
    told = ahead(np.linspace(100, 218, 60)[None])[0]
    steps = np.diff(told)
    assert told[0] == pytest.approx(218, rel=0.02)
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()
    assert 225 < told[12] < 242


def test_a_trend_that_has_turned_is_followed() -> None:
    up_and_down = np.concatenate([np.linspace(100, 200, 40), np.linspace(198, 160, 20)])
    assert ahead(up_and_down[None])[0, 12] < 160


def test_noise_is_no_trend() -> None:
    noisy = np.random.default_rng(1).poisson(50, (200, 60)).astype(float)
    told = ahead(noisy)[:, 12]
    assert abs(told.mean() / 50 - 1) < 0.02
    assert np.abs(told / 50 - 1).mean() < 0.07


def test_a_fall_ends_at_nothing() -> None:
    assert (ahead(np.linspace(60, 1, 60)[None], 40) >= 0).all()


def test_errors_count_by_what_was_sold() -> None:
    """Where a season leaves hardly a sale, what is left of it must not decide the rate."""
    season = np.tile([0.01, 1.99], 30)[None]
    flat = np.where(season < 1, 100 + 60 * (-1.0) ** np.arange(60), 100.0 + np.arange(60))
    assert ahead(flat, 1, season)[0, 1] > 110


def test_unknown_periods_are_passed_over() -> None:
    gap = np.linspace(100, 159, 60)[None]
    gap[0, 30:40] = np.nan
    late = np.full((1, 60), np.nan)
    late[0, 50:] = 5.0
    assert ahead(gap)[0, 1] == pytest.approx(160, rel=0.03)
    np.testing.assert_allclose(ahead(late), 5.0)


def test_nothing_known_is_nothing_told_and_nothing_sold_is_nothing() -> None:
    assert np.isnan(ahead(np.full((1, 20), np.nan))).all()
    np.testing.assert_array_equal(ahead(np.zeros((1, 20))), 0.0)


def test_other_series_change_no_bit() -> None:
    units = np.random.default_rng(4).gamma(5, 20, (9, 66))
    units[3, 50:60] = np.nan
    alone = np.concatenate([ahead(one[None], 5) for one in units])
    np.testing.assert_array_equal(ahead(units, 12)[:, :6], alone)
