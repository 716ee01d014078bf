"""Contributions are exact, add up to the forecast, and each feature speaks in one group."""

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from core.forecasting import ForecastSpec, TrainedModel, refit
from core.forecasting.explain import BASIS, CLOSED, OWN_SALES, SIBLINGS, contributions, importances
from core.forecasting.groups import GROUPS, group_of
from core.forecasting.spec import LOCAL
from tests.unit.forecasting import shops


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    return refit(shops.sales(), shops.SPEC, shops.QUICK)


@pytest.mark.parametrize("local", [0.0, 0.3])
def test_groups_sum_to_the_forecast_of_every_row(model: TrainedModel, local: float) -> None:
    weights = {"log": 1 - local} | ({"local": local} if local else {})
    model = replace(model, recipe=replace(model.recipe, weights=weights, factors={"local": 1.05}))
    sales = shops.sales()
    future = shops.future(sales)
    told, forecast = model.explain(sales, future), model.predict(sales, future)
    assert told.select("date", "store_id", "item_id").equals(forecast.select("date", "store_id", "item_id"))
    np.testing.assert_allclose(told["mean"], forecast["mean"], rtol=1e-5)
    np.testing.assert_allclose(told.select(GROUPS).sum_horizontal(), forecast["mean"], rtol=1e-5)
    assert set(told[BASIS]) == {OWN_SALES}


def test_contributions_are_the_boosters_own_margin(model: TrainedModel) -> None:
    sales = shops.sales()
    _, panel, rows = model.core.asked(sales, None, model.spec)
    made, _, _ = model.core.design(panel, rows, model.spec)
    booster = model.core.boosters["tweedie"]
    margin = booster.inplace_predict(made.values, predict_type="margin")
    np.testing.assert_allclose(contributions(booster, made).sum(axis=1), margin, atol=1e-4)


def test_a_promotion_raises_what_the_promotion_says(model: TrainedModel) -> None:
    sales = shops.sales()
    future = shops.future(sales)
    with_promo, without = (model.explain(sales, future.with_columns(promo=pl.lit(flag))) for flag in (1.0, 0.0))
    assert with_promo["promotion"].mean() > 0 > without["promotion"].mean()  # type: ignore[operator]


def test_a_new_item_says_that_it_rests_on_its_siblings(model: TrainedModel) -> None:
    sales = shops.sales()
    future = shops.future(sales).filter((pl.col("store_id") == "01") & (pl.col("item_id") == "a"))
    told = model.explain(sales, future.with_columns(item_id=pl.lit("never sold")))
    assert set(told["tier"]) == {"cold_start"}
    assert set(told[BASIS]) == {SIBLINGS}
    np.testing.assert_allclose(told.select(GROUPS).sum_horizontal(), told["mean"])


def test_a_closed_day_is_zero_in_every_group(model: TrainedModel) -> None:
    sales = shops.sales().with_columns(open=pl.lit(1.0))
    future = shops.future(sales).with_columns(open=(pl.col("date").dt.weekday() != 7).cast(pl.Float64))
    closed = model.explain(sales, future).filter(pl.col("date").dt.weekday() == 7)
    assert closed.height
    assert set(closed[BASIS]) == {CLOSED}
    assert not closed.select("mean", *GROUPS).to_numpy().any()


def test_importances_name_used_features_largest_first(model: TrainedModel) -> None:
    _, panel, rows = model.core.asked(shops.sales(), None, model.spec)
    made, _, _ = model.core.design(panel, rows, model.spec)
    told = importances(model.core.boosters["log"], made)
    shap = [one["shap"] for one in told.values()]
    assert shap == sorted(shap, reverse=True)
    assert all(one["gain"] > 0 for one in told.values())


@pytest.mark.parametrize("step", [1, 7])
def test_no_feature_of_the_engine_is_without_a_group(model: TrainedModel, step: int) -> None:
    features = model.features
    if step == 7:
        weeks = shops.sales().with_columns(
            date=pl.lit(shops.START) + pl.duration(days=7 * (pl.col("date") - dt.date(2022, 1, 3)).dt.total_days())
        )
        spec = ForecastSpec(horizon=4, frequency="W", known=("promo",), static=("kind",))
        features = refit(weeks.filter(pl.col("date") < dt.date(2025, 1, 1)), spec, shops.QUICK).features
    assert {group_of(name) for name in features} <= set(GROUPS) - {"other"}


@pytest.mark.parametrize(
    ("feature", "group"),
    [
        ("promo:now", "promotion"),
        ("sell_price:to_28", "price"),
        ("SchoolHoliday:now", "calendar"),
        ("temperature:now", "other"),
        ("weekday", "season"),
        ("year_1_growth", "trend"),
        ("static_store_id", "baseline"),
    ],
)
def test_a_feature_belongs_to_the_group_a_shopkeeper_would_look_in(feature: str, group: str) -> None:
    assert group_of(feature) == group


def test_a_series_view_of_itself_has_no_say_where_it_has_no_sales(model: TrainedModel) -> None:
    sales = shops.sales()
    blended = replace(model.recipe, weights={"log": 0.1, "tweedie": 0.1, LOCAL: 0.8})
    some = replace(model, recipe=blended)
    future = shops.future(sales).filter((pl.col("store_id") == "01") & (pl.col("item_id") == "a"))
    both = pl.concat([future, future.with_columns(item_id=pl.lit("never sold"))])
    told, forecast, alone = some.explain(sales, both), some.predict(sales, both), model.predict(sales, both)
    np.testing.assert_allclose(told.select(GROUPS).sum_horizontal(), forecast["mean"], rtol=1e-5)
    new = forecast["tier"] == "cold_start"
    np.testing.assert_allclose(forecast.filter(new)["mean"], alone.filter(new)["mean"], rtol=1e-9)
    assert not np.allclose(forecast.filter(~new)["mean"], alone.filter(~new)["mean"], rtol=1e-3)
