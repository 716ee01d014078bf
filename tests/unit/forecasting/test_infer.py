"""Which columns of a table are what."""

import polars as pl

from core.forecasting.infer import known_covariates, static_attributes
from tests.unit.forecasting import shops


def test_what_never_changes_within_a_series_is_static() -> None:
    assert static_attributes(shops.sales(30)) == ("kind",)


def test_promotions_are_known_by_name_and_customers_only_by_a_plan() -> None:
    frame = shops.sales(30).with_columns(customers=pl.col("units") * 2)
    assert known_covariates(frame, None) == ("promo",)
    plan = frame.select("date", "store_id", "item_id", "customers")
    assert known_covariates(frame, plan) == ("promo", "customers")
