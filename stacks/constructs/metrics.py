"""What is measured, by whom, under which name."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from core.contracts.names import METRIC_NAMESPACE

DIMENSIONS: Final = ("Environment", "Dataset")
"""Of our own metrics; the functions write exactly these."""
PIPELINES: Final = "AWS/Sagemaker/ModelBuildingPipeline"
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
    schema = ",".join((METRIC_NAMESPACE, *DIMENSIONS))
    query = f'{{{schema}}} MetricName="{name}" Environment="{environment}"'
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{query}', '{statistic}', {period.to_seconds():.0f})", label=name, period=period
    )


def function(name: str, metric: str, *, statistic: str = "Sum", period: cdk.Duration = SOON) -> cloudwatch.Metric:
    """A metric of a function."""
    return _of("AWS/Lambda", "FunctionName", name, metric, statistic=statistic, period=period)


def queue(name: str, metric: str, *, statistic: str = "Maximum", period: cdk.Duration = SOON) -> cloudwatch.Metric:
    """A metric of a queue."""
    return _of("AWS/SQS", "QueueName", name, metric, statistic=statistic, period=period)


def pipeline(name: str, metric: str, *, statistic: str = "Sum", period: cdk.Duration = SOON) -> cloudwatch.Metric:
    """A metric of a SageMaker pipeline."""
    return _of(PIPELINES, "PipelineName", name, metric, statistic=statistic, period=period)


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
