"""Forecasts of stores and items that the model has never seen, beside the means a planner would take.

    python benchmarks/cold_start.py --data FOLDER [--sets m5,rossmann] [--seeds 3]

FOLDER holds what can be found of ``m5/sales_280.parquet`` and ``rossmann/open_days_1115.parquet``. A fifth of the
stores and a fifth of the items are held out of everything, another choice for each seed; the rest is fitted once,
and what was held out is forecast on two windows. One JSON line a set and kind: WAPE and bias of the cold start, WAPE
of the department's, store's and item's recent mean of the same weekday, and the share of days inside p10 to p90.
"""

import argparse
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.totals import m5
from core.forecasting import ForecastSpec, train
from core.forecasting.leave_out import leave_series_out, scored


def rossmann(folder: Path) -> tuple[pl.DataFrame, ForecastSpec]:
    """Rossmann with what is known of a store before it opens: its type and assortment."""
    stores = pl.read_csv(folder / "rossmann/store.csv").select(
        "Store", "StoreType", "Assortment", "CompetitionDistance"
    )
    frame = pl.read_parquet(folder / "rossmann/open_days_1115.parquet").join(stores, on="Store")
    frame = frame.select(
        pl.col("Date").cast(pl.Date).alias("date"), pl.col("Store").cast(pl.String).alias("store_id"),
        pl.lit("all").alias("item_id"), pl.col("Sales").cast(pl.Float64).alias("units"), "Promo", "SchoolHoliday",
        "StoreType", "Assortment", "CompetitionDistance",
    )  # fmt: skip
    known, static = ("Promo", "SchoolHoliday"), ("StoreType", "Assortment", "CompetitionDistance")
    return frame, ForecastSpec(42, "D", known=known, static=static)


SETS = {"m5": m5, "rossmann": rossmann}


def main() -> None:
    """Print one line a set and kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default="m5,rossmann")
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    for name in asked.sets.split(","):
        sales, spec = SETS[name](asked.data)
        model = train(sales, spec)
        begun = time.process_time()
        runs = [leave_series_out(sales, spec, model.recipe, seed=seed).frame for seed in range(asked.seeds)]
        seconds = (time.process_time() - begun) / asked.seeds
        for kind, who in scored(pl.concat(runs)).items():
            model_ = who["cold_start"]
            told = {"set": name, "kind": kind, "rows": model_.rows, "bias": model_.bias, "coverage": model_.coverage}
            wapes = {f"wape_{who_}": round(score.wape or 0, 4) for who_, score in who.items()}
            print(json.dumps({"figure": "cold_start", **told, **wapes}), flush=True)
        versions = {package: version(package) for package in ("xgboost-cpu", "polars")}
        print(json.dumps({"figure": "cold_start_processor_s", "set": name, "seconds": round(seconds, 1), **versions}))


if __name__ == "__main__":
    main()
