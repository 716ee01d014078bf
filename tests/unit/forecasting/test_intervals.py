import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.dataset import Frequency
from core.forecasting.backtest import series_that_count
from core.forecasting.features_past import Past, past_features
from core.forecasting.intervals import SHAPE_FEATURES, Intervals, calibrate
from core.forecasting.residuals import Residuals
from core.forecasting.rows import Rows
from core.forecasting.spec import RHYTHMS
from core.forecasting.variability import COLUMN, Variability

QUANTILES = (0.1, 0.5, 0.9)


def noisy(count: int, seed: int) -> Residuals:
    """Two windows of gamma noise whose width the one shape feature tells."""
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2, 20, count)
    narrow = rng.integers(0, 2, count)
    shape = np.where(narrow, 16, 4)
    units = rng.gamma(shape, mean / shape)
    return Residuals(units, mean, narrow[:, None].astype(np.float32), (np.arange(count) % 2).astype(np.float32))


@pytest.mark.parametrize("count", [600, 8_000])
def test_intervals_cover_what_they_promise_on_new_days(count: int) -> None:
    intervals, own = calibrate(noisy(count, 1), QUANTILES, seed=7)
    new = noisy(5_000, 2)
    for one in (intervals, *own):
        low, middle, high = one.apply(new.mean, new.shape).T
        assert 0.75 < np.mean((new.units >= low) & (new.units <= high)) < 0.85
        assert 0.45 < np.mean(new.units <= middle) < 0.55


def test_a_steady_series_gets_a_narrow_interval() -> None:
    intervals, _ = calibrate(noisy(8_000, 1), QUANTILES, seed=7)
    mean = np.full(2, 40.0)
    low, _, high = intervals.apply(mean, np.array([[0], [1]], dtype=np.float32)).T
    assert high[1] - low[1] < 0.7 * (high[0] - low[0])


