"""The flight under every interleaving that hypothesis finds: killed workers, events lost, doubled and late."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.contracts.models import Champion, ChampionPointer, Decision
from core.contracts.uploads import Upload
from core.contracts.verdict import Kind
from lambdas.on_pipeline_change.handler import App, handle
from lambdas.on_pipeline_change.logic import Consequences
from lambdas.on_pipeline_change.settings import Settings
from lambdas.on_upload.logic import Desk, receive
from lambdas.on_upload.raw import Version
from lambdas.on_upload.sweep import Found, Sweeper, sweep
from lambdas.shared.closing import Closer
from lambdas.shared.events import Change, Command, ObjectEvent, ServiceEvent
from lambdas.shared.flight import Starter, start_if_idle
from lambdas.shared.ladder import Ladder
from lambdas.shared.measures import Measure
from lambdas.shared.runs import run_id
from tests.unit.lambdas.scheduler import Killed, Scheduler, Worker
from tests.unit.lambdas.stores import (
    NOW,
    MemoryFlights,
    MemoryLake,
    MemoryPipelines,
    MemoryRaw,
    MemoryUploads,
    MemoryVerdicts,
    accepted,
)

DATASET = "shop"


def one_by_one(call: Callable[[Version], Found], things: list[Version]) -> list[Found]:
    """In the worker's own thread, so that it can be interrupted between any two steps."""
    return [call(thing) for thing in things]


PLATFORM = "Ingest: InternalServerError: we have encountered an internal error"
NO_MACHINE = "Train: CapacityError: no ml.m5.xlarge is free"
RUNGS = ("mlops-dev-retrain", "mlops-dev-retrain-2", "mlops-dev-retrain-3")
POISONED = "Ingest: AlgorithmError: killed, exit code: 137"


class MemoryForecasts:
    """Stands in for ``Forecaster``."""

    def __init__(self, step: Callable[[], None]) -> None:
        self.step = step
        self.started: list[tuple[str, str]] = []

    def start(self, dataset: str, run: str, champion: Champion) -> bool:
        self.step()
        self.started.append((run, champion.model_id))
        return True

    def again(self, dataset: str, run: str, champion: Champion, failed_arn: str) -> bool:
        raise NotImplementedError  # no forecast fails here


@dataclass
class Message:
    """A message on a queue: delivered until a worker has handled it to the end."""

    name: str
    work: Callable[[], None]
    handled: bool = False


