"""``python -m training step NAME``: run one pipeline step under SageMaker's container contract."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module

from core.contracts.errors import RetailForecastError
from training.container import OptMl
from training.interruption import EXIT_CODE, Interrupted
from training.trouble import told


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
    with ending():
        run(Context.from_env())


@contextmanager
def ending() -> Iterator[None]:
    """End the process as the contract has it: failures leave their reason, interruptions leave none."""
    try:
        yield
    except Interrupted:
        print("interrupted: progress is kept", file=sys.stderr)  # noqa: T201
        sys.exit(EXIT_CODE)
    except Exception as error:  # noqa: BLE001 - the contract: the reason goes to the failure file, the job fails
        _fail(error)
        sys.exit(1)


def _fail(error: Exception) -> None:
    """Leave the reason where SageMaker reads it; unexpected errors keep their trace in the log."""
    if not isinstance(error, RetailForecastError):
        traceback.print_exc()
    reason = told(error)
    print(reason, file=sys.stderr)  # noqa: T201
    OptMl.from_env().fail(reason)
