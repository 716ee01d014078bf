"""Builds the gateways the functions share, from the names in their settings."""

from datetime import datetime
from uuid import uuid4

from lambdas.shared import clients
from lambdas.shared.closing import Closer
from lambdas.shared.dynamo import Table
from lambdas.shared.flight import Starter
from lambdas.shared.flights_table import FlightsTable
from lambdas.shared.forecasts import Forecaster
from lambdas.shared.ladder import Ladder
from lambdas.shared.lake import Lake
from lambdas.shared.measures import Emit
from lambdas.shared.objects import Bucket
from lambdas.shared.pipelines import SageMakerPipelines
from lambdas.shared.runs import run_id
from lambdas.shared.uploads_table import UploadsTable
from lambdas.shared.verdicts import VerdictObjects


def fresh_run_id(now: datetime) -> str:
    """A run id that nobody else has."""
    return run_id(now, uuid4().hex)


def bucket(name: str) -> Bucket:
    """Small objects of a bucket."""
    return Bucket(clients.s3(), name)


def table(name: str) -> Table:
    """The uploads table."""
    return Table(clients.dynamodb(), name)


def starter(*, uploads_table: str, lake_bucket: str, retrain_pipelines: tuple[str, ...]) -> Starter:
    """What starts retrain runs."""
    found = table(uploads_table)
    return Starter(
        flights=FlightsTable(found),
        queue=UploadsTable(found),
        manifests=Lake(bucket(lake_bucket)),
        pipelines=SageMakerPipelines(clients.sagemaker()),
        pipeline=retrain_pipelines[0],
        new_run_id=fresh_run_id,
    )


def closer(
    *, uploads_table: str, lake_bucket: str, retrain_pipelines: tuple[str, ...], raw_bucket: str, emit: Emit
) -> Closer:
    """What closes retrain runs."""
    found = table(uploads_table)
    flights = FlightsTable(found)
    return Closer(
        flights=flights,
        uploads=UploadsTable(found),
        papers=Lake(bucket(lake_bucket)),
        verdicts=VerdictObjects(bucket(raw_bucket)),
        ladder=Ladder(flights, SageMakerPipelines(clients.sagemaker()), retrain_pipelines),
        emit=emit,
    )


def forecaster(*, uploads_table: str, forecast_pipeline: str) -> Forecaster:
    """What starts forecasts."""
    return Forecaster(table(uploads_table), SageMakerPipelines(clients.sagemaker()), forecast_pipeline)
