"""Why the published forecasts are what they are: computed once they are out, and published beside them."""

from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.errors import RejectedModelError
from core.contracts.sales import DATE, KEY, SERIES
from core.forecasting.explain import BASIS
from core.forecasting.groups import BASELINE, GROUPS
from training.steps.requested import Requested

CAUSES_FILE: Final = "causes.parquet"
MOST_ROWS: Final = 400_000
"""Explained of one publication, nearest dates first: a row takes 1 to 5 ms of a core."""
_NEAR: Final = 1e-3
"""Of a forecast and a unit: sums of single precision, taken in another order, differ by far less."""


def write(requested: Requested, forecasts: pl.DataFrame, file: Path) -> Path:
    """Explain a run's forecasts with the model and the requests that made them.

    Args:
        requested: what the forecasts were made from.
        forecasts: as published: date, store_id, item_id, mean.
        file: to be written: the key, units by cause (they sum to the published mean), basis.
    """
    last = _last_date(forecasts)
    parts = ((history, future.filter(pl.col(DATE) <= last)) for history, future in requested.parts())
    told = pl.concat([requested.model.explain(history, future) for history, future in parts])
    settled(told, forecasts).write_parquet(file)
    return file


def settled(told: pl.DataFrame, forecasts: pl.DataFrame) -> pl.DataFrame:
    """Explanations whose causes sum to what was published, not to the same mean as another order of sums gives it.

    Raises:
        RejectedModelError: the model explains other forecasts than were published.
    """
    means = forecasts.select(*KEY, pl.col("mean").alias("_published"))
    joined = told.join(means, on=list(KEY), how="inner", maintain_order="left")
    apart = joined.filter((pl.col("mean") - pl.col("_published")).abs() > _NEAR * (1 + pl.col("_published")))
    if apart.height:
        raise RejectedModelError(
            f"{apart.height} explanations are of other forecasts, first {apart.row(0, named=True)}"
        )
    rest = pl.sum_horizontal(pl.col(name) for name in GROUPS if name != BASELINE)
    return joined.select(*KEY, (pl.col("_published") - rest).alias(BASELINE), *GROUPS[1:], BASIS).sort(*SERIES, DATE)


def _last_date(forecasts: pl.DataFrame) -> date:
    """The last date of which every forecast is within ``MOST_ROWS``; never before the first."""
    by_date = forecasts.group_by(DATE).len().sort(DATE).with_columns(pl.col("len").cum_sum())
    within = by_date.filter(pl.col("len") <= MOST_ROWS)
    last: date = (within if within.height else by_date.head(1))[DATE][-1]
    return last
