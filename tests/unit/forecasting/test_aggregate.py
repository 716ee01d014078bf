"""Sums are coherent with what they sum, and their intervals are those of the sum."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from core.contracts.errors import ConfigError
from core.forecasting.aggregate import coverage, every_level, grouping, totals

SERIES = [(f"s{s}", f"i{i}") for s in range(4) for i in range(10)]
START = dt.date(2024, 1, 1)


def table(days: int, start: dt.date, seed: int, *, shared: float) -> pl.DataFrame:
    """Sold and expected: every series is off by noise of its own and, by ``shared``, by that of the day."""
    rng = np.random.default_rng(seed)
    rows = []
    for day in range(days):
        common = rng.normal()
        for store, item in SERIES:
            noise = shared * common + np.sqrt(1 - shared**2) * rng.normal()
            rows.append((start + dt.timedelta(days=day), store, item, 100 + 10 * noise, 100.0, 87.2, 100.0, 112.8))
    schema = ["date", "store_id", "item_id", "units", "mean", "p10", "p50", "p90"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def backtest(shared: float) -> pl.DataFrame:
    starts = (START, START + dt.timedelta(days=28))
    parts = [table(28, start, k, shared=shared).with_columns(window=start) for k, start in enumerate(starts)]
    return pl.concat(parts)


def summed(level: str, shared: float, forecast: pl.DataFrame | None = None) -> pl.DataFrame:
    forecast = table(28, dt.date(2024, 3, 1), 9, shared=shared) if forecast is None else forecast
    return totals(forecast, backtest(shared), grouping(forecast, level), seed=7)


@pytest.mark.parametrize("level", ["store", "item", "total"])
def test_the_mean_of_a_sum_is_the_sum_of_the_means_that_are_read(level: str) -> None:
    rng = np.random.default_rng(3)
    forecast = table(5, START, 1, shared=0).with_columns(mean=pl.Series(rng.uniform(0, 9, 200)).round(4))
    told = summed(level, 0.3, forecast)
    by = ["date"] if level == "total" else ["date", f"{level}_id"]
    plain = forecast.group_by(by).agg(pl.col("mean").sum().round(4)).sort(by)
    assert told.sort(by).select(*by, "mean").equals(plain.select(*by, "mean"))
    assert told["series"].sum() == forecast.height


def test_intervals_of_independent_series_are_far_narrower_than_the_sum_of_intervals() -> None:
    told = summed("total", 0.0)
    width = float((told["p90"] - told["p10"]).mean())  # type: ignore[arg-type]
    assert width == pytest.approx(2 * 1.2816 * 10 * np.sqrt(len(SERIES)), rel=0.6)
    assert width < 0.4 * 25.6 * len(SERIES)


def test_intervals_of_series_that_move_together_are_nearly_the_sum_of_intervals() -> None:
    told = summed("total", 0.95)
    width = float((told["p90"] - told["p10"]).mean())  # type: ignore[arg-type]
    assert width > 0.7 * 25.6 * len(SERIES)


@pytest.mark.parametrize("level", ["store", "item", "total"])
@pytest.mark.parametrize("shared", [0.0, 0.6])
def test_sums_of_days_not_seen_are_covered_as_promised(level: str, shared: float) -> None:
    actual = table(200, dt.date(2024, 3, 1), 11, shared=shared)
    forecast = actual.drop("units")
    grouped = grouping(forecast, level)
    told = totals(forecast, backtest(shared), grouped, seed=7)
    covered = coverage(told, actual, grouped)
    assert covered is not None
    assert 0.7 < covered < 0.97


def test_quantiles_rise_and_are_never_negative() -> None:
    small = table(10, START, 2, shared=0.5).with_columns(pl.col("mean", "p10", "p50", "p90") * 0.001)
    told = summed("store", 0.9, small)
    assert (told["p10"] >= 0).all()
    assert (told["p10"] <= told["p50"]).all()
    assert (told["p50"] <= told["p90"]).all()


def test_departments_come_from_an_attribute_and_a_new_item_from_its_siblings() -> None:
    forecast = table(2, START, 1, shared=0)
    attributes = pl.DataFrame(SERIES[:-1], schema=["store_id", "item_id"], orient="row").with_columns(
        dept_id=pl.when(pl.col("item_id") < "i5").then(pl.lit("fresh")).otherwise(pl.lit("dry"))
    )
    told = totals(forecast, backtest(0), grouping(forecast, "department", attributes), seed=7)
    assert told["dept_id"].unique().sort().to_list() == ["dry", "fresh"]
    assert set(told["series"]) == {20}


def test_an_unknown_level_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="there are store, item, total, kind"):
        grouping(
            table(1, START, 1, shared=0),
            "region",
            pl.DataFrame({"store_id": ["s0"], "item_id": ["i0"], "kind": ["a"]}),
        )


def test_without_a_backtest_quantiles_are_summed_as_if_all_moved_together() -> None:
    forecast = table(3, START, 1, shared=0).drop("units")
    told = totals(forecast, backtest(0).clear(), grouping(forecast, "total"), seed=7)
    assert told["p90"][0] == pytest.approx(112.8 * len(SERIES))


def test_a_series_without_a_backtest_is_lent_the_errors_of_others() -> None:
    forecast = pl.concat(
        [table(3, START, 1, shared=0), table(3, START, 1, shared=0).head(1).with_columns(item_id=pl.lit("new"))]
    )
    told = totals(forecast, backtest(0.5), grouping(forecast, "item"), seed=7).filter(pl.col("item_id") == "new")
    assert (told["p10"] < told["p50"]).all()


def test_every_level_is_told_in_one_table_whatever_quantiles_the_backtest_has() -> None:
    forecast = table(2, START, 1, shared=0).drop("units")
    attributes = forecast.select("store_id", "item_id").unique().with_columns(dept=pl.lit("all of it"))
    wide = backtest(0.3).with_columns(p1=pl.lit(60.0), p99=pl.lit(140.0))
    told = every_level(forecast, wide, attributes, seed=7)
    assert told.columns == ["level", "id", "date", "mean", "p10", "p50", "p90", "series"]
    counts = dict(told.group_by("level").agg(pl.col("id").n_unique()).rows())
    assert counts == {"store": 4, "item": 10, "department": 1, "total": 1}
    whole, department = (told.filter(pl.col("level") == level) for level in ("total", "department"))
    assert whole.drop("level", "id").equals(department.drop("level", "id"))
    assert every_level(forecast, wide, None, seed=7).height == told.height - 2
