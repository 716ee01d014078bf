"""The ``on_pipeline_change`` function: what a run leaves behind, on S3 and DynamoDB."""

import json
from dataclasses import replace
from typing import Any

import pytest

from core.contracts import keys
from core.contracts.models import Evaluation, LiveAccuracy, Scores
from core.contracts.uploads import RunManifest, Upload
from core.contracts.verdict import Verdict
from lambdas.on_pipeline_change import handler as function
from lambdas.on_pipeline_change.logic import Consequences
from lambdas.shared.closing import close_if_ended
from lambdas.shared.flight import start_if_idle
from lambdas.shared.forecasts import Forecaster
from lambdas.shared.runs import decision_key, evaluation_key
from lambdas.shared.uploads_table import UploadsTable
from tests.unit.lambdas.conftest import Aws, sqs, upload
from tests.unit.lambdas.stores import NOW, MemoryPipelines, accepted
from tests.unit.lambdas.test_flight_model import POINTER, decision

PLATFORM = "Ingest: InternalServerError: we have encountered an internal error"
NO_MACHINE = "Train: CapacityError: no ml.m5.xlarge is free"
POISONED = "Ingest: AlgorithmError: exit code 1"


@pytest.fixture
def pipelines(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> MemoryPipelines:
    """The function, wired to a SageMaker that only takes note."""
    noted = MemoryPipelines()
    function.app.cache_clear()
    app = function.app()
    forecasts = Forecaster(aws.table, noted, "mlops-dev-forecast")
    consequences: Consequences = replace(app.consequences, forecasts=forecasts)
    closer = replace(app.closer, ladder=replace(app.closer.ladder, pipelines=noted))
    app = replace(app, starter=replace(app.starter, pipelines=noted), closer=closer, consequences=consequences)
    monkeypatch.setattr(function, "app", lambda: app)
    return noted


def fly(aws: Aws, *uploads: Upload) -> RunManifest:
    """Start a run for these uploads; returns its manifest."""
    for found in uploads:
        UploadsTable(aws.table).claim("shop", found)
    start_if_idle(function.app().starter, "shop", NOW)
    return newest_manifest(aws)


def newest_manifest(aws: Aws) -> RunManifest:
    flight = aws.table.get("shop", "flight") or {}
    return RunManifest.model_validate_json(aws.text("lake", f"runs/shop/{flight['run_id']['S']}/manifest.json"))


def end(aws: Aws, pipelines: MemoryPipelines, status: str, failure: str | None = None, times: int = 1) -> None:
    """Let the one active execution end, and deliver its event."""
    [arn] = pipelines.active()
    pipelines.end(arn, status, failure)
    for _ in range(times):
        assert handle(aws, arn, status) == []


def handle(aws: Aws, arn: str, status: str) -> list[str]:
    detail = {"pipelineExecutionArn": arn, "currentPipelineExecutionStatus": status}
    body = json.dumps({"source": "aws.sagemaker", "detail-type": "x", "detail": detail})
    answer = function.handler(sqs(body), aws.context)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def judge(aws: Aws, manifest: RunManifest, found: Upload) -> None:
    given = accepted(found, manifest.run_id).model_dump_json().encode()
    aws.put(keys.verdict(found.key, found.version_id), given)


def status(aws: Aws, found: Upload) -> str:
    item = aws.table.get("shop", f"upload#{found.name}") or {}
    return str(item["status"]["S"])


OF_DATASET = {"Environment": "dev", "Dataset": "shop"}
OF_ALL = {"Environment": "dev"}


def emitted(text: str, dimensions: dict[str, str] = OF_DATASET) -> dict[str, list[float]]:
    """Measures by name that have exactly these dimensions, from the EMF lines on standard output."""
    measures: dict[str, list[float]] = {}
    for line in text.splitlines():
        if '"_aws"' in line:
            emf: dict[str, Any] = json.loads(line)
            [directive] = emf["_aws"]["CloudWatchMetrics"]
            [names] = directive["Dimensions"]
            assert directive["Namespace"] == "RetailForecast"
            if {name: emf[name] for name in names} != dimensions:
                continue
            for metric in directive["Metrics"]:
                value = emf[metric["Name"]]
                measures.setdefault(metric["Name"], []).extend(value if isinstance(value, list) else [value])
    return measures


def test_a_good_run_closes_its_uploads_and_the_next_run_starts(aws: Aws, pipelines: MemoryPipelines) -> None:
    first, later = upload(), upload("shop/b.csv")
    manifest = fly(aws, first)
    fly(aws, later)
    judge(aws, manifest, first)
    end(aws, pipelines, "Succeeded", times=3)
    assert status(aws, first) == "done"
    assert [found.key for found in newest_manifest(aws).uploads] == ["shop/b.csv"]
    assert len(pipelines.executions) == 2


def test_a_poisonous_file_is_given_up_after_two_runs_and_takes_no_other_with_it(
    aws: Aws, pipelines: MemoryPipelines
) -> None:
    poison, innocent = upload("shop/a.csv"), upload("shop/b.csv")
    fly(aws, poison, innocent)
    end(aws, pipelines, "Failed", POISONED, times=2)
    manifest = newest_manifest(aws)
    assert manifest.uploads == (innocent,)
    judge(aws, manifest, innocent)
    end(aws, pipelines, "Succeeded")
    assert newest_manifest(aws).uploads == (poison,)
    end(aws, pipelines, "Failed", POISONED)
    assert (status(aws, poison), status(aws, innocent)) == ("failed", "done")
    verdict = Verdict.model_validate_json(aws.text("raw", keys.verdict(poison.key, poison.version_id)))
    assert (verdict.kind, verdict.notes[0].reason) == ("rejected", "ingest_failed")
    assert POISONED in verdict.sentence
    assert pipelines.active() == []
    assert (aws.table.get("shop", "flight") or {})["last_failure"]["S"] == POISONED


def test_the_platforms_failures_are_no_files_fault_and_are_retried_twice_at_once(
    aws: Aws, pipelines: MemoryPipelines
) -> None:
    fly(aws, upload())
    for _ in range(3):
        end(aws, pipelines, "Failed", PLATFORM)
    assert pipelines.active() == [], "from here on the next upload or sweep tries again"
    assert status(aws, upload()) == "queued"
    function.handler({"action": "sweep"}, aws.context)
    assert len(pipelines.active()) == 1


@pytest.mark.parametrize("swept", [False, True])
def test_a_run_that_found_no_machine_goes_on_as_itself_in_the_next_pipeline(
    aws: Aws, pipelines: MemoryPipelines, swept: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = fly(aws, upload())
    judge(aws, manifest, upload())  # it was ingested, and then no machine trained
    [first] = pipelines.active()
    if swept:
        pipelines.end(first, "Failed", NO_MACHINE)
        function.handler({"action": "sweep"}, aws.context)
    else:
        end(aws, pipelines, "Failed", NO_MACHINE, times=2)
    [second] = pipelines.active()
    assert "pipeline/mlops-dev-retrain-2/execution/" in second
    assert pipelines.parameters[second] == pipelines.parameters[first], "the same run"
    assert handle(aws, first, "Failed") == [], "late once more: it ends nothing"
    assert pipelines.active() == [second]
    assert emitted(capsys.readouterr().out, OF_ALL) == {}, "nobody is woken: the run goes on"
    end(aws, pipelines, "Failed", NO_MACHINE)
    assert pipelines.active() == [], "there is no third pipeline, and nothing waits"
    assert emitted(capsys.readouterr().out, OF_ALL) == {"RetrainFailed": [1]}
    flight = aws.table.get("shop", "flight") or {}
    assert (flight["state"]["S"], flight["last_failure"]["S"]) == ("idle", NO_MACHINE)


def test_a_quota_that_is_used_up_is_no_want_of_machines(aws: Aws, pipelines: MemoryPipelines) -> None:
    fly(aws, upload())
    end(aws, pipelines, "Failed", "Train: ResourceLimitExceeded: the account-level limit is 0 Instances")
    assert all("/mlops-dev-retrain/" in arn for arn in pipelines.executions)


@pytest.mark.parametrize("action", ["runs", "uploads"])
def test_a_failure_that_no_event_told_is_measured_by_whichever_sweep_closes_the_run(
    aws: Aws, pipelines: MemoryPipelines, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fly(aws, upload())
    [arn] = pipelines.active()
    pipelines.end(arn, "Failed", POISONED)
    if action == "runs":
        function.handler({"action": "sweep"}, aws.context)
    else:
        app = function.app()
        close_if_ended(app.closer, pipelines, "shop", NOW)  # as the sweep of on_upload does
    assert emitted(capsys.readouterr().out, OF_ALL) == {"RetrainFailed": [1]}


def test_a_stopped_run_stays_stopped_and_wakes_nobody(
    aws: Aws, pipelines: MemoryPipelines, capsys: pytest.CaptureFixture[str]
) -> None:
    fly(aws, upload())
    end(aws, pipelines, "Stopped", "the run was stopped")
    assert pipelines.active() == []
    assert "RetrainFailed" not in capsys.readouterr().out
    fly(aws, upload("shop/b.csv"))
    assert len(newest_manifest(aws).uploads) == 2


def test_a_verdict_nobody_can_read_holds_up_no_one(aws: Aws, pipelines: MemoryPipelines) -> None:
    fly(aws, upload())
    aws.put(keys.verdict(upload().key, upload().version_id), b"<html>")
    end(aws, pipelines, "Succeeded")
    assert status(aws, upload()) == "failed"
    assert pipelines.active() == []


def finish(aws: Aws, pipelines: MemoryPipelines, *, approved: bool | None) -> str:
    """A run that changed the table, and trained a model unless ``approved`` is None; returns its id."""
    aws.put("champions/shop.json", POINTER.model_dump_json().encode(), "artifacts")
    manifest = fly(aws, upload())
    judge(aws, manifest, upload())
    run = manifest.run_id
    aws.put(decision_key("shop", run), decision(run).model_dump_json().encode(), "lake")
    if approved is not None:
        evaluation = Evaluation(
            approved=approved,
            reason="as it is",
            dataset="shop",
            model_id=f"shop-{run}",
            champion_model_id="shop-1",
            challenger=Scores(rows=10, wape=0.2),
            champion=None,
            naive=Scores(rows=10, wape=0.4),
        )
        aws.put(evaluation_key("shop", run), evaluation.model_dump_json().encode(), "lake")
    end(aws, pipelines, "Succeeded", times=3)
    return run


@pytest.mark.parametrize("approved", [None, False])
def test_new_sales_without_a_new_champion_are_forecast_by_the_old_one_once(
    aws: Aws, pipelines: MemoryPipelines, approved: bool | None
) -> None:
    run = finish(aws, pipelines, approved=approved)
    started = [found for found in pipelines.parameters.values() if "ModelId" in found]
    assert started == [{"Dataset": "shop", "RunId": run, "ModelId": "shop-1", "ModelDataUrl": "s3://a/b"}]


def test_a_new_champion_is_forecast_by_its_promotion(aws: Aws, pipelines: MemoryPipelines) -> None:
    finish(aws, pipelines, approved=True)
    assert not [found for found in pipelines.parameters.values() if "ModelId" in found]


def test_a_failed_forecast_is_started_twice_more(aws: Aws, pipelines: MemoryPipelines) -> None:
    finish(aws, pipelines, approved=None)
    for _ in range(3):
        end(aws, pipelines, "Failed", "Transform: InternalServerError", times=2)
    assert pipelines.active() == []
    assert len(pipelines.executions) == 4


def test_measures_are_emitted_once(
    aws: Aws, pipelines: MemoryPipelines, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "would be a dimension of its own")
    manifest = fly(aws, upload())
    live = LiveAccuracy(
        dataset="shop",
        model_id="shop-1",
        origin=NOW.date(),
        first_date=NOW.date(),
        last_date=NOW.date(),
        run_id=manifest.run_id,
        model=Scores(rows=5, wape=0.3, bias=-0.1, coverage=0.8),
        naive=Scores(rows=5),
        measured_at=NOW,
    )
    aws.put(keys.accuracy("shop", f"{manifest.run_id}.json"), live.model_dump_json().encode(), "lake")
    finish(aws, pipelines, approved=False)
    out = capsys.readouterr().out
    assert emitted(out, OF_ALL) == {"RetrainFailed": [0]}
    assert emitted(out) == {
        "RetrainFailed": [0],
        "IngestSeconds": [30],
        "TrainSeconds": [90],
        "UploadsAccepted": [1],
        "RowsRefused": [0],
        "BacktestWape": [0.2],
        "NaiveWape": [0.4],
        "ModelsApproved": [0],
        "LiveWape": [0.3],
        "LiveBias": [-0.1],
        "LiveCoverage": [0.8],
    }


def test_an_event_ahead_of_the_truth_returns_to_the_queue(aws: Aws, pipelines: MemoryPipelines) -> None:
    fly(aws, upload())
    [arn] = pipelines.active()
    assert handle(aws, arn, "Succeeded") == ["m0"]
    assert handle(aws, arn, "Executing") == []


def test_executions_started_by_others_are_left_alone(aws: Aws, pipelines: MemoryPipelines) -> None:
    fly(aws, upload())
    other = pipelines.start("mlops-dev-retrain", "by-hand", {})
    pipelines.end(other, "Failed", "Ingest: AlgorithmError")
    assert handle(aws, other, "Failed") == []
    assert status(aws, upload()) == "running"
