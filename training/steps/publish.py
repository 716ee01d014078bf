"""Publish: check the batch forecast's answers, make them the model's current forecasts, then tell more of them."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from core.contracts import keys
from core.contracts.errors import RejectedModelError
from core.contracts.models import Publication
from core.contracts.sales import DATE, KEY, SERIES
from core.forecasting.aggregate import every_level
from training.steps import causes, what_if
from training.steps.context import Context
from training.steps.prepare import ATTRIBUTES_FILE, Prepared, forecast_key, prepared_key
from training.steps.requested import Requested
from training.steps.train import BACKTEST_FILE
from training.store import sha256_of

TOTALS_FILE = "totals.parquet"
COLUMNS = (*KEY, "mean", "p10", "p50", "p90", "tier")


def run(context: Context) -> None:
    """Gather the answers, check them, write them as one file, then point at it; what takes longer follows.

    Raises:
        RejectedModelError: answers are missing or break a rule; the former publication stays.
    """
    model_id = context.settings.model_id
    manifest = context.manifest_of(model_id)
    prepared = context.lake.document(Prepared, prepared_key(context))
    if manifest is None or prepared is None:
        raise RejectedModelError(f"{model_id}: run {context.settings.RUN_ID} was not prepared")
    base = keys.forecasts(context.dataset, model_id, context.settings.RUN_ID)
    with TemporaryDirectory() as scratch:
        frame = _answers(context, f"{base}/answers/", Path(scratch))
        check(frame, prepared)
        file = Path(scratch) / "forecasts.parquet"
        frame.write_parquet(file)
        context.lake.upload(file, f"{base}/forecasts.parquet")
        sums = _totals(context, frame, manifest.seed, Path(scratch))
        if sums is not None:
            context.lake.upload(sums, f"{base}/{TOTALS_FILE}")
        publication = Publication(
            dataset=context.dataset,
            model_id=model_id,
            run_id=context.settings.RUN_ID,
            dataset_version=prepared.dataset_version,
            data_as_of=prepared.data_as_of,
            frequency=manifest.frequency,
            horizon=manifest.horizon,
            quantiles=manifest.quantiles,
            series=prepared.series,
            rows=prepared.rows,
            uri=context.lake.uri(f"{base}/forecasts.parquet"),
            sha256=sha256_of(file),
            totals_uri=None if sums is None else context.lake.uri(f"{base}/{TOTALS_FILE}"),
            totals_sha256=None if sums is None else sha256_of(sums),
            published_at=datetime.now(UTC),
        )
        if point(context, publication) and context.settings.MODEL_DATA_URL:
            requested = Requested.fetched(context, context.settings.MODEL_DATA_URL, Path(scratch))
            _tell_more(context, publication, requested, frame, Path(scratch))


def check(frame: pl.DataFrame, prepared: Prepared) -> None:
    """Every asked row answered once, quantiles in order, nothing negative or missing.

    Raises:
        RejectedModelError: naming the rule and the first row that breaks it.
    """
    if frame.height != prepared.rows or frame.select(KEY).n_unique() != prepared.rows:
        raise RejectedModelError(f"{prepared.rows} forecasts were asked for, {frame.height} came back")
    numbers = ["mean", "p10", "p50", "p90"]
    rules = {
        "a number is missing": pl.any_horizontal(pl.col(numbers).is_null() | pl.col(numbers).is_nan()),
        "a forecast is negative": pl.any_horizontal(pl.col(numbers) < 0),
        "quantiles cross": (pl.col("p10") > pl.col("p50")) | (pl.col("p50") > pl.col("p90")),
    }
    for name, broken in rules.items():
        bad = frame.filter(broken)
        if bad.height:
            raise RejectedModelError(f"{name} in {bad.height} rows, first {bad.row(0, named=True)}")


def point(context: Context, publication: Publication) -> bool:
    """Make it current, unless a publication on newer data already is; True when it is current now."""
    key = keys.publication(context.dataset, publication.model_id)
    current, tag = context.lake.document_and_tag(Publication, key)
    if current is not None and current.dataset_version > publication.dataset_version:
        print(f"publish: version {current.dataset_version} is already current")  # noqa: T201
        return False
    context.lake.replace_document(key, publication, tag=tag)
    return True


def _tell_more(
    context: Context, publication: Publication, requested: Requested, frame: pl.DataFrame, scratch: Path
) -> None:
    """Add what a what-if takes, then causes, which take longest; each is served as soon as it is there."""
    horizons = what_if.write(requested, frame, publication.sha256, scratch / what_if.HORIZONS_FILE)
    publication = publication.model_copy(update=_upload(context, horizons, "horizons"))
    if point(context, publication):
        told = causes.write(requested, frame, scratch / causes.CAUSES_FILE)
        point(context, publication.model_copy(update=_upload(context, told, "causes")))


def _upload(context: Context, file: Path, what: str) -> dict[str, str]:
    """Put a file beside the forecasts; what the publication says of it."""
    key = forecast_key(context, file.name)
    context.lake.upload(file, key)
    return {f"{what}_uri": context.lake.uri(key), f"{what}_sha256": sha256_of(file)}


def _totals(context: Context, frame: pl.DataFrame, seed: int, scratch: Path) -> Path | None:
    """Sums of the forecasts; None for a model whose evaluation left no backtest to learn their intervals from."""
    run_id = context.settings.model_id.removeprefix(f"{context.dataset}-")
    backtest_key = keys.run(context.dataset, run_id, f"evaluation/{BACKTEST_FILE}")
    if backtest_key not in context.lake.keys(backtest_key):
        return None
    backtest = pl.read_parquet(context.lake.download(backtest_key, scratch / BACKTEST_FILE))
    told = context.lake.download(forecast_key(context, ATTRIBUTES_FILE), scratch / ATTRIBUTES_FILE)
    sums = every_level(frame, backtest, pl.read_parquet(told), seed=seed)
    sums.write_parquet(scratch / TOTALS_FILE)
    return scratch / TOTALS_FILE


def _answers(context: Context, prefix: str, scratch: Path) -> pl.DataFrame:
    found = [key for key in context.lake.keys(prefix) if key.endswith(".out")]
    if not found:
        raise RejectedModelError(f"{context.lake.uri(prefix)}: the batch forecast left no answers")
    parts = [context.lake.download(key, scratch / f"{number:05}.parquet") for number, key in enumerate(found)]
    return pl.concat([pl.read_parquet(part).select(COLUMNS) for part in parts]).sort(*SERIES, DATE)
