"""Where images are kept."""

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms

from core.contracts import names
from stacks.base import EnvironmentStack


def repository(scope: EnvironmentStack, service: str, *, key: kms.IKey, keep: int) -> ecr.Repository:
    """Repository ``mlops/{service}``: scanned on push, tags that never move, the newest builds kept."""
    return ecr.Repository(
        scope,
        service,
        repository_name=f"{names.PREFIX}/{service}",
        image_scan_on_push=True,
        image_tag_mutability=ecr.TagMutability.IMMUTABLE,
        encryption=ecr.RepositoryEncryption.KMS,
        encryption_key=key,
        removal_policy=scope.removal,
        empty_on_delete=not scope.config.data.keep_on_delete,
        lifecycle_rules=[
            ecr.LifecycleRule(description="The newest builds", tag_status=ecr.TagStatus.ANY, max_image_count=keep)
        ],
    )
