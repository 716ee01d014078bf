"""``python -m training step NAME``: run one pipeline step under SageMaker's container contract."""

import sys
import traceback
from collections.abc import Callable
from enum import StrEnum
from importlib import import_module

import typer

from core.contracts.errors import RetailForecastError
from training.container import OptMl


class Step(StrEnum):
    """The steps, each a module of ``training.steps`` with ``run(context)``."""

    INGEST = "ingest"
    TRAIN = "train"
    EVALUATE = "evaluate"
    PREPARE = "prepare"
    PUBLISH = "publish"
    MAINTAIN = "maintain"


def step(name: Step) -> None:
    """Run one step of a SageMaker pipeline (settings come by environment variables)."""
    from training.steps.context import Context  # noqa: PLC0415 - heavy imports only where a step runs

    run: Callable[[Context], None] = import_module(f"training.steps.{name}").run
    try:
        run(Context.from_env())
    except Exception as error:  # the contract: the reason goes to the failure file, the job fails
        _fail(error)
        raise typer.Exit(1) from error


def _fail(error: Exception) -> None:
    """Leave the reason where SageMaker reads it; unexpected errors keep their trace in the log."""
    if not isinstance(error, RetailForecastError):
        traceback.print_exc()
    reason = f"{type(error).__name__}: {error}"
    print(reason, file=sys.stderr)  # noqa: T201
    OptMl.from_env().failure.write_text(reason[:1024])
