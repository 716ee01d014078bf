"""Entry of ``on_pipeline_change``: ended pipeline executions from a queue, or ``{"action": "sweep"}``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from core.contracts.errors import RejectedDataError, RetryableError
from lambdas.on_pipeline_change.logic import Consequences, draw
from lambdas.on_pipeline_change.settings import Settings
from lambdas.shared import wiring
from lambdas.shared.champions import ChampionObjects
from lambdas.shared.closing import Closed, Closer, close_if_ended, close_run
from lambdas.shared.events import Command, Message, ServiceEvent
from lambdas.shared.flight import Starter, start_if_idle
from lambdas.shared.lake import Lake
from lambdas.shared.log import logger
from lambdas.shared.measures import FORECAST_FAILED, EmfEmitter, of_steps
from lambdas.shared.pipelines import TERMINAL, Execution
from lambdas.shared.records import answer, each_message, each_record, is_batch
from lambdas.shared.runs import parse_run_name
from lambdas.shared.uploads_table import UploadsTable

tracer = Tracer(service="on_pipeline_change")


@dataclass(frozen=True)
class App:
    """The function, wired."""

    settings: Settings
    starter: Starter
    closer: Closer
    consequences: Consequences
    datasets: Callable[[], list[str]]


@cache
def app() -> App:
    """Wire the function to what its environment names, once per process."""
    settings = Settings.from_env()
    uploads_table, lake_bucket, pipelines = settings.uploads_table, settings.lake_bucket, settings.retrain_pipelines
    starter = wiring.starter(uploads_table=uploads_table, lake_bucket=lake_bucket, retrain_pipelines=pipelines)
    emit = EmfEmitter(settings.environment)
    closer = wiring.closer(
        uploads_table=uploads_table,
        lake_bucket=lake_bucket,
        retrain_pipelines=pipelines,
        raw_bucket=settings.raw_bucket,
        emit=emit,
    )
    consequences = Consequences(
        flights=closer.flights,
        papers=Lake(wiring.bucket(settings.lake_bucket)),
        verdicts=closer.verdicts,
        champion=ChampionObjects(wiring.bucket(settings.artifacts_bucket)).read,
        forecasts=wiring.forecaster(uploads_table=settings.uploads_table, forecast_pipeline=settings.forecast_pipeline),
        emit=emit,
    )
    datasets = UploadsTable(wiring.table(settings.uploads_table)).datasets
    return App(settings, starter, closer, consequences, datasets)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Close the runs that have ended, and start what waits."""
    if is_batch(event):
        return answer(each_record(event, context, lambda message, *_: handle(app(), message)))
    each_message(event, lambda message, *_: handle(app(), message))
    return {}


def handle(app: App, message: Message) -> None:
    """Act on one message.

    Raises:
        RejectedDataError: the message is not for this function.
        RetryableError: SageMaker does not say yet that the execution has ended.
    """
    if isinstance(message, ServiceEvent) and "pipelineExecutionArn" in message.detail:
        on_execution(app, message.detail)
    elif isinstance(message, Command) and message.action == "sweep":
        for dataset in app.datasets():
            bring_on(app, dataset, close_if_ended(app.closer, app.starter.pipelines, dataset, datetime.now(UTC)))
    else:
        raise RejectedDataError(f"on_pipeline_change cannot handle a {type(message).__name__}; check the rule")


def on_execution(app: App, detail: dict[str, Any]) -> None:
    """Act on an execution that has ended; any other change, and any other pipeline, is none of ours."""
    status = detail.get("currentPipelineExecutionStatus")
    if status not in TERMINAL:
        return
    arn = detail["pipelineExecutionArn"]
    name = detail.get("pipelineExecutionDisplayName") or detail.get("executionDisplayName", "")
    execution = app.starter.pipelines.describe(arn) or Execution(arn, name, status, "the pipeline execution is gone")
    if not execution.terminal:
        raise RetryableError(f"{arn} is {execution.status}, though an event says {status}")
    run = parse_run_name(execution.name)
    pipeline = detail.get("pipelineArn", arn.split("/execution/")[0]).rsplit("/", 1)[-1]
    if run is None:
        logger.info("an execution that was not started here", execution=arn, status=status)
    elif pipeline in app.settings.retrain_pipelines:
        close(app, *run, execution)
    elif pipeline == app.settings.forecast_pipeline and not execution.succeeded:
        forecast_failed(app, *run, execution)


def forecast_failed(app: App, dataset: str, run_id: str, execution: Execution) -> None:
    """Say that a forecast failed, and start it anew while its model is the champion and nobody stopped it."""
    app.consequences.emit(dataset, [FORECAST_FAILED])
    pointer = app.consequences.champion(dataset)
    again = False
    if pointer is not None and execution.status == "Failed":
        again = app.consequences.forecasts.again(dataset, run_id, pointer.current, execution.arn)
    logger.error("a forecast failed", dataset=dataset, run=run_id, reason=execution.failure, started_again=again)


def close(app: App, dataset: str, run_id: str, execution: Execution) -> None:
    """Close a run, and do what follows from it."""
    closed = close_run(app.closer, dataset, run_id, execution, datetime.now(UTC))
    logger.info(
        "a run ended",
        dataset=dataset,
        run=run_id,
        status=execution.status,
        reason=closed.failure,
        in_flight=closed.released,
    )
    if closed.released:
        app.consequences.emit(dataset, of_steps(app.starter.pipelines.seconds(execution.arn)))
    bring_on(app, dataset, closed)


def bring_on(app: App, dataset: str, closed: Closed | None) -> None:
    """Start what waits, and draw the consequences of runs that have ended."""
    started = None
    if closed is None or closed.restart:
        started = start_if_idle(app.starter, dataset, datetime.now(UTC))
    drawn = draw(app.consequences, dataset)
    logger.info("brought on", dataset=dataset, started=started, consequences_of=drawn)
