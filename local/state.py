"""The state of a world as AWS tells it: uploads, flights, executions, queues."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from core.contracts import names
from local.cloud import Cloud
from local.info import WorldInfo

_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True)
class Upload:
    """One dropped file as the uploads table has it."""

    key: str
    version_id: str
    size: int
    uploaded_at: str
    status: str
    verdict: str | None
    sentence: str | None
    run_id: str | None


@dataclass(frozen=True)
class Flight:
    """The single flight of a dataset."""

    running: bool
    run_id: str | None
    owed: bool
    last_failure: str | None


@dataclass(frozen=True)
class Run:
    """One pipeline execution."""

    pipeline: str
    arn: str
    status: str
    started: datetime
    failure: str | None

    @property
    def short(self) -> str:
        """The pipeline without the environment: ``retrain``, ``retrain-2``, ``forecast``."""
        return self.pipeline.split("-", 2)[-1]


@dataclass(frozen=True)
class StepState:
    """One step of an execution."""

    name: str
    status: str
    started: datetime
    ended: datetime | None
    failure: str | None


class State:
    """Reads; changes nothing."""

    def __init__(self, cloud: Cloud, info: WorldInfo) -> None:
        self._cloud, self._info = cloud, info
        self._datasets_of: dict[str, str] = {}

    def datasets(self) -> list[str]:
        """Datasets that have uploads."""
        pages = self._cloud.dynamodb.get_paginator("scan").paginate(
            TableName=self._info.uploads_table, ProjectionExpression="pk", ConsistentRead=True
        )
        found = {item["pk"]["S"] for page in pages for item in page["Items"]}
        return sorted(name for name in found if not name.startswith("#datasets"))

    def uploads(self, dataset: str) -> list[Upload]:
        """Uploads of a dataset, oldest first."""
        items = self._query(dataset, "upload#")
        found = [
            Upload(
                key=_s(item, "key") or "",
                version_id=_s(item, "version_id") or "",
                size=int(item.get("size", {}).get("N", 0)),
                uploaded_at=_s(item, "uploaded_at") or "",
                status=_s(item, "status") or "?",
                verdict=_s(item, "verdict"),
                sentence=_s(item, "sentence"),
                run_id=_s(item, "run_id"),
            )
            for item in items
        ]
        return sorted(found, key=lambda upload: upload.uploaded_at)

    def flight(self, dataset: str) -> Flight:
        """The flight of a dataset; at rest when there never was one."""
        item = next(iter(self._query(dataset, "flight")), {})
        return Flight(
            _s(item, "state") == "running", _s(item, "run_id"), bool(item.get("owed")), _s(item, "last_failure")
        )

    def _query(self, dataset: str, prefix: str) -> list[dict[str, Any]]:
        pages = self._cloud.dynamodb.get_paginator("query").paginate(
            TableName=self._info.uploads_table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": dataset}, ":sk": {"S": prefix}},
        )
        return [dict(item) for page in pages for item in page["Items"]]

    def busy_queue(self) -> str | None:
        """A queue of ours that has messages waiting or in work; dead-letter queues do not count."""
        for url in self._cloud.sqs.list_queues(QueueNamePrefix=names.resource(self._info.env, "")).get("QueueUrls", []):
            name = url.rpartition("/")[2]
            if re.search(r"dlq|dead", name, re.IGNORECASE):
                continue
            found = self._cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            if any(int(count) for key, count in found.items() if key in _COUNTS):
                return name
        return None

    def runs(self) -> list[Run]:
        """Executions of all our pipelines together, newest first."""
        found: list[Run] = []
        for pipeline in self._pipelines():
            pages = self._cloud.sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
            for page in pages:
                found += [
                    Run(
                        pipeline=pipeline,
                        arn=each["PipelineExecutionArn"],
                        status=each["PipelineExecutionStatus"],
                        started=each["StartTime"],
                        failure=each.get("PipelineExecutionFailureReason"),
                    )
                    for each in page["PipelineExecutionSummaries"]
                ]
        return sorted(found, key=lambda run: run.started, reverse=True)

    def _pipelines(self) -> list[str]:
        pages = self._cloud.sagemaker.get_paginator("list_pipelines").paginate(
            PipelineNamePrefix=names.resource(self._info.env, "")
        )
        return [each["PipelineName"] for page in pages for each in page["PipelineSummaries"]]

    def runs_of(self, dataset: str) -> list[Run]:
        """Executions for a dataset, newest first."""
        return [run for run in self.runs() if self._dataset_of(run.arn) == dataset]

    def running(self, dataset: str) -> list[Run]:
        """Executions for a dataset that have not ended."""
        under_way = (run for run in self.runs() if run.status in ("Executing", "Stopping"))
        return [run for run in under_way if self._dataset_of(run.arn) == dataset]

    def last_run(self, dataset: str, pipeline: str) -> Run | None:
        """The newest execution of one pipeline for a dataset."""
        return next((run for run in self.runs_of(dataset) if run.pipeline == pipeline), None)

    def _dataset_of(self, arn: str) -> str | None:
        if arn not in self._datasets_of:
            try:
                reply = self._cloud.sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
            except ClientError:
                return None
            given = {p["Name"]: p["Value"] for p in reply["PipelineParameters"]}
            self._datasets_of[arn] = given.get("Dataset", "")
        return self._datasets_of[arn]

    def steps(self, arn: str) -> list[StepState]:
        """Steps of an execution that have begun, in order."""
        pages = self._cloud.sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
            PipelineExecutionArn=arn, SortOrder="Ascending"
        )
        return [
            StepState(
                each["StepName"], each["StepStatus"], each["StartTime"], each.get("EndTime"), each.get("FailureReason")
            )
            for page in pages
            for each in page["PipelineExecutionSteps"]
        ]


def _s(item: dict[str, Any], name: str) -> str | None:
    value: str | None = item.get(name, {}).get("S")
    return value
