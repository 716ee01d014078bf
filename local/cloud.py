"""AWS clients of one world, typed, made when first asked for."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

    from local.info import WorldInfo


# The profile and the files of the user's own AWS settings are not looked at.
_ALONE: Final[dict[str, Any]] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class Cloud:
    """Clients with explicit addresses and credentials: the user's own AWS settings play no part."""

    def __init__(self, info: WorldInfo) -> None:
        self._info = info
        alone = botocore.session.Session(session_vars=_ALONE)
        alone.set_credentials("test", "test")
        self._session = boto3.Session(botocore_session=alone, region_name=info.region)
        self.endpoint = info.endpoints.aws

    def _client(self, service: Any, endpoint: str) -> Any:
        config = Config(
            retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, read_timeout=300, proxies={}
        )
        return self._session.client(service, endpoint_url=endpoint, config=config)

    @cached_property
    def s3(self) -> S3Client:
        """Objects."""
        client: S3Client = self._client("s3", self.endpoint)
        return client

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """Tables."""
        client: DynamoDBClient = self._client("dynamodb", self.endpoint)
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        """Queues."""
        client: SQSClient = self._client("sqs", self.endpoint)
        return client

    @cached_property
    def ssm(self) -> SSMClient:
        """Parameters."""
        client: SSMClient = self._client("ssm", self.endpoint)
        return client

    @cached_property
    def functions(self) -> LambdaClient:
        """Lambda functions."""
        client: LambdaClient = self._client("lambda", self.endpoint)
        return client

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """Stacks."""
        client: CloudFormationClient = self._client("cloudformation", self.endpoint)
        return client

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """Logs of the functions."""
        client: CloudWatchLogsClient = self._client("logs", self.endpoint)
        return client

    @cached_property
    def cloudwatch(self) -> CloudWatchClient:
        """Metrics and alarms."""
        client: CloudWatchClient = self._client("cloudwatch", self.endpoint)
        return client

    @cached_property
    def sagemaker(self) -> SageMakerClient:
        """Pipelines and models, at the endpoint of their own."""
        client: SageMakerClient = self._client("sagemaker", self._info.endpoints.sagemaker)
        return client
