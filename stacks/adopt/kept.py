"""What outlives its stack by name, so that the stack could not make it a second time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from core.contracts import names
from stacks.account import Client, is_gone, stack_status
from stacks.application import SHARED
from stacks.config import Config
from stacks.parts import BUCKETS

BUCKET, TABLE, MODELS, REPOSITORY = (
    "AWS::S3::Bucket",
    "AWS::DynamoDB::Table",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::ECR::Repository",
)
NOTHING_IN_IT: Final = (None, "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
"""Statuses of stacks that are not there, or whose first deployment failed."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One thing that may be there without its stack."""

    stack: str
    """Short name."""
    kind: str
    """As CloudFormation calls it."""
    name: str


def kept(config: Config, owner: str) -> list[Kept]:
    """All that an environment's stacks leave behind where its data is kept; ``owner`` is the account's id."""
    env = config.environment
    found = [
        Kept(stack=stack, kind=BUCKET, name=names.bucket(env, purpose, owner))
        for stack, purposes in BUCKETS.items()
        for purpose in purposes
    ]
    found.append(Kept(stack="data", kind=TABLE, name=names.uploads_table(env)))
    found.append(Kept(stack="ml", kind=MODELS, name=names.model_package_group(env)))
    found += [
        Kept(stack=SHARED, kind=REPOSITORY, name=f"{names.PREFIX}/{service}")
        for service in ("training", "inference-api")
    ]
    return [each for each in found if each.stack != SHARED or config.delivery.here]


def orphans(client: Client, config: Config, owner: str) -> dict[str, list[Kept]]:
    """Stack -> what is there of it though it is not deployed, or not to its end."""
    found: dict[str, list[Kept]] = {}
    for each in kept(config, owner):
        found.setdefault(each.stack, []).append(each)
    lost = [
        stack for stack in found if stack_status(client, names.resource(config.environment, stack)) in NOTHING_IN_IT
    ]
    there = {stack: [each for each in found[stack] if described(client, each) is not None] for stack in lost}
    return {stack: things for stack, things in there.items() if things}


def described(client: Client, thing: Kept) -> dict[str, Any] | None:
    """What AWS says of a thing; None where there is none."""
    try:
        found: dict[str, Any] = _DESCRIBED[thing.kind](client, thing.name)
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    return found


_DESCRIBED: Final[dict[str, Callable[[Client, str], Any]]] = {
    BUCKET: lambda client, name: client("s3").head_bucket(Bucket=name),
    TABLE: lambda client, name: client("dynamodb").describe_table(TableName=name)["Table"],
    MODELS: lambda client, name: client("sagemaker").describe_model_package_group(ModelPackageGroupName=name),
    REPOSITORY: lambda client, name: client("ecr").describe_repositories(repositoryNames=[name])["repositories"][0],
}
