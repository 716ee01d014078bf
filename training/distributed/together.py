"""The run of one of several hosts: XGBoost's collective carries what they tell each other."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Final, TypeVar

import numpy as np
import xgboost as xgb
from xgboost import collective
from xgboost.core import XGBoostError
from xgboost.tracker import RabitTracker

from core.forecasting.fitting import Run
from training.checkpoints import Checkpoints
from training.distributed.hosts import Hosts
from training.distributed.lifeline import PATIENCE, PORT, Lifeline
from training.interruption import Interruption
from training.progress import Progress

T = TypeVar("T")
_COLLECTIVE: Final[dict[str, Any]] = {"dmlc_communicator": "rabit", "dmlc_retry": 1, "dmlc_timeout": 1800}
"""Hosts wait for each other's features, but never for the lost: the lifeline ends them."""
_ASKED: Final = 5
"""Rounds after which hosts ask each other whether one is wanted back: a few seconds of the two minutes that it has."""


class Together(Progress):
    """One of several hosts: rank 0 keeps the progress and does what is not shared."""

    def __init__(self, hosts: Hosts, checkpoints: Checkpoints, interruption: Interruption) -> None:
        super().__init__(checkpoints, interruption)
        self.hosts, self.rank = len(hosts.names), hosts.rank

    def gather(self, part: T) -> Sequence[T]:
        """Every host's part, on every host."""
        return [collective.broadcast(part if self.rank == host else None, host) for host in range(self.hosts)]

    def once(self, work: Callable[[], T]) -> T:
        """The first host works, in a thread of its own: what it fits there, it fits alone."""
        done = _alone(work) if self.rank == 0 else None
        told: T = collective.broadcast(done, 0)
        return told

    def _kept(self, task: str) -> tuple[int, bytes] | None:
        """As the first host has it: each has a disk of its own, and after a restart perhaps a younger one."""
        kept: tuple[int, bytes] | tuple[()] = (super()._kept(task) or ()) if self.rank == 0 else ()
        return collective.broadcast(kept, 0) or None

    def _keep(self, task: str, number: int, booster: xgb.Booster) -> None:
        if self.rank == 0:
            super()._keep(task, number, booster)

    def _wanted(self, number: int, rounds: int) -> bool:
        """True on all hosts in the same round, though they are told one after the other."""
        if number % _ASKED and number != rounds:
            return False
        told = np.array([super()._wanted(number, rounds)], dtype=np.int32)
        return bool(collective.allreduce(told, collective.Op.MAX)[0])


def _alone(work: Callable[[], T]) -> T:
    """Work in a thread of its own: XGBoost's group is one of threads, not of processes."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(work).result()


@contextmanager
def together(
    hosts: Hosts, checkpoints: Checkpoints, interruption: Interruption, on_loss: Callable[[str], None]
) -> Iterator[Run]:
    """The run of this host: alone, or with the others once all have come.

    Args:
        hosts: of the job.
        checkpoints: of this host; its ``training`` must be that of every host.
        interruption: of this process.
        on_loss: told the name of a host that was lost, before this process ends.

    Raises:
        RetryableError: the others did not come, or train something else.
    """
    if len(hosts.names) == 1:
        yield Progress(checkpoints, interruption)
        return
    port = int(os.environ.get("TRAINING_PORT", PORT))
    with ExitStack() as stack:
        tracker = None
        if hosts.rank == 0:
            tracker = RabitTracker(
                n_workers=len(hosts.names), host_ip=hosts.first, sortby="task", timeout=int(PATIENCE)
            )
            stack.callback(_free, tracker)
            tracker.start()
            where = tracker.worker_args()
            line = Lifeline.lead(hosts, port, checkpoints.training, where, on_loss)
        else:
            line, where = Lifeline.follow(hosts, port, checkpoints.training, on_loss)
        line.watch()
        collective.init(**_COLLECTIVE, **where, dmlc_task_id=f"{hosts.rank:04d}")
        with line:
            try:
                yield Together(hosts, checkpoints, interruption)
            except XGBoostError as error:
                raise line.explain(error) from error
        collective.finalize()  # not after a failure: it would wait for those whom the failure has ended
        if tracker is not None:
            tracker.wait_for()  # the others take their leave of it, and a slower one would find it gone


def _free(tracker: RabitTracker) -> None:
    """End the tracker; that a group was left in the middle its hosts have said already."""
    with suppress(XGBoostError):
        tracker.free()
