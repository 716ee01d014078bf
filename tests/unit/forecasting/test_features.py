import datetime as dt

import duckdb
import numpy as np
import polars as pl
import pytest

from core.forecasting import encoding, sampling
from core.forecasting.calendar import Calendar
from core.forecasting.features import Design, design
from core.forecasting.panel import Panel, build
from core.forecasting.rows import Rows
from core.forecasting.sampling import training_rows
from tests.unit.forecasting import shops
from tests.unit.forecasting.shops import SPEC

ORACLE = """
    WITH asked AS (SELECT *, target - 7 * CAST(ceil((target - origin) / 7.0) AS INT) AS same FROM rows),
         sold AS (SELECT store_id, item_id, CAST(date - DATE '{start}' AS INT) AS day, units FROM sales)
    SELECT a.id,
           avg(units) FILTER (day > origin - 7 AND day <= origin) AS mean_7,
           avg(units) FILTER (day > origin - 91 AND day <= origin) AS mean_91,
           stddev_pop(units) FILTER (day > origin - 28 AND day <= origin) AS deviation_28,
           avg(CAST(units = 0 AS INT)) FILTER (day > origin - 91 AND day <= origin) AS zeros_91,
           avg(units) FILTER (day IN (same, same - 7, same - 14, same - 21)) AS phase_4,
           avg(units) FILTER (day = same - 7) AS phase_back_1,
           avg(units) FILTER (day = target - 364) AS year_1,
           avg(units) FILTER (day BETWEEN target - 367 AND least(target - 361, origin)) AS year_1_around,
           min(origin - day) FILTER (units > 0 AND day <= origin) AS since_sale
    FROM asked a JOIN sold s ON s.store_id = a.store_id AND s.item_id = a.item_id
    GROUP BY a.id ORDER BY a.id
"""
RELATIVE = ("mean_7", "mean_91", "deviation_28", "phase_4", "phase_back_1", "year_1", "year_1_around")


def gappy() -> pl.DataFrame:
    """Sales with zeros, whole days missing from the calendar, and a late launch."""
    frame = shops.sales(430).with_columns(
        pl.when((pl.col("date").dt.ordinal_day() % 3 == 1) & (pl.col("item_id") == "a"))
        .then(0.0)
        .otherwise("units")
        .alias("units")
    )
    closed = pl.col("date").is_in([shops.START + dt.timedelta(days=day) for day in range(5, 430, 11)])
    late = (pl.col("item_id") == "b") & (pl.col("date") < shops.START + dt.timedelta(days=100))
    return frame.filter(~closed & ~late)


def panel_of(frame: pl.DataFrame) -> Panel:
    calendar = Calendar.of(frame["date"], "D")
    period = calendar.index(frame["date"])
    known, static = encoding.fit(frame, ("promo",)), encoding.fit_ids(frame, ("store_id", "item_id", "kind"))
    last = int(period.max())
    return build(frame, None, calendar, known, static, last=last, periods=last - int(period.min()) + 1, horizon=0)


def made_of(panel: Panel, rows: Rows) -> Design:
    return design(panel, rows, SPEC, ("store_id", "item_id", "kind"))


@pytest.fixture(scope="module")
def sampled() -> tuple[Panel, Rows, Design]:
    panel = panel_of(gappy())
    rows = training_rows(panel, SPEC, 600, np.random.default_rng(3))
    return panel, rows, made_of(panel, rows)


def test_lags_and_windows_are_what_sql_says(sampled: tuple[Panel, Rows, Design]) -> None:
    panel, rows, made = sampled
    keys = panel.keys[rows.series]
    asked = keys.with_columns(id=pl.int_range(pl.len()), origin=pl.Series(rows.origin), target=pl.Series(rows.target))
    rows_table, sales_table = asked.to_arrow(), gappy().to_arrow()
    with duckdb.connect() as database:
        database.register("rows", rows_table)
        database.register("sales", sales_table)
        expected = pl.DataFrame(database.sql(ORACLE.format(start=shops.START)).to_arrow_table())
    for name in (*RELATIVE, "zeros_91", "since_sale"):
        found = made.values[:, made.names.index(name)].astype(np.float64)
        found = found * made.level if name in RELATIVE else found
        wanted = expected[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5, err_msg=name)


def test_the_like_features_average_days_of_the_same_promotion(sampled: tuple[Panel, Rows, Design]) -> None:
    panel, rows, made = sampled
    promo = panel.known["promo"]
    found = made.values[:, made.names.index("promo:like")] * made.level
    for row in range(0, len(rows), 25):
        series, origin, target = int(rows.series[row]), int(rows.origin[row]), int(rows.target[row])
        wanted = promo.values[promo.row[series], target]
        days = [d for d in range(max(0, origin - 181), origin + 1) if promo.values[promo.row[series], d] == wanted]
        assert found[row] == pytest.approx(np.nanmean(panel.units[series, days]), rel=1e-4)


@pytest.mark.parametrize("origin", [200, 330, 415])
def test_nothing_after_the_origin_changes_a_feature(origin: int) -> None:
    frame = gappy()
    day = shops.START + dt.timedelta(days=origin)
    later = frame.with_columns(
        pl.when(pl.col("date") > day).then(pl.col("units") * 3 + 5).otherwise("units").alias("units")
    )
    target = np.arange(origin + 1, origin + 15)
    rows = Rows(np.repeat(np.arange(4), 14), np.full(56, origin), np.tile(target, 4))
    first, second = made_of(panel_of(frame), rows), made_of(panel_of(later), rows)
    own = [place for place, name in enumerate(first.names) if not name.startswith("static_")]
    np.testing.assert_array_equal(first.values[:, own], second.values[:, own])
    np.testing.assert_array_equal(first.level, second.level)


def test_covariates_behind_the_horizon_are_not_looked_at() -> None:
    frame = gappy()
    day = shops.START + dt.timedelta(days=300 + SPEC.horizon)
    later = frame.with_columns(
        pl.when(pl.col("date") > day).then(1 - pl.col("promo")).otherwise("promo").alias("promo")
    )
    later = later.filter((pl.col("date") <= day) | (pl.col("date").dt.weekday() < 3))
    target = np.arange(301, 301 + SPEC.horizon)
    rows = Rows(np.repeat(np.arange(4), 14), np.full(56, 300), np.tile(target, 4))
    np.testing.assert_array_equal(made_of(panel_of(frame), rows).values, made_of(panel_of(later), rows).values)


def test_training_rows_have_a_known_target_after_a_known_origin(sampled: tuple[Panel, Rows, Design]) -> None:
    panel, rows, _ = sampled
    assert len(rows) == 600
    ahead = rows.target - rows.origin
    assert ahead.min() >= 1
    assert ahead.max() <= SPEC.horizon
    assert not np.isnan(panel.units[rows.series, rows.target]).any()
    assert (rows.origin >= panel.launch[rows.series]).all()


def test_targets_of_a_small_table_are_seen_from_several_origins_those_of_a_large_one_from_about_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    panel = panel_of(shops.sales(60))
    small = len(training_rows(panel, SPEC, 10_000, np.random.default_rng(3)))
    monkeypatch.setattr(sampling, "_ENOUGH", 100)
    large = len(training_rows(panel, SPEC, 10_000, np.random.default_rng(3)))
    assert large == int((~np.isnan(panel.units)).sum()) < small
