"""Live accuracy: forecasts already given, measured on the sales that came later."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from core.contracts import keys
from core.contracts.models import LiveAccuracy, Publication
from core.contracts.sales import DATE, KEY, SERIES, UNITS
from core.forecasting import metrics
from core.forecasting.calendar import Calendar
from core.forecasting.naive import seasonal_naive
from training.steps.context import Context
from training.store import key_of


def measure(context: Context, sales: pl.DataFrame) -> LiveAccuracy | None:
    """Score the champion's newest publication on the rows of ``sales`` after its data-as-of.

    Returns:
        None where nothing serves yet, or no sale has come for a day that was forecast.
    """
    pointer = context.champion()
    if pointer is None:
        return None
    key = keys.publication(context.dataset, pointer.current.model_id)
    publication = context.lake.document(Publication, key)
    if publication is None:
        return None
    with TemporaryDirectory() as folder:
        file = context.lake.download(key_of(publication.uri), Path(folder) / "forecasts.parquet")
        given = pl.read_parquet(file)
    report = score(given, sales, publication, context.settings.RUN_ID)
    if report is not None:
        context.lake.put_document(keys.accuracy(context.dataset, f"{report.run_id}.json"), report)
    return report


def score(given: pl.DataFrame, sales: pl.DataFrame, publication: Publication, run_id: str) -> LiveAccuracy | None:
    """Join forecasts with actuals and score them beside seasonal naive from the same origin.

    They are joined by period: a month is the same, whichever of its days one and the other stand by.

    Args:
        given: forecasts, one row a (date, store_id, item_id).
        sales: the sales table after the arrival.
        publication: what was published, and on which data.
        run_id: the run that measures.
    """
    actuals = sales.filter((pl.col(DATE) > publication.data_as_of) & pl.col(UNITS).is_not_null())
    calendar = Calendar.of(given[DATE], publication.frequency)
    period = actuals.select(*SERIES, UNITS, pl.Series("_t", calendar.index(actuals[DATE])))
    sold = period.group_by(*SERIES, "_t", maintain_order=True).agg(pl.col(UNITS).sum())
    asked = given.with_columns(pl.Series("_t", calendar.index(given[DATE])))
    joined = asked.join(sold, on=[*SERIES, "_t"], how="inner", maintain_order="left").drop("_t")
    if joined.is_empty():
        return None
    history = sales.filter(pl.col(DATE) <= publication.data_as_of)
    naive = seasonal_naive(history, joined.select(KEY), publication.frequency)
    naive = joined.select(*KEY, UNITS).join(naive, on=list(KEY), how="inner").rename({"naive": "mean"})
    first, last = joined[DATE].min(), joined[DATE].max()
    return LiveAccuracy.model_validate(
        {
            "dataset": publication.dataset,
            "model_id": publication.model_id,
            "origin": publication.data_as_of,
            "first_date": first,
            "last_date": last,
            "run_id": run_id,
            "model": metrics.scores(joined, history=history),
            "naive": metrics.scores(naive, history=history),
            "measured_at": datetime.now(UTC),
        }
    )
