"""Entry of the ``promote`` function: approved packages from a queue, or ``{"action": "rollback"}``."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from core.contracts.errors import RejectedDataError, RejectedModelError
from core.contracts.models import ChampionPointer
from lambdas.promote.logic import Package, promotion
from lambdas.promote.packages import Registry
from lambdas.promote.rollback import ROLLED_BACK, RollbackRequest, request_of_alarm, request_of_command, rollback
from lambdas.promote.settings import Settings
from lambdas.shared import clients, wiring
from lambdas.shared.champions import ChampionObjects, Champions
from lambdas.shared.events import Command, Message, ServiceEvent
from lambdas.shared.forecasts import Forecasts
from lambdas.shared.lake import Lake
from lambdas.shared.log import logger
from lambdas.shared.records import answer, each_message, each_record, is_batch
from lambdas.shared.runs import run_id

tracer = Tracer(service="promote")


@dataclass(frozen=True)
class App:
    """The function, wired."""

    registry: Registry
    champions: Champions
    lake: Lake
    forecasts: Forecasts


@cache
def app() -> App:
    """Wire the function to what its environment names, once per process."""
    settings = Settings.from_env()
    return App(
        registry=Registry(clients.sagemaker(), settings.model_package_group),
        champions=ChampionObjects(wiring.bucket(settings.artifacts_bucket)),
        lake=Lake(wiring.bucket(settings.lake_bucket)),
        forecasts=wiring.forecaster(uploads_table=settings.uploads_table, forecast_pipeline=settings.forecast_pipeline),
    )


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Move the pointer as asked; a direct request gets the champion that serves after it."""
    if is_batch(event):
        return answer(each_record(event, context, handle_quietly))
    moved: list[ChampionPointer | None] = []
    each_message(event, lambda message, _, sent: moved.append(handle(app(), message, sent)))
    last = moved[-1] if moved else None
    return last.model_dump(mode="json") if last else {}


def handle_quietly(message: Message, record: str, sent: datetime) -> None:
    """Handle a queued message; that a model must not serve is an answer, which repeating does not change."""
    try:
        handle(app(), message, sent)
    except RejectedModelError as error:
        logger.warning("the pointer stays where it is", reason=str(error), message_id=record)


def handle(app: App, message: Message, sent: datetime) -> ChampionPointer | None:
    """Act on one message; None when it asks for nothing.

    Raises:
        RejectedModelError: the model must not serve, or there is none to go back to.
        RejectedDataError: the message is not for this function.
    """
    if isinstance(message, ServiceEvent) and "ModelPackageArn" in message.detail:
        return promote(app, app.registry.approved(message.detail["ModelPackageArn"]))
    if isinstance(message, Command) and message.action == "rollback":
        return roll_back(app, request_of_command(message.arguments, sent))
    if isinstance(message, ServiceEvent) and "AlarmName" in message.detail:
        request = request_of_alarm(message.detail)
        return roll_back(app, request) if request else None
    raise RejectedDataError(f"promote cannot handle a {type(message).__name__}; check the rule")


def promote(app: App, package: Package) -> ChampionPointer:
    """Promote an approved package if it is newer than all that served, and start its forecast."""
    now = datetime.now(UTC)
    evaluation = app.lake.evaluation(package.dataset, package.run_id)
    reason = evaluation.reason if evaluation else "approved"
    pointer = app.champions.move(package.dataset, lambda standing: promotion(standing, package, reason, now))
    if pointer is None:
        raise RejectedModelError(f"{package.arn}: dataset {package.dataset!r} has no champion after its promotion")
    if pointer.current.model_id != package.model_id:
        raise RejectedModelError(
            f"{package.model_id} came after {pointer.current.model_id}, which is newer, and stays out"
        )
    started = app.forecasts.start(package.dataset, package.run_id, pointer.current)
    logger.info("champion", dataset=package.dataset, model_id=package.model_id, forecast_started=started)
    return pointer


def roll_back(app: App, request: RollbackRequest) -> ChampionPointer:
    """Go back to the champion before, and start its forecast on the newest data."""
    now = datetime.now(UTC)
    pointer = app.champions.move(request.dataset, lambda standing: rollback(standing, request, now))
    if pointer is None:
        raise RejectedModelError(f"dataset {request.dataset!r} has no champion")
    current = pointer.current
    if not current.reason.startswith(ROLLED_BACK):
        logger.info("a rollback came too late to matter", dataset=request.dataset, model_id=current.model_id)
        return pointer
    started = app.forecasts.start(request.dataset, run_id(current.promoted_at, current.model_id), current)
    logger.info("champion", dataset=request.dataset, model_id=current.model_id, forecast_started=started)
    return pointer
