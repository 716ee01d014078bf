"""Causes of published forecasts: of the same model and requests, they sum to what was published."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import numpy as np
import polars as pl
import pytest
from moto import mock_aws

from core.contracts import keys
from core.contracts.errors import RejectedModelError
from core.contracts.models import Publication
from core.forecasting import TrainedModel, refit
from core.forecasting.groups import GROUPS
from core.forecasting.metrics import scores
from core.forecasting.what_if.file import Horizons
from tests.unit.forecasting import shops
from tests.unit.training.test_card import papers
from training.container import OptMl
from training.settings import StepSettings
from training.steps import causes, prepare, publish, what_if
from training.steps.context import Context
from training.steps.requested import Requested
from training.store import Bucket, sha256_of


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    return refit(shops.sales(), shops.SPEC, shops.QUICK)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    settings = StepSettings(
        ENVIRONMENT="dev", RAW_BUCKET="raw", LAKE_BUCKET="lake", ARTIFACTS_BUCKET="artifacts", DATASET="shop",
        RUN_ID="f1", MODEL_ID="shop-1", MODEL_DATA_URL="s3://artifacts/models/shop/1/model.tar.gz",
    )  # fmt: skip
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        for name in ("raw", "lake", "artifacts"):
            s3.create_bucket(Bucket=name)
        raw, lake, artifacts = (Bucket(s3, name) for name in ("raw", "lake", "artifacts"))
        yield Context(settings, OptMl(tmp_path / "opt-ml"), raw, lake, artifacts)


def run_forecast(context: Context, model: TrainedModel, scratch: Path) -> pl.DataFrame:
    """What the steps before publish leave behind; the forecasts, as the batch answered them."""
    model.save(scratch / "bundle")
    with tarfile.open(scratch / "model.tar.gz", "w:gz") as tar:
        tar.add(scratch / "bundle", arcname=".")
    context.artifacts.upload(scratch / "model.tar.gz", "models/shop/1/model.tar.gz")
    told = papers(scores(model.backtest)).model_copy(update={"history_periods": model.history_periods})
    context.lake.put_document(keys.run("shop", "1", "evaluation/manifest.json"), told)
    rows = prepare.requests(shops.sales(), None, told)
    answers = []
    for number, shard in enumerate(prepare.shards(rows)):
        shard.write_parquet(scratch / "part.parquet")
        context.lake.upload(scratch / "part.parquet", prepare.forecast_key(context, f"requests/part-{number}.parquet"))
        future = shard.filter("_future").drop("_future", "units")
        answers.append(model.predict(shard.filter(~pl.col("_future")).drop("_future"), future))
        answers[-1].write_parquet(scratch / "part.out")
        context.lake.upload(scratch / "part.out", prepare.forecast_key(context, f"answers/part-{number}.parquet.out"))
    asked = rows.filter("_future")
    prepared = prepare.Prepared(dataset_version=1, data_as_of=told.data_as_of, series=4, rows=asked.height)
    context.lake.put_document(prepare.prepared_key(context), prepared)
    return pl.concat(answers)


@pytest.fixture
def forecasts(context: Context, model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """What was published, from requests of several parts."""
    monkeypatch.setattr(prepare, "ROWS_PER_REQUEST", 900)
    answered = run_forecast(context, model, tmp_path)
    publish.run(context)
    return answered


def publication(context: Context) -> Publication:
    current = context.lake.document(Publication, keys.publication("shop", "shop-1"))
    assert current is not None
    return current


def test_a_publication_tells_causes_that_sum_to_its_forecasts(
    context: Context, forecasts: pl.DataFrame, tmp_path: Path
) -> None:
    current = publication(context)
    assert current.causes_uri == "s3://lake/forecasts/shop/shop-1/f1/causes.parquet"
    file = context.lake.download(prepare.forecast_key(context, causes.CAUSES_FILE), tmp_path / "causes.parquet")
    told = pl.read_parquet(file)
    joined = forecasts.join(told, on=["date", "store_id", "item_id"], how="inner", suffix="_told")
    assert joined.height == forecasts.height == told.height
    apart = joined.select((pl.sum_horizontal(GROUPS) - pl.col("mean")).abs().max()).item()
    assert apart < 1e-9
    publish.run(context)
    assert pl.read_parquet(file).equals(told), "once more is the same as once"


def test_of_very_many_forecasts_the_nearest_dates_are_explained(
    context: Context, model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forecasts = run_forecast(context, model, tmp_path)
    monkeypatch.setattr(causes, "MOST_ROWS", 11)
    uri = context.settings.MODEL_DATA_URL
    assert uri is not None
    requested = Requested.fetched(context, uri, tmp_path)
    told = pl.read_parquet(causes.write(requested, forecasts, tmp_path / "causes.parquet"))
    assert sorted(told["date"].unique()) == sorted(forecasts["date"].unique())[:2]
    assert told.height == 8


def test_a_publication_brings_what_a_what_if_takes(context: Context, forecasts: pl.DataFrame, tmp_path: Path) -> None:
    current = publication(context)
    assert current.horizons_uri == "s3://lake/forecasts/shop/shop-1/f1/horizons.bin"
    file = context.lake.download(prepare.forecast_key(context, what_if.HORIZONS_FILE), tmp_path / "horizons")
    assert current.horizons_sha256 == sha256_of(file)
    held = Horizons.read(file.open("rb"))
    assert held.forecasts == current.sha256
    means = forecasts.sort("store_id", "item_id", "date")["mean"].to_numpy().reshape(len(held), -1)
    for place, mean in enumerate(means):
        told = held.model.forecast(held.ready(place), {}, whole=True)
        np.testing.assert_allclose(told.numbers[:, 0], mean)


def test_horizons_of_other_forecasts_are_refused(context: Context, model: TrainedModel, tmp_path: Path) -> None:
    forecasts = run_forecast(context, model, tmp_path).with_columns(pl.col("mean") * 1.1)
    uri = context.settings.MODEL_DATA_URL
    assert uri is not None
    requested = Requested.fetched(context, uri, tmp_path)
    with pytest.raises(RejectedModelError, match=r"store and item \('01', 'a'\) were published as"):
        what_if.write(requested, forecasts, "0", tmp_path / "horizons")
    with pytest.raises(RejectedModelError, match="55 forecasts are not 14 dates of 4 series"):
        what_if.write(requested, forecasts[1:], "0", tmp_path / "horizons")


def test_explanations_of_other_forecasts_are_refused(model: TrainedModel) -> None:
    sales = shops.sales()
    told = model.explain(sales, shops.future(sales))
    with pytest.raises(RejectedModelError, match="explanations are of other forecasts"):
        causes.settled(told, told.with_columns(pl.col("mean") * 1.1))
