"""A small AWS in this process: three buckets, the uploads table, and functions wired to them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from core.contracts.uploads import Upload
from lambdas.shared import clients
from lambdas.shared.dynamo import Table
from tests.unit.lambdas.stores import NOW

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKETS = ("raw", "lake", "artifacts")
ENVIRONMENT = {
    "ENVIRONMENT": "dev",
    "RAW_BUCKET": "raw",
    "LAKE_BUCKET": "lake",
    "ARTIFACTS_BUCKET": "artifacts",
    "UPLOADS_TABLE": "uploads",
    "RETRAIN_PIPELINES": "mlops-dev-retrain,mlops-dev-retrain-2",
    "FORECAST_PIPELINE": "mlops-dev-forecast",
    "MODEL_PACKAGE_GROUP": "mlops-dev-demand",
    "AWS_DEFAULT_REGION": "ap-southeast-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "POWERTOOLS_TRACE_DISABLED": "1",
}


@dataclass
class LambdaContext:
    """What the runtime tells a function about its invocation."""

    function_name: str = "mlops-dev-function"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:ap-southeast-1:000000000000:function:mlops-dev-function"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"


@dataclass
class Aws:
    """The clients, and short hands for what tests do most."""

    s3: "S3Client"
    table: Table
    context: LambdaContext = field(default_factory=LambdaContext)

    def put(self, key: str, content: bytes = b"date,units\n2024-01-01,1\n", bucket: str = "raw") -> str:
        """Drop an object; returns its version id."""
        return self.s3.put_object(Bucket=bucket, Key=key, Body=content)["VersionId"]

    def text(self, bucket: str, key: str) -> str:
        """Content of an object."""
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """Keys below a prefix."""
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]


@pytest.fixture(scope="module")
def warm_clients() -> Iterator[None]:
    """Clients are slow to make and keep no state: one set for a module, as for a warm function."""
    made = (clients.s3, clients.dynamodb, clients.sagemaker)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SAGEMAKER"):
            patch.delenv(name, raising=False)
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        for client in made:
            client.cache_clear()
            client()
        yield
    for client in made:
        client.cache_clear()


@pytest.fixture
def aws(warm_clients: None) -> Iterator[Aws]:
    """AWS, empty."""
    with mock_aws():
        for bucket in BUCKETS:
            clients.s3().create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"}
            )
            clients.s3().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        clients.dynamodb().create_table(
            TableName="uploads",
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield Aws(clients.s3(), Table(clients.dynamodb(), "uploads"))


def upload(key: str = "shop/a.csv", version_id: str = "v1", *, time: datetime = NOW, size: int = 10) -> Upload:
    """An upload by its key."""
    return Upload(bucket="raw", key=key, version_id=version_id, size=size, uploaded_at=time)


def sqs(*bodies: str, sent: datetime = NOW) -> dict[str, Any]:
    """A batch of queue records."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": "r",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": str(int(sent.timestamp() * 1000)),
                    "SenderId": "s",
                    "ApproximateFirstReceiveTimestamp": str(int(sent.timestamp() * 1000)),
                },
                "messageAttributes": {},
                "md5OfBody": "0",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:ap-southeast-1:000000000000:q",
                "awsRegion": "ap-southeast-1",
            }
            for number, body in enumerate(bodies)
        ]
    }
