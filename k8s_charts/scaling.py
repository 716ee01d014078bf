"""How many pods: by load, quickly up and slowly down, and never fewer than the service needs."""

from cdk8s_plus_33 import k8s
from constructs import Construct

from k8s_charts.place import APP
from k8s_charts.pods import SELECTOR
from k8s_charts.settings import ServiceSettings

CPU_PERCENT = 60
MEMORY_PERCENT = 80


def autoscaler(scope: Construct, settings: ServiceSettings) -> k8s.KubeHorizontalPodAutoscalerV2:
    """On CPU and memory, each as a share of what pods ask for."""
    return k8s.KubeHorizontalPodAutoscalerV2(
        scope,
        "autoscaler",
        metadata=k8s.ObjectMeta(name=APP),
        spec=k8s.HorizontalPodAutoscalerSpecV2(
            scale_target_ref=k8s.CrossVersionObjectReferenceV2(api_version="apps/v1", kind="Deployment", name=APP),
            min_replicas=settings.min_pods,
            max_replicas=settings.max_pods,
            metrics=[_utilisation("cpu", CPU_PERCENT), _utilisation("memory", MEMORY_PERCENT)],
            behavior=k8s.HorizontalPodAutoscalerBehaviorV2(
                scale_up=k8s.HpaScalingRulesV2(
                    stabilization_window_seconds=0,
                    select_policy="Max",
                    policies=[_policy("Percent", 100), _policy("Pods", 2)],
                ),
                scale_down=k8s.HpaScalingRulesV2(
                    stabilization_window_seconds=300, select_policy="Min", policies=[_policy("Pods", 1)]
                ),
            ),
        ),
    )


def disruption_budget(scope: Construct) -> k8s.KubePodDisruptionBudget:
    """One pod at a time when nodes are drained; a pod that is not ready does not hold a drain up."""
    return k8s.KubePodDisruptionBudget(
        scope,
        "disruption-budget",
        metadata=k8s.ObjectMeta(name=APP),
        spec=k8s.PodDisruptionBudgetSpec(
            max_unavailable=k8s.IntOrString.from_number(1),
            selector=k8s.LabelSelector(match_labels=SELECTOR),
            unhealthy_pod_eviction_policy="AlwaysAllow",
        ),
    )


def _utilisation(resource: str, percent: int) -> k8s.MetricSpecV2:
    return k8s.MetricSpecV2(
        type="Resource",
        resource=k8s.ResourceMetricSourceV2(
            name=resource, target=k8s.MetricTargetV2(type="Utilization", average_utilization=percent)
        ),
    )


def _policy(kind: str, value: int) -> k8s.HpaScalingPolicyV2:
    return k8s.HpaScalingPolicyV2(type=kind, value=value, period_seconds=60)
