"""A backtest by segment: large and small series, steady and intermittent ones, days with and without promotion."""

from typing import Final

import polars as pl

from core.contracts.models import Scores
from core.contracts.sales import DATE, KEY, SERIES, UNITS
from core.forecasting.groups import is_promotion
from core.forecasting.metrics import scores

_OFTEN_ZERO: Final = 0.3
_THIRDS: Final = ("volume: smallest third", "volume: middle third", "volume: largest third")
"""Of the series, by their mean units."""


def by_segment(backtest: pl.DataFrame, sales: pl.DataFrame) -> dict[str, Scores]:
    """Scores of each segment that has rows, RMSSE left out.

    Args:
        backtest: date, store_id, item_id, units, mean and quantiles.
        sales: date, store_id, item_id and, where there is one, a column that flags promotions.
    """
    if backtest.is_empty():
        return {}
    size, zero = pl.col(UNITS).mean().alias("_size"), (pl.col(UNITS) <= 0).mean().alias("_zero")
    series = backtest.group_by(SERIES).agg(size, zero).sort("_size", *SERIES)
    third = ((pl.col("_size").rank("ordinal") - 1) * 3 // pl.len()).cast(pl.Int64).alias("_third")
    rows = backtest.join(series.with_columns(third), on=list(SERIES), maintain_order="left")
    masks = {name: pl.col("_third") == number for number, name in enumerate(_THIRDS)} | {
        "demand: steady": pl.col("_zero") <= _OFTEN_ZERO,
        "demand: intermittent (over 30% zeros)": pl.col("_zero") > _OFTEN_ZERO,
    }
    flag = next((name for name in sales.columns if is_promotion(name) and sales.schema[name].is_numeric()), None)
    if flag is not None:
        keys = sales.select(DATE, pl.col(SERIES).cast(pl.String), (pl.col(flag) > 0).alias("_promo")).unique(KEY)
        rows = rows.join(keys, on=list(KEY), how="left", maintain_order="left")
        masks |= {"days: promotion": pl.col("_promo"), "days: no promotion": ~pl.col("_promo")}
    own = [name for name in rows.columns if not name.startswith("_")]
    parts = {name: rows.filter(mask).select(own) for name, mask in masks.items()}
    return {name: scores(part) for name, part in parts.items() if part.height}
