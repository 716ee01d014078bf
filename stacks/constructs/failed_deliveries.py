"""Deliveries that failed, told to the people who hear the alarms."""

from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets

from stacks.base import EnvironmentStack
from stacks.constructs import metrics
from stacks.constructs.alarms import AlarmSpec
from stacks.constructs.grants import acknowledge
from stacks.constructs.keys import SecureKey
from stacks.constructs.queues import LONGEST, SecureQueue
from stacks.constructs.rule_role import rule_role
from stacks.constructs.topics import AlarmTopic
from stacks.parts import DELIVERY_FAILED

RUNBOOK: Final = "delivery-failed"
"""Chapter of the runbook."""


def failed_deliveries(stack: EnvironmentStack, people: AlarmTopic, key: SecureKey) -> AlarmSpec:
    """Rule ``mlops-{env}-delivery-failed``: each stage of the pipeline that fails is told, by its name.

    What the rule could not tell is kept, and is an alarm: CloudWatch has another way to the topic.

    Returns:
        That alarm.
    """
    key.open_to_rules()
    name = f"{DELIVERY_FAILED}-dlq"
    kept = SecureQueue(stack, "UntoldDeliveries", stack=stack, name=name, key=key, days=LONGEST)
    acknowledge(kept, "AwsSolutions-SQS3", "it is itself where dead letters go: those of a rule, which no queue names")
    role = rule_role(stack, "DeliveryFailedRole", rule=DELIVERY_FAILED, description="Rule: tells of failed deliveries")
    because = "granted by the CDK on the topic's one key, which a message is encrypted by"
    acknowledge(role, "AwsSolutions-IAM5[Action::kms:GenerateDataKey*]", because)
    rule = events.Rule(
        stack,
        "DeliveryFailed",
        rule_name=stack.physical(DELIVERY_FAILED),
        description="A stage of the delivery pipeline has failed",
        event_pattern=events.EventPattern(
            source=["aws.codepipeline"],
            detail_type=["CodePipeline Stage Execution State Change"],
            detail={"pipeline": [stack.physical("delivery")], "state": ["FAILED"]},
        ),
    )
    # By a role rather than by the topic's policy, in which a service's name would let in anybody's rules.
    rule.add_target(targets.SnsTopic(people, message=_message(stack), role=role, dead_letter_queue=kept))
    return AlarmSpec(
        name=f"{DELIVERY_FAILED}-untold",
        says="A delivery failed, and the message about it could not be sent.",
        runbook=RUNBOOK,
        metric=metrics.queue(stack.physical(name), "ApproximateNumberOfMessagesVisible"),
        threshold=1,
    )


def _message(stack: EnvironmentStack) -> events.RuleTargetInput:
    stage, pipeline, execution = (
        events.EventField.from_path(f"$.detail.{name}") for name in ("stage", "pipeline", "execution-id")
    )
    return events.RuleTargetInput.from_text(
        f"Stage {stage} of {pipeline} failed, execution {execution}. "
        f"What to do: {stack.config.alarms.runbook}#{RUNBOOK}"
    )
