import datetime as dt

import numpy as np
import polars as pl
import pytest

from core.forecasting import ForecastSpec, Recipe, refit
from core.forecasting.dispersion import dispersion, rows_of_a_leaf
from core.forecasting.panel import Panel, build
from core.forecasting.rows import Rows
from core.forecasting.span import span
from tests.unit.forecasting import shops


def orders(series: int = 60, days: int = 380, every: float = 25.0) -> tuple[pl.DataFrame, float]:
    """Rare orders of 20 to 200 pieces, on any day alike, and what all series are expected to sell a day."""
    rng = np.random.default_rng(5)
    size = rng.integers(20, 201, (series, days))
    units = np.where(rng.random((series, days)) < 1 / every, size, 0)
    dates = [shops.START + dt.timedelta(days=day) for day in range(days)]
    frames = [pl.DataFrame({"date": dates, "units": one.astype(float)}) for one in units]
    named = [frame.with_columns(store_id=pl.lit("s"), item_id=pl.lit(f"{n:02}")) for n, frame in enumerate(frames)]
    return pl.concat(named).select("date", "store_id", "item_id", "units"), series * 110 / every


def panel(sales: pl.DataFrame) -> Panel:
    calendar, first, last = span(sales, shops.SPEC)
    return build(sales, None, calendar, (), (), last=last, periods=last - first + 1, horizon=0)


def test_dispersion_is_one_for_the_same_every_day_and_counts_days_a_sale_where_all_sales_are_equal() -> None:
    units = np.array([[3, 3, 3, 3], [0, 8, 0, 0], [np.nan, 5, 0, np.nan], [0, 0, 0, 0]], dtype=np.float32)
    assert dispersion(units).tolist() == [1.0, 4.0, 2.0, 1.0]


def test_leaves_grow_with_dispersion_and_with_how_often_a_target_is_drawn() -> None:
    rare, steady = panel(orders()[0]), panel(shops.sales().drop("promo", "kind"))
    days = np.arange(300)
    once = Rows(days % 4, days, days + 1)
    twice = Rows(np.tile(once.series, 2), np.tile(once.origin, 2) - 1, np.tile(once.target, 2))
    assert rows_of_a_leaf(steady, once) < 2
    assert rows_of_a_leaf(rare, once) > 3_000
    assert rows_of_a_leaf(rare, twice) == pytest.approx(2 * rows_of_a_leaf(rare, once))


def test_rare_large_orders_are_forecast_at_about_their_mean() -> None:
    sold, daily = orders()
    spec = ForecastSpec(horizon=14, frequency="D")
    recipe = Recipe(weights={"tweedie": 1.0}, factors={"tweedie": 1.0}, rounds=70, rows=20_000, spread_from=None)
    expected = refit(sold, spec, recipe).predict(sold)["mean"].to_numpy()
    assert expected.sum() / (14 * daily) == pytest.approx(1, abs=0.12)
