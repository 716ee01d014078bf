"""In-memory stores with the semantics of the real ones; ``test_stores`` proves that they agree."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from core.contracts.models import Decision, Evaluation, LiveAccuracy
from core.contracts.uploads import RunManifest, Upload
from core.contracts.verdict import Kind, Reason, Verdict
from lambdas.on_upload.raw import Version
from lambdas.shared.dynamo import sort_key
from lambdas.shared.flight import Flight, Waiting
from lambdas.shared.pipelines import Execution

Step = Callable[[], None]
"""Called before each atomic operation; a scheduler may switch workers there, or kill one."""

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def at_once() -> None:
    """No scheduler: operations follow each other."""


@dataclass
class Claim:
    """One upload's item."""

    upload: Upload
    status: str
    run_id: str | None = None
    verdict: Verdict | None = None
    failed_runs: set[str] = field(default_factory=set)

    @property
    def waits(self) -> bool:
        return self.status in ("queued", "running")


class MemoryUploads:
    """Stands in for ``UploadsTable``."""

    def __init__(self, step: Step = at_once) -> None:
        self.step = step
        self.items: dict[tuple[str, str], Claim] = {}
        self.registered: set[str] = set()

    def known(self, dataset: str, upload: Upload) -> bool:
        self.step()
        return (dataset, upload.name) in self.items

    def claim(self, dataset: str, upload: Upload, verdict: Verdict | None = None) -> bool:
        if verdict is None:
            self.step()
            self.registered.add(dataset)
        self.step()
        if (dataset, upload.name) in self.items:
            return False
        self.items[dataset, upload.name] = Claim(
            upload, "queued" if verdict is None else _status(verdict), None, verdict
        )
        return True

    def datasets(self) -> list[str]:
        self.step()
        return sorted(self.registered)

    def take_stock(self, dataset: str) -> set[str]:
        self.step()
        found = [claim.upload for (owner, _), claim in self.items.items() if owner == dataset]
        return {sort_key(upload.key, upload.version_id) for upload in found}

    def waiting(self, dataset: str) -> list[Waiting]:
        self.step()
        found = [claim for (owner, _), claim in self.items.items() if owner == dataset and claim.waits]
        return [Waiting(claim.upload, len(claim.failed_runs)) for claim in found]

    def running(self, dataset: str, uploads: Iterable[Upload], run_id: str) -> None:
        for claim in self._each(dataset, uploads):
            if claim.waits:
                claim.status, claim.run_id = "running", run_id

    def requeue(self, dataset: str, uploads: Iterable[Upload], run_id: str) -> None:
        for claim in self._each(dataset, uploads):
            if claim.waits and claim.run_id == run_id:
                claim.status = "queued"

    def close(self, dataset: str, verdicts: Iterable[tuple[Upload, Verdict]]) -> None:
        for upload, verdict in verdicts:
            [claim] = self._each(dataset, [upload])
            if claim.waits:
                claim.status, claim.verdict = _status(verdict), verdict

    def _each(self, dataset: str, uploads: Iterable[Upload]) -> Iterator[Claim]:
        for upload in uploads:
            self.step()
            yield self.items[dataset, upload.name]

    def blame(self, dataset: str, upload: Upload, run_id: str) -> int:
        self.step()
        claim = self.items[dataset, upload.name]
        if claim.waits:
            claim.failed_runs.add(run_id)
        self.step()
        return len(claim.failed_runs)


def _status(verdict: Verdict) -> str:
    return "failed" if any(note.reason is Reason.INGEST_FAILED for note in verdict.notes) else "done"


class MemoryFlights:
    """Stands in for ``FlightsTable``."""

    def __init__(self, step: Step = at_once) -> None:
        self.step = step
        self.flights: defaultdict[str, Flight] = defaultdict(Flight)
        self.last_failure: dict[str, str | None] = {}

    def read(self, dataset: str) -> Flight:
        self.step()
        return self.flights[dataset]

    def take(self, dataset: str, run_id: str, now: datetime) -> bool:
        self.step()
        if self.flights[dataset].run_id is not None:
            return False
        self.flights[dataset] = replace(self.flights[dataset], run_id=run_id, execution_arn=None)
        return True

    def started(self, dataset: str, run_id: str, execution_arn: str) -> None:
        self.step()
        if self.flights[dataset].run_id == run_id:
            self.flights[dataset] = replace(self.flights[dataset], execution_arn=execution_arn)

    def void(self, dataset: str, run_id: str) -> None:
        self.step()
        if self.flights[dataset].run_id == run_id:
            self.flights[dataset] = replace(self.flights[dataset], run_id=None, execution_arn=None)

    def release(self, dataset: str, run_id: str, failure: str | None) -> bool:
        self.step()
        flight = self.flights[dataset]
        if flight.run_id != run_id:
            return False
        self.flights[dataset] = Flight(
            failures=flight.failures + 1 if failure else 0, owed=tuple(sorted({*flight.owed, run_id}))
        )
        self.last_failure[dataset] = failure
        return True

    def note_failure(self, dataset: str, sentence: str) -> None:
        self.step()
        self.last_failure[dataset] = sentence

    def settle(self, dataset: str, run_id: str) -> bool:
        self.step()
        flight = self.flights[dataset]
        if run_id not in flight.owed:
            return False
        self.flights[dataset] = replace(flight, owed=tuple(run for run in flight.owed if run != run_id))
        return True


