"""Who did what: CloudTrail into a bucket of its own and a log group, and alarms on what nobody should do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from core.contracts import keys, names
from core.contracts.names import METRIC_NAMESPACE
from stacks.base import EnvironmentStack
from stacks.constructs import metrics
from stacks.constructs.alarms import AlarmSpec
from stacks.constructs.buckets import TrailBucket
from stacks.constructs.grants import acknowledge
from stacks.constructs.keys import SecureKey
from stacks.constructs.log_groups import SecureLogGroup

CLOUDTRAIL: Final = "cloudtrail.amazonaws.com"
WRITES: Final = ("PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject")
"""What changes an object and names its key: who brings an old version back copies it."""
MANY: Final = "DeleteObjects"
"""Removes up to a thousand objects, as the console does for one; its event names the bucket and no key."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Events somebody is told of."""

    name: str
    """Of the metric."""
    pattern: str
    says: str
    threshold: int = 1


def trail(stack: EnvironmentStack) -> Iterator[AlarmSpec]:
    """Trail ``mlops-{env}-trail`` over all regions, its files validated; yields the alarms on it.

    Beside management events, which are the whole account's and are held by one trail of it (``management_events``), it
    holds who touched objects of the raw bucket, who moved a champion pointer, and who removed many artifacts at once.
    """
    name = stack.physical("trail")
    key = SecureKey(
        stack, "TrailKey", name="trail", description="Who did what: the trail's files and its log", lasting=True
    )
    log_name = f"/aws/cloudtrail/{name}"
    key.open_to_logs(log_name)
    arn = stack.format_arn(service="cloudtrail", resource="trail", resource_name=name)
    _open_to_trail(key, arn)
    files = TrailBucket(stack, "TrailBucket", key=key, days=stack.config.audit.keep_days)
    files.open_to_trail(arn)
    group = SecureLogGroup(stack, "TrailLogs", name=log_name, days=stack.config.audit.log_days, key=key)
    made = cloudtrail.Trail(
        stack,
        "Trail",
        trail_name=name,
        # By its name: what the CDK adds to the policy of a bucket that it knows lets in anybody's trails.
        bucket=s3.Bucket.from_bucket_name(stack, "TrailBucketByName", files.bucket_name),
        encryption_key=key,
        is_multi_region_trail=True,
        include_global_service_events=True,
        enable_file_validation=True,
        send_to_cloud_watch_logs=True,
        cloud_watch_log_group=group,
    )
    made.node.add_dependency(files)
    role = made.node.find_child("LogsRole")
    acknowledge(role, "AwsSolutions-IAM5[Resource::*]", "log streams of one group; CloudTrail names them")
    found = made.node.default_child
    assert isinstance(found, cloudtrail.CfnTrail)  # noqa: S101
    found.add_property_deletion_override("EventSelectors")
    found.advanced_event_selectors = list(_selectors(stack))
    for watch in _watches(stack):
        yield _watched(stack, group, watch)


def _selectors(stack: EnvironmentStack) -> Iterator[cloudtrail.CfnTrail.AdvancedEventSelectorProperty]:
    """What is written down; of the artifacts no reads, for every pod looks at the champions again and again."""
    if stack.config.audit.management_events:
        yield _selector("Management events", _field("eventCategory", "Management"))
    objects = (_field("eventCategory", "Data"), _field("resources.type", "AWS::S3::Object"))
    artifacts = _objects(stack, "artifacts")
    yield _selector("Raw objects", *objects, _below(_objects(stack, "raw")))
    writes = _field("readOnly", "false")
    yield _selector("Champions moved", *objects, writes, _below(f"{artifacts}{keys.CHAMPIONS}"))
    yield _selector("Artifacts removed", *objects, _field("eventName", MANY), _below(artifacts))


def _selector(
    name: str, *fields: cloudtrail.CfnTrail.AdvancedFieldSelectorProperty
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(name=name, field_selectors=list(fields))


def _field(name: str, value: str) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field=name, equal_to=[value])


