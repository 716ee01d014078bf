"""The forecast every model must beat: the same phase of the last season."""

import numpy as np
import polars as pl

from core.contracts.dataset import SEASON, Frequency
from core.contracts.sales import DATE, ITEM, KEY, SERIES, STORE, UNITS
from core.forecasting.calendar import Calendar
from core.forecasting.table import as_codes, with_units


def seasonal_naive(history: pl.DataFrame, future: pl.DataFrame, frequency: Frequency) -> pl.DataFrame:
    """Sales of the same weekday one week before (D), the same week (W), month (M) or quarter (Q) one year before.

    Where that period has no row the next older season is taken, up to a year back; then the
    series' mean; then, for a series never seen, the mean of all.

    Args:
        history: date, store_id, item_id, units up to the origin.
        future: date, store_id, item_id to forecast.
        frequency: of both.

    Returns:
        date, store_id, item_id of ``future`` in its order, and ``naive``.
    """
    past, asked = as_codes(with_units(history)), as_codes(future.select(KEY))
    calendar = Calendar.of(past[DATE], frequency)
    season = SEASON[frequency]
    depth = max(1, 56 // season) if season == 7 else 2  # noqa: PLR2004 - weekdays: eight weeks back
    last = int(calendar.index(past[DATE].unique()).max(initial=0)) if past.height else 0
    recent = past.filter(pl.col(DATE) > calendar.dates(np.array([last - season * depth]))[0])
    rows = recent.select(STORE, ITEM, UNITS, pl.Series("_t", calendar.index(recent[DATE])))
    rows = rows.group_by(STORE, ITEM, "_t").agg(pl.col(UNITS).sum())
    asked = asked.with_columns(pl.Series("_t", calendar.index(asked[DATE])))
    steps = (asked["_t"].to_numpy() - last + season - 1) // season
    asked = asked.with_columns(pl.Series("_t0", asked["_t"].to_numpy() - np.maximum(steps, 1) * season))
    naive = _filled(asked, rows, season, depth, past)
    return future.select(KEY).with_columns(naive.alias("naive"))


def _filled(asked: pl.DataFrame, rows: pl.DataFrame, season: int, depth: int, past: pl.DataFrame) -> pl.Series:
    """First value found one, two, ... seasons back, then the mean."""
    columns = []
    for back in range(depth):
        key = asked.select(STORE, ITEM, (pl.col("_t0") - back * season).alias("_t"))
        columns.append(
            key.join(rows, on=[STORE, ITEM, "_t"], how="left", maintain_order="left")[UNITS].alias(str(back))
        )
    means = past.group_by(SERIES).agg(pl.col(UNITS).mean().alias("mean"))
    columns.append(asked.select(SERIES).join(means, on=list(SERIES), how="left", maintain_order="left")["mean"])
    overall = past[UNITS].mean() if past.height else 0.0
    return pl.DataFrame(columns).select(pl.coalesce(pl.all(), pl.lit(overall)).cast(pl.Float64).alias("naive"))["naive"]
