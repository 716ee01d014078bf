"""A pipeline started by the clock."""

from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_sagemaker as sagemaker

from stacks.base import EnvironmentStack
from stacks.constructs.grants import Grant, allow
from stacks.constructs.rule_role import rule_role
from stacks.parts import WEEKLY

NIGHT: Final = "cron(0 18 ? * SAT *)"
"""Saturdays 18:00 UTC: Sunday night in Singapore, when nobody uploads."""


def weekly(stack: EnvironmentStack, pipeline: sagemaker.CfnPipeline) -> events.CfnRule:
    """Start the pipeline once a week, under a role that can do nothing else."""
    arn = stack.format_arn(service="sagemaker", resource="pipeline", resource_name=pipeline.pipeline_name)
    role = rule_role(stack, "WeeklyRole", rule=WEEKLY, description="Schedule: starts the maintain pipeline")
    allow(role, Grant(actions=("sagemaker:StartPipelineExecution",), resources=(arn,)))
    rule = events.CfnRule(
        stack,
        "Weekly",
        name=stack.physical(WEEKLY),
        description="Once a week the tables are compacted and cleaned",
        schedule_expression=NIGHT,
        state="ENABLED",
        targets=[
            events.CfnRule.TargetProperty(
                id="maintain",
                arn=arn,
                role_arn=role.role_arn,
                retry_policy=events.CfnRule.RetryPolicyProperty(
                    maximum_retry_attempts=10, maximum_event_age_in_seconds=6 * 3600
                ),
            )
        ],
    )
    rule.add_resource_dependency(pipeline)
    return rule
