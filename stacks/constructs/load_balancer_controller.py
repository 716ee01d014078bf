"""The controller that makes the Ingress' load balancer, with upstream's policy narrowed."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks

from core.contracts import names
from k8s_charts.place import NAMESPACE
from stacks.base import EnvironmentStack
from stacks.constructs.grants import Grant, allow
from stacks.constructs.helm import LISTS, NAMED_LATER, SYSTEM, chart, cluster_name
from stacks.constructs.irsa import PodRole

LOAD_BALANCER_CHART: Final = "3.2.2"
_TAG: Final = "elbv2.k8s.aws/cluster"


def load_balancer_controller(
    stack: EnvironmentStack,
    cluster: eks.Cluster,
    provider: eks.OidcProviderNative,
    *,
    vpc_id: str,
    web_acl: str | None,
) -> eks.HelmChart:
    """Makes the Ingress' load balancer; upstream's policy, narrowed to one load balancer and one VPC.

    ``web_acl``: ARN of the firewall it puts before the load balancer, if any.
    """
    role = PodRole(
        stack,
        "LoadBalancerControllerRole",
        provider=provider,
        namespace=SYSTEM,
        name="aws-load-balancer-controller",
        description="Load balancer controller: the load balancer of this cluster's Ingress",
    )
    allow(role, *_reading(), *_groups(stack, vpc_id), *_balancing(stack))
    if web_acl:
        allow(role, *_protecting(stack, web_acl))
    return chart(
        cluster,
        role,
        name="aws-load-balancer-controller",
        repository="https://aws.github.io/eks-charts",
        version=LOAD_BALANCER_CHART,
        values={
            "clusterName": cluster_name(stack),
            "region": stack.region,
            "vpcId": vpc_id,  # the node's metadata is out of a pod's reach
            "replicaCount": 2,
            "enableShield": False,
            "enableWaf": False,
            "enableWafv2": bool(web_acl),
            "defaultTags": stack.tag_values,
        },
    )


def _reading() -> list[Grant]:
    network = ("AvailabilityZones", "InternetGateways", "Vpcs", "Subnets", "SecurityGroups", "Instances")
    more = ("AccountAttributes", "Addresses", "NetworkInterfaces", "RouteTables", "Tags")
    balancing = ("LoadBalancers", "LoadBalancerAttributes", "Listeners", "ListenerCertificates", "ListenerAttributes")
    rest = ("SSLPolicies", "Rules", "TargetGroups", "TargetGroupAttributes", "TargetHealth", "Tags", "TrustStores")
    return [
        Grant(
            actions=(
                *(f"ec2:Describe{what}" for what in (*network, *more)),
                "ec2:GetSecurityGroupsForVpc",
                *(f"elasticloadbalancing:Describe{what}" for what in (*balancing, *rest)),
                "elasticloadbalancing:DescribeCapacityReservation",
                "acm:ListCertificates",
            ),
            resources=("*",),
            because=LISTS,
        )
    ]


def _groups(stack: EnvironmentStack, vpc_id: str) -> list[Grant]:
    """Security groups: rules in this VPC's, and groups of its own."""
    group = stack.format_arn(service="ec2", resource="security-group", resource_name="*")
    vpc = stack.format_arn(service="ec2", resource="vpc", resource_name=vpc_id)
    ours = {"StringEquals": {f"aws:ResourceTag/{_TAG}": cluster_name(stack)}}
    return [
        Grant(
            actions=("ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"),
            resources=(group,),
            because="pods are reached by the groups of their nodes; the condition holds it to this VPC",
            conditions={"ArnEquals": {"ec2:Vpc": vpc}},
        ),
        Grant(actions=("ec2:CreateSecurityGroup",), resources=(vpc,)),
        Grant(
            actions=("ec2:CreateSecurityGroup",),
            resources=(group,),
            because=NAMED_LATER,
            conditions={"StringEquals": {f"aws:RequestTag/{_TAG}": cluster_name(stack)}},
        ),
        Grant(
            actions=("ec2:CreateTags",),
            resources=(group,),
            because=NAMED_LATER,
            conditions={
                "StringEquals": {
                    "ec2:CreateAction": "CreateSecurityGroup",
                    f"aws:RequestTag/{_TAG}": cluster_name(stack),
                }
            },
        ),
        Grant(
            actions=("ec2:CreateTags", "ec2:DeleteTags", "ec2:DeleteSecurityGroup"),
            resources=(group,),
            because=NAMED_LATER,
            conditions=ours,
        ),
    ]


