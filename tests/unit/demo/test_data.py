"""The demo's deliveries are the real rows, cut as a retailer would send them."""

from datetime import date, timedelta

import polars as pl
import pytest

from local.demo.data import deliveries, spoil


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    days = [date(2015, 1, 1) + timedelta(n) for n in range(212)]
    cells = [
        (str(day), str(store), str(1000 + store), "True", "False", "False") for day in days for store in range(1, 6)
    ]
    return pl.DataFrame(cells, schema=["Date", "Store", "Sales", "Open", "Promo", "SchoolHoliday"], orient="row")


def read(body: bytes) -> pl.DataFrame:
    return pl.read_csv(body, infer_schema=False)


def test_history_and_months_together_are_all_rows_and_none_twice(rows: pl.DataFrame) -> None:
    sales = [
        read(body).filter(pl.col("Date").str.contains(r"^2015-\d\d-\d\d$"))
        for delivery in deliveries(rows)
        for name, body in delivery.files.items()
        if not name.startswith("plan")
    ]
    assert sum(part.height for part in sales) == rows.height
    assert [delivery.name for delivery in deliveries(rows)] == ["history", "2015-05", "2015-06", "2015-07"]


def test_a_plan_has_days_ahead_only_and_no_sales(rows: pl.DataFrame) -> None:
    plan = read(deliveries(rows)[0].files["plan-after-history.csv"])
    assert plan["Date"].min() == "2015-05-01"
    assert "Sales" not in plan.columns


def test_the_last_delivery_has_no_plan_since_nothing_is_known_after_it(rows: pl.DataFrame) -> None:
    assert list(deliveries(rows)[-1].files) == ["2015-07.csv"]


def test_four_rows_of_the_late_file_are_spoiled_and_no_other(rows: pl.DataFrame) -> None:
    late = deliveries(rows)[2].files["2015-06-late.csv"].decode().splitlines()
    whole = rows.filter(pl.col("Date").str.starts_with("2015-06") & pl.col("Store").is_in(["3", "4", "5"]))
    good = whole.write_csv().splitlines()
    assert [number for number, pair in enumerate(zip(good, late, strict=True), 1) if len(set(pair)) > 1] == [
        7,
        23,
        41,
        66,
    ]
    assert spoil(whole.write_csv().encode()).decode().splitlines() == late
