"""Whose credentials a job works under: the world's own, or its role's where everybody is held to their rights."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.sagemaker.storage import Storage
from local.settings import ACCOUNT

_PATIENT: Final = Config(retries={"mode": "standard", "max_attempts": 10})  # bridges a restart of the emulator
_DOUBLE: Final = "job-"
_TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    ],
}


@dataclass
class Rights:
    """Environment variables with the credentials of a role, by its ARN; none where nobody is held to rights.

    A role of a job trusts SageMaker alone, which the emulator has not. So its policies are given to a double that this
    account may take on, which may do exactly what the role may.
    """

    held: bool
    _sessions: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def environment(self, role_arn: str) -> Mapping[str, str]:
        """What the AWS SDKs read, to be laid over a process' own variables."""
        if not self.held:
            return {}
        with self._lock:
            if role_arn not in self._sessions:
                self._sessions[role_arn] = _session(role_arn)
            return self._sessions[role_arn]

    def storage(self, role_arn: str) -> Storage:
        """S3 under a role's credentials."""
        given = {name.lower(): value for name, value in self.environment(role_arn).items()}
        return Storage(boto3.client("s3", config=_PATIENT, **given))  # type: ignore[call-overload]


def _session(role_arn: str) -> Mapping[str, str]:
    iam, role = boto3.client("iam"), role_arn.rpartition("/")[2]
    double = f"{_DOUBLE}{role}"[:64]
    try:
        iam.create_role(RoleName=double, AssumeRolePolicyDocument=json.dumps(_TRUST))
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityAlreadyExists":
            raise
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        iam.put_role_policy(RoleName=double, PolicyName=name, PolicyDocument=json.dumps(document))
    arn = f"arn:aws:iam::{ACCOUNT}:role/{double}"
    found = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName=double, DurationSeconds=43_200)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
    }
