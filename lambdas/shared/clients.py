"""boto3 clients, made when first used: importing a handler stays quick, a warm function keeps them."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient


def _config() -> "Config":
    from botocore.config import Config  # noqa: PLC0415

    return Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=3, read_timeout=15)


@cache
def s3() -> "S3Client":
    """The S3 client of this process."""
    import boto3  # noqa: PLC0415

    return boto3.client("s3", config=_config())


@cache
def dynamodb() -> "DynamoDBClient":
    """The DynamoDB client of this process."""
    import boto3  # noqa: PLC0415

    return boto3.client("dynamodb", config=_config())


@cache
def sagemaker() -> "SageMakerClient":
    """The SageMaker client of this process."""
    import boto3  # noqa: PLC0415

    return boto3.client("sagemaker", config=_config())


def code(error: "ClientError") -> str:
    """AWS's code of an error, such as ``ConditionalCheckFailedException``."""
    return error.response["Error"]["Code"]
