"""Scores of one forecast that a benchmark's line holds."""

from typing import Any

import numpy as np
import polars as pl

from core.forecasting import metrics

SERIES = ["store_id", "item_id"]
_M5_LEVELS = (
    [], ["state_id"], ["store_id"], ["cat_id"], ["dept_id"], ["state_id", "cat_id"], ["state_id", "dept_id"],
    ["store_id", "cat_id"], ["store_id", "dept_id"], ["item_id"], ["item_id", "state_id"], SERIES,
)  # fmt: skip
_WEIGHT_PERIODS = 28


def score(answer: pl.DataFrame, past: pl.DataFrame) -> dict[str, Any]:
    """All measures by name, None where one is undefined.

    Args:
        answer: date, store_id, item_id, units, mean and any quantile columns.
        past: canonical sales up to the origin, with attributes and prices where the set has them.
    """
    units, mean = answer["units"].to_numpy(), answer["mean"].to_numpy()
    sold = units > 0
    rmspe = float(np.sqrt(np.mean(((units[sold] - mean[sold]) / units[sold]) ** 2)))
    found = metrics.scores(answer, history=past).model_dump() | {"rmspe": rmspe, "wrmsse": wrmsse(answer, past, SERIES)}
    if "cat_id" in past.columns:
        levels = [wrmsse(answer, past, level) for level in _M5_LEVELS]
        found["wrmsse_12"] = float(np.mean([value for value in levels if value is not None]))
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}


def wrmsse(answer: pl.DataFrame, past: pl.DataFrame, level: list[str]) -> float | None:
    """Weighted RMSSE of one level of aggregation, as in the M5 competition (Makridakis et al. 2022).

    A series' squared error is divided by the mean squared change of its sales since the first one;
    series weigh by their revenue of the last 28 periods, or by units where there is no price.
    """
    attributes = [name for name in level if name not in SERIES]
    looked_up = past.select(*SERIES, *attributes).unique()
    made = answer.select("date", *SERIES, "units", "mean").join(looked_up, on=SERIES, maintain_order="left")
    group = pl.lit(0).alias("_all") if not level else None
    keys = level or ["_all"]
    value = pl.col("units") * (pl.col("sell_price") if "sell_price" in past.columns else 1)
    rows = past.with_columns(value.alias("_value"), *([group] if group is not None else []))
    made = made.with_columns(group) if group is not None else made
    daily = rows.group_by(*keys, "date").agg(pl.col("units").sum(), pl.col("_value").sum()).sort("date")
    live = pl.col("units").filter(pl.col("units").cum_sum() > 0)
    scale = daily.group_by(keys).agg(
        live.diff().pow(2).mean().alias("scale"), pl.col("_value").tail(_WEIGHT_PERIODS).sum().alias("weight")
    )
    errors = made.group_by(*keys, "date").agg(pl.col("units").sum(), pl.col("mean").sum())
    errors = errors.group_by(keys).agg((pl.col("mean") - pl.col("units")).pow(2).mean().alias("error"))
    joined = errors.join(scale, on=keys).filter((pl.col("scale") > 0) & (pl.col("weight") > 0))
    if joined.is_empty():
        return None
    each = np.sqrt(joined["error"].to_numpy() / joined["scale"].to_numpy())
    return float(np.average(each, weights=joined["weight"].to_numpy()))
