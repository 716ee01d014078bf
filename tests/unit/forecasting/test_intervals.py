import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.forecasting.intervals import Intervals

QUANTILES = (0.1, 0.5, 0.9)


def noisy(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2, 20, count)
    return rng.gamma(4, mean / 4), mean


def test_intervals_cover_what_they_promise_on_new_days() -> None:
    intervals = Intervals.calibrate(*noisy(5_000, 1), QUANTILES)
    units, mean = noisy(5_000, 2)
    low, middle, high = intervals.apply(mean).T
    assert 0.78 < np.mean((units >= low) & (units <= high)) < 0.82
    assert 0.48 < np.mean(units <= middle) < 0.52


@given(st.integers(0, 300), st.integers(0, 5), st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_quantiles_increase_and_are_not_negative(count: int, seed: int, means: list[float]) -> None:
    units, mean = noisy(count, seed)
    found = Intervals.calibrate(units, mean, QUANTILES).apply(np.array(means))
    assert (found >= 0).all()
    assert (np.diff(found, axis=1) >= 0).all()


def test_a_closed_day_has_no_spread() -> None:
    assert Intervals.calibrate(*noisy(500, 1), QUANTILES).apply(np.zeros(2)).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_json_brings_the_same_intervals_back() -> None:
    intervals = Intervals.calibrate(*noisy(500, 1), QUANTILES)
    again = Intervals.from_json(intervals.to_json())
    assert np.array_equal(again.apply(np.array([1.0, 50.0])), intervals.apply(np.array([1.0, 50.0])))
