"""Production's data after a teardown: taken back by a new stack, under the same key, and not a byte of it lost."""

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.filtering import filtered
from local.settings import ACCOUNT, REGION, aws_environment
from stacks import account
from stacks.adopt import __main__ as command
from stacks.config import load
from stacks.templates import Json, read, synthesise
from tests.contract.conftest import Parts

BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
STACK = "mlops-prod-data"
RAW = f"mlops-prod-raw-{ACCOUNT}"


@pytest.fixture
def cloud(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in aws_environment(parts.ports).items():
        monkeypatch.setenv(name, value)
    parts.cloud.ssm.put_parameter(Name=BOOTSTRAP, Value="30", Type="String", Overwrite=True)
    yield parts.cloud
    parts.cloud.ssm.delete_parameter(Name=BOOTSTRAP)


def settled(cloud: Any) -> str | None:
    while (status := account.stack_status(lambda _: cloud.cloudformation, STACK) or "").endswith("_IN_PROGRESS"):
        time.sleep(0.05)
    return status or None


def request(template: Json) -> dict[str, Any]:
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    return {"StackName": STACK, "TemplateBody": json.dumps(filtered(template).template), "Capabilities": capabilities}


def encrypted(cloud: Any) -> str:
    """ARN of the stack's key; CloudFormation encrypts its bucket by it, the emulator's has to be told."""
    key: str = cloud.ssm.get_parameter(Name="/mlops/prod/data/key-arn")["Parameter"]["Value"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    cloud.s3.put_bucket_encryption(Bucket=RAW, ServerSideEncryptionConfiguration={"Rules": [rule]})
    return key


def test_what_a_teardown_kept_is_part_of_its_stack_again_and_the_next_deployment_adds_the_rest(
    cloud: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outdir = synthesise(load("prod"), tmp_path, ("data",))
    template = read(outdir, "prod")["data"]
    cloud.cloudformation.create_stack(**request(template))
    assert settled(cloud) == "CREATE_COMPLETE"
    cloud.s3.put_object(Bucket=RAW, Key="shop/sales.csv", Body=b"date,units")
    cloud.dynamodb.put_item(TableName="mlops-prod-uploads", Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    key = encrypted(cloud)
    cloud.cloudformation.delete_stack(StackName=STACK)
    assert settled(cloud) is None
    cloud.cloudformation.create_stack(**request(template))
    assert settled(cloud) == "ROLLBACK_COMPLETE", "its names are taken"

    monkeypatch.setattr(command, "synthesise", lambda *_: outdir)
    monkeypatch.setattr(command, "Account", partial(account.Account, pause=0.05))
    assert command.main(["--env", "prod"]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert f"{STACK} takes back {key.rpartition('/')[2]}, {RAW}, mlops-prod-lake-{ACCOUNT}" in said
    assert settled(cloud) == "IMPORT_COMPLETE"

    cloud.cloudformation.update_stack(**request(template))
    assert settled(cloud) == "UPDATE_COMPLETE"
    assert cloud.ssm.get_parameter(Name="/mlops/prod/data/key-arn")["Parameter"]["Value"] == key
    assert cloud.s3.get_object(Bucket=RAW, Key="shop/sales.csv")["Body"].read() == b"date,units"
    assert cloud.dynamodb.scan(TableName="mlops-prod-uploads")["Count"] == 1
    aliases = boto3.client("kms", region_name=REGION).list_aliases()["Aliases"]
    (alias,) = [each for each in aliases if each["AliasName"] == "alias/mlops-prod-data"]
    assert alias["TargetKeyId"] == key.rpartition("/")[2]
    assert command.main(["--env", "prod"]) == 0
    assert "nothing of prod is there without its stack" in capsys.readouterr().out
