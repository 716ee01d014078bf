"""The service's own measures: metric filters on what its pods log."""

from typing import Final

from aws_cdk import aws_logs as logs

from core.contracts.names import METRIC_NAMESPACE, REQUEST_METRICS, REQUESTS_LINE
from stacks.base import EnvironmentStack
from stacks.constructs.metrics import hyphened

PARSED: Final = "$.log_processed"
"""Where CloudWatch's agent puts a line of a pod that is JSON itself."""


def api_metrics(stack: EnvironmentStack, group: logs.ILogGroup) -> None:
    """One metric for each field of the line of requests, under the dimension Environment."""
    for field, metric in REQUEST_METRICS.items():
        value = f"{PARSED}.{field}"
        logs.CfnMetricFilter(
            stack,
            f"Filter-{metric}",
            log_group_name=group.log_group_name,
            filter_name=stack.physical(hyphened(metric)),
            filter_pattern=f'{{ ({PARSED}.message = "{REQUESTS_LINE}") && ({value} = *) }}',
            metric_transformations=[
                logs.CfnMetricFilter.MetricTransformationProperty(
                    metric_namespace=METRIC_NAMESPACE,
                    metric_name=metric,
                    metric_value=value,
                    unit="Milliseconds" if field.endswith("_ms") else "Count",
                    dimensions=[
                        logs.CfnMetricFilter.DimensionProperty(key="Environment", value=f"{PARSED}.environment")
                    ],
                )
            ],
        )
