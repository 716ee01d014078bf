import datetime as dt

import polars as pl
import pytest

from core.forecasting.infer import infer_frequency, known_covariates, odd_steps, static_attributes
from tests.unit.forecasting import shops


def table(dates: list[dt.date]) -> pl.DataFrame:
    return pl.DataFrame({"date": dates})


@pytest.mark.parametrize(
    ("dates", "frequency"),
    [
        ([dt.date(2023, 1, d) for d in (1, 2, 5)], "D"),
        ([dt.date(2023, 1, d) for d in (2, 3, 4, 5, 6)], "D"),
        ([dt.date(2023, 1, 6) + dt.timedelta(weeks=w) for w in (0, 1, 4)], "W"),
        ([dt.date(2023, m, 1) for m in (1, 2, 3)], "M"),
        ([dt.date(2023, 1, 31), dt.date(2023, 2, 28), dt.date(2023, 3, 31)], "M"),
        ([dt.date(2020 + q // 4, 1 + q % 4 * 3, 1) for q in range(6)], "Q"),
        ([dt.date(2020 + q // 4, 2 + q % 4 * 3, 1) for q in (0, 1, 2, 5, 6)], "Q"),
        ([dt.date(2019, 1, 1), dt.date(2019, 4, 1)], "M"),
        ([dt.date(2023, 1, 31)], "D"),
        ([], "D"),
    ],
)
def test_frequency_is_read_from_the_dates(dates: list[dt.date], frequency: str) -> None:
    assert infer_frequency(pl.DataFrame({"date": dates}, schema={"date": pl.Date})) == frequency


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ([dt.date(2023, 1, 6) + dt.timedelta(weeks=2 * w) for w in range(8)], "2 weeks"),
        ([dt.date(2023, 1, 6) + dt.timedelta(weeks=4 * w) for w in (0, 1, 2, 4, 5)], "4 weeks"),
        ([dt.date(year, 12, 31) for year in range(2018, 2023)], "12 months"),
        ([dt.date(2023, 1, 1) + dt.timedelta(days=10 * d) for d in range(6)], "10 days"),
    ],
)
def test_sales_of_other_periods_are_told_and_not_taken_for_weeks_or_months_in_between(
    dates: list[dt.date], told: str
) -> None:
    why = odd_steps(table(dates))
    assert why is not None
    assert f"sales lie {told} apart ({dates[0]}, {dates[1]}, ...)" in why
    assert 'frequency = "' in why


@pytest.mark.parametrize(
    "dates",
    [
        [],
        [dt.date(2023, 1, 6) + dt.timedelta(weeks=2 * w) for w in range(4)],
        [dt.date(2023, 1, 6) + dt.timedelta(weeks=w) for w in (0, 2, 4, 6, 8, 10, 11)],
        [dt.date(2020 + q // 4, 1 + q % 4 * 3, 1) for q in range(6)],
        [dt.date(2023, 1, d) for d in (1, 3, 5, 7, 10)],
    ],
)
def test_few_dates_or_one_in_between_are_sales_that_were_few(dates: list[dt.date]) -> None:
    assert odd_steps(pl.DataFrame({"date": dates}, schema={"date": pl.Date})) is None


def test_what_never_changes_within_a_series_is_static() -> None:
    assert static_attributes(shops.sales(30)) == ("kind",)


def test_promotions_are_known_by_name_and_customers_only_by_a_plan() -> None:
    frame = shops.sales(30).with_columns(customers=pl.col("units") * 2)
    assert known_covariates(frame, None) == ("promo",)
    plan = frame.select("date", "store_id", "item_id", "customers")
    assert known_covariates(frame, plan) == ("promo", "customers")
