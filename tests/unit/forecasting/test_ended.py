"""Which series have ended, and what their last days do not teach."""

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from core.forecasting import ForecastSpec, train
from core.forecasting.ended import last_sales
from core.forecasting.spec import RHYTHMS
from core.forecasting.stretch import bins_of
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


@pytest.mark.parametrize(("items", "left", "since"), [(10, 3, 22), (4, 1, 30)])
def test_items_taken_out_of_the_range_do_not_take_the_lower_edge_of_the_others_to_zero(
    items: int, left: int, since: int
) -> None:
    rng, days = np.random.default_rng(3), 160
    units = rng.poisson(30, (items, days)).astype(float)
    units[:left, days - since :] = 0
    dates = [shops.START + dt.timedelta(days=day) for day in range(days)]
    sales = pl.concat(
        pl.DataFrame({"date": dates, "store_id": "s", "item_id": f"i{number}", "units": sold})
        for number, sold in enumerate(units)
    )
    model = train(sales, ForecastSpec(horizon=14, frequency="D"), settings=replace(QUICK, weights={}))
    told = model.predict(sales).group_by("item_id").agg(pl.col("mean", "p10").mean()).sort("item_id")
    assert told["p10"].slice(left).min() > 15  # type: ignore[operator]
    assert told["mean"].slice(0, left).max() < 3  # type: ignore[operator]


def test_what_ended_is_of_one_size_with_others_only_where_it_is_or_where_most_have_ended() -> None:
    mean = np.array([50.0] * 110 + [2.0] * 10)
    gone = np.arange(120) >= 110
    sizes = [[len(rows) for rows in bins_of(mean, flags)] for flags in (gone, ~gone, None)]
    assert sizes == [[110], [120], [120]]
    assert len(bins_of(np.where(gone, 20.0, 50.0), gone)[0]) == 120
