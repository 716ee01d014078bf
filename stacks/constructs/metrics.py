"""What is measured, by whom, under which name."""

import re
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from core.contracts.names import METRIC_NAMESPACE

DIMENSIONS: Final = ("Environment", "Dataset")
"""Of our own metrics; the functions write exactly these."""
PIPELINES: Final = "AWS/Sagemaker/ModelBuildingPipeline"
CONTAINERS: Final = "ContainerInsights"
SOON: Final = cdk.Duration.minutes(5)
DAY: Final = cdk.Duration.days(1)


def ours(environment: str, dataset: str, name: str, *, statistic: str = "Maximum") -> cloudwatch.Metric:
    """A metric of ours for one dataset, by the day."""
    return cloudwatch.Metric(
        namespace=METRIC_NAMESPACE,
        metric_name=name,
        dimensions_map=dict(zip(DIMENSIONS, (environment, dataset), strict=True)),
        statistic=statistic,
        period=DAY,
    )


def of_every_dataset(environment: str, name: str, *, statistic: str, period: cdk.Duration = DAY) -> cloudwatch.IMetric:
    """A metric of ours for all datasets there are, those of tomorrow too; for dashboards only."""
    return cloudwatch.MathExpression(
        expression=_searched(environment, name, statistic, period), label=name, period=period
    )


def drift(environment: str) -> cloudwatch.IMetric:
    """How much more forecasts miss than their backtest promised, the mean of all datasets; for dashboards only.

    A backtest comes with each training, and counts until the next.
    """
    live, backtest = (f"AVG({_searched(environment, name, 'Average', DAY)})" for name in ("LiveWape", "BacktestWape"))
    return cloudwatch.MathExpression(expression=f"{live} - FILL({backtest}, REPEAT)", label="Drift", period=DAY)


def machine_cost(environment: str, step: str, *, usd_an_hour: float, label: str) -> cloudwatch.IMetric:
    """What a step's machines cost a day in USD, of all datasets; for dashboards only."""
    seconds = _searched(environment, f"{step}Seconds", "Sum", DAY)
    return cloudwatch.MathExpression(expression=f"SUM({seconds}) * {usd_an_hour} / 3600", label=label, period=DAY)


def _searched(environment: str, name: str, statistic: str, period: cdk.Duration) -> str:
    schema = ",".join((METRIC_NAMESPACE, *DIMENSIONS))
    query = f'{{{schema}}} MetricName="{name}" Environment="{environment}"'
    return f"SEARCH('{query}', '{statistic}', {period.to_seconds():.0f})"


def function(name: str, metric: str, *, statistic: str = "Sum", period: cdk.Duration = SOON) -> cloudwatch.Metric:
    """A metric of a function."""
    return _of("AWS/Lambda", "FunctionName", name, metric, statistic=statistic, period=period)


def queue(name: str, metric: str, *, statistic: str = "Maximum", period: cdk.Duration = SOON) -> cloudwatch.Metric:
    """A metric of a queue."""
    return _of("AWS/SQS", "QueueName", name, metric, statistic=statistic, period=period)


def pipeline(name: str, metric: str, *, statistic: str = "Sum", period: cdk.Duration = SOON) -> cloudwatch.Metric:
    """A metric of a SageMaker pipeline."""
    return _of(PIPELINES, "PipelineName", name, metric, statistic=statistic, period=period)


def rule(name: str, metric: str, *, statistic: str = "Sum", period: cdk.Duration = SOON) -> cloudwatch.Metric:
    """A metric of an EventBridge rule."""
    return _of("AWS/Events", "RuleName", name, metric, statistic=statistic, period=period)


def of_environment(environment: str, name: str, *, statistic: str) -> cloudwatch.Metric:
    """A metric of ours for a whole environment: of the API, read out of its own logs, or of all datasets together."""
    return _of(METRIC_NAMESPACE, "Environment", environment, name, statistic=statistic, period=SOON)


def pods(cluster: str, namespace: str, name: str) -> cloudwatch.Metric:
    """Running pods of a Kubernetes service, by Container Insights; the fewest there were."""
    return cloudwatch.Metric(
        namespace=CONTAINERS,
        metric_name="service_number_of_running_pods",
        dimensions_map={"ClusterName": cluster, "Namespace": namespace, "Service": name},
        statistic="Minimum",
        period=SOON,
    )


def cluster(name: str, metric: str, *, statistic: str = "Maximum") -> cloudwatch.Metric:
    """A metric of a whole cluster, by Container Insights."""
    return _of(CONTAINERS, "ClusterName", name, metric, statistic=statistic, period=SOON)


def searched(
    schema: str, words: str, metric: str, *, statistic: str, label: str | None = None, period: cdk.Duration = SOON
) -> cloudwatch.IMetric:
    """Metrics whose names complete only after deployment, found by words; for dashboards only."""
    query = f'{{{schema}}} MetricName="{metric}" {words}'
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{query}', '{statistic}', {period.to_seconds():.0f})",
        label=label or f"{metric} {statistic}",
        period=period,
    )


def plain(namespace: str, name: str) -> cloudwatch.Metric:
    """A count without dimensions."""
    return cloudwatch.Metric(namespace=namespace, metric_name=name, statistic="Sum", period=SOON)


def spent(service_name: str) -> cloudwatch.Metric:
    """What the account has spent this month on one AWS service; kept by AWS in one region alone."""
    return cloudwatch.Metric(
        namespace="AWS/Billing",
        metric_name="EstimatedCharges",
        dimensions_map={"Currency": "USD", "ServiceName": service_name},
        statistic="Maximum",
        period=DAY,
        region="us-east-1",
        label=service_name,
    )


def hyphened(name: str) -> str:
    """``KeyInDanger`` -> ``key-in-danger``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _of(
    namespace: str, dimension: str, name: str, metric: str, *, statistic: str, period: cdk.Duration
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=metric,
        dimensions_map={dimension: name},
        statistic=statistic,
        period=period,
    )
