"""Each series by itself: its level follows it, its weekdays are its own, and nobody else's sales matter."""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from core.forecasting import ForecastSpec
from core.forecasting.calendar import Calendar
from core.forecasting.panel import Panel, build
from core.forecasting.rows import Rows
from core.forecasting.smoothing import local_means
from tests.unit.forecasting import shops

SPEC = ForecastSpec(horizon=14, frequency="D")


def told(units: Mapping[str, Sequence[float | None]], days: int = 14) -> np.ndarray:
    """(series, days) local means of daily sales in one store; None: the day has no units."""
    rows = [
        (shops.START + dt.timedelta(days=day), item, value)
        for item, values in units.items()
        for day, value in enumerate(values)
        if value is not None
    ]
    frame = pl.DataFrame(rows, schema=["date", "item_id", "units"], orient="row")
    frame = frame.with_columns(pl.col("units").cast(pl.Float64), store_id=pl.lit("s"))
    panel = panel_of(frame, days)
    series, ahead = (part.ravel() for part in np.meshgrid(range(len(units)), range(1, days + 1), indexing="ij"))
    rows_ = Rows(series, np.full(len(series), panel.origin), panel.origin + ahead)
    means, _ = local_means(panel, rows_, np.full(len(series), 7.0), SPEC)
    return means.reshape(len(units), days)


def panel_of(frame: pl.DataFrame, horizon: int) -> Panel:
    calendar = Calendar.of(frame["date"], "D")
    last = int(calendar.index(frame["date"]).max())
    return build(frame, None, calendar, (), (), last=last, periods=SPEC.rhythm.history, horizon=horizon)


def test_a_constant_series_stays_what_it_is() -> None:
    np.testing.assert_allclose(told({"a": [5.0] * 100}), 5.0)


def test_weekdays_are_repeated() -> None:
    week: list[float | None] = [1000.0, 2000.0, 3000.0, 4000.0, 5000.0, 6000.0, 14000.0]
    np.testing.assert_allclose(told({"a": week * 30})[0], np.array(week * 2, dtype=float), rtol=0.02)


def test_a_weekday_on_which_a_large_order_fell_is_no_better_than_others() -> None:
    orders = [0.0] * 200
    orders[150], orders[171] = 300.0, 200.0  # three weeks apart
    means = told({"a": orders}, days=7)[0]
    assert means.max() < 1.6 * means.min()


def test_a_new_level_is_followed() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.poisson(100, 300), rng.poisson(300, 30)
    assert abs(told({"a": [*map(float, before), *map(float, after)]}).mean() / 300 - 1) < 0.06


def test_noise_is_not_followed() -> None:
    noisy = np.random.default_rng(2).poisson(20, 400).astype(float).tolist()
    assert abs(told({"a": [*noisy, 60.0]}).mean() / 20 - 1) < 0.15


def test_other_series_change_nothing_to_the_last_bit() -> None:
    rng = np.random.default_rng(3)
    one, two = (rng.poisson(level, 200).astype(float).tolist() for level in (4, 900))
    np.testing.assert_array_equal(told({"a": one, "b": two})[0], told({"a": one})[0])


def test_a_series_without_history_is_what_its_siblings_let_expect() -> None:
    frame = pl.DataFrame({"date": [shops.START], "store_id": ["s"], "item_id": ["a"], "units": [None]})
    frame = frame.with_columns(pl.col("units").cast(pl.Float64))
    panel = panel_of(frame, 1)
    rows = Rows(np.array([0]), np.array([panel.origin]), np.array([panel.origin + 1]))
    assert local_means(panel, rows, np.array([7.0]), SPEC)[0].tolist() == [7.0]
