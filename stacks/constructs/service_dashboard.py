"""Rows of the dashboard about where the service runs, and about what everything costs."""

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

from core.contracts.names import resource
from k8s_charts.place import APP, NAMESPACE
from stacks.base import EnvironmentStack
from stacks.constructs import metrics

THIRD: Final = 8
HALF: Final = 12
BALANCER: Final = "AWS/ApplicationELB,LoadBalancer"
COSTLY: Final = ("AmazonEKS", "AmazonEC2", "AmazonSageMaker", "AmazonS3", "AmazonCloudWatch", "AWSELB", "awskms")


def service_rows(stack: EnvironmentStack) -> list[list[cloudwatch.IWidget]]:
    """The API, its load balancer, its pods and nodes, and the money."""
    return [_api(stack), _balancer(stack), _pods(stack), _nodes(stack), _spend()]


def _api(stack: EnvironmentStack) -> list[cloudwatch.IWidget]:
    env = stack.config.environment
    return [
        _graph("API: requests in five minutes", [metrics.of_environment(env, "ApiRequests", statistic="Sum")]),
        _graph(
            "API: p50, p95, p99 in ms, slowest pod",
            [metrics.of_environment(env, name, statistic="Maximum") for name in ("ApiP50", "ApiP95", "ApiP99")],
            limit=cloudwatch.HorizontalAnnotation(value=stack.config.alarms.max_api_p99_ms, label="alarm on p99"),
        ),
        _graph(
            "API: errors, callers' and ours",
            [metrics.of_environment(env, name, statistic="Sum") for name in ("ApiClientErrors", "ApiServerErrors")],
        ),
    ]


def _balancer(stack: EnvironmentStack) -> list[cloudwatch.IWidget]:
    words = resource(stack.config.environment, "service")
    return [
        _graph(
            "Load balancer: requests, and what failed",
            [
                metrics.searched(BALANCER, words, name, statistic="Sum")
                for name in ("RequestCount", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count")
            ],
        ),
        _graph(
            "Load balancer: seconds until a target answers",
            [
                metrics.searched(BALANCER, words, "TargetResponseTime", statistic=statistic)
                for statistic in ("p50", "p95", "p99")
            ],
        ),
        _graph(
            "Load balancer: targets",
            [
                metrics.searched("AWS/ApplicationELB,TargetGroup,LoadBalancer", words, name, statistic="Maximum")
                for name in ("HealthyHostCount", "UnHealthyHostCount")
            ],
        ),
    ]


def _pods(stack: EnvironmentStack) -> list[cloudwatch.IWidget]:
    cluster, wanted = stack.physical("cluster"), stack.config.service
    ours = f'ClusterName="{cluster}" Namespace="{NAMESPACE}"'
    by_pod = "ContainerInsights,ClusterName,Namespace,PodName"
    return [
        cloudwatch.GraphWidget(
            title="Pods running; the autoscaler keeps them between the lines",
            left=[metrics.pods(cluster, NAMESPACE, APP)],
            left_annotations=[
                cloudwatch.HorizontalAnnotation(value=wanted.min_pods, label="fewest"),
                cloudwatch.HorizontalAnnotation(value=wanted.max_pods, label="most"),
            ],
            width=THIRD,
        ),
        _graph(
            "Pods: CPU and memory, % of their limits",
            [
                metrics.searched(by_pod, ours, f"pod_{what}_utilization_over_pod_limit", statistic="Maximum")
                for what in ("cpu", "memory")
            ],
        ),
        _graph(
            "Pods: restarts",
            [metrics.searched(by_pod, ours, "pod_number_of_container_restarts", statistic="Maximum")],
        ),
    ]


def _nodes(stack: EnvironmentStack) -> list[cloudwatch.IWidget]:
    cluster = stack.physical("cluster")
    return [
        _graph(
            "Nodes, and those that failed",
            [metrics.cluster(cluster, name) for name in ("cluster_node_count", "cluster_failed_node_count")],
            width=HALF,
        ),
        _graph(
            "Nodes: CPU, memory and disk in use, %",
            [
                metrics.cluster(cluster, f"node_{what}_utilization", statistic="Average")
                for what in ("cpu", "memory", "filesystem")
            ],
            width=HALF,
        ),
    ]


def _spend() -> list[cloudwatch.IWidget]:
    title = (
        "This month's spend of the whole account in USD, by AWS service; by tag it is in the budget and Cost Explorer"
    )
    return [
        cloudwatch.GraphWidget(
            title=title, left=[metrics.spent(name) for name in COSTLY], region="us-east-1", stacked=True, width=24
        )
    ]


def _graph(
    title: str,
    left: list[cloudwatch.Metric] | list[cloudwatch.IMetric],
    *,
    width: int = THIRD,
    limit: cloudwatch.HorizontalAnnotation | None = None,
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title, left=list(left), width=width, left_annotations=[limit] if limit else None
    )
