"""Why the published forecasts are what they are: computed once they are out, and published beside them."""

from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.errors import RejectedModelError
from core.contracts.sales import DATE, KEY, SERIES, UNITS
from core.forecasting import TrainedModel
from core.forecasting.explain import BASIS
from core.forecasting.groups import BASELINE, GROUPS
from training.container import extract_bundle
from training.steps.context import Context
from training.steps.prepare import FUTURE_FLAG, forecast_key
from training.store import key_of

CAUSES_FILE: Final = "causes.parquet"
MOST_ROWS: Final = 400_000
"""Explained of one publication, nearest dates first: a row takes 1 to 5 ms of a core."""
_NEAR: Final = 1e-3
"""Of a forecast and a unit: sums of single precision, taken in another order, differ by far less."""


def write(context: Context, bundle_uri: str, forecasts: pl.DataFrame, scratch: Path) -> Path:
    """Explain a run's forecasts with the model and the requests that made them.

    Args:
        context: of the publish step.
        bundle_uri: address of the model's archive.
        forecasts: as published: date, store_id, item_id, mean.
        scratch: folder for what is fetched.

    Returns:
        A parquet file: the key, units by cause (they sum to the published mean), basis.
    """
    archive = context.artifacts.download(key_of(bundle_uri), scratch / "model.tar.gz")
    model = TrainedModel.load(extract_bundle(archive, scratch / "model"))
    last = _last_date(forecasts)
    found = context.lake.keys(forecast_key(context, "requests/"))
    shards = [context.lake.download(key, scratch / f"request-{number:05}") for number, key in enumerate(found)]
    told = pl.concat([_of_shard(model, pl.read_parquet(shard), last) for shard in shards])
    file = scratch / CAUSES_FILE
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


def _of_shard(model: TrainedModel, rows: pl.DataFrame, last: date) -> pl.DataFrame:
    future = rows.filter(pl.col(FUTURE_FLAG) & (pl.col(DATE) <= last)).drop(FUTURE_FLAG, UNITS)
    return model.explain(rows.filter(~pl.col(FUTURE_FLAG)).drop(FUTURE_FLAG), future)


def _last_date(forecasts: pl.DataFrame) -> date:
    """The last date of which every forecast is within ``MOST_ROWS``; never before the first."""
    by_date = forecasts.group_by(DATE).len().sort(DATE).with_columns(pl.col("len").cum_sum())
    within = by_date.filter(pl.col("len") <= MOST_ROWS)
    last: date = (within if within.height else by_date.head(1))[DATE][-1]
    return last
