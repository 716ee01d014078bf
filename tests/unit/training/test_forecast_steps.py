"""Requests of a batch forecast are complete, and only sound answers are published."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from core.contracts.errors import RejectedModelError
from core.contracts.models import Manifest, Publication
from training.steps import monitor, prepare, publish
from training.steps.prepare import Prepared

LAST = date(2024, 3, 31)


def manifest(*, history: int = 60, horizon: int = 14) -> Manifest:
    return Manifest(
        model_id="shop-1",
        dataset="shop",
        data_as_of=LAST,
        frequency="D",
        horizon=horizon,
        quantiles=(0.1, 0.5, 0.9),
        known=("promo",),
        static=(),
        features=(),
        history_periods=history,
        series=2,
        rows=1,
        seed=7,
        libraries={},
    )


def sales(days: int = 90) -> pl.DataFrame:
    rows = [
        (LAST - timedelta(days=n), store, "i", float(n % 7), 0.0) for store in ("a", "b") for n in reversed(range(days))
    ]
    return pl.DataFrame(rows, schema=["date", "store_id", "item_id", "units", "promo"], orient="row")


def forecasts(*, p10: float = 1, p50: float = 2, p90: float = 3, mean: float = 2, days: int = 14) -> pl.DataFrame:
    rows = [(LAST + timedelta(days=n), "a", "i", mean, p10, p50, p90, "model") for n in range(1, days + 1)]
    schema = {"date": pl.Date, "store_id": pl.String, "item_id": pl.String}
    numbers = dict.fromkeys(("mean", "p10", "p50", "p90"), pl.Float64)
    return pl.DataFrame(rows, schema={**schema, **numbers, "tier": pl.String}, orient="row")


def published() -> Publication:
    return Publication(
        dataset="shop",
        model_id="shop-1",
        run_id="f1",
        dataset_version=1,
        data_as_of=LAST,
        frequency="D",
        horizon=14,
        quantiles=(0.1, 0.5, 0.9),
        series=1,
        rows=14,
        uri="s3://lake/x",
        sha256="0",
        published_at=datetime(2024, 4, 1, tzinfo=UTC),
    )


def test_requests_hold_the_history_window_and_every_day_of_the_horizon() -> None:
    frame = prepare.requests(sales(), None, manifest())
    history, future = frame.filter(~pl.col("_future")), frame.filter("_future")
    assert history["date"].min() == LAST - timedelta(days=59)
    assert history.height == 2 * 60
    assert future.height == 2 * 14
    assert future["date"].min() == LAST + timedelta(days=1)
    assert future["units"].null_count() == future.height


def test_a_series_silent_for_the_whole_window_has_ended_and_is_not_asked_for() -> None:
    ended = sales().filter((pl.col("store_id") == "a") | (pl.col("date") <= LAST - timedelta(days=60)))
    assert set(prepare.requests(ended, None, manifest()).filter("_future")["store_id"]) == {"a"}


def test_a_plan_begins_a_series_that_never_sold() -> None:
    plan = pl.DataFrame({"date": [LAST + timedelta(days=2)], "store_id": ["c"], "item_id": ["new"], "promo": [1.0]})
    future = prepare.requests(sales(), plan, manifest()).filter("_future")
    begun = future.filter(pl.col("store_id") == "c")
    assert (begun.height, begun["item_id"].unique().to_list()) == (14, ["new"])
    assert begun.filter(pl.col("promo") == 1)["date"].to_list() == [LAST + timedelta(days=2)]


def test_a_plan_of_days_gone_by_begins_nothing() -> None:
    plan = pl.DataFrame({"date": [LAST], "store_id": ["c"], "item_id": ["new"], "promo": [1.0]})
    assert "c" not in prepare.requests(sales(), plan, manifest()).filter("_future")["store_id"]


def test_a_plan_fills_the_days_it_knows_and_leaves_the_others_open() -> None:
    plan = pl.DataFrame({"date": [LAST + timedelta(days=2)], "store_id": ["a"], "item_id": ["all"], "promo": [1.0]})
    future = prepare.requests(sales(), plan, manifest()).filter("_future")
    told = future.filter(pl.col("promo").is_not_null())
    assert told.select("date", "store_id", "promo").rows() == [(LAST + timedelta(days=2), "a", 1.0)]
    assert future.height == 2 * 14


def test_shards_never_cut_a_series_and_lose_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "ROWS_PER_REQUEST", 80)
    frame = prepare.requests(sales(), None, manifest())
    parts = prepare.shards(frame)
    assert len(parts) == 2
    assert [part["store_id"].unique().to_list() for part in parts] == [["a"], ["b"]]
    assert sum(part.height for part in parts) == frame.height


def test_sound_answers_pass() -> None:
    publish.check(forecasts(), Prepared(dataset_version=1, data_as_of=LAST, series=1, rows=14))


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (forecasts(days=13), "14 forecasts were asked for, 13 came back"),
        (pl.concat([forecasts(days=13), forecasts(days=1)]), "14 forecasts were asked for"),
        (forecasts(p10=2.5), "quantiles cross"),
        (forecasts(p10=-1), "a forecast is negative"),
        (forecasts(mean=float("nan")), "a number is missing"),
    ],
)
def test_unsound_answers_are_refused_with_the_rule_they_break(frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(RejectedModelError, match=words):
        publish.check(frame, Prepared(dataset_version=1, data_as_of=LAST, series=1, rows=14))


def test_live_accuracy_is_that_of_the_days_both_forecast_and_sold() -> None:
    later = pl.DataFrame(
        {
            "date": [LAST + timedelta(days=n) for n in (1, 2, 40)],
            "store_id": ["a"] * 3,
            "item_id": ["i"] * 3,
            "units": [4.0, 2.0, 9.0],
        }
    )
    table = pl.concat([sales().drop("promo"), later], how="vertical_relaxed")
    found = monitor.score(forecasts(), table, published(), "run")
    assert found is not None
    assert found.model.rows == 2
    assert found.model.wape == pytest.approx((2 + 0) / 6)
    assert found.model.bias == pytest.approx((-2 + 0) / 6)
    assert found.model.coverage == pytest.approx(0.5)
    assert found.naive.wape == pytest.approx((abs(4 - 6) + abs(2 - 5)) / 6)
    assert (found.first_date, found.last_date) == (LAST + timedelta(days=1), LAST + timedelta(days=2))


def test_a_month_is_measured_whichever_of_its_days_its_sales_are_dated_by() -> None:
    asked = forecasts(days=2).with_columns(pl.Series("date", [date(2024, 4, 30), date(2024, 5, 31)]))
    history = {"date": [date(2024, 2, 29), date(2024, 3, 29)], "units": [3.0, 3.0]}
    later = {"date": [date(2024, 4, 30), date(2024, 5, 29), date(2024, 6, 28)], "units": [4.0, 1.0, 9.0]}
    rows = [pl.DataFrame(told).with_columns(store_id=pl.lit("a"), item_id=pl.lit("i")) for told in (history, later)]
    months = published().model_copy(update={"frequency": "M", "data_as_of": date(2024, 3, 29)})
    found = monitor.score(asked, pl.concat(rows), months, "run")
    assert found is not None
    assert found.model.rows == 2
    assert found.model.wape == pytest.approx((abs(4 - 2) + abs(1 - 2)) / 5)


def test_without_a_sale_on_a_forecast_day_there_is_nothing_to_measure() -> None:
    assert monitor.score(forecasts(), sales().drop("promo"), published(), "run") is None
