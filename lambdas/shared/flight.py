"""The single flight of a dataset: at most one retrain run at a time, and none that is forgotten.

Every step below may be the last one before a crash, and may be done by several workers at once.
Three things make that harmless:

- the flight is taken under a run id, and whoever finds it taken but not started goes on in its stead;
- the run's manifest is created by one conditional write, so all helpers agree on what the run is for;
- the execution is started under a token of the run id, so that starting it again starts nothing.

No wake-up is lost, because a claim is written before the flight is read, and the flight is freed
before the waiting uploads are read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from core.contracts.uploads import RunManifest, Upload
from lambdas.shared.pipelines import Pipelines
from lambdas.shared.runs import run_name

MAX_UPLOADS_PER_RUN: Final = 500
"""More wait for the follow-up, so that no function nears its time limit."""

_ROUNDS: Final = 3


@dataclass(frozen=True)
class Flight:
    """State of a dataset's flight, as stored."""

    run_id: str | None = None
    """The run in flight; None when idle."""
    execution_arn: str | None = None
    """None while the run in flight has not been seen to start."""
    failures: int = 0
    """Runs that failed since the last that did not."""
    owed: tuple[str, ...] = ()
    """Ended runs whose consequences (forecast, measures) are still to be drawn, oldest first."""


@dataclass(frozen=True)
class Waiting:
    """An upload without a verdict."""

    upload: Upload
    attempts: int
    """Runs it is held responsible for having failed."""


class Flights(Protocol):
    """Store of flights; every method is one atomic step."""

    def read(self, dataset: str) -> Flight:
        """State of the flight, strongly consistent; idle when there never was one."""
        ...

    def take(self, dataset: str, run_id: str, now: datetime) -> bool:
        """Occupy an idle flight; False when it is not idle."""
        ...

    def started(self, dataset: str, run_id: str, execution_arn: str) -> None:
        """Remember the execution, if this run is still in flight."""
        ...

    def void(self, dataset: str, run_id: str) -> None:
        """Free a flight whose run turned out to be for nothing, if it is still in flight."""
        ...

    def release(self, dataset: str, run_id: str, failure: str | None) -> bool:
        """Free the flight of a run that ended, which is owed its consequences; False when it was not in flight."""
        ...

    def note_failure(self, dataset: str, sentence: str) -> None:
        """Let the status show why something could not be done; the next good run takes it away."""
        ...

    def settle(self, dataset: str, run_id: str) -> bool:
        """Strike a run off those owed; False when another worker has."""
        ...


class Queue(Protocol):
    """What starting a run needs of the uploads."""

    def waiting(self, dataset: str) -> list[Waiting]:
        """All uploads without a verdict, strongly consistent, in any order."""
        ...

    def running(self, dataset: str, uploads: Iterable[Upload], run_id: str) -> None:
        """Show uploads as part of a run, those excepted that have their verdict."""
        ...


class Manifests(Protocol):
    """Store of run manifests."""

    def create(self, manifest: RunManifest) -> RunManifest:
        """Write a manifest unless the run has one; return the one that stands."""
        ...


@dataclass(frozen=True)
class Starter:
    """All that is needed to start what waits."""

    flights: Flights
    queue: Queue
    manifests: Manifests
    pipelines: Pipelines
    pipeline: str
    """Name of the retrain pipeline."""
    new_run_id: Callable[[datetime], str]
    """A fresh id at each call."""


def choose(waiting: Sequence[Waiting]) -> tuple[Upload, ...]:
    """Uploads of the next run, oldest version first.

    Uploads that made a run fail are kept apart and tried one by one, so that a poisonous file
    takes no innocent one with it.
    """
    ordered = sorted(waiting, key=lambda found: (found.upload.uploaded_at, found.upload.name))
    fresh = [found.upload for found in ordered if found.attempts == 0]
    suspects = [found.upload for found in ordered if found.attempts > 0]
    return tuple(fresh[:MAX_UPLOADS_PER_RUN] or suspects[:1])


def start_if_idle(starter: Starter, dataset: str, now: datetime) -> str | None:
    """Start a run for what waits, or finish starting the one in flight.

    Returns:
        The run id that was started or helped along; None when there was nothing to do.
    """
    for _ in range(_ROUNDS):
        flight = starter.flights.read(dataset)
        if flight.execution_arn is not None:
            return None
        run_id = flight.run_id or _take(starter, dataset, now)
        if run_id is None:
            return None
        if _launch(starter, dataset, run_id, now):
            return run_id
    return None


def _take(starter: Starter, dataset: str, now: datetime) -> str | None:
    if not choose(starter.queue.waiting(dataset)):
        return None
    run_id = starter.new_run_id(now)
    return run_id if starter.flights.take(dataset, run_id, now) else None


def _launch(starter: Starter, dataset: str, run_id: str, now: datetime) -> bool:
    """Bring a taken flight into the air; False when its run is for nothing and the flight was freed."""
    chosen = choose(starter.queue.waiting(dataset))
    manifest = starter.manifests.create(
        RunManifest(dataset=dataset, run_id=run_id, created_at=now, uploads=chosen),
    )
    if not manifest.uploads:
        starter.flights.void(dataset, run_id)
        return False
    starter.queue.running(dataset, manifest.uploads, run_id)
    if starter.flights.read(dataset).run_id != run_id:
        return True  # another worker started it, and it has ended meanwhile
    arn = starter.pipelines.start(starter.pipeline, run_name(dataset, run_id), {"Dataset": dataset, "RunId": run_id})
    starter.flights.started(dataset, run_id, arn)
    return True
