"""The ``on_upload`` function from a queue record to a started run, on S3 and DynamoDB."""

import json
from dataclasses import replace
from typing import Any

import pytest

from core.contracts import keys
from core.contracts.uploads import RunManifest
from core.contracts.verdict import Verdict
from lambdas.on_upload import handler as function
from lambdas.shared.pipelines import Execution
from tests.unit.lambdas.conftest import Aws, sqs
from tests.unit.lambdas.stores import MemoryPipelines
from tests.unit.lambdas.test_events import eventbridge


@pytest.fixture
def pipelines(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> MemoryPipelines:
    """The function, wired to a SageMaker that only takes note."""
    noted = MemoryPipelines()
    function.app.cache_clear()
    wired = function.app()
    sweeper = replace(wired.sweeper, starter=replace(wired.sweeper.starter, pipelines=noted))
    app = replace(wired, sweeper=sweeper)
    monkeypatch.setattr(function, "app", lambda: app)
    return noted


def created(key: str, version_id: str | None = None) -> str:
    return json.dumps(eventbridge(key, **({"version-id": version_id} if version_id else {})))


def handle(aws: Aws, *bodies: str) -> list[str]:
    """Hand bodies to the function; returns the records that failed."""
    answer = function.handler(sqs(*bodies), aws.context)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def sweep(aws: Aws) -> dict[str, Any]:
    swept: dict[str, Any] = function.handler({"action": "sweep"}, aws.context)
    return swept


def manifests(aws: Aws) -> list[RunManifest]:
    return [RunManifest.model_validate_json(aws.text("lake", key)) for key in aws.keys("lake", "runs/")]


def verdict(aws: Aws, key: str, version_id: str) -> Verdict:
    return Verdict.model_validate_json(aws.text("raw", keys.verdict(key, version_id)))


def test_a_file_dropped_starts_a_run_for_it(aws: Aws, pipelines: MemoryPipelines) -> None:
    version = aws.put("shop/a b+c.csv")
    assert handle(aws, created("shop/a b+c.csv", version)) == []
    [manifest] = manifests(aws)
    assert [(u.key, u.version_id, u.bucket) for u in manifest.uploads] == [("shop/a b+c.csv", version, "raw")]
    assert list(pipelines.parameters.values()) == [{"Dataset": "shop", "RunId": manifest.run_id}]
    item = aws.table.get("shop", f"upload#shop/a b+c.csv#{version}") or {}
    assert (item["status"]["S"], item["run_id"]["S"]) == ("running", manifest.run_id)


def test_an_event_three_times_in_any_order_starts_one_run(aws: Aws, pipelines: MemoryPipelines) -> None:
    bodies = [created(key, aws.put(key)) for key in ("shop/a.csv", "shop/b.csv")]
    assert handle(aws, *bodies, *reversed(bodies)) == []
    assert handle(aws, *bodies) == []
    assert [len(manifest.uploads) for manifest in manifests(aws)] == [2]
    assert len(pipelines.executions) == 1


def test_forty_files_are_one_run_and_one_follow_up(aws: Aws, pipelines: MemoryPipelines) -> None:
    bodies = [created(f"shop/{n}.csv", aws.put(f"shop/{n}.csv")) for n in range(40)]
    for start in range(0, 40, 10):
        handle(aws, *bodies[start : start + 10])
    [arn] = pipelines.executions
    pipelines.end(arn, "Succeeded")
    for upload in manifests(aws)[0].uploads:
        given = Verdict(kind="accepted", sentence="Good.", upload=upload)
        aws.put(keys.verdict(upload.key, upload.version_id), given.model_dump_json().encode())
    assert sweep(aws) == {"claimed": 0, "closed": 1, "started": 1, "troubles": 0}
    assert sorted(len(manifest.uploads) for manifest in manifests(aws)) == [10, 30]


def test_each_dataset_flies_alone(aws: Aws, pipelines: MemoryPipelines) -> None:
    handle(aws, created("shop/a.csv", aws.put("shop/a.csv")), created("top.csv", aws.put("top.csv")))
    assert sorted(found["Dataset"] for found in pipelines.parameters.values()) == ["default", "shop"]


@pytest.mark.parametrize(
    ("key", "content", "expected"),
    [
        ("shop/", b"", ("ignored", "folder")),
        ("Bad Name/", b"", ("ignored", "folder")),
        ("shop/empty.csv", b"", ("rejected", "empty")),
        ("shop/picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ("rejected", "format_unknown")),
        ("Bad Name/a.csv", b"date,units\n", ("rejected", "dataset_name")),
    ],
)
def test_what_no_run_can_read_gets_its_verdict_at_once(
    aws: Aws, pipelines: MemoryPipelines, key: str, content: bytes, expected: tuple[str, str]
) -> None:
    version = aws.put(key, content)
    assert handle(aws, created(key, version)) == []
    found = verdict(aws, key, version)
    assert (found.kind, found.notes[0].reason) == expected
    assert repr(key) in found.sentence
    assert not pipelines.executions
    assert handle(aws, created(key, version)) == [], "and once only"


@pytest.mark.parametrize("head", [b"\x1f\x8b\x08", b"PK\x03\x04", b"PAR1", b"\xff\xfed\x00", b"Gr\xf6\xdfe;1\n"])
def test_files_go_by_content_not_by_name(aws: Aws, pipelines: MemoryPipelines, head: bytes) -> None:
    handle(aws, created("shop/file.xyz", aws.put("shop/file.xyz", head + b"more of it")))
    assert len(pipelines.executions) == 1


def test_a_deleted_object_is_noted_and_nothing_runs(aws: Aws, pipelines: MemoryPipelines) -> None:
    aws.put("shop/a.csv")
    marker = aws.s3.delete_object(Bucket="raw", Key="shop/a.csv")["VersionId"]
    handle(aws, json.dumps(eventbridge("shop/a.csv", "Object Deleted", **{"version-id": marker})))
    found = verdict(aws, "shop/a.csv", marker)
    assert (found.kind, found.notes[0].reason) == ("ignored", "deleted")
    assert not pipelines.executions


def test_a_version_deleted_before_its_event_is_noted(aws: Aws, pipelines: MemoryPipelines) -> None:
    version = aws.put("shop/a.csv")
    aws.s3.delete_object(Bucket="raw", Key="shop/a.csv", VersionId=version)
    assert handle(aws, created("shop/a.csv", version), created("shop/b.csv")) == []
    assert verdict(aws, "shop/a.csv", version).notes[0].reason == "deleted"
    assert verdict(aws, "shop/b.csv", "null").notes[0].reason == "deleted"
    assert not pipelines.executions


def test_an_event_without_a_version_claims_every_version_of_that_key_only(aws: Aws, pipelines: MemoryPipelines) -> None:
    versions = [aws.put("shop/a.csv", b"date,units\n%d" % n) for n in range(2)]
    aws.put("shop/a.csv.bak")
    handle(aws, created("shop/a.csv"))
    [manifest] = manifests(aws)
    assert {(u.key, u.version_id) for u in manifest.uploads} == {("shop/a.csv", version) for version in versions}


def test_what_the_system_writes_itself_is_no_upload(aws: Aws, pipelines: MemoryPipelines) -> None:
    assert handle(aws, created("verdicts/shop/a.csv/v.json", "v"), created("quarantine/shop/a.csv/v.csv", "v")) == []
    assert aws.keys("raw") == []


def test_a_bad_record_fails_alone(aws: Aws, pipelines: MemoryPipelines) -> None:
    good = created("shop/a.csv", aws.put("shop/a.csv"))
    foreign = good.replace('"raw"', '"elsewhere"')
    assert handle(aws, "not json", good, foreign, '{"Event": "s3:TestEvent"}') == ["m0", "m2"]
    assert len(pipelines.executions) == 1


def test_when_the_start_fails_the_records_return_and_the_next_try_heals(
    aws: Aws, pipelines: MemoryPipelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.contracts.errors import RetryableError  # noqa: PLC0415

    def refuse_to_start(*_: object) -> str:
        raise RetryableError("throttled")

    body = created("shop/a.csv", aws.put("shop/a.csv"))
    with monkeypatch.context() as patch:
        patch.setattr(pipelines, "start", refuse_to_start)
        assert handle(aws, body) == ["m0"]
    flight = aws.table.get("shop", "flight") or {}
    assert flight["last_failure"]["S"] == "no run could be started: throttled"
    assert handle(aws, body) == []
    assert [len(manifest.uploads) for manifest in manifests(aws)] == [1]
    assert len(pipelines.executions) == 1


def test_a_sweep_finds_what_no_event_brought(aws: Aws, pipelines: MemoryPipelines) -> None:
    aws.put("shop/a.csv")
    aws.put("top.csv")
    aws.put("shop/gone.csv")
    aws.s3.delete_object(Bucket="raw", Key="shop/gone.csv")
    aws.put("verdicts/shop/x.csv/v.json", b"{}")
    aws.put("quarantine/shop/x.csv/v.csv", b"x")
    assert sweep(aws) == {"claimed": 4, "closed": 0, "started": 2, "troubles": 0}
    assert sweep(aws) == {"claimed": 0, "closed": 0, "started": 0, "troubles": 0}
    assert handle(aws, '{"action": "sweep"}') == []


def test_a_sweep_closes_a_flight_whose_execution_is_gone(aws: Aws, pipelines: MemoryPipelines) -> None:
    handle(aws, created("shop/a.csv", aws.put("shop/a.csv")))
    pipelines.executions.clear()
    assert sweep(aws)["closed"] == 1
    [execution] = pipelines.executions.values()
    assert execution == Execution(execution.arn, execution.name, "Executing"), "its upload flies again"
    item = aws.table.get("shop", "flight") or {}
    assert item["last_failure"]["S"] == "the pipeline execution is gone"


def test_the_log_holds_no_whole_event(aws: Aws, pipelines: MemoryPipelines, capsys: pytest.CaptureFixture[str]) -> None:
    handle(aws, created("shop/a.csv", aws.put("shop/a.csv")), '{"colour": "secret-value"}')
    printed = "".join(capsys.readouterr())
    assert "secret-value" not in printed
    assert "sequencer" not in printed