@dataclass
class World:
    """Everything around the functions: bucket, queues, SageMaker, and a hand that kills."""

    random: Random
    poison: frozenset[int]
    all_or_nothing: bool
    """True when one bad file keeps an ingest step from giving any verdict; False when it goes file by file."""
    scheduler: Scheduler = field(default_factory=Scheduler)
    messages: list[Message] = field(default_factory=list)
    dropped: list[Upload] = field(default_factory=list)
    serving: dict[int, Message] = field(default_factory=dict)
    emitted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        step = self.scheduler.step
        self.uploads, self.flights = MemoryUploads(step), MemoryFlights(step)
        self.verdicts, self.lake = MemoryVerdicts(step), MemoryLake(step)
        self.pipelines, self.raw, self.forecasts = MemoryPipelines(step), MemoryRaw(step), MemoryForecasts(step)
        self.pipelines.on_start = self._check_start
        ids = iter(range(10_000))
        starter = Starter(
            flights=self.flights,
            queue=self.uploads,
            manifests=self.lake,
            pipelines=self.pipelines,
            pipeline=RUNGS[0],
            new_run_id=lambda now: run_id(now + timedelta(seconds=next(ids)), "run"),
        )
        ladder = Ladder(self.flights, self.pipelines, RUNGS)
        closer = Closer(self.flights, self.uploads, self.lake, self.verdicts, ladder, lambda *_: None)
        desk = Desk(bucket="raw", raw=self.raw, claims=self.uploads, verdicts=self.verdicts)
        self.sweeper = Sweeper(desk=desk, known=self.uploads, starter=starter, closer=closer, each=one_by_one)
        consequences = Consequences(
            flights=self.flights,
            papers=self.lake,
            verdicts=self.verdicts,
            champion=lambda _: POINTER,
            forecasts=self.forecasts,
            emit=self._emit,
        )
        self.app = App(SETTINGS, starter, closer, consequences, self.uploads.datasets)

    def _emit(self, dataset: str, measures: Any) -> None:
        found: list[Measure] = list(measures)
        self.emitted.update({measure.name: int(measure.value) for measure in found})

    def _check_start(self, arn: str) -> None:
        assert self.pipelines.active() == [arn], "two runs at once"
        run = self.pipelines.parameters[arn]["RunId"]
        uploads = self.lake.manifests[DATASET, run].uploads
        assert uploads, "a run for nothing"
        if self.pipelines.executions[arn].pipeline != RUNGS[0]:
            return  # the same run on other machines: what it has ingested stays ingested
        assert not [upload.name for upload in uploads if upload.name in self.verdicts.verdicts], "ingested before"

    def end_of(self, upload: Upload) -> tuple[str, Kind | None]:
        """Status and verdict of an upload."""
        claim = self.uploads.items[DATASET, upload.name]
        return claim.status, claim.verdict.kind if claim.verdict else None

    # what may happen next

    def drop(self) -> None:
        number = len(self.dropped)
        time = NOW + timedelta(seconds=self.random.randrange(100))
        version = self.raw.put(f"{DATASET}/{number}.csv", f"v{number}", b"date,units\n", time)
        upload = Upload(
            bucket="raw", key=version.key, version_id=version.version_id, size=version.size, uploaded_at=time
        )
        self.dropped.append(upload)
        event = ObjectEvent("raw", upload.key, upload.version_id, Change.CREATED, time)
        if self.random.random() < 0.9:  # the rest is lost, and for the sweep to find
            self.messages.append(Message(f"upload {number}", lambda: self._on_upload(event)))

    def _on_upload(self, event: ObjectEvent) -> None:
        for dataset in receive(self.sweeper.desk, event, NOW).datasets:
            start_if_idle(self.sweeper.starter, dataset, NOW)

    def deliver(self, message: Message) -> None:
        worker = self.scheduler.spawn(message.name, message.work)
        self.serving[id(worker)] = message

    def sweep(self) -> None:
        if self.random.random() < 0.5:
            self.scheduler.spawn("sweep uploads", self._sweep)
        else:
            self.scheduler.spawn("sweep runs", lambda: handle(self.app, Command("sweep", {})))

    def _sweep(self) -> None:
        swept, _ = sweep(self.sweeper, NOW)
        assert swept.troubles == 0

    def advance(self, worker: Worker, *, kill: bool = False) -> None:
        self.scheduler.advance(worker, kill=kill)
        if worker.error is not None and not isinstance(worker.error, Killed):
            raise worker.error
        message = self.serving.get(id(worker))
        if worker.done and worker.error is None and message is not None:
            message.handled = True

    def work_on_run(self) -> None:
        """SageMaker's side of the run: one more file ingested, or the end."""
        for arn in self.pipelines.active():
            run = self.pipelines.parameters[arn]["RunId"]
            manifest = self.lake.manifests[DATASET, run]
            left = [upload for upload in manifest.uploads if upload.name not in self.verdicts.verdicts]
            if self.random.random() < 0.1:
                self._end(arn, "Failed", self.random.choice([PLATFORM, NO_MACHINE]))
            elif any(self._is_poison(upload) for upload in (left if self.all_or_nothing else left[:1])):
                self._end(arn, "Failed", POISONED)
            elif left:
                for upload in left if self.all_or_nothing else left[:1]:
                    self.verdicts.verdicts[upload.name] = accepted(upload, run)
            else:
                self.lake.decisions[DATASET, run] = decision(run)
                self._end(arn, "Succeeded")

    def _is_poison(self, upload: Upload) -> bool:
        return self.dropped.index(upload) in self.poison

    def _end(self, arn: str, status: str, failure: str | None = None) -> None:
        self.pipelines.end(arn, status, failure)
        detail = {"pipelineExecutionArn": arn, "currentPipelineExecutionStatus": status}
        event = ServiceEvent("aws.sagemaker", detail)
        for _ in range(self.random.choice([0, 1, 1, 1, 2])):
            self.messages.append(Message(f"end of {arn}", lambda: handle(self.app, event)))

    def happen(self) -> None:
        """One thing, whichever."""
        workers, unhandled = self.scheduler.workers, [message for message in self.messages if not message.handled]
        dice = self.random.random()
        if workers and dice < 0.6:
            self.advance(self.random.choice(workers), kill=self.random.random() < 0.08)
        elif unhandled and dice < 0.75:
            self.deliver(self.random.choice(unhandled))
        elif self.messages and dice < 0.78:
            self.deliver(self.random.choice(self.messages))  # once more, and maybe very late
        elif dice < 0.92:
            self.work_on_run()
        elif dice < 0.96:
            self.sweep()
        elif len(self.dropped) < 12:
            self.drop()

    def settle_down(self) -> None:
        """Everything under way ends, what was not handled comes again, and sweeps do the rest."""
        for _ in range(200):
            while self.scheduler.workers:
                self.advance(self.random.choice(self.scheduler.workers))
            unhandled = [message for message in self.messages if not message.handled]
            if unhandled:
                self.deliver(self.random.choice(unhandled))
            elif self.pipelines.active():
                self.work_on_run()
            elif self._at_rest():
                return
            else:
                self.scheduler.spawn("sweep uploads", self._sweep)
                self.scheduler.spawn("sweep runs", lambda: handle(self.app, Command("sweep", {})))
        pytest.fail("the world does not come to rest")

    def _at_rest(self) -> bool:
        flight = self.flights.flights[DATASET]
        claimed = len(self.uploads.items) == len(self.dropped)
        waiting = [claim for claim in self.uploads.items.values() if claim.waits]
        return claimed and not waiting and flight.run_id is None and not flight.owed


