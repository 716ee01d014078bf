import datetime as dt

import polars as pl

from core.forecasting.naive import seasonal_naive
from tests.unit.forecasting import shops


def test_every_day_is_the_same_weekday_of_the_last_week_known() -> None:
    frame = shops.sales(40)
    asked = shops.future(frame, 17).select("date", "store_id", "item_id")
    found = seasonal_naive(frame, asked, "D")
    sold = {(r["date"], r["store_id"], r["item_id"]): r["units"] for r in frame.to_dicts()}
    for row in found.to_dicts():
        day = row["date"]
        while (day, row["store_id"], row["item_id"]) not in sold:
            day -= dt.timedelta(days=7)
        assert row["naive"] == sold[day, row["store_id"], row["item_id"]]


def test_a_closed_day_is_looked_for_a_week_earlier() -> None:
    frame = shops.sales(40).filter(pl.col("date") != shops.START + dt.timedelta(days=35))
    asked = shops.future(shops.sales(42), 1).select("date", "store_id", "item_id")
    found = seasonal_naive(frame, asked, "D")
    before = shops.sales(40).filter(pl.col("date") == shops.START + dt.timedelta(days=28))
    assert found["naive"].to_list() == before["units"].to_list()


def test_an_unknown_series_gets_the_mean_of_all() -> None:
    frame = shops.sales(40)
    asked = pl.DataFrame({"date": [dt.date(2022, 3, 1)], "store_id": ["new"], "item_id": ["new"]})
    assert seasonal_naive(frame, asked, "D")["naive"].to_list() == [frame["units"].mean()]
