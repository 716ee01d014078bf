"""Alarms, each of which tells somebody."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from stacks.base import EnvironmentStack

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
    silence: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING
    """What no data means: nothing happened, unless it is of something that always speaks."""
    acts: sns.ITopic | None = None
    """Topic that acts on it, beside the one that tells people."""


def alarm(stack: EnvironmentStack, spec: AlarmSpec, tells: sns.ITopic) -> cloudwatch.Alarm:
    """Make an alarm that tells when it goes off and when it is over."""
    made = cloudwatch.Alarm(
        stack,
        f"Alarm-{spec.name}",
        alarm_name=stack.physical(spec.name),
        alarm_description=f"{spec.says} What to do: {stack.config.alarms.runbook}#{spec.runbook}",
        metric=spec.metric,
        threshold=spec.threshold,
        comparison_operator=spec.when,
        evaluation_periods=1,
        treat_missing_data=spec.silence,
    )
    made.add_alarm_action(actions.SnsAction(tells))
    made.add_ok_action(actions.SnsAction(tells))
    if spec.acts:
        made.add_alarm_action(actions.SnsAction(spec.acts))
    return made
