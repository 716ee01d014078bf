"""EventBridge rules -> encrypted queue with a dead-letter queue -> function, in batches that may fail in parts."""

from dataclasses import dataclass, field
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from core.contracts.names import METRIC_NAMESPACE
from stacks.base import EnvironmentStack
from stacks.config import Concurrency
from stacks.constructs.function_code import function_code
from stacks.constructs.grants import Grant, acknowledge, allow
from stacks.constructs.keys import SecureKey
from stacks.constructs.log_groups import SecureLogGroup
from stacks.constructs.queues import LONGEST, SecureQueue
from stacks.parts import component

BATCH: Final = 10
TRIES: Final = 5
POWERTOOLS_ACCOUNT: Final = "017000801446"
SNS: Final = "sns.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A rule: events that match a pattern, or a schedule that says something constant."""

    name: str
    description: str
    pattern: events.EventPattern | None = None
    every: cdk.Duration | None = None
    says: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class FunctionSpec:
    """What is particular to one function."""

    name: str
    """Folder below ``lambdas/``."""
    description: str
    environment: dict[str, str]
    concurrency: Concurrency
    triggers: tuple[Trigger, ...]
    memory_mb: int = 512
    timeout: cdk.Duration = field(default_factory=lambda: cdk.Duration.seconds(120))

    @property
    def component(self) -> str:
        """``on_upload`` -> ``on-upload``."""
        return component(self.name)


class QueuedFunction(Construct):
    """One function and all that brings events to it."""

    def __init__(self, scope: EnvironmentStack, construct_id: str, *, spec: FunctionSpec, key: SecureKey) -> None:
        super().__init__(scope, construct_id)
        self._stack = scope
        self._key = key
        self.spec = spec
        self.dead_letters = SecureQueue(
            self, "DeadLetters", stack=scope, name=f"{spec.component}-dlq", key=key, days=LONGEST
        )
        self.queue = SecureQueue(
            self,
            "Queue",
            stack=scope,
            name=spec.component,
            key=key,
            # Less than the six times the timeout that AWS advises, by which every failure would wait twelve minutes.
            # Those leave room for throttled calls: a reserve above the mapping's ceiling rules them out; without one
            # the account's pool may run dry, and a message comes again too early and is handled twice, which claims
            # bear, or is never taken and at last given up, which is an alarm.
            visibility=cdk.Duration.seconds(60 + spec.timeout.to_seconds()),
            dead_letters=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=TRIES),
        )
        days = scope.config.functions.log_retention_days
        self.log_group = SecureLogGroup(self, "Logs", name=log_group_name(scope, spec.name), days=days, key=key)
        self.role = iam.Role(
            self,
            "Role",
            description=f"Function {spec.name}",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),  # takes on roles of its own account alone
        )
        self.function = self._function()
        self.function.add_event_source(
            sources.SqsEventSource(
                self.queue,
                batch_size=BATCH,
                report_batch_item_failures=True,
                max_concurrency=spec.concurrency.most,
            )
        )
        for trigger in spec.triggers:
            self._rule(trigger)

    def allow(self, *grants: Grant) -> None:
        """Add to what the function may do."""
        allow(self.role, *grants)

    def listen_to(self, topic: sns.ITopic) -> None:
        """Have a topic's messages come by the queue, too.

        Not by the level-2 subscription: it would name the topic in the key's policy, and the key the topic's.
        """
        sns.Subscription(
            self,
            "Subscription",
            topic=topic,
            protocol=sns.SubscriptionProtocol.SQS,
            endpoint=self.queue.queue_arn,
            dead_letter_queue=self.dead_letters,
        )
        self._key.open_to_service(SNS)
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TopicSends",
                principals=[iam.ServicePrincipal(SNS)],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": topic.topic_arn}},
            )
        )

    def _function(self) -> lambda_.Function:
        settings = self._stack.config.functions
        function = lambda_.Function(
            self,
            "Function",
            function_name=self._stack.physical(self.spec.component),
            description=self.spec.description,
            runtime=lambda_.Runtime(f"python{settings.python}", lambda_.RuntimeFamily.PYTHON),
            architecture=lambda_.Architecture.ARM_64
            if settings.architecture == "arm64"
            else lambda_.Architecture.X86_64,
            code=function_code(),
            handler=f"lambdas.{self.spec.name}.handler.handler",
            layers=[lambda_.LayerVersion.from_layer_version_arn(self, "Powertools", self._powertools())],
            environment=self.spec.environment | self._powertools_environment(),
            environment_encryption=self._key,
            memory_size=self.spec.memory_mb,
            timeout=self.spec.timeout,
            tracing=lambda_.Tracing.ACTIVE,
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel(settings.log_level),
            reserved_concurrent_executions=self.spec.concurrency.reserved,
        )
        self.log_group.grant_write(self.role)
        acknowledge(self.role, "AwsSolutions-IAM5[Resource::*]", "X-Ray's actions, by active tracing, take no resource")
        return function

    def _powertools(self) -> str:
        settings = self._stack.config.functions
        python = f"python{settings.python.replace('.', '')}"
        layer = f"AWSLambdaPowertoolsPythonV3-{python}-{settings.architecture}"
        return (
            f"arn:{cdk.Aws.PARTITION}:lambda:{self._stack.region}:{POWERTOOLS_ACCOUNT}:layer:"
            f"{layer}:{settings.powertools_layer}"
        )

    def _powertools_environment(self) -> dict[str, str]:
        return {
            "POWERTOOLS_SERVICE_NAME": self.spec.name,
            "POWERTOOLS_METRICS_NAMESPACE": METRIC_NAMESPACE,
            "POWERTOOLS_LOG_LEVEL": self._stack.config.functions.log_level,
            "POWERTOOLS_LOGGER_LOG_EVENT": "false",  # whole events name people's files; ids are logged instead
        }

    def _rule(self, trigger: Trigger) -> None:
        says = events.RuleTargetInput.from_object(trigger.says) if trigger.says else None
        rule = events.Rule(
            self,
            f"Rule-{trigger.name}",
            rule_name=self._stack.physical(trigger.name),
            description=trigger.description,
            event_pattern=trigger.pattern,
            schedule=events.Schedule.rate(trigger.every) if trigger.every else None,
        )
        # EventBridge tries for a day; what it then gives up, or may not send, is kept with what the function gave up.
        rule.add_target(targets.SqsQueue(self.queue, message=says, dead_letter_queue=self.dead_letters))


def log_group_name(stack: EnvironmentStack, function: str) -> str:
    """Log group of a function."""
    return f"/aws/lambda/{stack.physical(component(function))}"
