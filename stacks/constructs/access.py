"""What roles may do with the data stack's things: policy statements scoped to prefixes and keys.

The things are known by name and parameter, so that no stack exports anything to another.
"""

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm

from core.contracts import names
from stacks.base import EnvironmentStack


@dataclass(frozen=True)
class Store:
    """One bucket."""

    name: str
    arn: str

    def read(self, *prefixes: str) -> iam.PolicyStatement:
        """Read objects, and old versions of them."""
        return iam.PolicyStatement(actions=["s3:GetObject", "s3:GetObjectVersion"], resources=self._below(prefixes))

    def write(self, *prefixes: str) -> iam.PolicyStatement:
        """Write objects."""
        return iam.PolicyStatement(
            actions=["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            resources=self._below(prefixes),
        )

    def delete(self, *prefixes: str) -> iam.PolicyStatement:
        """Delete objects; their versions stay."""
        return iam.PolicyStatement(actions=["s3:DeleteObject"], resources=self._below(prefixes))

    def look(self, *more: str) -> iam.PolicyStatement:
        """List the bucket.

        On the whole of it: only who may list is told that an object does not exist, anybody else is
        told 'access denied', and the code asks for things that may not be there.
        """
        return iam.PolicyStatement(actions=["s3:ListBucket", "s3:GetBucketLocation", *more], resources=[self.arn])

    def _below(self, prefixes: tuple[str, ...]) -> list[str]:
        return [f"{self.arn}/{prefix}*" for prefix in prefixes or ("",)]


@dataclass(frozen=True)
class DataPlane:
    """The data stack as the others see it."""

    raw: Store
    lake: Store
    artifacts: Store
    uploads_table: str
    uploads_table_arn: str
    key_arn: str

    @classmethod
    def of(cls, stack: EnvironmentStack) -> Self:
        """Names by convention; the key, which has none, by its parameter."""
        env = stack.config.environment
        table = names.uploads_table(env)
        return cls(
            raw=_store(stack, "raw"),
            lake=_store(stack, "lake"),
            artifacts=_store(stack, "artifacts"),
            uploads_table=table,
            uploads_table_arn=stack.format_arn(service="dynamodb", resource="table", resource_name=table),
            key_arn=ssm.StringParameter.value_for_string_parameter(stack, names.parameter(env, "data", "key-arn")),
        )

    def use_key(self) -> iam.PolicyStatement:
        """Encrypt and decrypt with the data key."""
        return iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self.key_arn])

    def lend_key(self) -> list[iam.PolicyStatement]:
        """Let AWS services hold the data key for volumes they make for us."""
        return [
            iam.PolicyStatement(actions=["kms:DescribeKey"], resources=[self.key_arn]),
            iam.PolicyStatement(
                actions=["kms:CreateGrant"],
                resources=[self.key_arn],
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        ]

    def use_table(self) -> iam.PolicyStatement:
        """Read and change items of the uploads table; no scans, no deletes."""
        return iam.PolicyStatement(
            actions=["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            resources=[self.uploads_table_arn],
        )


def _store(stack: EnvironmentStack, purpose: names.Purpose) -> Store:
    name = stack.bucket_name(purpose)
    return Store(name, stack.format_arn(service="s3", region="", account="", resource=name))


def role(stack: cdk.Stack, construct_id: str, service: str, description: str) -> iam.Role:
    """A role that a service takes on for this account only."""
    return iam.Role(
        stack,
        construct_id,
        description=description,
        assumed_by=iam.ServicePrincipal(service, conditions={"StringEquals": {"aws:SourceAccount": stack.account}}),
    )


def allow(to: iam.IRole, *statements: iam.PolicyStatement) -> None:
    """Add statements to a role's own policy."""
    for statement in statements:
        to.add_to_principal_policy(statement)
