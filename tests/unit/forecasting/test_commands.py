import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from core.contracts.dataset import Reading
from core.contracts.errors import RejectedDataError
from tests.unit.forecasting import shops
from training.cli import app
from training.commands import frames

COLUMNS = ["date", "store_id", "item_id", "mean", "p10", "p50", "p90", "tier"]
READING = Reading()


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(part) for part in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def small() -> pl.DataFrame:
    return shops.sales(90, stores=("007", "1002.0"))


def test_forecast_writes_the_futures_rows_and_a_report(tmp_path: Path) -> None:
    asked = shops.future(small(), 7).filter(pl.col("store_id") == "007")
    small().write_csv(tmp_path / "sales.csv")
    asked.write_csv(tmp_path / "future.csv")
    out, report = tmp_path / "out" / "forecast.csv", tmp_path / "report.json"
    run(
        "forecast", "--sales", tmp_path / "sales.csv", "--future", tmp_path / "future.csv",
        "--horizon", 7, "--out", out, "--report", report,
    )  # fmt: skip
    answer = pl.read_csv(out, schema_overrides={"store_id": pl.String}, try_parse_dates=True)
    assert answer.columns == COLUMNS
    assert answer.select("date", "store_id", "item_id").equals(asked.select("date", "store_id", "item_id"))
    told = json.loads(report.read_text())
    assert {"read", "backtest", "fit", "predict", "write"} == set(told["seconds"])
    assert told["peak_memory_mib"] > 0
    assert told["known"] == ["promo"]
    assert told["static"] == ["kind"]
    assert told["backtest"]["model"]["wape"] < told["backtest"]["seasonal_naive"]["wape"] * 1.5
    assert "promo:now" in told["features"]


def test_forecast_without_a_future_answers_for_every_series(tmp_path: Path) -> None:
    small().rename({"units": "y", "date": "ds"}).write_parquet(tmp_path / "sales.parquet")
    run("forecast", "--sales", tmp_path / "sales.parquet", "--horizon", 3, "--out", tmp_path / "out.parquet")
    answer = pl.read_parquet(tmp_path / "out.parquet")
    assert answer.height == 4 * 3
    assert sorted(set(answer["store_id"])) == ["007", "1002.0"]


def test_forecast_writes_sums_and_says_why_in_units(tmp_path: Path) -> None:
    small().write_csv(tmp_path / "sales.csv")
    out, why = tmp_path / "sums.csv", tmp_path / "why.json"
    printed = run(
        "forecast", "--sales", tmp_path / "sales.csv", "--horizon", 3,
        "--out", out, "--aggregate", "store", "--explain", why, "--explain-store", "007",
    )  # fmt: skip
    answer = pl.read_csv(out, schema_overrides={"store_id": pl.String})
    assert answer.columns == ["date", "store_id", "mean", "p10", "p50", "p90", "series"]
    assert answer["series"].to_list() == [2] * 6
    assert "6 sums by store" in printed
    assert "season" in printed
    told = json.loads(why.read_text())
    first = told["series"][0]["forecasts"][0]
    assert sum(first["units"].values()) == pytest.approx(first["mean"], abs=1e-3)
    assert {one["store_id"] for one in told["series"]} == {"007"}
    means = sum(each["mean"] for one in told["series"] for each in one["forecasts"])
    assert answer.filter(pl.col("store_id") == "007")["mean"].sum() == pytest.approx(means, rel=1e-4)


def test_a_level_that_is_not_there_is_refused_before_training(tmp_path: Path) -> None:
    small().write_csv(tmp_path / "sales.csv")
    asked = ["forecast", "--sales", str(tmp_path / "sales.csv"), "--horizon", "3", "--out", str(tmp_path / "o.csv")]
    result = CliRunner().invoke(app, [*asked, "--aggregate", "region"])
    assert result.exit_code == 1
    assert "there are store, item, total, kind" in result.output


def test_backtest_prints_model_and_naive_as_json_or_table(tmp_path: Path) -> None:
    small().write_csv(tmp_path / "sales.csv")
    told = json.loads(run("backtest", "--sales", tmp_path / "sales.csv", "--horizon", 7, "--windows", 1, "--json"))
    assert [window["origin"] for window in told["windows"]] == ["2022-03-26"]
    for who in ("model", "seasonal_naive"):
        assert set(told["all"][who]) == {"rows", "wape", "bias", "rmsse", "pinball", "coverage"}
    assert told["all"]["model"]["rows"] == 4 * 7
    table = run("backtest", "--sales", tmp_path / "sales.csv", "--horizon", 7, "--windows", 1)
    assert "seasonal naive" in table


def test_a_file_that_cannot_be_used_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("a,b\n1,2\n")
    result = CliRunner().invoke(
        app, ["forecast", "--sales", str(tmp_path / "sales.csv"), "--horizon", "3", "--out", str(tmp_path / "o.csv")]
    )
    assert result.exit_code == 1
    assert "no column for date and units among a, b" in result.output


def test_ids_stay_the_strings_they_were(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("Date,Store,Value\n2024-01-01,007,3\n2024-01-02,1e5,4.5\n")
    frame = frames.read_sales(tmp_path / "sales.csv", READING)
    assert frame["store_id"].to_list() == ["007", "1e5"]
    assert frame["item_id"].to_list() == ["all", "all"]
    assert frame["units"].to_list() == [3.0, 4.5]


def test_columns_and_dates_can_be_named_by_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("tag;laden;zahl\n31/12/2023;a;1,5\n01/01/2024;a;2,5\n")
    reading = Reading(
        columns={"date": "tag", "store_id": "laden", "units": "zahl"}, decimal=",", date_format="%d/%m/%Y"
    )
    frame = frames.read_sales(tmp_path / "sales.csv", reading)
    assert frame["units"].to_list() == [1.5, 2.5]
    assert [str(day) for day in frame["date"]] == ["2023-12-31", "2024-01-01"]
    with pytest.raises(RejectedDataError, match="date_format"):
        frames.read_sales(tmp_path / "sales.csv", reading.model_copy(update={"date_format": None}))
