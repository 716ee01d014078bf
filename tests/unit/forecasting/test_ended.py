"""Which series have ended, and what their last days do not teach."""

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl

from core.forecasting import ForecastSpec, train
from core.forecasting.ended import last_sales
from core.forecasting.spec import RHYTHMS
from tests.unit.forecasting import shops
from tests.unit.forecasting.shops import QUICK

DAYS = RHYTHMS["D"]


def ends(*series: list[float]) -> list[int]:
    return [int(column) for column in last_sales(np.array(series, dtype=np.float32), DAYS)]


def test_an_item_of_every_day_that_is_silent_for_two_weeks_has_ended() -> None:
    assert ends([5.0] * 60 + [0.0] * 14, [5.0] * 61 + [0.0] * 13) == [59, 74]


def test_an_item_of_few_days_needs_a_longer_silence() -> None:
    often, rare = [1.0, 0.0] * 30, [1.0, *[0.0] * 9] * 6
    assert ends([*often, *[0.0] * 20], [*rare, *[0.0] * 20]) == [58, 80]
    assert ends([*rare, *[0.0] * 80]) == [50]


def test_unknown_days_are_no_silence_and_a_series_that_never_sold_has_not_ended() -> None:
    assert ends([5.0] * 60 + [np.nan] * 30, [0.0] * 90) == [90, 90]


def test_weeks_and_months_end_as_well() -> None:
    units = np.array([[9.0] * 30 + [0.0] * 4], dtype=np.float32)
    assert last_sales(units, RHYTHMS["W"]).tolist() == [29]
    assert last_sales(units, RHYTHMS["M"]).tolist() == [29]


def test_items_taken_out_of_the_range_do_not_take_the_lower_edge_of_the_others_to_zero() -> None:
    rng, days, left = np.random.default_rng(3), 160, 3
    units = rng.poisson(30, (10, days)).astype(float)
    units[:left, days - 22 :] = 0
    dates = [shops.START + dt.timedelta(days=day) for day in range(days)]
    sales = pl.concat(
        pl.DataFrame({"date": dates, "store_id": "s", "item_id": f"i{number}", "units": sold})
        for number, sold in enumerate(units)
    )
    model = train(sales, ForecastSpec(horizon=14, frequency="D"), settings=replace(QUICK, weights={}))
    told = model.predict(sales).group_by("item_id").agg(pl.col("mean", "p10").mean()).sort("item_id")
    assert told["p10"].slice(left).min() > 15  # type: ignore[operator]
    assert told["mean"].slice(0, left).max() < 3  # type: ignore[operator]
