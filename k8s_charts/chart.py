"""The service as Kubernetes runs it, in the order it is applied in."""

from typing import Any

import cdk8s
from cdk8s_plus_33 import k8s
from constructs import Construct

from k8s_charts import pods, scaling, traffic
from k8s_charts.environment import environment
from k8s_charts.place import APP, NAMESPACE, Place
from k8s_charts.settings import ServiceSettings


class ServiceChart(cdk8s.Chart):
    """Everything of the forecast API, namespace included."""

    def __init__(self, scope: Construct, chart_id: str, *, place: Place, settings: ServiceSettings) -> None:
        super().__init__(
            scope,
            chart_id,
            namespace=NAMESPACE,
            disable_resource_name_hashes=True,
            labels={"app.kubernetes.io/name": APP, "app.kubernetes.io/part-of": "retail-forecast"},
        )
        namespace = _namespace(self)
        account = k8s.KubeServiceAccount(
            self,
            "service-account",
            metadata=k8s.ObjectMeta(
                name=APP,
                annotations={
                    "eks.amazonaws.com/role-arn": place.role_arn,
                    "eks.amazonaws.com/sts-regional-endpoints": "true",
                },
            ),
            automount_service_account_token=False,
        )
        variables = k8s.KubeConfigMap(
            self, "environment", metadata=k8s.ObjectMeta(name=APP), data=environment(place, settings)
        )
        deployed = pods.deployment(self, place, settings)
        for first in (account, variables):
            first.add_dependency(namespace)
            deployed.add_dependency(first)
        scaling.autoscaler(self, settings)
        scaling.disruption_budget(self)
        traffic.service(self)
        traffic.ingress(self, place, settings)
        traffic.policies(self, place)


def _namespace(scope: Construct) -> k8s.KubeNamespace:
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    found = k8s.KubeNamespace(
        scope,
        "namespace",
        metadata=k8s.ObjectMeta(name=NAMESPACE, labels=levels | {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}),
    )
    found.add_json_patch(cdk8s.JsonPatch.remove("/metadata/namespace"))  # the chart's default; a namespace is in none
    return found


def service_chart(place: Place, settings: ServiceSettings) -> cdk8s.Chart:
    """The chart in an application of its own."""
    return ServiceChart(cdk8s.App(), "service", place=place, settings=settings)


def manifests(place: Place, settings: ServiceSettings) -> list[dict[str, Any]]:
    """Every object, as Kubernetes is told it."""
    return list(service_chart(place, settings).to_json())
