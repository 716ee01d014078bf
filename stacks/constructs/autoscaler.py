"""The cluster autoscaler: the number of nodes."""

from typing import Final

import aws_cdk as cdk
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
    groups = stack.format_arn(
        service="autoscaling",
        resource="autoScalingGroup",
        resource_name="*:autoScalingGroupName/eks-*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    allow(
        role,
        Grant(
            actions=(
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ),
            resources=("*",),
            because=LISTS,
        ),
        Grant(
            actions=("eks:DescribeNodegroup",),
            resources=(
                stack.format_arn(service="eks", resource="nodegroup", resource_name=f"{cluster_name(stack)}/*/*"),
            ),
            because=NAMED_LATER,
        ),
        Grant(
            actions=("autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"),
            resources=(groups,),
            because=NAMED_LATER,
            conditions={"StringEquals": {"aws:ResourceTag/eks:cluster-name": cluster_name(stack)}},
        ),
    )
    return chart(
        cluster,
        role,
        name="cluster-autoscaler",
        repository="https://kubernetes.github.io/autoscaler",
        version=AUTOSCALER_CHART,
        values={
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
        },
    )