def _balancing(stack: EnvironmentStack) -> list[Grant]:
    """The one load balancer, its listeners and rules, and the target groups of the namespace."""
    name = names.resource(stack.config.environment, "service")
    balancer, listener, rule, targets = (
        stack.format_arn(service="elasticloadbalancing", resource=kind, resource_name=path)
        for kind, path in (
            ("loadbalancer", f"app/{name}/*"),
            ("listener", f"app/{name}/*/*"),
            ("listener-rule", f"app/{name}/*/*/*"),
            ("targetgroup", f"k8s-{NAMESPACE[:8]}-*/*"),
        )
    )
    role = f"arn:{cdk.Aws.PARTITION}:iam::{stack.account}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*"
    asked = {"StringEquals": {f"aws:RequestTag/{_TAG}": cluster_name(stack)}}
    tagged = {"StringEquals": {f"aws:ResourceTag/{_TAG}": cluster_name(stack)}}
    elb = "elasticloadbalancing"
    because = "AWS completes the names of one load balancer's parts and of one namespace's target groups"
    return [
        Grant(
            actions=("iam:CreateServiceLinkedRole",),
            resources=(role,),
            because="one role, named by AWS; a new account has none",
            conditions={"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}},
        ),
        Grant(
            actions=(f"{elb}:CreateLoadBalancer", f"{elb}:CreateTargetGroup"),
            resources=(balancer, targets),
            because=because,
            conditions=asked,
        ),
        Grant(
            actions=(
                f"{elb}:ModifyLoadBalancerAttributes",
                f"{elb}:SetIpAddressType",
                f"{elb}:SetSecurityGroups",
                f"{elb}:SetSubnets",
                f"{elb}:DeleteLoadBalancer",
                f"{elb}:ModifyTargetGroup",
                f"{elb}:ModifyTargetGroupAttributes",
                f"{elb}:DeleteTargetGroup",
            ),
            resources=(balancer, targets),
            because=because,
            conditions=tagged,
        ),
        Grant(
            actions=(f"{elb}:RegisterTargets", f"{elb}:DeregisterTargets"),
            resources=(targets,),
            because=because,
        ),
        Grant(
            actions=(
                f"{elb}:CreateListener",
                f"{elb}:DeleteListener",
                f"{elb}:ModifyListener",
                f"{elb}:ModifyListenerAttributes",
                f"{elb}:AddListenerCertificates",
                f"{elb}:RemoveListenerCertificates",
                f"{elb}:CreateRule",
                f"{elb}:DeleteRule",
                f"{elb}:ModifyRule",
                f"{elb}:SetRulePriorities",
            ),
            resources=(balancer, listener, rule),
            because=because,
        ),
        Grant(
            actions=(f"{elb}:AddTags", f"{elb}:RemoveTags"),
            resources=(balancer, listener, rule, targets),
            because=because,
        ),
    ]


def _protecting(stack: EnvironmentStack, web_acl: str) -> list[Grant]:
    name = names.resource(stack.config.environment, "service")
    balancer = stack.format_arn(service="elasticloadbalancing", resource="loadbalancer", resource_name=f"app/{name}/*")
    return [
        Grant(
            actions=(
                "wafv2:GetWebACL",
                "wafv2:GetWebACLForResource",
                "wafv2:AssociateWebACL",
                "wafv2:DisassociateWebACL",
                "elasticloadbalancing:SetWebAcl",
            ),
            resources=(web_acl, balancer),
            because="AWS completes the name of the one load balancer",
        )
    ]
