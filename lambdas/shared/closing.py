"""Closing a run that has ended: every upload of it gets its verdict or waits again, the flight is freed.

Each step can be repeated, and is, when a worker dies halfway: a verdict is never changed, a failed
run counts once against an upload, and the flight is freed only for the run that is in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from core.contracts.uploads import RunManifest, Upload
from core.contracts.verdict import Reason, Verdict
from lambdas.shared.flight import Flights
from lambdas.shared.ladder import Ladder
from lambdas.shared.measures import RETRAIN_FAILED, RETRAIN_SUCCEEDED, Emit
from lambdas.shared.pipelines import Execution, Pipelines
from lambdas.shared.runs import run_name
from lambdas.shared.verdicts import Verdicts, refuse

MAX_ATTEMPTS: Final = 2
"""Failed runs after which a file is given up."""
MAX_QUICK_RESTARTS: Final = 2
"""Failures of the platform in a row after which the next upload or sweep starts the next run."""


class Uploads(Protocol):
    """What closing a run needs of the uploads."""

    def close(self, dataset: str, verdicts: Iterable[tuple[Upload, Verdict]]) -> None:
        """Record the verdicts of uploads, those excepted that have one."""
        ...

    def requeue(self, dataset: str, uploads: Iterable[Upload], run_id: str) -> None:
        """Show uploads of an ended run as waiting again."""
        ...

    def blame(self, dataset: str, upload: Upload, run_id: str) -> int:
        """Count a failed run against an upload, each run once; returns how many count against it."""
        ...


class Papers(Protocol):
    """What closing a run needs of the lake."""

    def manifest(self, dataset: str, run_id: str) -> RunManifest | None:
        """What a run was started for."""
        ...


@dataclass(frozen=True)
class Closer:
    """All that is needed to close a run."""

    flights: Flights
    uploads: Uploads
    papers: Papers
    verdicts: Verdicts
    ladder: Ladder
    emit: Emit


@dataclass(frozen=True)
class Closed:
    """What closing a run came to."""

    released: bool
    """True when this call freed the flight."""
    restart: bool
    """True when what waits should be started at once."""
    failure: str | None = None
    """Why the run failed, a sentence."""


def close_run(closer: Closer, dataset: str, run_id: str, execution: Execution, now: datetime) -> Closed:
    """Close a run whose execution has ended.

    An event about a run or an execution that is no longer in flight (late, or delivered twice) only records
    verdicts, and one for want of machines sends the run to others.
    """
    flight = closer.flights.read(dataset)
    manifest = closer.papers.manifest(dataset, run_id)
    uploads = manifest.uploads if manifest else ()
    found = list(zip(uploads, closer.verdicts.read_all(uploads), strict=True))
    closer.uploads.close(dataset, [(upload, verdict) for upload, verdict in found if verdict is not None])
    if flight.run_id != run_id or flight.execution_arn not in (None, execution.arn):
        return Closed(released=False, restart=flight.run_id is None)
    if closer.ladder.go_on(dataset, run_id, execution):
        return Closed(released=False, restart=False)
    unread = [upload for upload, verdict in found if verdict is None]
    failure = _failure(execution, unread)
    closer.uploads.requeue(dataset, unread, run_id)
    if unread and not execution.platform_failed:
        blame = _Blame(dataset, run_id, failure or "", now)
        _blame(closer, unread[0], blame)
    if execution.status != "Stopped":  # who stops a run knows of it
        # before the release, which nobody could follow up: said twice it is the same alarm, unsaid it is none
        closer.emit(dataset, [RETRAIN_FAILED if failure else RETRAIN_SUCCEEDED])
    released = closer.flights.release(dataset, run_id, failure)
    return Closed(released, _restart(execution, flight.failures), failure)


def close_if_ended(closer: Closer, pipelines: Pipelines, dataset: str, now: datetime) -> Closed | None:
    """Close the flight of a dataset if its run has ended and no event said so; None when there is no such run."""
    flight = closer.flights.read(dataset)
    if flight.run_id is None or flight.execution_arn is None:
        return None
    execution = pipelines.describe(flight.execution_arn) or Execution(
        flight.execution_arn, run_name(dataset, flight.run_id), "Failed", "the pipeline execution is gone"
    )
    return close_run(closer, dataset, flight.run_id, execution, now) if execution.terminal else None


@dataclass(frozen=True)
class _Blame:
    dataset: str
    run_id: str
    failure: str
    now: datetime


def _blame(closer: Closer, suspect: Upload, blame: _Blame) -> None:
    """Count the failed run against its first upload without a verdict; give that up in the end."""
    attempts = closer.uploads.blame(blame.dataset, suspect, blame.run_id)
    if attempts < MAX_ATTEMPTS:
        return
    sentence = (
        f"{suspect.key!r} could not be ingested in {attempts} attempts; the last ended with: {blame.failure}. "
        f"Nothing of it was merged; check the file and upload it again."
    )
    verdict = refuse(suspect, blame.dataset, Reason.INGEST_FAILED, sentence, run_id=blame.run_id, now=blame.now)
    standing = closer.verdicts.create(suspect, verdict)
    closer.uploads.close(blame.dataset, [(suspect, standing)])


def _failure(execution: Execution, unread: list[Upload]) -> str | None:
    """Why the run failed, for people; None when it did not."""
    if not execution.succeeded:
        return (execution.failure or f"the run ended as {execution.status}").rstrip(".")
    if unread:
        return f"the run succeeded but left {len(unread)} of its files without a verdict, first {unread[0].key!r}"
    return None


def _restart(execution: Execution, failures: int) -> bool:
    """True unless someone stopped the run, or the platform keeps failing."""
    if execution.status == "Stopped":
        return False
    return not execution.platform_failed or failures < MAX_QUICK_RESTARTS
