"""Where images are kept."""

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms

from core.contracts import names
from stacks.base import EnvironmentStack
from stacks.delivery_steps.digests import HELD


def repository(scope: EnvironmentStack, service: str, *, key: kms.IKey, keep: int) -> ecr.Repository:
    """Repository ``mlops/{service}``: scanned on push, tags that never move, the newest and the held builds kept."""
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
            # what a rule of a higher priority speaks of is not touched by a lower one, however many builds follow
            ecr.LifecycleRule(
                description="The newest of the builds that were promoted",
                tag_status=ecr.TagStatus.TAGGED,
                tag_prefix_list=[HELD],
                max_image_count=keep,
            ),
            ecr.LifecycleRule(description="The newest builds", tag_status=ecr.TagStatus.ANY, max_image_count=keep),
        ],
    )
