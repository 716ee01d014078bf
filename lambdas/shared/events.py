"""Events as they arrive, in whatever they are wrapped: EventBridge, SNS, SQS, plain S3 records.

Keys in S3's own records are URL-encoded and are decoded here, once. EventBridge does not encode
them, and they are left as they are.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import unquote_plus

from core.contracts.errors import RejectedDataError

_CREATED: Final = ("ObjectCreated", "Object Created", "ObjectRestore:Completed", "Object Restore Completed")
_DELETED: Final = ("ObjectRemoved", "Object Deleted")


class Change(StrEnum):
    """What happened to an object."""

    CREATED = "created"
    DELETED = "deleted"


@dataclass(frozen=True)
class ObjectEvent:
    """One object that came or went."""

    bucket: str
    key: str
    version_id: str | None
    """None when the event does not say which version."""
    change: Change
    time: datetime


@dataclass(frozen=True)
class Command:
    """A request by a person, a schedule or an alarm: ``{"action": ...}``."""

    action: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class ServiceEvent:
    """What a service other than S3 says: the detail of an EventBridge event, or an alarm's notice."""

    source: str
    detail: dict[str, Any]


Message = ObjectEvent | Command | ServiceEvent


def parse(body: str) -> list[Message]:
    """Messages in one queue record's body, in order; those that concern nobody here are left out.

    Raises:
        RejectedDataError: the body is no message at all.
    """
    try:
        content = json.loads(body)
    except ValueError as error:
        raise RejectedDataError(f"a message of {len(body)} characters is not JSON: {error}") from error
    try:
        return unwrap(content)
    except (KeyError, TypeError) as error:
        raise RejectedDataError(f"a message lacks what its shape promises: {error!r}") from error


def unwrap(content: Any) -> list[Message]:
    """Messages in one decoded event.

    Raises:
        RejectedDataError: a shape nobody sends here.
    """
    if not isinstance(content, dict):
        raise RejectedDataError(f"a message is {type(content).__name__}, not an object")
    if "action" in content:
        return [Command(str(content["action"]), {key: value for key, value in content.items() if key != "action"})]
    if content.get("Type") == "Notification" and "Message" in content:
        return parse(content["Message"])
    if content.get("Event") == "s3:TestEvent":
        return []
    if "Records" in content:
        return [message for record in content["Records"] for message in _record(record)]
    if "AlarmName" in content and "NewStateValue" in content:
        return [ServiceEvent("aws.cloudwatch", content)]
    if "detail" in content and "source" in content:
        return _from_eventbridge(content)
    raise RejectedDataError(f"a message has none of the known shapes; its keys are {sorted(content)[:10]}")


def _record(record: dict[str, Any]) -> list[Message]:
    if "s3" in record:
        change = _change(record.get("eventName", "").removeprefix("s3:"))
        found = record["s3"]["object"]
        return _object(
            bucket=record["s3"]["bucket"]["name"],
            key=unquote_plus(found["key"]),
            version_id=found.get("versionId"),
            change=change,
            time=record["eventTime"],
        )
    if "Sns" in record:
        return parse(record["Sns"]["Message"])
    if "body" in record:
        return parse(record["body"])
    raise RejectedDataError(f"a record has none of the known shapes; its keys are {sorted(record)[:10]}")


def _from_eventbridge(event: dict[str, Any]) -> list[Message]:
    if event["source"] != "aws.s3":
        return [ServiceEvent(event["source"], event["detail"])]
    found = event["detail"]["object"]
    return _object(
        bucket=event["detail"]["bucket"]["name"],
        key=found["key"],
        version_id=found.get("version-id"),
        change=_change(event.get("detail-type", "")),
        time=event["time"],
    )


def _change(name: str) -> Change | None:
    if name.startswith(_CREATED):
        return Change.CREATED
    return Change.DELETED if name.startswith(_DELETED) else None


def _object(*, bucket: str, key: str, version_id: str | None, change: Change | None, time: str) -> list[Message]:
    if change is None:
        return []
    return [ObjectEvent(bucket, key, version_id or None, change, datetime.fromisoformat(time))]
