"""What we expect of the AWS emulator, call by call."""

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws import queues
from local.aws.generations import Generations
from local.aws.journal import LONGEST
from tests.contract.conftest import Parts


def code(call: Callable[..., Any], **arguments: Any) -> str:
    """Error code of a call that must fail."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return str(error.value.response["Error"]["Code"])


def until(look: Callable[[], Any], seconds: float = 15) -> Any:
    """What ``look`` finds, polled."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"nothing within {seconds} s")


def events(parts: Parts) -> Any:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=parts.info.region)
    return session.client("events", endpoint_url=parts.info.endpoints.aws)


def test_every_version_of_an_object_can_be_read_and_a_delete_leaves_a_marker(parts: Parts) -> None:
    s3, bucket = parts.cloud.s3, parts.bucket("versions")
    first = s3.put_object(Bucket=bucket, Key="a b+ü.csv", Body=b"1", Metadata={"who": "me"})["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="a b+ü.csv", Body=b"22")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="a b+ü.csv")
    assert s3.get_object(Bucket=bucket, Key="a b+ü.csv", VersionId=first)["Body"].read() == b"1"
    assert s3.head_object(Bucket=bucket, Key="a b+ü.csv", VersionId=first)["Metadata"] == {"who": "me"}
    listed = s3.list_object_versions(Bucket=bucket)
    assert {v["VersionId"] for v in listed["Versions"]} == {first, second}
    assert [m["IsLatest"] for m in listed["DeleteMarkers"]] == [True]


def test_conditional_puts_let_one_writer_through(parts: Parts) -> None:
    s3, bucket = parts.cloud.s3, parts.bucket("conditional")
    etag = s3.put_object(Bucket=bucket, Key="pointer", Body=b"1", IfNoneMatch="*")["ETag"]
    assert code(s3.put_object, Bucket=bucket, Key="pointer", Body=b"x", IfNoneMatch="*") == "PreconditionFailed"
    s3.put_object(Bucket=bucket, Key="pointer", Body=b"2", IfMatch=etag)
    assert code(s3.put_object, Bucket=bucket, Key="pointer", Body=b"3", IfMatch=etag) == "PreconditionFailed"
    assert s3.get_object(Bucket=bucket, Key="pointer")["Body"].read() == b"2"


def test_an_object_event_reaches_a_queue_with_its_key_as_it_is(parts: Parts) -> None:
    bucket = parts.bucket("tells")
    url, arn = parts.queue("told")
    parts.cloud.s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": [bucket]}}}
    bus = events(parts)
    bus.put_rule(Name="told", EventPattern=json.dumps(pattern))
    bus.put_targets(Rule="told", Targets=[{"Id": "q", "Arn": arn}])
    version = parts.cloud.s3.put_object(Bucket=bucket, Key="shop/a b+ü.csv", Body=b"123")["VersionId"]
    (message,) = until(lambda: parts.cloud.sqs.receive_message(QueueUrl=url).get("Messages"))
    event = json.loads(message["Body"])
    assert event["source"] == "aws.s3"
    assert event["detail"]["bucket"]["name"] == bucket
    found = event["detail"]["object"]
    assert (found["key"], found["size"]) == ("shop/a b+ü.csv", 3)
    assert found.get("version-id") in (None, version)  # AWS says it, this emulator leaves it out: handlers look it up


def test_a_conditional_write_to_a_table_lets_one_writer_through(parts: Parts) -> None:
    ddb, table = parts.cloud.dynamodb, parts.table("claims")
    item: Any = {"pk": {"S": "d"}, "sk": {"S": "flight"}, "state": {"S": "idle"}}
    condition = "attribute_not_exists(pk)"
    ddb.put_item(TableName=table, Item=item, ConditionExpression=condition)
    again = code(ddb.put_item, TableName=table, Item=item, ConditionExpression=condition)
    take: dict[str, Any] = {
        "TableName": table,
        "Key": {"pk": {"S": "d"}, "sk": {"S": "flight"}},
        "UpdateExpression": "SET #s = :running",
        "ConditionExpression": "#s = :idle",
        "ExpressionAttributeNames": {"#s": "state"},
        "ExpressionAttributeValues": {":running": {"S": "running"}, ":idle": {"S": "idle"}},
    }
    ddb.update_item(**take)
    assert again == code(ddb.update_item, **take) == "ConditionalCheckFailedException"


def test_events_of_sagemaker_cannot_be_put_but_patterns_can_be_asked(parts: Parts) -> None:
    bus = events(parts)
    entry = {"Source": "aws.sagemaker", "DetailType": "x", "Detail": "{}"}
    assert bus.put_events(Entries=[entry])["FailedEntryCount"] == 1
    event = {
        "version": "0", "id": "1", "source": "aws.sagemaker", "account": "000000000000", "region": "ap-southeast-1",
        "time": "2026-01-01T00:00:00Z", "resources": [], "detail-type": "SageMaker Model Package State Change",
        "detail": {"ModelPackageGroupName": "g", "ModelApprovalStatus": "Approved"},
    }  # fmt: skip
    pattern = {"source": ["aws.sagemaker"], "detail": {"ModelApprovalStatus": ["Approved"]}}
    other = {"source": ["aws.sagemaker"], "detail": {"ModelApprovalStatus": ["Rejected"]}}
    asked = [
        bus.test_event_pattern(EventPattern=json.dumps(p), Event=json.dumps(event))["Result"] for p in (pattern, other)
    ]
    assert asked == [True, False]


def test_everything_acknowledged_outlives_kill_9(own_parts: Parts) -> None:
    parts = own_parts
    bucket, table = parts.bucket("lasting"), parts.table("lasting")
    url, arn = parts.queue("lasting")
    events(parts).put_rule(Name="lasting", EventPattern='{"source":["aws.s3"]}')
    events(parts).put_targets(Rule="lasting", Targets=[{"Id": "q", "Arn": arn}])
    parts.emulator.snapshot()
    first = parts.cloud.s3.put_object(Bucket=bucket, Key="a", Body=b"1", Metadata={"who": "me"})["VersionId"]
    parts.cloud.s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    key: Any = {"pk": {"S": "d"}, "sk": {"S": "n"}}
    for number in range(50):
        parts.cloud.dynamodb.put_item(TableName=table, Item={"pk": {"S": "d"}, "sk": {"S": str(number)}})
        parts.cloud.dynamodb.update_item(
            TableName=table, Key=key, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": {"N": "1"}}
        )
    for _ in range(3):
        parts.emulator.child.kill()
        parts.emulator.start()
        assert parts.cloud.dynamodb.get_item(TableName=table, Key=key)["Item"]["n"]["N"] == "50"
        assert parts.cloud.dynamodb.scan(TableName=table, Select="COUNT")["Count"] == 51
    assert parts.cloud.s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert parts.cloud.s3.get_object(Bucket=bucket, Key="a", VersionId=first)["Metadata"] == {"who": "me"}
    assert [t["Arn"] for t in events(parts).list_targets_by_rule(Rule="lasting")["Targets"]] == [arn]
    assert parts.cloud.sqs.get_queue_url(QueueName="lasting")["QueueUrl"] == url


def test_a_start_never_replays_more_than_a_snapshot_leaves_however_often_it_is_killed(own_parts: Parts) -> None:
    parts, table = own_parts, own_parts.table("long")
    parts.emulator.snapshot()
    for start in range(2):
        for number in range(LONGEST * 2 // 3):
            item = {"pk": {"S": f"{start}"}, "sk": {"S": f"{number}"}}
            parts.cloud.dynamodb.put_item(TableName=table, Item=item)
        parts.emulator.child.kill()
        parts.emulator.start()
    journal = Generations(parts.layout.state).journal
    assert len(journal.read_text().splitlines()) <= LONGEST
    assert parts.cloud.dynamodb.scan(TableName=table, Select="COUNT")["Count"] == LONGEST * 2 // 3 * 2


def test_a_message_taken_by_a_killed_worker_is_given_back_at_once(own_parts: Parts) -> None:
    parts = own_parts
    url, _ = parts.queue("taken")
    parts.cloud.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "3600"})
    for body in ("one", "two"):
        parts.cloud.sqs.send_message(QueueUrl=url, MessageBody=body)
    assert parts.cloud.sqs.receive_message(QueueUrl=url)["Messages"]
    parts.emulator.snapshot()
    parts.emulator.child.kill()
    parts.emulator.start()
    assert queues.release(parts.cloud) == 1
    found = parts.cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in found) == ["one", "two"]
    assert queues.release(parts.cloud) == 2


def test_writes_after_a_second_snapshot_are_not_applied_twice(own_parts: Parts) -> None:
    parts, key = own_parts, {"pk": {"S": "d"}, "sk": {"S": "n"}}
    table = parts.table("counted")
    add: dict[str, Any] = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    for _ in range(3):
        parts.cloud.dynamodb.update_item(TableName=table, Key=key, **add)
        parts.emulator.snapshot()
        parts.cloud.dynamodb.update_item(TableName=table, Key=key, **add)
        parts.emulator.child.kill()
        parts.emulator.start()
    assert parts.cloud.dynamodb.get_item(TableName=table, Key=key)["Item"]["n"]["N"] == "6"
