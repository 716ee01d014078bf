"""Coverage of the intervals of sums on windows nobody has seen, beside the sum of the intervals.

    python benchmarks/totals.py --data FOLDER [--windows 3] [--sets m5,rossmann]

FOLDER holds what can be found of ``m5/sales_280.parquet`` and ``rossmann/open_days_1115.parquet``. Each
window is cut off the end, the engine is trained on what lies before it, its forecasts are summed to
every level. Columns: share of sums inside p10 to p90 (0.8 is promised), and the interval's width over
that of the summed quantiles.
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.forecasting import ForecastSpec, train  # noqa: E402
from core.forecasting.aggregate import Grouping, coverage, grouping, totals  # noqa: E402


def m5(folder: Path) -> tuple[pl.DataFrame, ForecastSpec]:
    frame = pl.read_parquet(folder / "m5/sales_280.parquet").select(
        pl.col("date").cast(pl.Date), "store_id", "item_id", "dept_id",
        pl.col("value").cast(pl.Float64).alias("units"), "snap", "sell_price",
    )  # fmt: skip
    return frame, ForecastSpec(28, "D", known=("snap", "sell_price"), static=("dept_id",))


def rossmann(folder: Path) -> tuple[pl.DataFrame, ForecastSpec]:
    frame = pl.read_parquet(folder / "rossmann/open_days_1115.parquet").select(
        pl.col("Date").cast(pl.Date).alias("date"), pl.col("Store").cast(pl.String).alias("store_id"),
        pl.lit("all").alias("item_id"), pl.col("Sales").cast(pl.Float64).alias("units"), "Promo", "SchoolHoliday",
    )  # fmt: skip
    return frame, ForecastSpec(42, "D", known=("Promo", "SchoolHoliday"))


SETS = {"m5": m5, "rossmann": rossmann}


def main() -> None:
    """Print one line a set, window and level."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--sets", default="m5,rossmann")
    asked = parser.parse_args()
    print("set        origin      level       sums  coverage  width/summed quantiles", flush=True)
    for name in asked.sets.split(","):
        sales, spec = SETS[name](asked.data)
        last = sales["date"].max()
        for back in range(asked.windows, 0, -1):
            origin = last - timedelta(days=spec.horizon * back)
            window(name, origin, sales, spec)


def window(name: str, origin: object, sales: pl.DataFrame, spec: ForecastSpec) -> None:
    """Train before one origin, forecast the rows after it, compare sums."""
    past = sales.filter(pl.col("date") <= origin)
    begun = past.filter(pl.col("units") > 0).select("store_id", "item_id").unique()
    ahead = sales.filter(pl.col("date").is_between(origin, origin + timedelta(days=spec.horizon), closed="right"))
    ahead = ahead.join(begun, on=["store_id", "item_id"], how="semi", maintain_order="left")
    model = train(past, spec)
    answer = model.predict(past, ahead.drop("units"))
    levels = ["store", "item", "total", *(["department"] if "dept_id" in sales.columns else [])]
    for level in levels:
        grouped = grouping(answer, level, past.select("store_id", "item_id", *spec.static).unique())
        if grouped.column == "item_id" and len(grouped.names) == 1:
            continue
        told = totals(answer, model.backtest, grouped, seed=spec.seed)
        ratio = width(told) / width(totals(answer, model.backtest.clear(), grouped, seed=spec.seed))
        covered = coverage(told, ahead, Grouping(grouped.column, grouped.members))
        print(f"{name:<10} {origin}  {level:<10} {told.height:>5}  {covered:8.3f}  {ratio:8.2f}", flush=True)


def width(told: pl.DataFrame) -> float:
    """Units from p10 to p90, all sums together."""
    return float((told["p90"] - told["p10"]).sum())


if __name__ == "__main__":
    main()
