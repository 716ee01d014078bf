"""Events in every wrapping: decoded exactly once, unknown shapes named."""

import json
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.errors import RejectedDataError
from lambdas.shared.events import Change, Command, ObjectEvent, ServiceEvent, parse

KEYS = ["shop/a b.csv", "shop/a+b.csv", "shop/é😀.csv", "shop/100%25.csv", "shop/%20.csv", "shop/a&b=c.csv"]


def eventbridge(key: str, detail_type: str = "Object Created", **thing: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "source": "aws.s3",
        "detail-type": detail_type,
        "time": "2026-01-05T12:00:00Z",
        "detail": {"bucket": {"name": "raw"}, "object": {"key": key, "size": 5, **thing}},
    }


def s3_record(key: str, name: str = "ObjectCreated:Put") -> dict[str, Any]:
    return {
        "eventSource": "aws:s3",
        "eventName": name,
        "eventTime": "2026-01-05T12:00:00.000Z",
        "s3": {"bucket": {"name": "raw"}, "object": {"key": quote_plus(key, safe="/"), "versionId": "v1"}},
    }


def one(content: Any) -> ObjectEvent:
    [message] = parse(json.dumps(content))
    assert isinstance(message, ObjectEvent)
    return message


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_the_same_whatever_it_came_in(key: str) -> None:
    bridge = eventbridge(key, **{"version-id": "v1"})
    notice = {"Records": [s3_record(key)]}
    wrapped = {"Type": "Notification", "Message": json.dumps(notice)}
    pushed = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(notice)}}]}
    assert {one(shape).key for shape in (bridge, notice, wrapped, pushed)} == {key}
    assert {one(shape).version_id for shape in (bridge, notice, wrapped, pushed)} == {"v1"}


@given(st.text(min_size=1, max_size=30))
def test_any_key_survives(key: str) -> None:
    assert one(eventbridge(key)).key == key
    if key.isprintable():
        assert one({"Records": [s3_record(key)]}).key == key


def test_a_version_the_event_does_not_name_is_unknown() -> None:
    assert one(eventbridge("shop/a.csv")).version_id is None


@pytest.mark.parametrize(
    ("content", "change"),
    [
        (eventbridge("k"), Change.CREATED),
        (eventbridge("k", "Object Restore Completed"), Change.CREATED),
        (eventbridge("k", "Object Deleted"), Change.DELETED),
        ({"Records": [s3_record("k", "ObjectRemoved:DeleteMarkerCreated")]}, Change.DELETED),
        ({"Records": [s3_record("k", "s3:ObjectCreated:CompleteMultipartUpload")]}, Change.CREATED),
    ],
)
def test_objects_come_and_go(content: Any, change: Change) -> None:
    assert one(content).change is change


@pytest.mark.parametrize(
    "content",
    [
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "raw"},
        eventbridge("k", "Object Tags Added"),
        {"Records": [s3_record("k", "ObjectTagging:Put")]},
        {"Records": []},
    ],
)
def test_what_concerns_nobody_is_left_out(content: Any) -> None:
    assert parse(json.dumps(content)) == []


def test_commands_and_other_services_pass_through() -> None:
    [command] = parse('{"action": "rollback", "dataset": "shop"}')
    assert command == Command("rollback", {"dataset": "shop"})
    [service] = parse(json.dumps({"source": "aws.sagemaker", "detail-type": "x", "detail": {"a": 1}}))
    assert service == ServiceEvent("aws.sagemaker", {"a": 1})
    [alarm] = parse(json.dumps({"Type": "Notification", "Message": '{"AlarmName": "a", "NewStateValue": "OK"}'}))
    assert alarm == ServiceEvent("aws.cloudwatch", {"AlarmName": "a", "NewStateValue": "OK"})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("not json", "is not JSON"),
        ("[1]", "is list"),
        ('{"colour": "red"}', "colour"),
        ('{"Records": [{"colour": 1}]}', "colour"),
        ('{"source": "aws.s3", "detail": {}}', "object"),
        ('{"Records": 5}', "lacks"),
        ('{"Type": "Notification", "Message": "{"}', "is not JSON"),
    ],
)
def test_a_shape_nobody_sends_is_refused_by_name(body: str, words: str) -> None:
    with pytest.raises(RejectedDataError, match=words):
        parse(body)
