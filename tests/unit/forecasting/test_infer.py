import datetime as dt

import polars as pl
import pytest

from core.forecasting.infer import infer_frequency, known_covariates, static_attributes
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
        ([dt.date(2023, 1, 31)], "D"),
        ([], "D"),
    ],
)
def test_frequency_is_read_from_the_dates(dates: list[dt.date], frequency: str) -> None:
    assert infer_frequency(pl.DataFrame({"date": dates}, schema={"date": pl.Date})) == frequency


def test_what_never_changes_within_a_series_is_static() -> None:
    assert static_attributes(shops.sales(30)) == ("kind",)


def test_promotions_are_known_by_name_and_customers_only_by_a_plan() -> None:
    frame = shops.sales(30).with_columns(customers=pl.col("units") * 2)
    assert known_covariates(frame, None) == ("promo",)
    plan = frame.select("date", "store_id", "item_id", "customers")
    assert known_covariates(frame, plan) == ("promo", "customers")
