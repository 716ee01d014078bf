"""Encryption keys, and the services that may use them."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from stacks.base import EnvironmentStack


class SecureKey(kms.Key):
    """A rotated key with an alias ``mlops-{env}-{name}``.

    ``lasting``: what it encrypts may outlive the stack, so that it has to. Others go with it, in which nothing is left
    that they encrypt, and can be had back for a month where data is kept.
    """

    def __init__(
        self, scope: EnvironmentStack, construct_id: str, *, name: str, description: str, lasting: bool = False
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            alias=f"alias/{scope.physical(name)}",
            description=description,
            enable_key_rotation=True,
            removal_policy=scope.removal if lasting else cdk.RemovalPolicy.DESTROY,
            pending_window=cdk.Duration.days(30 if scope.config.data.keep_on_delete else 7),
        )
        self._stack = scope

    def open_to_logs(self, *log_group_names: str) -> None:
        """Let CloudWatch Logs encrypt these log groups; nobody else's, as the encryption context proves."""
        groups = [self._stack.log_group_arn(name) for name in log_group_names]
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchLogs",
                principals=[iam.ServicePrincipal(f"logs.{self._stack.region}.amazonaws.com")],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                resources=["*"],  # in a key's own policy: this key
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )

    def open_to_rules(self) -> None:
        """Let EventBridge send to queues that the key encrypts; whose rules may, each queue's own policy says.

        No condition on the account, as there is for other services: AWS documents that EventBridge's calls to KMS do
        not name it where a target is an encrypted topic, and says nothing of queues; a condition that is not met
        drops every event, and no log says so.
        """
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RulesSend",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # in a key's own policy: this key
            )
        )

    def open_to_service(self, service: str) -> None:
        """Let a service of this account send through what the key encrypts: an alarm does not open it."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{service.split('.', maxsplit=1)[0].capitalize()}Sends",
                principals=[iam.ServicePrincipal(service)],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # in a key's own policy: this key
                conditions={"StringEquals": {"aws:SourceAccount": self._stack.account}},
            )
        )
