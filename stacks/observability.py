"""What is seen of the system, what somebody is woken for, who did what, and what it costs.

Knows the others' things by name only.
"""

from collections.abc import Iterator

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from core.contracts import names
from k8s_charts.place import APP, NAMESPACE
from lambdas.shared.measures import RETRAIN_FAILED
from stacks.base import EnvironmentStack
from stacks.config import Config
from stacks.constructs import metrics
from stacks.constructs.alarms import ABOVE, BELOW, AlarmSpec, alarm
from stacks.constructs.audit import trail
from stacks.constructs.dashboard import dashboard
from stacks.constructs.failed_deliveries import failed_deliveries
from stacks.constructs.keys import SecureKey
from stacks.constructs.office_hours import alarms_by_the_clock, missed_calls
from stacks.constructs.spending import spending
from stacks.constructs.topics import AlarmTopic, topic_arn
from stacks.parts import FUNCTIONS, ROLLBACK_TOPIC, SOURCE_CHANGED, WEEKLY, component

ERRORS_BEFORE_ALARM = 3
"""In five minutes; single errors are retried by the queue, and what is given up has an alarm of its own."""


class ObservabilityStack(EnvironmentStack):
    """Dashboard, alarms and the topic they go to, audit trail, budget."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(
            scope,
            config,
            name="observability",
            component="infra",
            description="Retail forecast: dashboard, alarms, trail, budget",
        )
        if config.runbook_missing:
            cdk.Annotations.of(self).add_warning_v2("retail-forecast:runbook", config.runbook_missing)
        dashboard(self)
        key = SecureKey(self, "Key", name="alarms", description="Alarms on their way to people")
        people = AlarmTopic(self, "AlarmTopic", name="alarms", key=key)
        for email in config.alarms.emails:
            people.add_subscription(subscriptions.EmailSubscription(email))
        spending(self, people)
        service, watched = list(self._service()), trail(self)
        for spec in (*self._functions(), *self._pipelines(), *self._starts(), *self._accuracy(), *service, *watched):
            alarm(self, spec, people)
        if config.delivery.here:
            alarm(self, failed_deliveries(self, people, key), people)
        if hours := config.cluster.office_hours:
            for spec in missed_calls(self):
                alarm(self, spec, people)
            alarms_by_the_clock(self, hours, key, [self.physical(spec.name) for spec in service])

    def _functions(self) -> Iterator[AlarmSpec]:
        minutes = self.config.alarms.max_queue_minutes
        for name in map(component, FUNCTIONS):
            physical = self.physical(name)
            yield AlarmSpec(
                name=f"{name}-given-up",
                says=f"Messages were given up: {physical} failed on them five times, or they never reached it.",
                runbook="messages-given-up",
                metric=metrics.queue(f"{physical}-dlq", "ApproximateNumberOfMessagesVisible"),
                threshold=1,
            )
            yield AlarmSpec(
                name=f"{name}-late",
                says=f"Messages have waited for {physical} longer than {minutes} minutes.",
                runbook="messages-late",
                metric=metrics.queue(physical, "ApproximateAgeOfOldestMessage"),
                threshold=60 * minutes,
                when=ABOVE,
            )
            yield AlarmSpec(
                name=f"{name}-errors",
                says=f"{physical} keeps failing.",
                runbook="function-errors",
                metric=metrics.function(physical, "Errors"),
                threshold=ERRORS_BEFORE_ALARM,
            )

    def _pipelines(self) -> Iterator[AlarmSpec]:
        env = self.config.environment
        # not by a pipeline's own metric: an execution that finds no machine fails, and the run goes on in the next
        yield AlarmSpec(
            name="retrain-failed",
            says="A retrain run failed; the champion before it keeps serving.",
            runbook="run-failed",
            metric=metrics.of_environment(env, RETRAIN_FAILED.name, statistic="Sum"),
            threshold=1,
        )
        yield AlarmSpec(
            name="forecast-failed",
            says="A run of forecasts failed; those before it are served on.",
            runbook="run-failed",
            metric=metrics.pipeline(names.forecast_pipeline(env), "ExecutionFailed"),
            threshold=1,
        )
        upkeep = names.maintain_pipeline(env)
        yield AlarmSpec(
            name=f"{upkeep.removeprefix(self.physical(''))}-failed",
            says="The tables were not maintained; they work as before, but grow slower and larger.",
            runbook="maintenance-failed",
            metric=metrics.pipeline(upkeep, "ExecutionFailed"),
            threshold=1,
        )

    def _starts(self) -> Iterator[AlarmSpec]:
        """Rules that start something with no queue between: what EventBridge gives up leaves nothing but a count.

        Dead letters would keep an event that nobody can send again; the thing itself is started by hand.
        """
        rules = {WEEKLY: "The weekly upkeep of the tables could not be started."}
        if self.config.delivery.here and not self.config.delivery.github:
            rules[SOURCE_CHANGED] = "A new source.zip could not start the delivery pipeline."
        for name, says in rules.items():
            yield AlarmSpec(
                name=f"{name}-not-started",
                says=says,
                runbook="not-started",
                metric=metrics.rule(self.physical(name), "FailedInvocations"),
                threshold=1,
            )

    def _service(self) -> Iterator[AlarmSpec]:
        env, cluster, alarms = self.config.environment, self.physical("cluster"), self.config.alarms
        yield AlarmSpec(
            name="api-errors",
            says="The service fails on requests.",
            runbook="service-fails",
            metric=metrics.of_environment(env, "ApiServerErrors", statistic="Sum"),
            threshold=alarms.max_api_errors,
        )
        yield AlarmSpec(
            name="api-slow",
            says=f"One answer in a hundred takes longer than {alarms.max_api_p99_ms} ms.",
            runbook="service-slow",
            metric=metrics.of_environment(env, "ApiP99", statistic="Maximum"),
            threshold=alarms.max_api_p99_ms,
            when=ABOVE,
        )
        yield AlarmSpec(
            name="pods-few",
            says=f"Fewer than {self.config.service.min_pods} pods of the service run.",
            runbook="pods-or-nodes",
            metric=metrics.pods(cluster, NAMESPACE, APP),
            threshold=self.config.service.min_pods,
            when=BELOW,
            silence=cloudwatch.TreatMissingData.BREACHING,  # where nothing runs, nobody counts
        )
        yield AlarmSpec(
            name="nodes-failed",
            says="A node of the cluster has failed.",
            runbook="pods-or-nodes",
            metric=metrics.cluster(cluster, "cluster_failed_node_count"),
            threshold=1,
        )

    def _accuracy(self) -> Iterator[AlarmSpec]:
        alarms = self.config.alarms
        env = self.config.environment
        rollback = sns.Topic.from_topic_arn(self, "RollbackTopic", topic_arn(self, ROLLBACK_TOPIC))
        for dataset in alarms.datasets:
            yield AlarmSpec(
                name=f"{dataset}-live-wape",
                says=f"Forecasts of {dataset} miss by more than {alarms.max_live_wape:.0%} of sales.",
                runbook="accuracy",
                metric=metrics.ours(env, dataset, "LiveWape"),
                threshold=alarms.max_live_wape,
                when=ABOVE,
                acts=rollback,
            )
            yield AlarmSpec(
                name=f"{dataset}-live-bias-high",
                says=f"Forecasts of {dataset} are too high by more than {alarms.max_live_bias:.0%} of sales.",
                runbook="accuracy",
                metric=metrics.ours(env, dataset, "LiveBias"),
                threshold=alarms.max_live_bias,
                when=ABOVE,
            )
            yield AlarmSpec(
                name=f"{dataset}-live-bias-low",
                says=f"Forecasts of {dataset} are too low by more than {alarms.max_live_bias:.0%} of sales.",
                runbook="accuracy",
                metric=metrics.ours(env, dataset, "LiveBias", statistic="Minimum"),
                threshold=-alarms.max_live_bias,
                when=BELOW,
            )
            yield AlarmSpec(
                name=f"{dataset}-live-coverage",
                says=f"Fewer than {alarms.min_live_coverage:.0%} of {dataset}'s days lie inside p10-p90.",
                runbook="accuracy",
                metric=metrics.ours(env, dataset, "LiveCoverage", statistic="Minimum"),
                threshold=alarms.min_live_coverage,
                when=BELOW,
            )
