"""Off outside business hours: schedules that call AWS's own APIs, each by a role that can do that and no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler

from stacks.base import EnvironmentStack
from stacks.constructs import metrics
from stacks.constructs.alarms import AlarmSpec
from stacks.constructs.grants import Grant, acknowledge, allow
from stacks.constructs.keys import SecureKey
from stacks.constructs.queues import LONGEST, SecureQueue
from stacks.platform_config import OfficeHours

NODES: Final = "office-hours-nodes"
ALARMS: Final = "office-hours-alarms"
SAYS: Final = {
    NODES: "Nodes were not switched off, or not on, when they should have been: they cost, or they are missing.",
    ALARMS: "The service's alarms were not suspended, or not brought back, when they should have been.",
}
"""What the clock works on: what is said where it could not."""
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
    stack: EnvironmentStack, hours: OfficeHours, key: SecureKey, *, cluster: str, group: str, group_arn: str
) -> None:
    """No nodes when the office closes, the configured ones when it opens.

    Without a node no autoscaler runs, so nothing brings them back before.
    """
    wanted = stack.config.cluster
    missed = _missed(stack, NODES, key)
    may = Grant(actions=("eks:UpdateNodegroupConfig",), resources=(group_arn,))
    role = _role(stack, "Schedules: the number of this cluster's nodes", may, missed, key)
    for name, cron, fewest in (("nodes-off", hours.closing, 0), ("nodes-on", hours.opening(), wanted.min_nodes)):
        size = {"MinSize": fewest, "MaxSize": wanted.max_nodes, "DesiredSize": fewest}
        call = Call(
            name=name,
            description=f"{fewest} nodes from now on",
            cron=cron,
            action="eks:updateNodegroupConfig",
            says={"ClusterName": cluster, "NodegroupName": group, "ScalingConfig": size},
        )
        _schedule(stack, hours, role, missed, call)


def alarms_by_the_clock(stack: EnvironmentStack, hours: OfficeHours, key: SecureKey, alarms: list[str]) -> None:
    """What is off on purpose wakes nobody: these alarms act only while the office is open."""
    arns = tuple(stack.colon_arn("cloudwatch", "alarm", name) for name in alarms)
    missed = _missed(stack, ALARMS, key)
    may = Grant(actions=("cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"), resources=arns)
    role = _role(stack, "Schedules: whether the service's alarms act", may, missed, key)
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
        _schedule(stack, hours, role, missed, call)


def missed_calls(stack: EnvironmentStack) -> Iterator[AlarmSpec]:
    """An alarm on what each clock could not do; never among those that rest outside business hours."""
    for name, says in SAYS.items():
        yield AlarmSpec(
            name=f"{name}-missed",
            says=says,
            runbook="office-hours-missed",
            metric=metrics.queue(stack.physical(f"{name}-dlq"), "ApproximateNumberOfMessagesVisible"),
            threshold=1,
        )


def _missed(stack: EnvironmentStack, name: str, key: SecureKey) -> SecureQueue:
    """Calls that were given up, each with the reason; for people, as a late one would undo the call after it."""
    queue = SecureQueue(stack, "OfficeHoursMissed", stack=stack, name=f"{name}-dlq", key=key, days=LONGEST)
    because = "it is itself where dead letters go: those of schedules, which no queue names"
    acknowledge(queue, "AwsSolutions-SQS3", because)
    return queue


def _schedule(stack: EnvironmentStack, hours: OfficeHours, role: iam.Role, missed: SecureQueue, call: Call) -> None:
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
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=missed.queue_arn),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_retry_attempts=10, maximum_event_age_in_seconds=3600
            ),
        ),
    )


def _role(stack: EnvironmentStack, description: str, may: Grant, missed: SecureQueue, key: SecureKey) -> iam.Role:
    """What calls do, and what becomes of those that fail: Scheduler sends dead letters as the schedule's role."""
    role = iam.Role(
        stack,
        "OfficeHoursRole",
        description=description,
        assumed_by=iam.ServicePrincipal(SCHEDULER, conditions={"StringEquals": {"aws:SourceAccount": stack.account}}),
    )
    allow(
        role,
        may,
        Grant(actions=("sqs:SendMessage",), resources=(missed.queue_arn,)),
        Grant(actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(key.key_arn,)),
    )
    return role
