"""Entry of the ``on_upload`` function: queue of object events, or ``{"action": "sweep"}``."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from core.contracts.errors import RejectedDataError
from lambdas.on_upload.logic import Desk, receive
from lambdas.on_upload.raw import RawObjects
from lambdas.on_upload.settings import Settings
from lambdas.on_upload.sweep import TROUBLE, Sweeper, sweep
from lambdas.shared import clients, wiring
from lambdas.shared.events import Command, Message, ObjectEvent
from lambdas.shared.flight import start_if_idle
from lambdas.shared.log import logger
from lambdas.shared.measures import EmfEmitter, emit_verdicts
from lambdas.shared.records import answer, each_message, each_record, is_batch
from lambdas.shared.uploads_table import UploadsTable
from lambdas.shared.verdicts import VerdictObjects

tracer = Tracer(service="on_upload")


@dataclass(frozen=True)
class App:
    """The function, wired."""

    sweeper: Sweeper
    emit: EmfEmitter


@cache
def app() -> App:
    """Wire the function to what its environment names, once per process."""
    settings = Settings.from_env()
    uploads = UploadsTable(wiring.table(settings.uploads_table))
    uploads_table, lake_bucket, pipelines = settings.uploads_table, settings.lake_bucket, settings.retrain_pipelines
    emit = EmfEmitter(settings.environment)
    desk = Desk(
        bucket=settings.raw_bucket,
        raw=RawObjects(clients.s3(), settings.raw_bucket),
        claims=uploads,
        verdicts=VerdictObjects(wiring.bucket(settings.raw_bucket)),
    )
    sweeper = Sweeper(
        desk=desk,
        known=uploads,
        starter=wiring.starter(uploads_table=uploads_table, lake_bucket=lake_bucket, retrain_pipelines=pipelines),
        closer=wiring.closer(
            uploads_table=uploads_table,
            lake_bucket=lake_bucket,
            retrain_pipelines=pipelines,
            raw_bucket=settings.raw_bucket,
            emit=emit,
        ),
    )
    return App(sweeper, emit)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Claim what was dropped, then start one run for each dataset that has something waiting."""
    batch = Batch()
    if is_batch(event):
        failed = each_record(event, context, batch.take)
        return answer(failed | batch.start())
    each_message(event, batch.take)
    if batch.start():
        raise RejectedDataError("a run could not be started; the log says why")
    return batch.report


class Batch:
    """One invocation: all messages are taken in before anything is started."""

    def __init__(self) -> None:
        self.report: dict[str, Any] = {}
        self._records: defaultdict[str, set[str]] = defaultdict(set)

    def take(self, message: Message, record: str, sent: datetime) -> None:  # noqa: ARG002
        """Take in one message."""
        now = datetime.now(UTC)
        if isinstance(message, ObjectEvent):
            received = receive(app().sweeper.desk, message, now)
            for dataset in received.datasets:
                self._records[dataset].add(record)
        elif isinstance(message, Command) and message.action == "sweep":
            swept, received = sweep(app().sweeper, now)
            self.report = swept.report()
            logger.info("swept", extra=self.report)
        else:
            raise RejectedDataError(f"on_upload cannot handle a {type(message).__name__}; check the rule")
        emit_verdicts(app().emit, received.verdicts)

    def start(self) -> set[str]:
        """Start what waits; returns the records of datasets for which that failed."""
        failed: set[str] = set()
        for dataset, records in self._records.items():
            try:
                run = start_if_idle(app().sweeper.starter, dataset, datetime.now(UTC))
            except TROUBLE as error:
                logger.exception("no run could be started", dataset=dataset)
                app().sweeper.starter.flights.note_failure(dataset, f"no run could be started: {error}")
                failed |= records or {""}
            else:
                logger.info("taken in", dataset=dataset, records=len(records), run=run)
        return failed
