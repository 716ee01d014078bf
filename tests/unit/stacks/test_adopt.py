"""What a teardown keeps is taken back by its stack: all of it is known, and nothing is lost on the way."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from stacks.account import StuckError
from stacks.adopt import __main__ as command
from stacks.adopt.importing import IDENTIFIED_BY, NEVER_MADE, Resource, adopt, body, resources
from stacks.adopt.kept import BUCKET, TABLE, Kept, kept, orphans
from stacks.config import Config, load
from tests.unit.stacks.stubbed import Stubbed
from tests.unit.stacks.synthesis import STACKS, Template, templates, text

pytestmark = pytest.mark.xdist_group("synth")
OWNER = "123456789012"
KEY = f"arn:aws:kms:ap-southeast-1:{OWNER}:key/0a"
NAMES = ("BucketName", "TableName", "ModelPackageGroupName", "RepositoryName")


@pytest.fixture
def aws() -> Stubbed:
    return Stubbed()


@pytest.fixture
def data() -> Template:
    return templates("prod")["data"]


def with_delivery(environment: str) -> Config:
    found = load(environment)
    return found.model_copy(update={"delivery": found.delivery.model_copy(update={"here": True})})


def retained(template: Template) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in template.resources.items() if each.get("DeletionPolicy") == "Retain"}


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_all_that_outlives_its_stack_by_name_is_known(environment: str) -> None:
    found = {
        (stack, each["Type"], text(each["Properties"][name]).replace("<AWS::AccountId>", OWNER))
        for stack in STACKS
        for each in retained(templates(environment)[stack]).values()
        for name in NAMES
        if name in each["Properties"]
    }
    assert found == {(each.stack, each.kind, each.name) for each in kept(with_delivery(environment), OWNER)}
    assert not [each for template in templates("dev").values() for each in retained(template)]


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_a_key_outlives_its_stack_where_what_it_encrypts_does_and_nowhere_else(environment: str) -> None:
    for stack, template in templates(environment).items():
        stays = retained(template)
        keys = set(template.of_type("AWS::KMS::Key"))
        needed = {key for key in keys if any(key in json.dumps(each) for name, each in stays.items() if name != key)}
        assert {name for name in stays if name in keys} == needed, stack


@pytest.mark.parametrize("kind", sorted(IDENTIFIED_BY))
def test_cloudformation_knows_each_kind_by_what_we_say_and_can_look_at_it(kind: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("ap-southeast-1", kind).schema
    assert schema["primaryIdentifier"] == [f"/properties/{IDENTIFIED_BY[kind]}"]


def encrypted(aws: Stubbed, arn: str = KEY, times: int = 1) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    found = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    for _ in range(times):
        aws.of("s3").add_response("get_bucket_encryption", {"ServerSideEncryptionConfiguration": found})


def key_is(aws: Stubbed, state: str) -> None:
    aws.of("kms").add_response("describe_key", {"KeyMetadata": {"KeyId": "0a", "KeyState": state}}, {"KeyId": KEY})


def buckets(*purposes: str) -> list[Kept]:
    return [Kept(stack="data", kind=BUCKET, name=f"mlops-prod-{each}-{OWNER}") for each in purposes]


def test_things_are_taken_back_with_the_key_that_encrypts_them_and_kept_whatever_happens(
    aws: Stubbed, data: Template
) -> None:
    table = Kept(stack="data", kind=TABLE, name="mlops-prod-uploads")
    encrypted(aws)
    described = {"Table": {"SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": KEY}}}
    aws.of("dynamodb").add_response("describe_table", described)
    key_is(aws, "Enabled")
    found = resources(aws.account.client, data.body, [*buckets("raw", "logs"), table], OWNER)
    assert [(each.kind, each.identifier) for each in found] == [
        ("AWS::KMS::Key", "0a"),
        (BUCKET, f"mlops-prod-raw-{OWNER}"),
        (BUCKET, f"mlops-prod-logs-{OWNER}"),
        (TABLE, "mlops-prod-uploads"),
    ]
    taken = body(data.body, found)["Resources"]
    assert set(taken) == {each.logical_id for each in found}
    for name, each in taken.items():
        assert each["Properties"] == data.resources[name]["Properties"]
        assert (each["DeletionPolicy"], each["UpdateReplacePolicy"]) == ("Retain", "Retain")
    aws.done()


def test_without_its_key_nothing_is_taken_back_and_the_cure_is_said(aws: Stubbed, data: Template) -> None:
    encrypted(aws)
    key_is(aws, "PendingDeletion")
    with pytest.raises(StuckError, match=r"which is PendingDeletion: aws kms cancel-key-deletion --key-id 0a, then"):
        resources(aws.account.client, data.body, buckets("raw", "logs"), OWNER)


def test_things_under_different_keys_are_named(aws: Stubbed, data: Template) -> None:
    encrypted(aws)
    encrypted(aws, KEY.replace("0a", "0b"))
    with pytest.raises(StuckError, match=r"mlops-prod-raw-\d+ by .*key/0a, mlops-prod-lake-\d+ by .*key/0b"):
        resources(aws.account.client, data.body, buckets("raw", "lake", "logs"), OWNER)


def test_a_bucket_whose_log_bucket_has_gone_says_so_before_anything_is_made(aws: Stubbed, data: Template) -> None:
    with pytest.raises(StuckError, match=r"mlops-prod-raw-\d+ goes with LogBucket\w+ of its template, which is not"):
        resources(aws.account.client, data.body, buckets("raw"), OWNER)


LOGS = Resource(logical_id="LogBucketCC3B17E8", kind=BUCKET, identifier=f"mlops-prod-logs-{OWNER}")


def gone(aws: Stubbed) -> None:
    aws.of("cloudformation").add_client_error("describe_stacks", "ValidationError", "does not exist")


def is_there(aws: Stubbed, status: str, *, protected: bool = False) -> None:
    described = {"StackName": "x", "StackStatus": status, "CreationTime": datetime.now(UTC)}
    described["EnableTerminationProtection"] = protected
    aws.of("cloudformation").add_response("describe_stacks", {"Stacks": [described]})


def test_what_cloudformation_refuses_leaves_nothing_half_made(aws: Stubbed, data: Template) -> None:
    cloudformation, place = aws.of("cloudformation"), {"StackName": "mlops-prod-data", "ChangeSetName": "adopt"}
    gone(aws)
    wanted = {
        "ResourceType": BUCKET,
        "LogicalResourceId": LOGS.logical_id,
        "ResourceIdentifier": {"BucketName": LOGS.identifier},
    }
    request = {
        **place,
        "ChangeSetType": "IMPORT",
        "TemplateBody": json.dumps(body(data.body, [LOGS])),
        "ResourcesToImport": [wanted],
    }
    cloudformation.add_response("create_change_set", {}, request)
    for status in ("CREATE_PENDING", "CREATE_IN_PROGRESS", "FAILED"):
        cloudformation.add_response("describe_change_set", {"Status": status, "StatusReason": "Bucket not found"})
    cloudformation.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": "Bucket not found"})
    cloudformation.add_response("delete_stack", {}, {"StackName": "mlops-prod-data"})
    with pytest.raises(StuckError, match="mlops-prod-data cannot be made of what is there: Bucket not found"):
        adopt(aws.account, "mlops-prod-data", data.body, [LOGS])
    aws.done()


def test_a_stack_that_does_not_go_by_itself_is_left_to_people(aws: Stubbed, data: Template) -> None:
    is_there(aws, "ROLLBACK_FAILED")
    with pytest.raises(StuckError, match=r"mlops-prod-data is ROLLBACK_FAILED: delete it in the console, then start"):
        adopt(aws.account, "mlops-prod-data", data.body, [LOGS])


@pytest.mark.parametrize("status", NEVER_MADE)
@pytest.mark.parametrize("protected", [True, False])
def test_a_stack_that_was_never_made_goes_first_though_it_is_protected(
    aws: Stubbed, data: Template, status: str, protected: bool
) -> None:
    cloudformation, name = aws.of("cloudformation"), {"StackName": "mlops-prod-data"}
    for _ in range(2):
        is_there(aws, status, protected=protected)
    if protected:
        cloudformation.add_response("update_termination_protection", {}, name | {"EnableTerminationProtection": False})
    cloudformation.add_response("delete_stack", {}, name)
    is_there(aws, "DELETE_COMPLETE")
    cloudformation.add_response("create_change_set", {})
    for _ in range(2):
        cloudformation.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"})
    cloudformation.add_response("execute_change_set", {})
    for each in ("REVIEW_IN_PROGRESS", "IMPORT_IN_PROGRESS", "IMPORT_COMPLETE", "IMPORT_COMPLETE"):
        is_there(aws, each)
    adopt(aws.account, "mlops-prod-data", data.body, [LOGS])
    aws.done()


def test_where_all_stacks_are_there_nothing_is_looked_for(aws: Stubbed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "say", aws.said.append)
    aws.of("sts").add_response("get_caller_identity", {"Account": OWNER})
    for _ in ("data", "observability", "ml"):
        is_there(aws, "UPDATE_COMPLETE")
    command.take_back(aws.account, load("prod"))
    assert aws.said == ["nothing of prod is there without its stack: deploy as ever"]
    aws.done()


def test_what_is_there_without_its_stack_is_found_by_its_name(aws: Stubbed) -> None:
    gone(aws)
    for _ in ("observability", "ml"):
        is_there(aws, "CREATE_COMPLETE")
    aws.of("s3").add_response("head_bucket", {}, {"Bucket": f"mlops-prod-raw-{OWNER}"})
    for _ in ("lake", "artifacts", "logs"):
        aws.of("s3").add_client_error("head_bucket", "404", "Not Found")
    aws.of("dynamodb").add_client_error("describe_table", "ResourceNotFoundException")
    assert orphans(aws.account.client, load("prod"), OWNER) == {"data": buckets("raw")}
    aws.done()
