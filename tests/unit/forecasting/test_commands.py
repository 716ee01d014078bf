import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from core.contracts.dataset import DatasetConfig, Reading
from core.contracts.errors import RejectedDataError
from tests.unit.forecasting import shops
from training.cli import app
from training.commands import frames

COLUMNS = ["date", "store_id", "item_id", "mean", "p10", "p50", "p90", "tier"]


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
    assert "sales.csv: No line names a date and a quantity" in result.output


def test_ids_stay_the_strings_they_were(tmp_path: Path) -> None:
    for header in ("date,store_id,item_id,units", "Date,Store,Item,Value", "date,store,item,units"):
        (tmp_path / "sales.csv").write_text(f"{header}\n2024-01-01,007,NA,3\n2024-01-02,1e5,12,4.5\n")
        sales = frames.read(tmp_path / "sales.csv", None, DatasetConfig()).sales
        assert sales["store_id"].to_list() == ["007", "1e5"]
        assert sales["item_id"].to_list() == ["NA", "12"]
        assert sales["units"].to_list() == [3.0, 4.5]


def test_columns_and_dates_can_be_named_by_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("tag;laden;zahl\n01/02/2024;a;1,5\n02/02/2024;a;2,5\n")
    columns = {"date": "tag", "store_id": "laden", "units": "zahl"}
    config = DatasetConfig(reading=Reading(columns=columns, date_format="%d/%m/%Y"))
    sales = frames.read(tmp_path / "sales.csv", None, config).sales
    assert sales["units"].to_list() == [1.5, 2.5]
    assert [str(day) for day in sales["date"]] == ["2024-02-01", "2024-02-02"]
    with pytest.raises(RejectedDataError, match="date_format"):
        frames.read(tmp_path / "sales.csv", None, DatasetConfig(reading=Reading(columns=columns)))


def test_files_that_need_reading_are_read_as_uploads_are(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(
        "Artikel;01.03.2024;02.03.2024;31.03.2024\nBrot;1;2;3\nMilch;4;5;6\nSumme;5;7;9\n"
    )
    files = frames.read(tmp_path / "sales.csv", None, DatasetConfig())
    assert files.sales.sort("item_id", "date")["units"].to_list() == [1, 2, 3, 4, 5, 6]
    assert "sales.csv: 6 rows of sales" in files.remarks[0]


def test_a_canonical_row_told_twice_counts_once_and_two_that_differ_are_refused(tmp_path: Path) -> None:
    once, other = "2024-01-01,s,a,3", "2024-01-02,s,a,4"
    (tmp_path / "sales.csv").write_text("\n".join(["date,store_id,item_id,units", once, once, other]))
    assert frames.read(tmp_path / "sales.csv", None, DatasetConfig()).sales["units"].to_list() == [3, 4]
    (tmp_path / "sales.csv").write_text("\n".join(["date,store_id,item_id,units", once, "2024-01-01,s,a,5", other]))
    with pytest.raises(RejectedDataError, match="lines 2 and 3 differ"):
        frames.read(tmp_path / "sales.csv", None, DatasetConfig())


def test_a_future_is_read_as_its_sales_are_so_that_names_agree(tmp_path: Path) -> None:
    sold = [f"{day:02}.01.2024;A;{day};{day % 2}" for day in range(1, 29)]
    ahead = [f"2024-02-{day:02};A;1" for day in range(1, 3)]
    (tmp_path / "sales.csv").write_text("\n".join(["Datum;Artikel;Menge;Promo", *sold]))
    (tmp_path / "future.csv").write_text("\n".join(["date;item_id;Promo", *ahead]))
    files = frames.read(tmp_path / "sales.csv", tmp_path / "future.csv", DatasetConfig())
    assert files.future is not None
    assert "units" not in files.future.columns
    assert frames.roles(files.sales, files.future)[0] == ("promo",)


def test_a_future_of_keys_alone_or_with_its_target_left_blank_is_taken_in_the_words_of_its_sales(
    tmp_path: Path,
) -> None:
    sold = [f"2024-01-{day:02},{item},{day},{day % 2}" for day in range(1, 29) for item in (1, 2)]
    (tmp_path / "sales.csv").write_text("\n".join(["Date,Item,Sales,OnPromo", *sold]))
    for header, cells, columns in (
        ("id,Date,Item", "0,2024-01-29,1", ["date", "store_id", "item_id"]),
        ("Date,Item,Sales,OnPromo", "2024-01-29,1,,1", ["date", "store_id", "item_id", "on_promo"]),
    ):
        (tmp_path / "future.csv").write_text(f"{header}\n{cells}\n")
        files = frames.read(tmp_path / "sales.csv", tmp_path / "future.csv", DatasetConfig())
        assert files.future is not None
        assert files.future.columns == columns
        assert files.future["item_id"].to_list() == ["1"]
    (tmp_path / "future.csv").write_text("Date,Item,Sales,OnPromo\n2024-01-29,1,,maybe\n")
    with pytest.raises(RejectedDataError, match="units_missing"):
        frames.read(tmp_path / "sales.csv", tmp_path / "future.csv", DatasetConfig())


def test_a_future_without_the_item_that_its_sales_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("date,item_id,units\n2024-01-01,a,3\n2024-01-01,b,3\n")
    (tmp_path / "future.csv").write_text("date,promo\n2024-01-02,1\n")
    with pytest.raises(RejectedDataError, match="no item column, but the sales have items; add item_id"):
        frames.read(tmp_path / "sales.csv", tmp_path / "future.csv", DatasetConfig())


def test_a_history_of_some_days_is_continued_and_the_missing_backtest_is_said(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("date,units\n2024-01-01,5\n2024-01-02,5\n2024-01-03,5\n")
    printed = run("forecast", "--sales", tmp_path / "sales.csv", "--horizon", 9, "--out", tmp_path / "out.csv")
    assert pl.read_csv(tmp_path / "out.csv")["mean"].to_list() == pytest.approx([5] * 9)
    assert "no backtest, for the history is too short" in printed


def test_sales_of_every_second_week_are_forecast_only_where_nothing_was_sold_in_between(tmp_path: Path) -> None:
    weeks = [dt.date(2024, 1, 5) + dt.timedelta(weeks=2 * step) for step in range(9)]
    (tmp_path / "sales.csv").write_text("\n".join(["date,units", *(f"{week},{90 + week.day}" for week in weeks)]))
    asked = ["forecast", "--sales", str(tmp_path / "sales.csv"), "--horizon", "2", "--out", str(tmp_path / "out.csv")]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 1
    assert "sales.csv: sales lie 2 weeks apart (2024-01-05, 2024-01-19, ...)" in result.output
    assert not (tmp_path / "out.csv").exists()
    run(*asked, "--frequency", "W")
    assert pl.read_csv(tmp_path / "out.csv")["date"].to_list() == ["2024-05-03", "2024-05-10"]


def test_a_backtest_on_fewer_periods_than_the_horizon_says_so(tmp_path: Path) -> None:
    days = "".join(f"2024-01-{day:02d},{5 + day % 7}\n" for day in range(1, 29))
    (tmp_path / "sales.csv").write_text(f"date,units\n{days}")
    printed = run("forecast", "--sales", tmp_path / "sales.csv", "--horizon", 20, "--out", tmp_path / "out.csv")
    assert "14 periods ahead: the history holds no 20 twice" in printed
