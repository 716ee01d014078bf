"""Starting a run, one rule at a time; ``test_flight_model`` proves that they hold together."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.contracts import keys
from lambdas.shared.flight import MAX_UPLOADS_PER_RUN, Flight, Starter, Waiting, choose, start_if_idle
from lambdas.shared.pipelines import Execution
from lambdas.shared.runs import parse_run_name, run_id, run_name
from tests.unit.lambdas.conftest import upload
from tests.unit.lambdas.stores import NOW, MemoryFlights, MemoryLake, MemoryPipelines, MemoryUploads, accepted


class Parts:
    """A starter on stores of its own."""

    def __init__(self) -> None:
        self.flights, self.uploads, self.lake = MemoryFlights(), MemoryUploads(), MemoryLake()
        self.pipelines = MemoryPipelines()
        self.starter = Starter(
            flights=self.flights,
            queue=self.uploads,
            manifests=self.lake,
            pipelines=self.pipelines,
            pipeline="mlops-dev-retrain",
            new_run_id=lambda now: run_id(now, "run"),
        )


def test_nothing_waiting_starts_nothing_and_takes_no_flight() -> None:
    parts = Parts()
    assert start_if_idle(parts.starter, "shop", NOW) is None
    assert parts.flights.flights["shop"] == Flight()


def test_a_flight_that_finds_nothing_to_do_is_freed_by_whoever_comes() -> None:
    parts = Parts()
    parts.flights.take("shop", run_id(NOW, "dead"), NOW)  # a worker took it and died; its upload has a verdict by now
    assert start_if_idle(parts.starter, "shop", NOW) is None
    assert parts.flights.flights["shop"] == Flight()
    assert not parts.pipelines.executions


def test_helpers_agree_on_the_manifest_that_stands() -> None:
    parts = Parts()
    parts.uploads.claim("shop", upload())
    parts.flights.take("shop", run_id(NOW, "dead"), NOW)
    first = start_if_idle(parts.starter, "shop", NOW)
    parts.flights.flights["shop"] = Flight(run_id=first)  # it had started, but died before it could say so
    parts.uploads.claim("shop", upload("shop/later.csv"))
    assert start_if_idle(parts.starter, "shop", NOW) == first
    [manifest] = parts.lake.manifests.values()
    assert manifest.uploads == (upload(),)
    assert len(parts.pipelines.executions) == 1


def test_a_worker_that_slept_through_its_run_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Parts()
    parts.uploads.claim("shop", upload())

    def everything_happens_meanwhile(*_: object) -> None:
        parts.flights.flights["shop"] = Flight()

    monkeypatch.setattr(parts.uploads, "running", everything_happens_meanwhile)
    start_if_idle(parts.starter, "shop", NOW)
    assert not parts.pipelines.executions


def test_uploads_go_oldest_version_first_in_bounded_runs() -> None:
    waiting = [
        Waiting(upload(f"shop/{n}.csv", time=NOW - timedelta(seconds=n)), 0) for n in range(MAX_UPLOADS_PER_RUN + 5)
    ]
    chosen = choose(waiting)
    assert len(chosen) == MAX_UPLOADS_PER_RUN
    assert list(chosen) == sorted(chosen, key=lambda found: found.uploaded_at)
    assert chosen[0] == waiting[-1].upload


def test_a_suspect_waits_for_the_innocent_and_then_goes_alone() -> None:
    suspects = [Waiting(upload(f"shop/{n}.csv"), 1) for n in range(2)]
    fresh = Waiting(upload("shop/z.csv"), 0)
    assert choose([*suspects, fresh]) == (fresh.upload,)
    assert choose(suspects) == (suspects[0].upload,)


def test_a_closed_upload_is_no_reason_to_fly() -> None:
    parts = Parts()
    parts.uploads.claim("shop", upload(), accepted(upload(), "r"))
    assert start_if_idle(parts.starter, "shop", NOW) is None


@given(st.from_regex(r"(-?[a-z0-9]){1,40}", fullmatch=True).map(lambda name: name[:40].strip("-")), st.text())
@example("a-" * 19 + "aa", "")
def test_names_lead_back_to_dataset_and_run(dataset: str, seed: str) -> None:
    run = run_id(NOW, seed)
    assert keys.dataset_of(f"{dataset}/a.csv") == dataset
    assert parse_run_name(run_name(dataset, run)) == (dataset, run)
    assert len(run_name(dataset, run)) <= 63


@pytest.mark.parametrize("name", ["execution-1700000000", "", "shop-20260105t120000", "Shop-20260105t120000-abcdef"])
def test_other_peoples_executions_are_told_apart(name: str) -> None:
    assert parse_run_name(name) is None


@pytest.mark.parametrize(
    ("status", "failure", "platform"),
    [
        ("Succeeded", None, False),
        ("Stopped", "the run was stopped", True),
        ("Failed", "Train: ResourceLimitExceeded: quota 0", True),
        ("Failed", "Ingest: CapacityError", True),
        ("Failed", "Ingest: AlgorithmError: cannot read 'throttle.csv'", False),
        ("Failed", "Ingest: AlgorithmError: RetryableError: Could not connect to the endpoint URL", True),
        ("Failed", "Ingest: AlgorithmError: RejectedDataError: 'RetryableError: ' is no date", False),
        ("Failed", "the pipeline gave no reason", False),
    ],
)
def test_only_what_no_file_can_cause_is_the_platforms_failure(status: str, failure: str | None, platform: bool) -> None:
    assert Execution("arn", "name", status, failure).platform_failed is platform
