"""The spread booster: quantiles from training rows, stretched by the backtest."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.forecasting import TrainedModel, refit, spread, train
from core.forecasting.intervals import Intervals, calibrate
from core.forecasting.leave_out import LeftOut
from core.forecasting.model import MODEL_FILE, QUANTILES_FILE, SPREAD_FILE
from core.forecasting.residuals import Residuals
from tests.unit.forecasting import shops
from tests.unit.forecasting.shops import QUICK, SPEC

RECIPE = replace(QUICK, spread_from=0)
QUANTILES = ["p10", "p50", "p90"]


def restless() -> pl.DataFrame:
    """Sales as even as can be, but on days of a promotion, when they are anything from nothing to twice as many."""
    frame = shops.sales()
    wide = np.random.default_rng(4).uniform(0, 40, frame.height)
    return frame.with_columns(pl.when(pl.col("promo") == 1).then(pl.Series(wide)).otherwise(20.0).alias("units"))


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    return refit(restless(), SPEC, RECIPE)


def asked() -> pl.DataFrame:
    return shops.future(restless())


def test_days_on_which_sales_spread_more_have_wider_intervals_whatever_tells_them(model: TrainedModel) -> None:
    answer = model.predict(restless(), asked()).with_columns(asked()["promo"], width=pl.col("p90") - pl.col("p10"))
    calm, wild = (answer.filter(pl.col("promo") == flag)["width"].median() for flag in (0, 1))
    assert isinstance(calm, float)
    assert isinstance(wild, float)
    assert wild > 3 * calm


def test_quantiles_are_in_order_and_a_closed_day_has_none() -> None:
    frame = restless().with_columns(open=pl.col("date").dt.weekday() < 7)
    frame = frame.with_columns(pl.when("open").then("units").otherwise(0.0).alias("units"))
    told = shops.future(frame).with_columns(open=pl.col("date").dt.weekday() < 7)
    answer = refit(frame, SPEC, RECIPE).predict(frame, told)
    values = answer.select(QUANTILES).to_numpy()
    assert (values >= 0).all()
    assert (np.diff(values, axis=1) >= 0).all()
    assert not values[~told["open"].to_numpy()].any()
    assert values[told["open"].to_numpy(), 2].all()


def test_the_same_sales_give_the_same_bytes_and_a_loaded_model_the_same_forecasts(
    model: TrainedModel, tmp_path: Path
) -> None:
    model.save(tmp_path / "one")
    refit(restless().sample(fraction=1, shuffle=True, seed=5), SPEC, RECIPE).save(tmp_path / "two")
    assert not (tmp_path / "one" / SPREAD_FILE).exists()
    for name in (QUANTILES_FILE, MODEL_FILE, "backtest.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    loaded = TrainedModel.load(tmp_path / "one")
    assert_frame_equal(loaded.predict(restless(), asked()), model.predict(restless(), asked()))


def test_a_bundle_of_before_the_spread_booster_still_forecasts(tmp_path: Path) -> None:
    older = refit(restless(), SPEC, replace(QUICK, spread_from=None))
    older.save(tmp_path)
    document = json.loads((tmp_path / MODEL_FILE).read_text())
    del document["recipe"]["spread_from"]
    (tmp_path / MODEL_FILE).write_text(json.dumps(document))
    assert_frame_equal(TrainedModel.load(tmp_path).predict(restless(), asked()), older.predict(restless(), asked()))


def test_means_are_what_they_are_without_it_and_few_rows_have_none(model: TrainedModel) -> None:
    without = refit(restless(), SPEC, QUICK)
    assert without.core.spread is None
    assert_frame_equal(
        model.predict(restless(), asked()).drop(QUANTILES), without.predict(restless(), asked()).drop(QUANTILES)
    )


def test_series_without_sales_keep_intervals_of_their_own(model: TrainedModel) -> None:
    own, _ = calibrate(_residuals(300), SPEC.quantiles, seed=7)
    model = replace(model, left_out=LeftOut(pl.DataFrame({"units": [1.0]}), own))
    new = asked().filter((pl.col("store_id") == "02") & (pl.col("item_id") == "b")).with_columns(item_id=pl.lit("new"))
    answer = model.predict(restless(), pl.concat([asked(), new])).filter(pl.col("tier") == "cold_start")
    mean = answer["mean"].to_numpy()
    assert len(mean) == SPEC.horizon
    shape = np.zeros((SPEC.horizon, 0), dtype=np.float32)
    np.testing.assert_array_equal(answer.select(QUANTILES).to_numpy(), own.apply(mean, shape))


def test_intervals_of_the_backtest_rest_on_the_other_windows_and_the_middle_stays_as_it_is_told() -> None:
    told = _residuals(4_000)
    whole, own = calibrate(replace(told, spread=told.mean[:, None] * [0.9, 1.0, 1.1]), SPEC.quantiles, seed=7)
    for intervals in (whole, *own):
        assert intervals.spread
        assert intervals.booster is None
        low, middle, high = intervals.apply(told.mean, told.shape, told.mean[:, None] * [0.9, 1.0, 1.1]).T
        assert 0.77 < np.mean((told.units >= low) & (told.units <= high)) < 0.83
        np.testing.assert_allclose(middle, told.mean)
    assert not np.array_equal(own[0].stretch, own[1].stretch)


def test_a_table_too_short_for_a_backtest_still_answers() -> None:
    frame = shops.sales(20, stores=("01",), items=("a",))
    answer = train(frame, SPEC, settings=RECIPE).predict(frame)
    assert answer.select(QUANTILES).null_count().sum_horizontal().item() == 0


def test_units_of_a_series_that_sold_next_to_nothing_do_not_count_as_thousands_of_its_level() -> None:
    rng = np.random.default_rng(6)
    level, units = np.full(20_000, 5.0), rng.poisson(5, 20_000).astype(np.float32)
    level[:5], units[:5] = 1e-3, 12
    label = spread.to_label(units, level)
    usual = units[5:] / level[5:]
    assert label.max() <= usual.max()
    np.testing.assert_array_equal(label[5:], np.minimum(usual, label.max()))
    assert (label[5:] == usual).mean() > 0.998


def test_rare_sales_leave_the_lowest_quantile_of_steady_ones_of_their_size_above_zero() -> None:
    rng = np.random.default_rng(4)
    steady = _residuals(3_000)
    rare = np.arange(3_000) >= 1_500
    units = np.where(rare, np.where(rng.random(3_000) < 0.05, 20 * steady.mean, 0.0), steady.units)
    shape = np.zeros((3_000, 7), dtype=np.float32)
    shape[rare, 4] = 0.95
    spread = steady.mean[:, None] * [0.6, 1.0, 1.4]
    intervals, _ = calibrate(replace(steady, units=units, shape=shape, spread=spread), SPEC.quantiles, seed=7)
    low, _, high = intervals.apply(steady.mean, shape, spread).T
    assert 0.77 < np.mean((units >= low) & (units <= high), where=~rare) < 0.83
    assert low[~rare].min() > 0
    assert not low[rare].any()
    again = Intervals.from_json(intervals.to_json(), None)
    np.testing.assert_array_equal(again.apply(steady.mean, shape, spread), intervals.apply(steady.mean, shape, spread))


def _residuals(count: int) -> Residuals:
    """Two windows of gamma noise; no features."""
    rng = np.random.default_rng(3)
    mean = rng.gamma(2, 20, count) + 1
    shape, window = np.zeros((count, 0), dtype=np.float32), (np.arange(count) % 2).astype(np.float32)
    return Residuals(rng.gamma(9, mean / 9), mean, shape, window)
