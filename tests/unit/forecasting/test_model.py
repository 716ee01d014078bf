import datetime as dt
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.contracts.errors import ConfigError, RejectedDataError
from core.contracts.sales import KEY
from core.forecasting import ForecastSpec, Recipe, TrainedModel, metrics, refit, train
from core.forecasting.rolling import roll
from tests.unit.forecasting import shops
from tests.unit.forecasting.shops import QUICK, SPEC

COLUMNS = ["date", "store_id", "item_id", "mean", "p10", "p50", "p90", "tier"]


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    return refit(shops.sales(), SPEC, QUICK)


def check(answer: pl.DataFrame, rows: int) -> None:
    assert answer.columns == COLUMNS
    assert answer.height == rows
    assert answer.null_count().sum_horizontal().item() == 0
    numbers = answer.select("mean", "p10", "p50", "p90")
    assert numbers.select(pl.all().is_finite().all()).row(0) == (True,) * 4
    assert answer.filter(
        (pl.col("p10") > pl.col("p50")) | (pl.col("p50") > pl.col("p90")) | (pl.col("p10") < 0)
    ).is_empty()


def test_a_forecast_has_the_futures_rows_in_their_order(model: TrainedModel) -> None:
    asked = shops.future(shops.sales()).sample(fraction=0.7, shuffle=True, seed=1)
    answer = model.predict(shops.sales(), asked)
    check(answer, asked.height)
    assert_frame_equal(answer.select(KEY), asked.select(KEY))


def test_without_a_future_every_series_is_forecast_over_the_horizon(model: TrainedModel) -> None:
    check(model.predict(shops.sales()), 4 * SPEC.horizon)


def test_a_series_that_ended_years_ago_is_neither_forecast_nor_scored() -> None:
    frame = shops.sales(900, stores=("01",))
    ended = (pl.col("item_id") == "a") & (pl.col("date") > shops.START + dt.timedelta(days=30))
    frame = frame.filter(~ended)
    fitted = refit(frame, SPEC, QUICK)
    assert fitted.predict(frame)["item_id"].unique().to_list() == ["b"]
    assert fitted.backtest["item_id"].unique().to_list() == ["b"]


def test_training_beats_seasonal_naive_and_reports_its_windows() -> None:
    frame = shops.sales()
    trained = train(frame, SPEC)
    assert trained.backtest.columns == ["window", *KEY, "units", "mean", "p10", "p50", "p90", "naive"]
    assert trained.backtest["window"].n_unique() == SPEC.backtest_windows
    model_wape = metrics.scores(trained.backtest).wape
    naive_wape = metrics.scores(trained.backtest.with_columns(mean="naive")).wape
    assert model_wape is not None
    assert naive_wape is not None
    assert model_wape < naive_wape


@pytest.mark.parametrize(("every", "objective", "rows"), [(3, "tweedie", 200_000), (1, "log", 400_000)])
def test_rare_demand_is_given_fewer_training_rows_than_smooth_demand(every: int, objective: str, rows: int) -> None:
    frame = shops.sales(150).with_columns(
        pl.when(pl.col("date").dt.day() % every == 0).then("units").otherwise(0.0).alias("units")
    )
    chosen = train(frame, SPEC, settings=Recipe(rounds=5)).recipe
    assert chosen.objectives == (objective,)
    assert chosen.rows == rows


def test_few_rows_are_learned_in_smaller_steps_and_many_in_as_many_as_the_recipe_says() -> None:
    recipe = replace(QUICK, weights={"log": 1.0}, rounds=3, rows=25_000)
    few = refit(shops.sales(), SPEC, recipe)
    many = refit(shops.sales(600, stores=tuple("abcdefgh"), items=tuple("123456")), SPEC, recipe)
    assert few.core.rows < 20_000 < many.core.rows
    assert few.core.boosters["log"].num_boosted_rounds() == 6
    assert many.core.boosters["log"].num_boosted_rounds() == 3


