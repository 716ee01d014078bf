"""Prepare: the requests of one batch forecast, history and future rows of a shard of series each."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from pydantic import BaseModel

from core.contracts import keys
from core.contracts.errors import RejectedModelError
from core.contracts.models import Manifest
from core.contracts.sales import DATE, KEY, NO_ID, SERIES, UNITS
from core.forecasting.calendar import future_dates, shift
from core.forecasting.infer import static_attributes
from training import table
from training.steps.context import Context

ATTRIBUTES_FILE = "attributes.parquet"
FUTURE_FLAG = "_future"
ROWS_PER_REQUEST = 200_000
"""Some 5 MB of parquet: far below Batch Transform's limit of 100 MB a request."""


class Prepared(BaseModel):
    """What the requests ask for, so that the answers can be checked against it."""

    dataset_version: int
    data_as_of: date
    series: int
    rows: int


def run(context: Context) -> None:
    """Write request shards and what they ask for."""
    model_id = context.settings.model_id
    manifest = context.manifest_of(model_id)
    if manifest is None:
        raise RejectedModelError(f"{model_id}: no manifest beside its evaluation; was it registered by this system?")
    version = table.version(context.table_uri("sales"))
    sales = context.complete_sales(version or 0)
    frame = requests(sales, context.plan(), manifest)
    folder = context.folders.processing_output("requests")
    for number, shard in enumerate(shards(frame)):
        shard.write_parquet(folder / f"part-{number:05}.parquet")
    asked = frame.filter(FUTURE_FLAG)
    prepared = Prepared(
        dataset_version=version or 0,
        data_as_of=sales[DATE].max(),
        series=asked.select(SERIES).n_unique(),
        rows=asked.height,
    )
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / ATTRIBUTES_FILE
        attributes(sales).write_parquet(file)
        context.lake.upload(file, forecast_key(context, ATTRIBUTES_FILE))
    context.lake.put_document(prepared_key(context), prepared)


def attributes(sales: pl.DataFrame) -> pl.DataFrame:
    """store_id, item_id and what never changes of them, such as a department, as it was told last."""
    names = [name for name in static_attributes(sales) if name not in SERIES]
    return sales.sort(DATE).group_by(SERIES, maintain_order=True).agg(pl.col(names).drop_nulls().last())


def forecast_key(context: Context, name: str) -> str:
    """Key of a file of this run."""
    return keys.forecasts(context.dataset, context.settings.model_id, f"{context.settings.RUN_ID}/{name}")


def prepared_key(context: Context) -> str:
    """Key of the note for the publish step."""
    return forecast_key(context, "prepared.json")


def requests(sales: pl.DataFrame, plan: pl.DataFrame | None, manifest: Manifest) -> pl.DataFrame:
    """History window and future of every series: those that speak in the window, and those a plan begins.

    Returns:
        Columns of ``sales`` and a boolean ``_future``; future rows have no units and carry the
        covariates that the plan knows for them.
    """
    last: date = sales[DATE].max()  # type: ignore[assignment]
    start = shift(last, -manifest.history_periods, manifest.frequency)
    history = sales.filter(pl.col(DATE) > start).with_columns(pl.lit(False).alias(FUTURE_FLAG))
    dates = pl.DataFrame({DATE: future_dates(last, manifest.horizon, manifest.frequency)}, schema={DATE: pl.Date})
    series = history.select(SERIES) if plan is None else pl.concat([history.select(SERIES), _begun(plan, dates)])
    future = series.unique(maintain_order=True).join(dates, how="cross")
    if plan is not None:
        future = _with_plan(future, plan)
    future = future.with_columns(pl.lit(True).alias(FUTURE_FLAG), pl.lit(None, pl.Float64).alias(UNITS))
    return pl.concat([history, future], how="diagonal_relaxed").sort(*SERIES, DATE)


def _begun(plan: pl.DataFrame, dates: pl.DataFrame) -> pl.DataFrame:
    """Series that a plan speaks of by both their ids; one that never sold, or not for years, begins with it."""
    if any(_for_all(plan, name) for name in SERIES):
        return plan.select(SERIES).clear()
    return plan.join(dates, on=DATE, how="semi", maintain_order="left").select(SERIES)


def _for_all(plan: pl.DataFrame, name: str) -> bool:
    return set(plan[name].unique()) == {NO_ID}


def _with_plan(future: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    """Join a plan by date and series; a plan for a whole store or item (id ``all``) covers each of its series."""
    on = [DATE] + [name for name in SERIES if not _for_all(plan, name)]
    columns = [name for name in plan.columns if name not in KEY and name != UNITS]
    return future.join(plan.select(*on, *columns).unique(on, keep="last", maintain_order=True), on=on, how="left")


def shards(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut at series borders, about ``ROWS_PER_REQUEST`` rows each."""
    sizes = frame.group_by(SERIES, maintain_order=True).len()
    shard = (sizes["len"].cum_sum() - 1) // ROWS_PER_REQUEST
    numbered = frame.join(sizes.select(SERIES).with_columns(shard.alias("_shard")), on=list(SERIES))
    return [part.drop("_shard") for part in numbered.partition_by("_shard", maintain_order=True)]
