"""A change's sales followed to forecasts, where something goes otherwise; that it goes well a laptop world shows."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import BaseModel

from core.contracts import keys
from core.contracts.errors import RetryableError
from core.contracts.models import Champion, ChampionPointer, Decision, Evaluation, Publication
from core.contracts.uploads import RunManifest, Upload
from core.contracts.verdict import Kind, Verdict
from lambdas.shared.runs import decision_key, evaluation_key, manifest_key, run_name
from stacks.delivery_steps.check_sales import DATASET
from stacks.delivery_steps.learning import World, follow

RUN, KEY, NOW = "20261126t030000-abcdef", f"{DATASET}/v-1.csv", datetime(2026, 11, 26, tzinfo=UTC)
OLD = f"{DATASET}-20261125t030000-abcdef"


class SageMaker:
    """One execution, of the run."""

    status, reason = "Executing", "Train: no quota"

    def list_pipeline_executions(self, **_: object) -> dict[str, Any]:
        return {
            "PipelineExecutionSummaries": [
                {"PipelineExecutionDisplayName": run_name(DATASET, RUN), "PipelineExecutionArn": "arn"}
            ]
        }

    def describe_pipeline_execution(self, **_: object) -> dict[str, Any]:
        return {"PipelineExecutionStatus": self.status}

    def list_pipeline_execution_steps(self, **_: object) -> dict[str, Any]:
        return {"PipelineExecutionSteps": [{"StepName": "X", "StepStatus": "Failed", "FailureReason": self.reason}]}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        for name in ("raw", "lake", "artifacts"):
            s3.create_bucket(Bucket=name)
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        yield World("dev", s3, SageMaker(), "raw", "lake", "artifacts")


def version(world: World) -> str:
    return str(world.s3.head_object(Bucket="raw", Key=KEY)["VersionId"])


def write(world: World, bucket: str, key: str, paper: BaseModel) -> None:
    world.s3.put_object(Bucket=bucket, Key=key, Body=paper.model_dump_json().encode())


def judge(world: World, kind: Kind = Kind.ACCEPTED) -> None:
    """The environment starts a run for the file and gives its verdict."""
    upload = Upload(bucket="raw", key=KEY, version_id=version(world), size=1, uploaded_at=NOW)
    manifest = RunManifest(dataset=DATASET, run_id=RUN, created_at=NOW, uploads=(upload,))
    write(world, "lake", manifest_key(DATASET, RUN), manifest)
    write(world, "raw", keys.verdict(KEY, version(world)), Verdict(kind=kind, sentence="so it is", upload=upload))


def decide(world: World, *, due: bool = True) -> None:
    judge(world)
    paper = Decision.model_construct(
        due=due, reason="why so", dataset=DATASET, run_id=RUN, dataset_version=1, data_as_of=None, new_periods=1,
        champion_model_id=None, table_changed=True, verdicts={},
    )  # fmt: skip
    write(world, "lake", decision_key(DATASET, RUN), paper)


def rule(world: World, *, approved: bool, champion: str | None = None) -> None:
    decide(world)
    scores = {"rows": 1}
    paper = Evaluation.model_validate(
        {
            "approved": approved, "reason": "no better than naive", "dataset": DATASET, "model_id": f"{DATASET}-{RUN}",
            "champion_model_id": champion, "challenger": scores, "champion": None, "naive": scores,
        }
    )  # fmt: skip
    write(world, "lake", evaluation_key(DATASET, RUN), paper)


def crown(world: World, model_id: str) -> None:
    champion = Champion(model_id=model_id, model_package_arn="arn", bundle_uri="s3://x", promoted_at=NOW, reason="r")
    write(world, "artifacts", keys.champion(DATASET), ChampionPointer(dataset=DATASET, current=champion))


def publish(world: World, model_id: str) -> None:
    paper = Publication(
        dataset=DATASET, model_id=model_id, run_id=RUN, dataset_version=1, data_as_of=date(2024, 8, 1), frequency="D",
        horizon=42, quantiles=(0.1, 0.5, 0.9), series=2, rows=84, uri="s3://x", sha256="0", published_at=NOW,
    )  # fmt: skip
    write(world, "lake", keys.publication(DATASET, model_id), paper)


@pytest.fixture
def happens(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What the environment does, one thing each time somebody waits for it; each wait takes minutes."""
    clock = iter(range(0, 1_000_000, 100))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))

    def then(*doings: Callable[[World], None]) -> None:
        coming = iter(doings)
        monkeypatch.setattr(time, "sleep", lambda _: next(coming, lambda _: None)(world))

    return then


@pytest.mark.parametrize(
    ("doings", "why"),
    [
        ([lambda w: judge(w, Kind.REJECTED)], r"s3://raw/delivery-check/v-1\.csv was rejected: so it is"),
        ([judge, lambda w: decide(w, due=False)], "nothing was trained: why so"),
        ([lambda w: rule(w, approved=False)], "the gate let no model through, and none serves: no better than naive"),
        ([], "waited for a verdict on the file in vain for 5400 s: see pipelines mlops-dev-"),
        ([lambda w: rule(w, approved=True)], "waited for the champion in vain"),
    ],
)
def test_where_it_ends_is_said_with_the_reason(
    world: World, happens: Callable[..., None], doings: list[Callable[[World], None]], why: str
) -> None:
    happens(*doings)
    with pytest.raises(RetryableError, match=why):
        follow(world, "v-1")


def test_a_refusal_by_the_gate_leaves_the_champion_and_its_forecasts(
    world: World, happens: Callable[..., None]
) -> None:
    crown(world, OLD)
    publish(world, OLD)
    happens(lambda w: rule(w, approved=False, champion=OLD))
    said = follow(world, "v-1")
    assert said.startswith(
        f"{OLD} stays champion, for the gate refused the new one (no better than naive): 84 forecasts"
    )
    sent = world.s3.get_object(Bucket="raw", Key=KEY)["Body"].read().decode()
    assert sent.splitlines()[-1].startswith("2024-08-02,"), "one day after what the champion knows"


def test_a_failed_run_is_given_time_to_be_started_anew_and_a_second_time_the_file_is_dropped_again(
    world: World, happens: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    happens(judge)
    monkeypatch.setattr(SageMaker, "status", "Failed")
    with pytest.raises(RetryableError, match="waited for whether to train, but the run failed: X: Train: no quota"):
        follow(world, "v-1")
    before = version(world)
    happens(lambda _: pytest.fail("enough was seen"))
    with pytest.raises(pytest.fail.Exception):
        follow(world, "v-1")
    assert version(world) != before


def test_a_change_that_was_followed_is_not_dropped_again(world: World, happens: Callable[..., None]) -> None:
    model_id = f"{DATASET}-{RUN}"
    happens(judge, lambda w: rule(w, approved=True), lambda w: crown(w, model_id), lambda w: publish(w, model_id))
    said = follow(world, "v-1")
    before = version(world)
    assert said == f"{model_id} is champion: 84 forecasts from 2024-08-01 on" == follow(world, "v-1")
    assert version(world) == before
