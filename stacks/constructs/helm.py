"""Helm charts of what works in the cluster on AWS's resources, each under a role of its own."""

from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks

from stacks.base import EnvironmentStack
from stacks.constructs.irsa import PodRole

SYSTEM: Final = "kube-system"
LISTS: Final = "reading what there is takes no resource"
NAMED_LATER: Final = "AWS completes the name when it makes the thing; the condition holds it to this cluster"


def chart(
    cluster: eks.Cluster,
    role: PodRole,
    *,
    name: str,
    repository: str,
    version: str,
    values: dict[str, Any],
) -> eks.HelmChart:
    """Install a chart; its service account takes on the role."""
    account = "serviceAccount" if name.startswith("aws-") else "rbac"  # where each chart looks for it
    chart = cluster.add_helm_chart(
        name,
        chart=name,
        release=name,
        repository=repository,
        version=version,
        namespace=SYSTEM,
        wait=True,
        timeout=cdk.Duration.minutes(10),
        values=values
        | {account: role.service_account if account == "serviceAccount" else {"serviceAccount": role.service_account}},
    )
    chart.node.add_dependency(role)
    return chart


def cluster_name(stack: EnvironmentStack) -> str:
    """Of the stack's environment."""
    return stack.physical("cluster")
