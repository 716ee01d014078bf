"""CloudWatch's embedded metric format, which the emulator does not read out of logs.

Functions print measures as JSON lines into their logs; on AWS the logs service turns them
into metrics. Here a thread does, through the same two APIs, so that alarms see them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from core.contracts import names
from local.settings import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

    from local.cloud import Cloud

log = logging.getLogger(__name__)
_PREFIX: Final = f"/aws/lambda/{names.resource(ENVIRONMENT, '')}"
_SECONDS: Final = 2.0
_AT_ONCE: Final = 500


class Relay(threading.Thread):
    """Carries embedded metrics from the functions' logs into CloudWatch, each once."""

    def __init__(self, cloud: Cloud, cursors: Path, stopping: threading.Event) -> None:
        super().__init__(name="metrics", daemon=True)
        self._cloud, self._path, self._stopping = cloud, cursors, stopping
        self._cursors: dict[str, list[Any]] = json.loads(cursors.read_text()) if cursors.exists() else {}

    def run(self) -> None:
        """Work until the world ends; an emulator that is being restarted is waited for."""
        while not self._stopping.wait(_SECONDS):
            try:
                self.carry()
            except (BotoCoreError, ClientError) as error:
                log.debug("metrics wait: %s", error)

    def carry(self) -> int:
        """Carry what is new; how many values."""
        carried = 0
        groups = self._cloud.logs.describe_log_groups(logGroupNamePrefix=_PREFIX)["logGroups"]
        for group in groups:
            for namespace, data in self._new(group["logGroupName"]):
                for at in range(0, len(data), _AT_ONCE):
                    self._cloud.cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[at : at + _AT_ONCE])
                carried += len(data)
        if carried:
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps(self._cursors))
            part.replace(self._path)
        return carried

    def _new(self, group: str) -> Iterator[tuple[str, list[MetricDatumTypeDef]]]:
        since, seen = self._cursors.get(group, [0, []])
        pages = self._cloud.logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        for page in pages:
            for event in page["events"]:
                identity = _identity(event)
                if identity in seen:
                    continue
                if event["timestamp"] > since:
                    since, seen = event["timestamp"], []
                seen.append(identity)
                yield from data_of(event["message"])
        self._cursors[group] = [since, seen]


def _identity(event: FilteredLogEventTypeDef) -> str:
    """Our own: the emulator gives no event id for lines of functions."""
    text = f"{event.get('logStreamName')}/{event['timestamp']}/{event['message']}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def data_of(line: str) -> list[tuple[str, list[MetricDatumTypeDef]]]:
    """Metric values in one log line, by namespace; none when it is not in the format."""
    if '"_aws"' not in line:
        return []
    try:
        body = json.loads(line)
        return [
            (directive["Namespace"], list(_values(body, directive))) for directive in body["_aws"]["CloudWatchMetrics"]
        ]
    except (ValueError, KeyError, TypeError):
        return []  # CloudWatch ignores such lines as well


def _values(body: dict[str, Any], directive: dict[str, Any]) -> Iterator[MetricDatumTypeDef]:
    for metric in directive["Metrics"]:
        for dimensions in directive["Dimensions"] or [[]]:
            value = body[metric["Name"]]
            yield {
                "MetricName": metric["Name"],
                "Dimensions": [{"Name": name, "Value": str(body[name])} for name in dimensions],
                "Timestamp": datetime.fromtimestamp(body["_aws"]["Timestamp"] / 1000, UTC),
                "Values": [float(each) for each in (value if isinstance(value, list) else [value])],
                "Unit": metric.get("Unit", "None"),
            }
