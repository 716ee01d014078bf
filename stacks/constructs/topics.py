"""Encrypted topics that CloudWatch's alarms can reach."""

from typing import Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from stacks.base import EnvironmentStack
from stacks.constructs.keys import SecureKey

CLOUDWATCH: Final = "cloudwatch.amazonaws.com"


class SecureTopic(sns.Topic):
    """Topic ``mlops-{env}-{name}``, encrypted by our key, TLS only."""

    def __init__(self, scope: EnvironmentStack, construct_id: str, *, name: str, key: SecureKey) -> None:
        super().__init__(scope, construct_id, topic_name=scope.physical(name), master_key=key, enforce_ssl=True)


class AlarmTopic(SecureTopic):
    """A topic that is open to this environment's alarms.

    An alarm's action opens neither the key nor a topic whose policy denies plain HTTP and allows
    nothing: without both grants an alarm goes nowhere, and says so nowhere.
    """

    def __init__(self, scope: EnvironmentStack, construct_id: str, *, name: str, key: SecureKey) -> None:
        super().__init__(scope, construct_id, name=name, key=key)
        self._account = scope.account
        self._key = key
        key.open_to_service(CLOUDWATCH)
        alarms = scope.colon_arn("cloudwatch", "alarm", scope.physical("*"))
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[iam.ServicePrincipal(CLOUDWATCH)],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": scope.account},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )

    def open_to_account(self, service: str) -> None:
        """Let a service publish on behalf of this account: budgets and cost alerts have no alarms to name."""
        self._key.open_to_service(service)
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{service.split('.', maxsplit=1)[0].capitalize()}Publishes",
                principals=[iam.ServicePrincipal(service)],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self._account}},
            )
        )


def topic_arn(stack: EnvironmentStack, name: str) -> str:
    """ARN of a topic of this environment, whichever stack it is in."""
    return stack.format_arn(service="sns", resource=stack.physical(name))