def test_the_same_sales_and_seed_give_the_same_bytes(model: TrainedModel, tmp_path: Path) -> None:
    model.save(tmp_path / "one")
    refit(shops.sales().sample(fraction=1, shuffle=True, seed=5), SPEC, QUICK).save(tmp_path / "two")
    names = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert names == ["backtest.parquet", "cold-log.ubj", "cold-tweedie.ubj", "log.ubj", "model.json", "tweedie.ubj"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_a_loaded_model_forecasts_the_same(model: TrainedModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = TrainedModel.load(tmp_path)
    asked = shops.future(shops.sales())
    assert_frame_equal(loaded.predict(shops.sales(), asked), model.predict(shops.sales(), asked))
    assert loaded.recipe == model.recipe
    assert loaded.spec == model.spec
    assert loaded.features == model.features
    assert_frame_equal(loaded.backtest, model.backtest)


def test_more_history_than_the_model_asks_for_changes_nothing() -> None:
    frame = shops.sales(850, stores=("01",))
    fitted = refit(frame, SPEC, QUICK)
    last = frame["date"].max()
    assert isinstance(last, dt.date)
    short = frame.filter(pl.col("date") > last - dt.timedelta(days=fitted.history_periods))
    assert short.height < frame.height
    assert_frame_equal(fitted.predict(short), fitted.predict(frame))


def test_sales_after_the_first_day_asked_for_are_not_used(model: TrainedModel) -> None:
    frame = shops.sales()
    cut = shops.START + dt.timedelta(days=380)
    asked = frame.filter(pl.col("date") > cut).drop("units")
    expected = model.predict(frame.filter(pl.col("date") <= cut), asked)
    assert_frame_equal(model.predict(frame, asked), expected)


def test_a_series_never_seen_is_forecast_from_its_siblings_and_flagged(model: TrainedModel) -> None:
    asked = shops.future(shops.sales())
    stranger = asked.filter((pl.col("store_id") == "02") & (pl.col("item_id") == "b"))
    new_store = stranger.with_columns(store_id=pl.lit("new"))
    new_both = stranger.with_columns(store_id=pl.lit("new"), item_id=pl.lit("new"))
    answer = model.predict(shops.sales(), pl.concat([asked, new_store, new_both]))
    check(answer, asked.height + 28)
    assert answer.filter(pl.col("tier") == "cold_start").select("store_id").unique().to_series().to_list() == ["new"]
    known = answer.filter((pl.col("item_id") == "b") & (pl.col("tier") == "model"))["mean"].mean()
    guessed = answer.filter((pl.col("item_id") == "b") & (pl.col("tier") == "cold_start"))["mean"].mean()
    assert isinstance(known, float)
    assert isinstance(guessed, float)
    assert 0.5 < guessed / known < 2


def test_a_model_without_a_long_history_still_answers() -> None:
    frame = shops.sales(20, stores=("01",), items=("a",))
    check(refit(frame, SPEC, QUICK).predict(frame), SPEC.horizon)


def test_a_horizon_longer_than_the_history_still_answers() -> None:
    frame = shops.sales(20)
    spec = ForecastSpec(horizon=60, frequency="D")
    check(refit(frame, spec, QUICK).predict(frame), 4 * 60)


def test_one_day_of_sales_is_enough_for_an_answer() -> None:
    frame = shops.sales(1)
    check(refit(frame, SPEC, QUICK).predict(frame), 4 * SPEC.horizon)


def test_a_series_that_never_sold_is_forecast_at_about_zero() -> None:
    silent = shops.sales(items=("z",), stores=("01",)).with_columns(units=pl.lit(0.0))
    frame = pl.concat([shops.sales(), silent])
    answer = refit(frame, SPEC, QUICK).predict(frame).filter(pl.col("item_id") == "z")
    check(answer, SPEC.horizon)
    highest = answer["mean"].max()
    assert isinstance(highest, float)
    assert highest < 0.5


def test_only_zeros_are_forecast_as_zeros() -> None:
    frame = shops.sales(100).with_columns(units=pl.lit(0.0))
    answer = refit(frame, SPEC, QUICK).predict(frame)
    check(answer, 4 * SPEC.horizon)
    assert answer["mean"].sum() < 1


def test_a_constant_series_stays_what_it_is() -> None:
    frame = shops.sales(200).with_columns(units=pl.lit(25.0))
    answer = refit(frame, SPEC, QUICK).predict(frame)
    assert answer["mean"].to_list() == pytest.approx([25.0] * answer.height, rel=0.02)


def test_closed_days_are_forecast_as_zero() -> None:
    frame = shops.sales().with_columns(open=pl.col("date").dt.weekday() != 7)
    frame = frame.with_columns(pl.when("open").then("units").otherwise(0.0).alias("units"))
    fitted = refit(frame, SPEC, QUICK)
    asked = shops.future(frame).with_columns(open=pl.col("date").dt.weekday() < 6)
    answer = fitted.predict(frame, asked)
    assert answer.filter(pl.col("date").dt.weekday() > 5).select(pl.col("mean", "p10", "p90").abs().sum()).row(0) == (
        0,
        0,
        0,
    )
    unplanned = fitted.predict(frame)
    assert unplanned.filter(pl.col("mean") == 0)["date"].dt.weekday().unique().to_list() == [7]


def test_days_without_rows_are_not_learned_as_zeros() -> None:
    whole = shops.sales(stores=("01",), items=("a",))
    open_days = whole.filter(pl.col("date").dt.weekday() < 6)
    asked = shops.future(whole).filter(pl.col("date").dt.weekday() < 6)
    answer = refit(open_days, SPEC, QUICK).predict(open_days, asked)
    sold, forecast = open_days["units"].mean(), answer["mean"].mean()
    assert isinstance(sold, float)
    assert isinstance(forecast, float)
    assert 0.8 < forecast / sold < 1.25


def test_changing_sales_after_an_origin_never_changes_its_backtest() -> None:
    frame = shops.sales(200)
    fitted = refit(frame, SPEC, QUICK)
    oldest = fitted.backtest["window"].min()
    after = pl.col("date") > oldest + dt.timedelta(days=SPEC.horizon)  # type: ignore[operator]
    changed = refit(frame.with_columns(pl.when(after).then(1.0).otherwise("units").alias("units")), SPEC, QUICK)
    columns = ["window", *KEY, "mean"]
    first = pl.col("window") == oldest
    assert_frame_equal(fitted.backtest.filter(first).select(columns), changed.backtest.filter(first).select(columns))


@pytest.mark.parametrize(("frequency", "every", "horizon"), [("W", "1w", 6), ("M", "1mo", 3), ("Q", "1q", 2)])
def test_weeks_months_and_quarters_are_forecast_on_their_own_dates(frequency: str, every: str, horizon: int) -> None:
    frame = shops.sales(900).with_columns(pl.col("date").dt.truncate(every))
    frame = frame.group_by("date", "store_id", "item_id", maintain_order=True).agg(pl.col("units").sum())
    spec = ForecastSpec(horizon=horizon, frequency=frequency)  # type: ignore[arg-type]
    answer = refit(frame, spec, QUICK).predict(frame)
    check(answer, 4 * horizon)
    last = frame["date"].max()
    assert answer["date"].min() == pl.Series([last]).dt.offset_by(every)[0]


def test_rolling_windows_lie_a_horizon_apart() -> None:
    frame = roll(shops.sales(120, stores=("01",)), ForecastSpec(horizon=14, frequency="D"), 2)
    assert frame.columns == ["window", *KEY, "units", "mean", "p10", "p50", "p90", "naive"]
    days = [shops.START + dt.timedelta(days=119 - 28), shops.START + dt.timedelta(days=119 - 14)]
    assert frame["window"].unique().sort().to_list() == days
    assert frame.height == 2 * 2 * 14


def test_sales_without_units_are_refused_with_a_sentence() -> None:
    empty = shops.sales(5).with_columns(units=pl.lit(None, pl.Float64))
    with pytest.raises(RejectedDataError, match="no row with units"):
        train(empty, SPEC)
    with pytest.raises(ConfigError, match="horizon = 0"):
        ForecastSpec(horizon=0, frequency="D")


@pytest.mark.parametrize(("days", "held"), [(40, 14), (28, 14), (22, 7), (20, None)])
def test_a_history_of_no_two_horizons_is_tested_on_a_shorter_one(days: int, held: int | None) -> None:
    frame, spec = shops.sales(days), ForecastSpec(horizon=28, frequency="D")
    model = refit(frame, spec, QUICK)
    assert model.backtest.height == 4 * (held or 0)
    assert model.info.get("backtest_periods") == held
    check(model.predict(frame), 4 * 28)


def test_a_history_of_two_horizons_is_tested_on_whole_ones() -> None:
    model = refit(shops.sales(56), ForecastSpec(horizon=28, frequency="D"), QUICK)
    assert model.backtest.height == 4 * 28
    assert "backtest_periods" not in model.info