class MemoryVerdicts:
    """Stands in for ``VerdictObjects``."""

    def __init__(self, step: Step = at_once) -> None:
        self.step = step
        self.verdicts: dict[str, Verdict] = {}

    def read(self, upload: Upload) -> Verdict | None:
        self.step()
        return self.verdicts.get(upload.name)

    def read_all(self, uploads: Sequence[Upload]) -> list[Verdict | None]:
        return [self.read(upload) for upload in uploads]

    def create(self, upload: Upload, verdict: Verdict) -> Verdict:
        self.step()
        return self.verdicts.setdefault(upload.name, verdict)


class MemoryLake:
    """Stands in for ``Lake``."""

    def __init__(self, step: Step = at_once) -> None:
        self.step = step
        self.manifests: dict[tuple[str, str], RunManifest] = {}
        self.decisions: dict[tuple[str, str], Decision] = {}
        self.evaluations: dict[tuple[str, str], Evaluation] = {}

    def create(self, manifest: RunManifest) -> RunManifest:
        self.step()
        return self.manifests.setdefault((manifest.dataset, manifest.run_id), manifest)

    def manifest(self, dataset: str, run_id: str) -> RunManifest | None:
        self.step()
        return self.manifests.get((dataset, run_id))

    def decision(self, dataset: str, run_id: str) -> Decision | None:
        self.step()
        return self.decisions.get((dataset, run_id))

    def evaluation(self, dataset: str, run_id: str) -> Evaluation | None:
        self.step()
        return self.evaluations.get((dataset, run_id))

    def accuracy(self, dataset: str, run_id: str) -> list[LiveAccuracy]:
        return []


class MemoryPipelines:
    """Stands in for SageMaker: the same request twice is one execution."""

    def __init__(self, step: Step = at_once) -> None:
        self.step = step
        self.executions: dict[str, Execution] = {}
        self.parameters: dict[str, dict[str, str]] = {}
        self.on_start: Callable[[str], None] = lambda _: None

    def start(self, pipeline: str, name: str, parameters: Mapping[str, str], attempt: int = 1) -> str:
        self.step()
        request = hashlib.sha256(repr((name, sorted(parameters.items()), attempt)).encode()).hexdigest()[:12]
        arn = f"arn:aws:sagemaker:eu-west-1:000000000000:pipeline/{pipeline}/execution/{request}"
        if arn not in self.executions:
            self.executions[arn] = Execution(arn, name, "Executing")
            self.parameters[arn] = dict(parameters)
            self.on_start(arn)
        self.step()  # it has started, and the caller may die before it knows
        return arn

    def describe(self, arn: str) -> Execution | None:
        self.step()
        return self.executions.get(arn)

    def seconds(self, arn: str) -> dict[str, float]:
        self.step()
        return {"Ingest": 30.0, "Due": 0.0, "Train": 90.0}

    def end(self, arn: str, status: str, failure: str | None = None) -> None:
        """Let an execution end."""
        self.executions[arn] = replace(self.executions[arn], status=status, failure=failure)

    def active(self) -> list[str]:
        """ARNs of executions that have not ended."""
        return [arn for arn, execution in self.executions.items() if not execution.terminal]


class MemoryRaw:
    """Stands in for ``RawObjects``."""

    def __init__(self, step: Step = at_once) -> None:
        self.step = step
        self.objects: dict[tuple[str, str], tuple[Version, bytes]] = {}

    def put(self, key: str, version_id: str, content: bytes, time: datetime = NOW) -> Version:
        version = Version(key, version_id, len(content), time)
        self.objects[key, version_id] = (version, content)
        return version

    def look(self, key: str, version_id: str) -> Version | None:
        self.step()
        found = self.objects.get((key, version_id))
        return found[0] if found else None

    def versions(self, key: str) -> list[Version]:
        self.step()
        return [version for version, _ in self.objects.values() if version.key == key]

    def everything(self) -> Iterator[Version]:
        self.step()
        return iter([version for version, _ in list(self.objects.values())])

    def first_bytes(self, key: str, version_id: str) -> bytes:
        self.step()
        return self.objects[key, version_id][1]


def accepted(upload: Upload, run_id: str) -> Verdict:
    """The verdict the ingest step gives to a good file."""
    return Verdict(kind=Kind.ACCEPTED, sentence="All rows are in the table.", upload=upload, run_id=run_id)