@given(st.integers(0, 300), st.integers(0, 5), st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_quantiles_increase_and_are_not_negative(count: int, seed: int, means: list[float]) -> None:
    intervals, _ = calibrate(noisy(count, seed), QUANTILES, seed=7)
    found = intervals.apply(np.array(means), np.zeros((len(means), 1), dtype=np.float32))
    assert (found >= 0).all()
    assert (np.diff(found, axis=1) >= 0).all()


def test_sets_full_of_zeros_have_a_true_upper_edge_and_a_lower_edge_that_zeros_do_not_fall_below() -> None:
    rng = np.random.default_rng(4)
    mean = rng.gamma(1, 2, 12_000)
    units = rng.poisson(mean).astype(float)
    shape, window = np.zeros((12_000, 1), dtype=np.float32), (np.arange(12_000) % 2).astype(np.float32)
    half = np.arange(12_000) < 6_000
    every = Residuals(units, mean, shape, window)
    intervals, _ = calibrate(every.take(half), QUANTILES, seed=7)
    low, _, high = intervals.apply(mean[~half], shape[~half]).T
    assert 0.07 < np.mean(units[~half] > high) < 0.13
    assert np.mean(units[~half] < low) < 0.1
    assert (low[mean[~half] < 1] == 0).all()


def test_a_closed_day_has_no_spread() -> None:
    intervals, _ = calibrate(noisy(500, 1), QUANTILES, seed=7)
    assert intervals.apply(np.zeros(2), np.zeros((2, 1), dtype=np.float32)).tolist() == [[0, 0, 0], [0, 0, 0]]


def like_shops(count: int, seed: int) -> Residuals:
    """Small series with many days without sales and a wide spread, large ones with none and a narrow spread."""
    rng = np.random.default_rng(seed)
    large = np.arange(count) % 20 == 0
    mean = np.where(large, rng.uniform(60, 90, count), rng.uniform(0.3, 8, count))
    zeros = np.where(large, 0, rng.uniform(0.02, 0.6, count))
    units = np.where(large, rng.gamma(40, mean / 40), rng.poisson(rng.gamma(1, mean))).astype(float)
    return Residuals(units, mean, zeros[:, None].astype(np.float32), (np.arange(count) % 2).astype(np.float32))


def test_a_large_series_with_its_first_day_off_does_not_get_the_spread_of_small_ones() -> None:
    intervals, _ = calibrate(like_shops(8_000, 1), QUANTILES, seed=7)
    mean = np.full(2, 75.0)
    low, _, high = intervals.apply(mean, np.array([[0.0], [1 / 28]], dtype=np.float32)).T
    assert high[1] - low[1] < 1.3 * (high[0] - low[0])
    assert high[1] < 1.5 * 75


def test_low_quantiles_that_other_trees_tell_are_not_above_the_mean() -> None:
    intervals = Intervals((0.1, 0.25, 0.5, 0.9), None, np.zeros(1), np.ones((1, 4)), spread=True)
    told = np.array([[120.0, 125.0, 130.0, 200.0], [60.0, 80.0, 90.0, 95.0]])
    made = intervals.apply(np.array([100.0, 100.0]), np.zeros((2, 0), np.float32), told)
    np.testing.assert_allclose(made, [[100.0, 100.0, 130.0, 200.0], [60.0, 80.0, 90.0, 95.0]])


def test_a_series_that_has_ended_does_not_draw_the_low_quantile_of_the_others_to_zero() -> None:
    sold = noisy(120, 1)
    ended = np.arange(120) % 4 == 0
    units, mean = np.where(ended, 0.0, sold.units), np.where(ended, 0.01, sold.mean)
    both, _ = calibrate(Residuals(units, mean, sold.shape, sold.window), QUANTILES, seed=7)
    alone, _ = calibrate(sold.take(~ended), QUANTILES, seed=7)
    at = np.full(1, 40.0), sold.shape[:1]
    assert both.apply(*at)[0].tolist() == pytest.approx(alone.apply(*at)[0].tolist(), rel=0.02)


def test_json_brings_the_same_intervals_back() -> None:
    intervals, _ = calibrate(noisy(500, 1), QUANTILES, seed=7)
    again = Intervals.from_json(intervals.to_json(), None)
    mean, shape = np.array([1.0, 50.0]), np.zeros((2, 1), dtype=np.float32)
    assert np.array_equal(again.apply(mean, shape), intervals.apply(mean, shape))


NO_SHAPE = np.zeros((1, 1), dtype=np.float32)


def drifting(series: float) -> Residuals:
    """Two windows, of which the first sold a tenth more, and the second a tenth less, than was expected."""
    rng = np.random.default_rng(5)
    window = np.repeat([0.0, 1.0], 300).astype(np.float32)
    units = 100 * np.where(window == 0, 1.1, 0.9) * rng.gamma(1_000, 1 / 1_000, 600)
    return Residuals(units, np.full(600, 100.0), np.zeros((600, 1), dtype=np.float32), window, None, series)


def test_what_a_single_series_is_off_in_a_whole_window_widens_its_interval_on_both_sides() -> None:
    width, middle = {}, {}
    for series in (1.0, 2.0, 1_000.0):
        low, at, high = calibrate(drifting(series), QUANTILES, seed=7)[0].apply(np.array([100.0]), NO_SHAPE)[0]
        width[series], middle[series] = high - low, at
        assert abs((high + low) / 2 - 100) < 1
    assert width[1.0] > width[2.0] > 2 * width[1_000.0]
    assert all(abs(each - 100) < 1 for each in middle.values())


def test_series_count_by_what_they_sell() -> None:
    frame = pl.DataFrame({"store_id": ["s"] * 4, "item_id": list("abcd"), "mean": [5.0, 5.0, 5.0, 0.0]})
    assert series_that_count(frame) == pytest.approx(3)
    assert series_that_count(frame.filter(pl.col("mean") == 0)) == 1


def calm_and_wild(count: int, seed: int) -> Residuals:
    """Few forecasts of series whose sales deviate from their mean by a twentieth, and of such by four fifths."""
    rng = np.random.default_rng(seed)
    wild = np.arange(count) % 2 == 0
    mean = rng.uniform(80, 120, count)
    spread = np.where(wild, 0.4, 0.1)
    shape = np.zeros((count, 7), dtype=np.float32)
    shape[:, COLUMN] = np.where(wild, 0.8, 0.05)
    units = mean * rng.gamma(spread**-2, spread**2)
    return Residuals(units, mean, shape, (np.arange(count) // 2 % 2).astype(np.float32))


def test_in_a_small_set_a_series_that_varies_little_has_a_narrow_interval_and_a_wild_one_a_wide_one() -> None:
    intervals, _ = calibrate(calm_and_wild(200, 1), QUANTILES, seed=7)
    new = calm_and_wild(4_000, 2)
    low, _, high = Intervals.from_json(intervals.to_json(), None).apply(new.mean, new.shape).T
    inside, wide = (new.units >= low) & (new.units <= high), (high - low) / new.mean
    wild = new.shape[:, COLUMN] > 0.5
    assert 0.7 < inside[wild].mean() < 0.9
    assert 0.7 < inside[~wild].mean() < 0.9
    assert wide[wild].min() > 3 * wide[~wild].max()


def test_a_series_of_which_no_deviation_is_known_spreads_as_usual_and_zeros_stay_zeros() -> None:
    told = Variability(0.2)
    shape = np.zeros((3, 7), dtype=np.float32)
    shape[:, COLUMN] = [0.2, np.nan, 0.8]
    ratios = np.array([[0.0, 0.5, 1.5]] * 3)
    np.testing.assert_allclose(told.of_each(ratios, shape), [[0, 0.5, 1.5], [0, 0.5, 1.5], [0, 0.25, 2]], atol=1e-6)
    np.testing.assert_allclose(told.usual_of(told.of_each(ratios, shape), shape), ratios)


@pytest.mark.parametrize(("frequency", "window"), [("D", 91), ("W", 26), ("M", 12), ("Q", 8)])
def test_the_deviation_that_intervals_read_is_that_over_the_longer_window(frequency: Frequency, window: int) -> None:
    rhythm = RHYTHMS[frequency]
    past = Past.of(np.ones((1, 400), dtype=np.float32), np.zeros(1, dtype=np.int64), rhythm)
    rows = Rows(*(np.array([place]) for place in (0, 390, 391)))
    columns = [name for name in past_features(past, rows)[0] if name.startswith(SHAPE_FEATURES)]
    assert columns[COLUMN] == f"deviation_{window}"


def test_a_small_series_does_not_spread_the_only_large_one_beside_it() -> None:
    rng = np.random.default_rng(5)
    mean = np.repeat([2.0, 100.0], 56)
    shape = np.zeros((112, 7), dtype=np.float32)
    shape[:, COLUMN] = np.repeat([0.7, 0.1], 56)
    told = Residuals(rng.poisson(mean).astype(float), mean, shape, (np.arange(112) % 2).astype(np.float32))
    low, _, high = calibrate(told, QUANTILES, seed=7)[0].apply(np.array([100.0]), shape[-1:])[0]
    assert 80 < low < 95
    assert 105 < high < 120
