import datetime as dt

import numpy as np
import polars as pl
import pytest

from core.contracts.sales import KEY
from core.forecasting import refit
from core.forecasting.stockouts import LONGEST_DAYS
from tests.unit.forecasting import shops
from tests.unit.forecasting.test_panel import on, panel_of

IN_A = (pl.col("store_id") == "01") & (pl.col("item_id") == "a")


def stocked(frame: pl.DataFrame, first: int, last: int, sold: float = 0.0) -> pl.DataFrame:
    """Stock in every row, but none of one item from one day to another, while few were sold."""
    out = IN_A & pl.col("date").is_between(on(first), on(last))
    return frame.with_columns(
        pl.when(out).then(sold).otherwise("units").alias("units"), pl.when(out).then(0.0).otherwise(50.0).alias("stock")
    )


def test_what_an_empty_shelf_held_down_is_unknown_not_zero() -> None:
    panel = panel_of(stocked(shops.sales(60), 40, 44))
    assert np.flatnonzero(np.isnan(panel.units[0])).tolist() == [40, 41, 42, 43, 44]
    assert panel.hidden == 5
    assert not np.isnan(panel.units[1:]).any()


def test_a_day_that_sold_out_above_the_mean_counts_as_what_it_sold() -> None:
    panel = panel_of(stocked(shops.sales(60), 40, 44, sold=99.0))
    assert panel.units[0, 40:45].tolist() == [99.0] * 5
    assert panel.hidden == 0


def test_an_item_long_out_of_stock_has_left_the_range_and_its_zeros_count() -> None:
    units = panel_of(stocked(shops.sales(200), 100, 199)).units[0]
    back = 99 + LONGEST_DAYS
    assert np.isnan(units[100 : back + 1]).all()
    assert (units[back + 1 :] == 0).all()


def test_a_stock_never_above_zero_tells_nothing() -> None:
    frame = shops.sales(60)
    panel = panel_of(frame.with_columns(stock=0.0))
    assert np.array_equal(panel.units, panel_of(frame).units, equal_nan=True)


def test_a_column_of_words_called_stock_tells_no_stock_and_one_of_flags_does() -> None:
    frame = shops.sales(60)
    told = stocked(frame, 40, 44)
    words = panel_of(told.with_columns(stock=pl.when(pl.col("stock") > 0).then(pl.lit("shelf")).otherwise(pl.lit("0"))))
    assert words.hidden == 0
    assert panel_of(told.with_columns(stock=pl.col("stock") > 0)).hidden == 5


def test_several_rows_of_a_day_are_out_of_stock_only_where_all_are() -> None:
    frame = stocked(shops.sales(60), 40, 44)
    other = frame.with_columns(pl.when(pl.col("date") == on(42)).then(5.0).otherwise("stock").alias("stock"))
    assert np.flatnonzero(np.isnan(panel_of(pl.concat([frame, other])).units[0])).tolist() == [40, 41, 43, 44]


@pytest.mark.parametrize("days", [14, 35])
def test_after_a_stock_out_forecasts_are_nearer_to_what_is_wanted_than_if_it_were_not_told(days: int) -> None:
    wanted = shops.sales(400)
    past = wanted.filter(pl.col("date") < on(386))
    told = stocked(past, 386 - days, 385)
    ahead = wanted.filter(IN_A & (pl.col("date") >= on(386)))
    asked = ahead.drop("units")
    error = {}
    for name, frame in (("told", told), ("untold", told.drop("stock"))):
        model = refit(frame, shops.SPEC, shops.QUICK)
        answer = model.predict(frame, asked).join(ahead, on=list(KEY))
        error[name] = float((answer["mean"] - answer["units"]).abs().sum()) / float(ahead["units"].sum())
        assert model.info.get("stock_out_days", 0) == (days if name == "told" else 0)
        scored = model.backtest.filter(IN_A & (pl.col("date") >= on(386) - dt.timedelta(days=days)))
        assert scored.is_empty() == (name == "told")
    assert error["told"] < 0.5 * error["untold"]
    assert error["told"] < 0.4


def test_a_window_in_which_nothing_is_known_measures_nothing_and_stops_no_training() -> None:
    """Sold out everywhere in the newest window of two."""
    out = pl.col("date") >= on(386)
    frame = shops.sales(400).with_columns(
        pl.when(out).then(0.0).otherwise("units").alias("units"), pl.when(out).then(0.0).otherwise(50.0).alias("stock")
    )
    model = refit(frame, shops.SPEC, shops.QUICK)
    assert model.backtest["window"].unique().to_list() == [on(371)]
    assert model.predict(frame)["mean"].min() > 1  # type: ignore[operator]
