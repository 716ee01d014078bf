"""Buckets with secure defaults."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from core.contracts.names import Purpose
from k8s_charts.place import LOG_PREFIX
from stacks.base import EnvironmentStack


class LogBucket(s3.Bucket):
    """Where access logs of the other buckets and of the load balancer go.

    Encrypted by S3's own keys: AWS documents no other for either, and a bucket with a key of ours gets neither's logs.
    """

    def __init__(self, scope: EnvironmentStack, construct_id: str, *, days: int) -> None:
        super().__init__(
            scope,
            construct_id,
            bucket_name=scope.bucket_name("logs"),
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            removal_policy=scope.removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="expire",
                    transitions=_tiered(),
                    expiration=cdk.Duration.days(days),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
        )
        _tell_events(self)
        self._admit(scope, "trail")
        self._admit(scope, "delivery")
        self._admit_balancer(scope)

    def _admit_balancer(self, scope: EnvironmentStack) -> None:
        """Load balancers of this account deliver below one prefix, under their own service's name.

        The account is held by the path, as AWS documents, and by no condition: it documents none here, and where the
        service does not say for which load balancer it writes, one on ``aws:SourceArn`` or ``aws:SourceAccount`` is
        never met. A load balancer that may not log is not made.
        """
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LoadBalancerLogs",
                principals=[iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.arn_for_objects(f"{LOG_PREFIX}/AWSLogs/{scope.account}/*")],
            )
        )

    def _admit(self, scope: EnvironmentStack, purpose: Purpose) -> None:
        """The trail's and the delivery's buckets are in later stacks; those of this one are admitted by the CDK."""
        source = scope.format_arn(service="s3", region="", account="", resource=scope.bucket_name(purpose))
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{purpose.capitalize()}BucketLogs",
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.arn_for_objects(f"{purpose}/*")],
                conditions={
                    "ArnLike": {"aws:SourceArn": source},
                    "StringEquals": {"aws:SourceAccount": scope.account},
                },
            )
        )


class _EncryptedBucket(s3.Bucket):
    """A versioned bucket under our key, with access logs below its purpose in the log bucket."""

    def __init__(
        self,
        scope: EnvironmentStack,
        construct_id: str,
        *,
        purpose: Purpose,
        key: kms.IKey,
        logs: s3.IBucket,
        rules: list[s3.LifecycleRule],
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            bucket_name=scope.bucket_name(purpose),
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            server_access_logs_bucket=logs,
            server_access_logs_prefix=f"{purpose}/",
            removal_policy=scope.removal,
            lifecycle_rules=rules,
        )


class TrailBucket(_EncryptedBucket):
    """Where CloudTrail writes; nobody changes what is there, and versions outlive a deletion."""

    def __init__(self, scope: EnvironmentStack, construct_id: str, *, key: kms.IKey, days: int) -> None:
        logs = s3.Bucket.from_bucket_name(scope, "LogBucket", scope.bucket_name("logs"))
        expire = s3.LifecycleRule(
            id="expire",
            expiration=cdk.Duration.days(days),
            noncurrent_version_expiration=cdk.Duration.days(scope.config.data.old_versions_days),
            abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
        )
        super().__init__(scope, construct_id, purpose="trail", key=key, logs=logs, rules=[expire])
        cdk.Annotations.of(self).acknowledge_warning(
            "@aws-cdk/aws-s3:accessLogsPolicyNotAdded", "the data stack's log bucket admits this one by name"
        )

    def open_to_trail(self, arn: str) -> None:
        """Let this trail, and no other, write its files."""
        folder = self.arn_for_objects(f"AWSLogs/{self.stack.account}/*")
        ours = {"aws:SourceArn": arn}
        for sid, action, resource, condition in (
            ("TrailLooks", "s3:GetBucketAcl", self.bucket_arn, ours),
            ("TrailWrites", "s3:PutObject", folder, ours | {"s3:x-amz-acl": "bucket-owner-full-control"}),
        ):
            self.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    principals=[iam.ServicePrincipal("cloudtrail.amazonaws.com")],
                    actions=[action],
                    resources=[resource],
                    conditions={"StringEquals": condition},
                )
            )


class DataBucket(_EncryptedBucket):
    """One that tells EventBridge of its objects, moves what rests to where it costs less, and lets old versions go."""

    def __init__(
        self,
        scope: EnvironmentStack,
        construct_id: str,
        *,
        purpose: Purpose,
        key: kms.IKey,
        logs: s3.IBucket,
        expiring: dict[str, int] | None = None,
    ) -> None:
        """``expiring``: prefix -> days after which its objects go."""
        rules = [
            _housekeeping(scope.config.data.old_versions_days),
            *(_expire(prefix, days) for prefix, days in sorted((expiring or {}).items())),
        ]
        super().__init__(scope, construct_id, purpose=purpose, key=key, logs=logs, rules=rules)
        _tell_events(self)


def _tell_events(bucket: s3.Bucket) -> None:
    """Natively: the level-2 switch would bring a custom resource with a function of its own."""
    found = bucket.node.default_child
    assert isinstance(found, s3.CfnBucket)  # noqa: S101
    found.add_property_override("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True)


def _tiered() -> list[s3.Transition]:
    """What rests costs less; what is smaller than 128 KB, as most logs are, S3 leaves where it is."""
    return [s3.Transition(storage_class=s3.StorageClass.INTELLIGENT_TIERING, transition_after=cdk.Duration.days(0))]


def _housekeeping(old_versions_days: int) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id="housekeeping",
        transitions=_tiered(),
        noncurrent_version_expiration=cdk.Duration.days(old_versions_days),
        abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
        expired_object_delete_marker=True,
    )


def _expire(prefix: str, days: int) -> s3.LifecycleRule:
    return s3.LifecycleRule(id=f"expire-{prefix.strip('/')}", prefix=prefix, expiration=cdk.Duration.days(days))
