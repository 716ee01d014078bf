"""A small shop's sales on their way to forecasts: verdict, decision, the gate's ruling, champion, publication."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self, TypeVar

import boto3
from pydantic import BaseModel

from core.contracts import keys, names
from core.contracts.errors import RetryableError
from core.contracts.models import ChampionPointer, Decision, Evaluation, Publication
from core.contracts.uploads import RunManifest
from core.contracts.verdict import Kind, Verdict
from lambdas.shared.pipelines import Execution, SageMakerPipelines
from lambdas.shared.runs import decision_key, evaluation_key, manifest_key, run_name
from stacks.config import load
from stacks.delivery_steps.check_sales import CONFIG, DATASET, FIRST_END, sales

SECONDS: Final = 5400
"""From upload to forecasts; a build of the pipeline ends after two hours."""
AGAIN_SECONDS: Final = 600
"""A run that failed is started anew by the environment itself, within this time or not at all."""
LOOK_SECONDS: Final = 10

Paper = TypeVar("Paper", bound=BaseModel)
Found = TypeVar("Found")


@dataclass(frozen=True)
class World:
    """One deployed environment, as far as a run can be followed in it."""

    environment: str
    s3: Any
    sagemaker: Any
    raw: str
    lake: str
    artifacts: str

    @classmethod
    def of(cls, environment: str, account: boto3.Session) -> Self:
        """By the names that every environment has."""
        number = account.client("sts").get_caller_identity()["Account"]
        raw, lake, artifacts = (names.bucket(environment, each, number) for each in ("raw", "lake", "artifacts"))
        return cls(environment, account.client("s3"), account.client("sagemaker"), raw, lake, artifacts)

    def read(self, kind: type[Paper], bucket: str, key: str) -> Paper | None:
        """A paper, None where it is not written yet."""
        try:
            return kind.model_validate_json(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except self.s3.exceptions.NoSuchKey:
            return None

    def champion(self) -> ChampionPointer | None:
        """Which model of the check serves."""
        return self.read(ChampionPointer, self.artifacts, keys.champion(DATASET))

    def published(self, model_id: str) -> Publication | None:
        """What one model has forecast."""
        return self.read(Publication, self.lake, keys.publication(DATASET, model_id))

    def run_of(self, version: str) -> str | None:
        """Newest run that was started for an upload."""
        prefix = f"runs/{DATASET}/"
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.lake, Prefix=prefix, Delimiter="/")
        found = [str(each["Prefix"]) for page in pages for each in page.get("CommonPrefixes", [])]
        for run in (each.removeprefix(prefix).strip("/") for each in sorted(found, reverse=True)[:5]):
            manifest = self.read(RunManifest, self.lake, manifest_key(DATASET, run))
            if manifest and version in (upload.version_id for upload in manifest.uploads):
                return run
        return None

    def failure(self, version: str) -> str | None:
        """Why the newest run for an upload failed; None where it did not, or not yet."""
        run = self.run_of(version)
        execution = self._execution(run) if run else None
        return execution.failure if execution and execution.terminal else None

    def _execution(self, run: str) -> Execution | None:
        for name in reversed(load(self.environment).retrain_pipelines):  # the last one the run went on in
            listed = self.sagemaker.list_pipeline_executions(PipelineName=name, SortOrder="Descending", MaxResults=50)
            for each in listed["PipelineExecutionSummaries"]:
                if each.get("PipelineExecutionDisplayName") == run_name(DATASET, run):
                    return SageMakerPipelines(self.sagemaker).describe(each["PipelineExecutionArn"])
        return None


def follow(world: World, change: str) -> str:
    """Drop the sales of a change, wait until they have become forecasts, and say how; a second time, look again.

    Raises:
        RetryableError: they have not, with the reason of the step that said no, or what was waited for in vain.
    """
    key = f"{DATASET}/{change}.csv"
    version = _dropped(world, key, change)
    patience = _Patience(world, version)
    verdict = patience.wait("a verdict on the file", lambda: world.read(Verdict, world.raw, keys.verdict(key, version)))
    if verdict.kind not in (Kind.ACCEPTED, Kind.REPAIRED):
        raise RetryableError(f"s3://{world.raw}/{key} was {verdict.kind}: {verdict.sentence}")
    decision = patience.wait("whether to train", lambda: _of_run(world, version, Decision, decision_key))
    if not decision.due:
        raise RetryableError(f"nothing was trained: {decision.reason}")
    ruling = patience.wait("the gate's ruling", lambda: _of_run(world, version, Evaluation, evaluation_key))
    if not ruling.approved and ruling.champion_model_id is None:
        raise RetryableError(f"the gate let no model through, and none serves: {ruling.reason}")
    model_id = str(ruling.model_id if ruling.approved else ruling.champion_model_id)
    patience.wait("the champion", lambda: _served(world, model_id))
    publication = patience.wait("its forecasts", lambda: world.published(model_id))
    told = "is champion" if ruling.approved else f"stays champion, for the gate refused the new one ({ruling.reason})"
    return f"{model_id} {told}: {publication.rows} forecasts from {publication.data_as_of} on"


def _dropped(world: World, key: str, change: str) -> str:
    """Version of the change's file; dropped now unless it lies there and did not end badly before."""
    world.s3.put_object(Bucket=world.lake, Key=keys.config(DATASET), Body=CONFIG.encode())
    try:
        version = str(world.s3.head_object(Bucket=world.raw, Key=key)["VersionId"])
    except world.s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
    else:
        verdict = world.read(Verdict, world.raw, keys.verdict(key, version))
        if (verdict is None or verdict.kind.merged) and not world.failure(version):
            return version
    champion = world.champion()
    publication = world.published(champion.current.model_id) if champion else None
    last = publication.data_as_of + timedelta(days=1) if publication else FIRST_END
    return str(world.s3.put_object(Bucket=world.raw, Key=key, Body=sales(change, last))["VersionId"])


def _of_run(world: World, version: str, kind: type[Paper], place: Callable[[str, str], str]) -> Paper | None:
    run = world.run_of(version)
    return world.read(kind, world.lake, place(DATASET, run)) if run else None


def _served(world: World, model_id: str) -> bool | None:
    """Whether a model serves, or did until a newer one came."""
    pointer = world.champion()
    known = {each.model_id for each in (pointer.current, *pointer.history, *pointer.withdrawn)} if pointer else set()
    return model_id in known or None


class _Patience:
    """Waits for one thing after the other, as long as the run may still bring it."""

    def __init__(self, world: World, version: str) -> None:
        self._world, self._version = world, version
        self._end = time.monotonic() + SECONDS
        self._failed_since: float | None = None

    def wait(self, what: str, look: Callable[[], Found | None]) -> Found:
        while (found := look()) is None:
            now = time.monotonic()
            reason = self._world.failure(self._version)
            self._failed_since = (self._failed_since or now) if reason else None
            if self._failed_since is not None and now - self._failed_since > AGAIN_SECONDS:
                raise RetryableError(f"waited for {what}, but the run failed: {reason}")
            if now > self._end:
                pipelines = f"{names.resource(self._world.environment, '')}(retrain|forecast)"
                raise RetryableError(f"waited for {what} in vain for {SECONDS} s: see pipelines {pipelines}")
            time.sleep(LOOK_SECONDS)
        return found
