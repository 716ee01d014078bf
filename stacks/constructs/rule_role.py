"""Roles under which EventBridge acts."""

from aws_cdk import aws_iam as iam

from stacks.base import EnvironmentStack


def rule_role(stack: EnvironmentStack, construct_id: str, *, rule: str, description: str) -> iam.Role:
    """A role that EventBridge takes on for the one rule ``mlops-{env}-{rule}``, and for nobody else's."""
    arn = stack.format_arn(service="events", resource="rule", resource_name=stack.physical(rule))
    return iam.Role(
        stack,
        construct_id,
        description=description,
        assumed_by=iam.ServicePrincipal(
            "events.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": stack.account}, "ArnEquals": {"aws:SourceArn": arn}},
        ),
    )
