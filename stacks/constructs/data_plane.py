"""The data stack as the other stacks see it: names, and what a role may be granted on them.

Things are known by name and parameter, so that no stack exports anything to another.
"""

from dataclasses import dataclass
from typing import Final, Self

from aws_cdk import aws_ssm as ssm

from core.contracts import names
from stacks.base import EnvironmentStack
from stacks.constructs.grants import Grant

OBJECTS: Final = "objects of one bucket below the prefixes this role works on; their names come with the data"
EVERYTHING: Final = "every object of one bucket: people choose the folders they upload to"


@dataclass(frozen=True)
class Store:
    """One bucket."""

    name: str
    arn: str

    def read(self, *prefixes: str) -> Grant:
        """Read objects, and old versions of them."""
        return self._below(prefixes, "s3:GetObject", "s3:GetObjectVersion")

    def write(self, first: str, *prefixes: str) -> Grant:
        """Write objects."""
        return self._below((first, *prefixes), "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")

    def delete(self, first: str, *prefixes: str) -> Grant:
        """Delete objects; their versions stay."""
        return self._below((first, *prefixes), "s3:DeleteObject")

    def look(self, *more: str) -> Grant:
        """List the bucket.

        All of it: only who may list is told that an object does not exist, anybody else hears 'access denied',
        and the code asks for things that may not be there.
        """
        return Grant(actions=("s3:ListBucket", "s3:GetBucketLocation", *more), resources=(self.arn,))

    def _below(self, prefixes: tuple[str, ...], *actions: str) -> Grant:
        return Grant(
            actions=actions,
            resources=tuple(f"{self.arn}/{prefix}*" for prefix in prefixes or ("",)),
            because=OBJECTS if prefixes else EVERYTHING,
        )


@dataclass(frozen=True)
class DataPlane:
    """Buckets, table and key of the environment."""

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

    def use_key(self) -> Grant:
        """Encrypt and decrypt with the data key."""
        return Grant(actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(self.key_arn,))

    def lend_key(self) -> tuple[Grant, Grant]:
        """Let AWS services hold the data key for the volumes they make for us."""
        return (
            Grant(actions=("kms:DescribeKey",), resources=(self.key_arn,)),
            Grant(
                actions=("kms:CreateGrant",),
                resources=(self.key_arn,),
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        )

    def use_table(self) -> Grant:
        """Read and change items of the uploads table, remove marks of what waited; no scans."""
        verbs = ("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
        return Grant(
            actions=tuple(f"dynamodb:{verb}" for verb in verbs),
            resources=(self.uploads_table_arn,),
        )


def _store(stack: EnvironmentStack, purpose: names.Purpose) -> Store:
    name = stack.bucket_name(purpose)
    return Store(name, stack.format_arn(service="s3", region="", account="", resource=name))
