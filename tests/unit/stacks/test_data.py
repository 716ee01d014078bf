from typing import Any

import pytest

from core.contracts import keys, names
from stacks.config import load
from tests.unit.stacks.synthesis import Template, templates, text
from training.claims import LIVE

pytestmark = pytest.mark.xdist_group("synth")
PURPOSES: tuple[names.Purpose, ...] = ("raw", "lake", "artifacts")


@pytest.fixture(params=["dev", "staging", "prod"])
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def data(environment: str) -> Template:
    return templates(environment)["data"]


def bucket(data: Template, environment: str, purpose: names.Purpose) -> tuple[str, dict[str, Any]]:
    name = names.bucket(environment, purpose, "<AWS::AccountId>")
    ((logical, properties),) = [
        each for each in data.of_type("AWS::S3::Bucket").items() if text(each[1]["BucketName"]) == name
    ]
    return logical, properties


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_bucket_is_encrypted_versioned_private_and_says_what_happens_in_it(
    data: Template, environment: str, purpose: names.Purpose
) -> None:
    _, found = bucket(data, environment, purpose)
    (rule,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert text(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == f"<{key(data)}.Arn>"
    assert rule["BucketKeyEnabled"]
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    assert all(found["PublicAccessBlockConfiguration"].values())
    assert found["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert found["LoggingConfiguration"]["LogFilePrefix"] == f"{purpose}/"


@pytest.mark.parametrize("purpose", [*PURPOSES, "logs"])
def test_a_bucket_hears_nobody_without_tls(data: Template, environment: str, purpose: names.Purpose) -> None:
    logical, _ = bucket(data, environment, purpose)
    (policy,) = [each for each in data.of_type("AWS::S3::BucketPolicy").values() if each["Bucket"] == {"Ref": logical}]
    denials = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Deny"]
    conditions = [each["Condition"] for each in denials]
    assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in conditions
    assert all(each["Action"] == "s3:*" and each["Principal"] == {"AWS": "*"} for each in denials)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_was_overwritten_can_be_had_back_for_a_while(
    data: Template, environment: str, purpose: names.Purpose
) -> None:
    _, found = bucket(data, environment, purpose)
    rules = {each["Id"]: each for each in found["LifecycleConfiguration"]["Rules"]}
    assert rules["housekeeping"]["NoncurrentVersionExpiration"]["NoncurrentDays"] >= 30
    assert "ExpirationInDays" not in rules["housekeeping"]
    (moved,) = rules["housekeeping"]["Transitions"]
    assert (moved["StorageClass"], moved["TransitionInDays"]) == ("INTELLIGENT_TIERING", 0)
    expiring = {each.get("Prefix") for each in rules.values() if "ExpirationInDays" in each}
    assert expiring == {"artifacts": {"checkpoints/"}, "lake": {keys.ATHENA}}.get(purpose, set())


def test_the_log_bucket_is_kept_as_the_others_but_for_the_key_that_no_log_is_delivered_under(
    data: Template, environment: str
) -> None:
    _, found = bucket(data, environment, "logs")
    (rule,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}, "AWS delivers logs under no other"
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    assert all(found["PublicAccessBlockConfiguration"].values())
    assert found["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    (kept,) = found["LifecycleConfiguration"]["Rules"]
    assert kept["Transitions"] == [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}]
    assert kept["ExpirationInDays"] == load(environment).data.access_log_days
    assert kept["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_models_and_champions_never_expire(data: Template, environment: str) -> None:
    _, found = bucket(data, environment, "artifacts")
    expiring = [each["Prefix"] for each in found["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in each]
    for kept in (keys.champion("shop"), keys.models("shop", "run")):
        assert not any(kept.startswith(prefix) for prefix in expiring)


def test_the_uploads_table_is_encrypted_and_can_be_restored(data: Template, environment: str) -> None:
    _, table = data.one("AWS::DynamoDB::Table")
    assert table["TableName"] == names.uploads_table(environment)
    assert table["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert text(table["SSESpecification"]["KMSMasterKeyId"]) == f"<{key(data)}.Arn>"
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_data_outlives_its_stack_but_in_development(data: Template, environment: str) -> None:
    holders = ("AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key")
    policies = {each["DeletionPolicy"] for each in data.resources.values() if each["Type"] in holders}
    assert policies == ({"Delete"} if environment == "dev" else {"Retain"})


def test_the_other_stacks_are_told_by_parameters(data: Template, environment: str) -> None:
    told = {each["Name"]: text(each["Value"]) for each in data.of_type("AWS::SSM::Parameter").values()}
    assert set(told) == {
        names.parameter(environment, "data", name)
        for name in ("key-arn", "raw-bucket", "lake-bucket", "artifacts-bucket", "uploads-table")
    }
    assert told[names.parameter(environment, "data", "key-arn")] == f"<{key(data)}.Arn>"


def test_the_key_is_rotated(data: Template) -> None:
    _, found = data.one("AWS::KMS::Key")
    assert found["EnableKeyRotation"]


def key(data: Template) -> str:
    return data.one("AWS::KMS::Key")[0]


def test_athena_and_spark_read_the_table_that_ingest_writes_without_a_statement_of_anybody(
    data: Template, environment: str
) -> None:
    name, found = data.one("AWS::Glue::Table")
    _, database = data.one("AWS::Glue::Database")
    assert found["DatabaseName"] == database["DatabaseInput"]["Name"] == names.database(environment)
    table = found["TableInput"]
    where = f"s3://{names.bucket(environment, 'lake', '<AWS::AccountId>')}/{keys.table('default', 'sales')}/"
    assert (table["Name"], table["TableType"]) == ("sales_default", "EXTERNAL_TABLE")
    assert table["Parameters"] == {"EXTERNAL": "TRUE", "spark.sql.sources.provider": "delta"}
    assert text(table["StorageDescriptor"]["Location"]) == where
    serde = table["StorageDescriptor"]["SerdeInfo"]["Parameters"]
    assert {key: text(value) for key, value in serde.items()} == {"serialization.format": "1", "path": where}
    query, saved = data.one("AWS::Athena::NamedQuery")
    asked = text(saved["QueryString"]).strip()
    assert f" {names.database(environment)}.sales_default " in asked
    assert asked.endswith(f'WHERE "{LIVE}" LIMIT 100')
    assert name in data.resources[query]["DependsOn"]


def test_answers_to_queries_are_encrypted_by_our_key_whoever_asks(data: Template, environment: str) -> None:
    _, group = data.one("AWS::Athena::WorkGroup", Name=f"mlops-{environment}-lake")
    assert group["RecursiveDeleteOption"] is True, "or a question once asked keeps the stack from going"
    settings = group["WorkGroupConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"]
    assert settings["BytesScannedCutoffPerQuery"] == 100 * 10**9
    assert settings["ResultConfiguration"]["EncryptionConfiguration"]["EncryptionOption"] == "SSE_KMS"
    assert text(settings["ResultConfiguration"]["OutputLocation"]).endswith(f"/{keys.ATHENA}")


def test_the_log_bucket_takes_what_load_balancers_of_this_account_log(data: Template, environment: str) -> None:
    logical, _ = bucket(data, environment, "logs")
    (policy,) = [each for each in data.of_type("AWS::S3::BucketPolicy").values() if each["Bucket"] == {"Ref": logical}]
    (admitted,) = [each for each in policy["PolicyDocument"]["Statement"] if each.get("Sid") == "LoadBalancerLogs"]
    assert admitted["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert text(admitted["Resource"]) == f"<{logical}.Arn>/alb/AWSLogs/<AWS::AccountId>/*"
    assert "Condition" not in admitted, "the path holds it to this account; AWS documents no condition for it"


def test_the_log_bucket_takes_what_the_trails_bucket_logs(data: Template, environment: str) -> None:
    logical, _ = bucket(data, environment, "logs")
    (policy,) = [each for each in data.of_type("AWS::S3::BucketPolicy").values() if each["Bucket"] == {"Ref": logical}]
    (admitted,) = [each for each in policy["PolicyDocument"]["Statement"] if each.get("Sid") == "TrailBucketLogs"]
    source = text(admitted["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source.endswith(names.bucket(environment, "trail", "<AWS::AccountId>"))
