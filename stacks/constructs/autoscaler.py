"""The cluster autoscaler: the number of nodes."""

from typing import Any, Final

from aws_cdk import aws_eks_v2 as eks

from stacks.base import EnvironmentStack
from stacks.constructs.grants import Grant, allow
from stacks.constructs.helm import LISTS, NAMED_LATER, SYSTEM, chart, cluster_name
from stacks.constructs.irsa import PodRole
from stacks.kubernetes_versions import AUTOSCALER

AUTOSCALER_CHART: Final = "9.59.0"


def autoscaler(stack: EnvironmentStack, cluster: eks.Cluster, provider: eks.OidcProviderNative) -> eks.HelmChart:
    """Starts nodes for pods that find no place, and ends nodes that stand empty."""
    role = PodRole(
        stack,
        "AutoscalerRole",
        provider=provider,
        namespace=SYSTEM,
        name="cluster-autoscaler",
        description="Cluster autoscaler: the number of this cluster's nodes",
    )
    allow(role, *_rights(stack))
    return chart(
        cluster,
        role,
        name="cluster-autoscaler",
        repository="https://kubernetes.github.io/autoscaler",
        version=AUTOSCALER_CHART,
        values=_values(stack),
    )


def _rights(stack: EnvironmentStack) -> tuple[Grant, ...]:
    """Look at groups and types of machines; set the size of groups of this cluster, and of no other."""
    groups = stack.colon_arn("autoscaling", "autoScalingGroup", "*:autoScalingGroupName/eks-*")
    node_groups = stack.format_arn(service="eks", resource="nodegroup", resource_name=f"{cluster_name(stack)}/*/*")
    autoscaling = ("AutoScalingGroups", "AutoScalingInstances", "LaunchConfigurations", "ScalingActivities", "Tags")
    return (
        Grant(
            actions=(
                *(f"autoscaling:Describe{what}" for what in autoscaling),
                *(f"ec2:Describe{what}" for what in ("Images", "InstanceTypes", "LaunchTemplateVersions")),
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ),
            resources=("*",),
            because=LISTS,
        ),
        Grant(actions=("eks:DescribeNodegroup",), resources=(node_groups,), because=NAMED_LATER),
        Grant(
            actions=("autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"),
            resources=(groups,),
            because=NAMED_LATER,
            conditions={"StringEquals": {"aws:ResourceTag/eks:cluster-name": cluster_name(stack)}},
        ),
    )


def _values(stack: EnvironmentStack) -> dict[str, Any]:
    return {
        "fullnameOverride": "cluster-autoscaler",
        "cloudProvider": "aws",
        "awsRegion": stack.region,
        "autoDiscovery": {"clusterName": cluster_name(stack)},
        "image": {"tag": AUTOSCALER[stack.config.cluster.version]},
        "extraArgs": {"balance-similar-node-groups": True, "skip-nodes-with-system-pods": False},
        "resources": {
            "requests": {"cpu": "100m", "memory": "300Mi"},
            "limits": {"cpu": "500m", "memory": "600Mi"},
        },
    }
