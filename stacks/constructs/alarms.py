"""Alarms that reach somebody: an encrypted topic that lets CloudWatch in, and alarms that all have it as action."""

from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.base import EnvironmentStack
from stacks.constructs.keys import SecureKey

CLOUDWATCH: Final = "cloudwatch.amazonaws.com"
ABOVE: Final = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
AT_LEAST: Final = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
BELOW: Final = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


@dataclass(frozen=True, kw_only=True)
class AlarmSpec:
    """When an alarm goes off, and what it says."""

    name: str
    says: str
    runbook: str
    """Anchor in the runbook."""
    metric: cloudwatch.Metric
    threshold: float
    when: cloudwatch.ComparisonOperator = AT_LEAST
    periods: int = 1


class AlarmTopic(Construct):
    """Topic ``mlops-{env}-alarms`` and the alarms that go there."""

    def __init__(self, scope: EnvironmentStack, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._stack = scope
        self.key = SecureKey(scope, f"{construct_id}Key", name="alarms", description="Alarms on their way to people")
        # An alarm's action does not open the key, and a TLS-only topic comes with a denial alone.
        self.key.open_to_service(CLOUDWATCH)
        self.topic = sns.Topic(
            self, "Topic", topic_name=scope.physical("alarms"), master_key=self.key, enforce_ssl=True
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[iam.ServicePrincipal(CLOUDWATCH)],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": scope.account},
                    "ArnLike": {"aws:SourceArn": self._alarm_arns()},
                },
            )
        )
        for email in scope.config.alarms.emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

    def add(self, spec: AlarmSpec) -> cloudwatch.Alarm:
        """Make an alarm that tells the topic when it goes off and when it is over."""
        alarm = cloudwatch.Alarm(
            self._stack,
            f"Alarm-{spec.name}",
            alarm_name=self._stack.physical(spec.name),
            alarm_description=f"{spec.says} What to do: {self._stack.config.alarms.runbook}#{spec.runbook}",
            metric=spec.metric,
            threshold=spec.threshold,
            comparison_operator=spec.when,
            evaluation_periods=spec.periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))
        return alarm

    def _alarm_arns(self) -> str:
        return self._stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name=self._stack.physical("*"),
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