SETTINGS = Settings(
    environment="dev",
    raw_bucket="raw",
    lake_bucket="lake",
    artifacts_bucket="artifacts",
    uploads_table="uploads",
    retrain_pipelines=RUNGS,
    forecast_pipeline="mlops-dev-forecast",
)
POINTER = ChampionPointer(
    dataset=DATASET,
    current=Champion(
        model_id="shop-1", model_package_arn="arn/1", bundle_uri="s3://a/b", promoted_at=NOW, reason="first"
    ),
)


def decision(run: str) -> Decision:
    return Decision(
        due=False,
        reason="not yet",
        dataset=DATASET,
        run_id=run,
        dataset_version=1,
        data_as_of=datetime(2026, 1, 1).date(),
        new_periods=0,
        champion_model_id="shop-1",
        table_changed=True,
    )


@settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a whole history does not shrink to anything telling
    suppress_health_check=list(HealthCheck),
)
@given(
    seed=st.integers(0, 2**32),
    all_or_nothing=st.booleans(),
    poison=st.frozensets(st.integers(0, 11), max_size=2),
    steps=st.integers(20, 250),
)
def test_whatever_happens_each_upload_is_ingested_once_and_never_two_runs_at_once(
    seed: int, all_or_nothing: bool, poison: frozenset[int], steps: int
) -> None:
    world = World(Random(seed), poison, all_or_nothing)
    world.drop()
    for _ in range(steps):
        world.happen()
    world.settle_down()

    good = [upload for number, upload in enumerate(world.dropped) if number not in poison]
    assert [world.end_of(upload) for upload in good] == [("done", Kind.ACCEPTED)] * len(good)
    bad = [upload for number, upload in enumerate(world.dropped) if number in poison]
    assert [world.end_of(upload) for upload in bad] == [("failed", Kind.REJECTED)] * len(bad)
    for upload in world.dropped:
        assert world.uploads.items[DATASET, upload.name].verdict == world.verdicts.verdicts[upload.name]
    assert world.emitted["UploadsAccepted"] <= len(good), "measured twice"