def _below(arn: str) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field="resources.ARN", starts_with=[arn])


def _objects(stack: EnvironmentStack, purpose: names.Purpose) -> str:
    """What ARNs of a bucket's objects begin with."""
    return f"arn:{stack.partition}:s3:::{stack.bucket_name(purpose)}/"


def _watches(stack: EnvironmentStack) -> Iterator[Watch]:
    yield Watch(
        name="ChampionMovedByHand",
        pattern=(
            '{ ($.eventSource = "s3.amazonaws.com")'
            f' && ($.requestParameters.bucketName = "{stack.physical("artifacts")}-*")'
            f" && (({_moved(stack)}) || ({_removed(stack)})) }}"
        ),
        says="A champion pointer was written by something other than the function that moves it, or artifacts removed.",
    )
    if not stack.config.audit.management_events:
        return  # of the whole account, and so told by the environment that holds them
    yield Watch(
        name="KeyInDanger",
        pattern=(
            '{ ($.eventSource = "kms.amazonaws.com") && (($.eventName = "DisableKey") || '
            '($.eventName = "ScheduleKeyDeletion") || ($.eventName = "PutKeyPolicy")) }'
        ),
        says="A key was disabled, scheduled for deletion, or given another policy: what it encrypts is at risk.",
    )
    yield Watch(
        name="AccessDenied",
        pattern='{ ($.errorCode = "AccessDenied*") || ($.errorCode = "*UnauthorizedOperation") }',
        says="Many requests in this account were denied within five minutes.",
        threshold=20,
    )


def _moved(stack: EnvironmentStack) -> str:
    promote = f"*:{stack.physical('promote')}"
    written = " || ".join(f'($.eventName = "{each}")' for each in WRITES)
    key = f'($.requestParameters.key = "{keys.CHAMPIONS}*")'
    return f'({written}) && {key} && ($.userIdentity.principalId != "{promote}")'


def _removed(stack: EnvironmentStack) -> str:
    """Many at once by anybody but the ml stack's roles, whose steps drop checkpoints; what expires is in no event."""
    issuer = "$.userIdentity.sessionContext.sessionIssuer.userName"
    others = f'({issuer} NOT EXISTS) || ({issuer} != "{stack.physical("ml")}-*")'
    return f'($.eventName = "{MANY}") && ({others})'


def _watched(stack: EnvironmentStack, group: logs.LogGroup, watch: Watch) -> AlarmSpec:
    namespace = f"{METRIC_NAMESPACE}/{stack.physical('trail')}"
    logs.CfnMetricFilter(
        stack,
        f"Filter-{watch.name}",
        log_group_name=group.log_group_name,
        filter_name=stack.physical(metrics.hyphened(watch.name)),
        filter_pattern=watch.pattern,
        metric_transformations=[
            logs.CfnMetricFilter.MetricTransformationProperty(
                metric_namespace=namespace, metric_name=watch.name, metric_value="1", default_value=0, unit="Count"
            )
        ],
    )
    return AlarmSpec(
        name=f"trail-{metrics.hyphened(watch.name)}",
        says=watch.says,
        runbook="security",
        metric=metrics.plain(namespace, watch.name),
        threshold=watch.threshold,
    )


def _open_to_trail(key: SecureKey, trail_arn: str) -> None:
    """Let this trail, and no other, encrypt by the key; CloudTrail refuses a trail whose key it cannot use."""
    service = iam.ServicePrincipal(CLOUDTRAIL)
    condition = {"StringEquals": {"aws:SourceArn": trail_arn}}
    for sid, actions in (("TrailEncrypts", ["kms:GenerateDataKey*"]), ("TrailLooks", ["kms:DescribeKey"])):
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                principals=[service],
                actions=actions,
                resources=["*"],  # in a key's own policy: this key
                conditions=condition,
            )
        )
