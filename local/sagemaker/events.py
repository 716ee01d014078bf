"""SageMaker's EventBridge events: their documented shape, and their way to the rules' targets.

``PutEvents`` refuses sources ``aws.*``, here as on AWS, so this stand-in does what the
service behind it does: match each rule of the default bus and deliver to its targets.
An event stays in the journal's outbox until the queues it went to have been worked
off, so neither a crash of this process nor one of the emulator loses it.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from core.contracts.errors import RetailForecastError
from local.settings import ACCOUNT, REGION

if TYPE_CHECKING:
    from local.sagemaker.journal import Execution, Journal

log = logging.getLogger(__name__)
_AFTER_TROUBLE: Final = 5.0
_SETTLE_LIMIT: Final = 600.0  # a queue never seen empty for this long has been worked on since


def iso(at: float) -> str:
    """``2026-01-31T12:00:00Z``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pipeline_arn(name: str) -> str:
    """ARN of a pipeline."""
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/{name}"


def execution_arn(execution: Execution) -> str:
    """ARN of an execution."""
    return f"{pipeline_arn(execution.pipeline)}/execution/{execution.id}"


def _event(detail_type: str, resources: list[str], detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": "aws.sagemaker",
        "account": ACCOUNT,
        "time": iso(time.time()),
        "region": REGION,
        "resources": resources,
        "detail": detail,
    }


def execution_changed(execution: Execution, previous: str) -> dict[str, Any]:
    """The event of a pipeline execution that has taken a new status."""
    arns = [pipeline_arn(execution.pipeline), execution_arn(execution)]
    detail = {
        "pipelineExecutionDisplayName": execution.display or execution.id,
        "currentPipelineExecutionStatus": execution.status,
        "previousPipelineExecutionStatus": previous,
        "executionStartTime": iso(execution.created),
        "pipelineExecutionDescription": execution.description or "",
        "pipelineArn": arns[0],
        "pipelineExecutionArn": arns[1],
    }
    if execution.status not in ("Executing", "Stopping"):
        detail["executionEndTime"] = iso(execution.modified)
    return _event("SageMaker Model Building Pipeline Execution Status Change", arns, detail)


def package_changed(package: dict[str, Any]) -> dict[str, Any]:
    """The event of a model package that was made or whose approval changed."""
    arn = package["ModelPackageArn"]
    detail = {k: v for k, v in package.items() if k not in ("CreatedBy", "LastModifiedBy")}
    for name in ("CreationTime", "LastModifiedTime"):
        if name in detail:
            detail[name] = int(detail[name] * 1000)
    detail["ModelPackageName"] = arn.partition("model-package/")[2]
    return _event("SageMaker Model Package State Change", [arn], detail)


class UnsupportedTargetError(RetailForecastError):
    """A rule has a target this stand-in cannot deliver to."""


class Courier(threading.Thread):
    """Delivers the outbox, at least once each."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(name="courier", daemon=True)
        self._journal = journal
        self._wake = threading.Event()
        self._rules, self._sqs, self._lambda = boto3.client("events"), boto3.client("sqs"), boto3.client("lambda")

    def send(self, event: dict[str, Any]) -> None:
        """Put an event into the outbox, from where it survives anything."""
        self._journal.add_event(event)
        self._wake.set()

    def run(self) -> None:
        """Deliver until the process ends."""
        while True:
            self._wake.clear()
            try:
                for event, _, _ in self._journal.events("pending"):
                    self._journal.set_event(event["id"], "sent", self._deliver(event))
                self._settle()
            except (BotoCoreError, ClientError) as error:
                log.warning("events wait in the outbox: %s", error)
            except Exception:  # a thread that died would leave every later event undelivered
                log.exception("events wait in the outbox")
                time.sleep(_AFTER_TROUBLE)
            self._wake.wait(0.5)

    def _deliver(self, event: dict[str, Any]) -> list[str]:
        queues = []
        text = json.dumps(event)
        for page in self._rules.get_paginator("list_rules").paginate():
            for rule in page["Rules"]:
                pattern = rule.get("EventPattern")
                if rule.get("State") != "ENABLED" or not pattern or "aws.sagemaker" not in pattern:
                    continue
                if self._rules.test_event_pattern(EventPattern=pattern, Event=text)["Result"]:
                    for target in self._rules.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                        queues += self._hand_over_or_say(target, text, rule["Name"])
        log.info("%s %s went to %d queue(s)", event["detail-type"], event["resources"][-1], len(queues))
        return queues

    def _hand_over_or_say(self, target: Any, text: str, rule: str) -> list[str]:
        try:
            return self._hand_over(target, text, rule)
        except UnsupportedTargetError as error:
            log.error("%s", error)
            return []

    def _hand_over(self, target: Any, text: str, rule: str) -> list[str]:
        service, name = target["Arn"].split(":")[2], target["Arn"].rpartition(":")[2]
        if {"Input", "InputPath", "InputTransformer"} & set(target):
            raise UnsupportedTargetError(f"rule {rule}: targets with an input transformation are not delivered to here")
        if service == "sqs":
            url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
            self._sqs.send_message(QueueUrl=url, MessageBody=text)
            return [name]
        if service == "lambda":
            self._lambda.invoke(FunctionName=target["Arn"], InvocationType="RequestResponse", Payload=text.encode())
            return []
        raise UnsupportedTargetError(f"rule {rule}: targets of {service} are not delivered to here")

    def _settle(self) -> None:
        empty: dict[str, bool] = {}
        for event, queues, at in self._journal.events("sent"):
            for queue in queues:
                if queue not in empty:
                    empty[queue] = self._is_empty(queue)
            if all(empty[queue] for queue in queues) or time.time() - at > _SETTLE_LIMIT:
                self._journal.set_event(event["id"], "settled", queues)

    def _is_empty(self, queue: str) -> bool:
        url = self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return not any(int(count) for name, count in found.items() if name.startswith("ApproximateNumberOfMessages"))
