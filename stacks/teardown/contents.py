"""What is inside the stacks' things and keeps them from going: models, objects."""

from collections.abc import Iterable
from typing import Any, Final

from botocore.exceptions import ClientError

from core.contracts import names
from core.contracts.tags import PROJECT
from stacks.account import Account, StuckError, is_gone
from stacks.config import Config
from stacks.parts import BUCKETS

AT_ONCE: Final = 1000
"""Keys of one DeleteObjects."""


def delete_versions(account: Account, environment: str) -> int:
    """Delete registered versions, without which their group does not go; how many."""
    sagemaker = account.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=names.model_package_group(environment)
    )
    versions: list[str] = []
    try:
        versions = [each["ModelPackageArn"] for page in pages for each in page["ModelPackageSummaryList"]]
    except ClientError as error:
        if not is_gone(error):
            raise
    for arn in versions:
        sagemaker.delete_model_package(ModelPackageName=arn)
    return len(versions)


def delete_models(account: Account, environment: str) -> int:
    """Delete what the forecast pipeline made of versions; SageMaker names it, our tags tell it. How much there was."""
    sagemaker = account.client("sagemaker")
    pages = sagemaker.get_paginator("list_models").paginate()
    found = [each for page in pages for each in page["Models"]]
    ours = [each["ModelName"] for each in found if _is_ours(sagemaker, each["ModelArn"], environment)]
    for name in ours:
        sagemaker.delete_model(ModelName=name)
    return len(ours)


def _is_ours(sagemaker: Any, arn: str, environment: str) -> bool:
    """Environments are called the same by others, too: the project tells."""
    tags = {each["Key"]: each["Value"] for each in sagemaker.list_tags(ResourceArn=arn)["Tags"]}
    return (tags.get("Project"), tags.get("Environment")) == (PROJECT, environment)


def stop_trail(account: Account, environment: str) -> None:
    """Have CloudTrail write nothing more into a bucket that is about to go."""
    try:
        account.client("cloudtrail").stop_logging(Name=names.resource(environment, "trail"))
    except ClientError as error:
        if not is_gone(error):
            raise


def delete_late_logs(account: Account, environment: str, stacks: Iterable[str]) -> int:
    """Delete log groups that AWS made anew for what it wrote after they had gone with their stacks; how many.

    They have no key, no end and no tag that would tell of them, and the cluster's would be in the way of the next one.
    """
    logs = account.client("logs")
    of_functions = [f"/aws/lambda/{names.resource(environment, stack)}-" for stack in stacks]
    late = [
        group["logGroupName"]
        for prefix in (*of_functions, names.control_plane_logs(environment))
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
        for group in page["logGroups"]
    ]
    for name in late:
        logs.delete_log_group(logGroupName=name)
    return len(late)


def filled(account: Account, config: Config, stack: str, owner: str) -> bool:
    """Whether a stack's bucket that may be emptied holds something again."""
    if config.data.keep_on_delete:
        return False
    s3 = account.client("s3")
    for purpose in BUCKETS.get(stack, ()):
        try:
            page = s3.list_object_versions(Bucket=names.bucket(config.environment, purpose, owner), MaxKeys=1)
        except ClientError as error:
            if not is_gone(error):
                raise
            continue
        if page.get("Versions") or page.get("DeleteMarkers"):
            return True
    return False


def empty(account: Account, config: Config, stack: str, owner: str) -> int:
    """Empty a stack's buckets, old versions too, where the environment allows it; how many versions went."""
    if config.data.keep_on_delete:
        return 0
    s3 = account.client("s3")
    return sum(
        _empty_bucket(s3, names.bucket(config.environment, purpose, owner)) for purpose in BUCKETS.get(stack, ())
    )


def _empty_bucket(s3: Any, bucket: str) -> int:
    count = 0
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
            for first in range(0, len(keys), AT_ONCE):
                _delete(s3, bucket, keys[first : first + AT_ONCE])
            count += len(keys)
    except ClientError as error:
        if not is_gone(error):
            raise
    return count


def _delete(s3: Any, bucket: str, keys: list[dict[str, str]]) -> None:
    """Delete versions; S3 answers that it did, and lists inside its answer those that it did not."""
    refused = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True}).get("Errors", [])
    if refused:
        first = refused[0]
        raise StuckError(
            f"{len(refused)} objects of {bucket} do not go, {first['Key']!r} among them: {first.get('Code')} "
            f"{first.get('Message', '')}; mend that, then start again"
        )
