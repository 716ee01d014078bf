"""Off outside business hours: schedules that call AWS's own APIs, each by a role that can do that and no more."""

from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler

from stacks.base import EnvironmentStack
from stacks.constructs.grants import Grant, allow
from stacks.platform_config import OfficeHours

SCHEDULER: Final = "scheduler.amazonaws.com"
WARM_UP_MINUTES: Final = 20
"""Nodes, pods and the load balancer's targets are there again; before that their alarms would only cry."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One API call by the clock."""

    name: str
    description: str
    cron: str
    action: str
    """Of EventBridge Scheduler's universal target, such as ``eks:updateNodegroupConfig``."""
    says: dict[str, Any]
    """The call's parameters; Scheduler takes their names in Pascal case, whatever the service's own."""


def nodes_by_the_clock(
    stack: EnvironmentStack, hours: OfficeHours, *, cluster: str, group: str, group_arn: str
) -> None:
    """No nodes when the office closes, the configured ones when it opens.

    Without a node no autoscaler runs, so nothing brings them back before.
    """
    wanted = stack.config.cluster
    role = _role(
        stack,
        "OfficeHoursRole",
        "Schedules: the number of this cluster's nodes",
        Grant(actions=("eks:UpdateNodegroupConfig",), resources=(group_arn,)),
    )
    for name, cron, fewest in (("nodes-off", hours.closing, 0), ("nodes-on", hours.opening(), wanted.min_nodes)):
        size = {"MinSize": fewest, "MaxSize": wanted.max_nodes, "DesiredSize": fewest}
        call = Call(
            name=name,
            description=f"{fewest} nodes from now on",
            cron=cron,
            action="eks:updateNodegroupConfig",
            says={"ClusterName": cluster, "NodegroupName": group, "ScalingConfig": size},
        )
        _schedule(stack, hours, role, call)


def alarms_by_the_clock(stack: EnvironmentStack, hours: OfficeHours, alarms: list[str]) -> None:
    """What is off on purpose wakes nobody: these alarms act only while the office is open."""
    arns = tuple(stack.colon_arn("cloudwatch", "alarm", name) for name in alarms)
    role = _role(
        stack,
        "OfficeHoursRole",
        "Schedules: whether the service's alarms act",
        Grant(actions=("cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"), resources=arns),
    )
    for name, cron, action in (
        ("alarms-off", hours.closing, "disableAlarmActions"),
        ("alarms-on", hours.opening(WARM_UP_MINUTES), "enableAlarmActions"),
    ):
        call = Call(
            name=name,
            description=f"{action} of what is off outside business hours",
            cron=cron,
            action=f"cloudwatch:{action}",
            says={"AlarmNames": alarms},
        )
        _schedule(stack, hours, role, call)


def _schedule(stack: EnvironmentStack, hours: OfficeHours, role: iam.Role, call: Call) -> None:
    scheduler.CfnSchedule(
        stack,
        f"Schedule-{call.name}",
        name=stack.physical(call.name),
        description=call.description,
        schedule_expression=call.cron,
        schedule_expression_timezone=hours.time_zone,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        state="ENABLED",
        target=scheduler.CfnSchedule.TargetProperty(
            arn=f"arn:{stack.partition}:scheduler:::aws-sdk:{call.action}",
            role_arn=role.role_arn,
            input=stack.to_json_string(call.says),
            # No dead letters: a call that comes late would undo the next one, which does the same a day later.
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_retry_attempts=10, maximum_event_age_in_seconds=3600
            ),
        ),
    )


def _role(stack: EnvironmentStack, construct_id: str, description: str, grant: Grant) -> iam.Role:
    role = iam.Role(
        stack,
        construct_id,
        description=description,
        assumed_by=iam.ServicePrincipal(SCHEDULER, conditions={"StringEquals": {"aws:SourceAccount": stack.account}}),
    )
    allow(role, grant)
    return role
