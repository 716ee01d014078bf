"""Workers that take turns at each atomic operation, in an order the test chooses, and may be killed there."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


class Killed(BaseException):
    """Raised inside a worker that is killed; no handler of ours may catch it."""


@dataclass
class Worker:
    """One running function."""

    name: str
    work: Callable[[], None]
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    doomed: bool = False
    done: bool = False
    error: BaseException | None = None


class Scheduler:
    """Lets exactly one worker run at a time, from one operation to the next."""

    def __init__(self) -> None:
        self.workers: list[Worker] = []
        self._turn = threading.local()
        self._back = threading.Semaphore(0)

    def step(self) -> None:
        """Called by the stores before each operation; outside of a worker it does nothing."""
        worker: Worker | None = getattr(self._turn, "worker", None)
        if worker is None:
            return
        self._back.release()
        worker.go.acquire()
        if worker.doomed:
            raise Killed

    def spawn(self, name: str, work: Callable[[], None]) -> Worker:
        """A worker that waits for its first turn."""
        worker = Worker(name, work)
        threading.Thread(target=self._run, args=(worker,), daemon=True).start()
        self._back.acquire()
        self.workers.append(worker)
        return worker

    def advance(self, worker: Worker, *, kill: bool = False) -> None:
        """Let a worker do one operation, or kill it before it does."""
        worker.doomed = worker.doomed or kill
        worker.go.release()
        self._back.acquire()
        if worker.done:
            self.workers.remove(worker)

    def _run(self, worker: Worker) -> None:
        self._turn.worker = worker
        try:
            self.step()
            worker.work()
        except BaseException as error:  # noqa: BLE001 - handed to the test by ``error``
            worker.error = error
        finally:
            worker.done = True
            self._back.release()
