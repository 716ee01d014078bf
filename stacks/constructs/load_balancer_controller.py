"""The controller that makes the Ingress' load balancer, with upstream's policy narrowed."""

from collections.abc import Mapping
from dataclasses import dataclass
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
ELB: Final = "elasticloadbalancing"
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
            # It would answer for every Service of the cluster, and until it is up none could be made: those of the
            # add-ons beside it are. It is there for Services of type LoadBalancer, and we have none.
            "enableServiceMutatorWebhook": False,
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
                *(f"{ELB}:Describe{what}" for what in (*balancing, *rest)),
                f"{ELB}:DescribeCapacityReservation",
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


@dataclass(frozen=True)
class _Parts:
    """ARNs of the one load balancer, its listeners and rules, and the target groups of the namespace."""

    balancer: str
    listener: str
    rule: str
    targets: str


def _parts(stack: EnvironmentStack) -> _Parts:
    name = names.resource(stack.config.environment, "service")

    def arn(kind: str, path: str) -> str:
        return stack.format_arn(service=ELB, resource=kind, resource_name=path)

    return _Parts(
        balancer=arn("loadbalancer", f"app/{name}/*"),
        listener=arn("listener", f"app/{name}/*/*"),
        rule=arn("listener-rule", f"app/{name}/*/*/*"),
        targets=arn("targetgroup", f"k8s-{NAMESPACE[:8]}-*/*"),
    )


def _balancing(stack: EnvironmentStack) -> list[Grant]:
    """Make the load balancer and its parts, change them, and take them away."""
    parts = _parts(stack)
    return [
        _service_role(stack),
        *_owning(stack, parts),
        _elb(("RegisterTargets", "DeregisterTargets"), (parts.targets,)),
        _elb(
            (
                *(f"{verb}Listener" for verb in ("Create", "Delete", "Modify")),
                *("ModifyListenerAttributes", "AddListenerCertificates", "RemoveListenerCertificates"),
                *(f"{verb}Rule" for verb in ("Create", "Delete", "Modify")),
                "SetRulePriorities",
            ),
            (parts.balancer, parts.listener, parts.rule),
        ),
        _elb(("AddTags", "RemoveTags"), (parts.balancer, parts.listener, parts.rule, parts.targets)),
    ]


def _service_role(stack: EnvironmentStack) -> Grant:
    role = f"arn:{cdk.Aws.PARTITION}:iam::{stack.account}:role/aws-service-role/{ELB}.amazonaws.com/*"
    return Grant(
        actions=("iam:CreateServiceLinkedRole",),
        resources=(role,),
        because="one role, named by AWS; a new account has none",
        conditions={"StringEquals": {"iam:AWSServiceName": f"{ELB}.amazonaws.com"}},
    )


def _owning(stack: EnvironmentStack, parts: _Parts) -> tuple[Grant, Grant]:
    """What is made is tagged as the cluster's, and only what is so tagged is changed or taken away."""
    both = (parts.balancer, parts.targets)
    changed = (
        *("ModifyLoadBalancerAttributes", "SetIpAddressType", "SetSecurityGroups", "SetSubnets", "DeleteLoadBalancer"),
        *("ModifyTargetGroup", "ModifyTargetGroupAttributes", "DeleteTargetGroup"),
    )

    def tagged(kind: str) -> dict[str, dict[str, str]]:
        return {"StringEquals": {f"aws:{kind}/{_TAG}": cluster_name(stack)}}

    return (
        _elb(("CreateLoadBalancer", "CreateTargetGroup"), both, tagged("RequestTag")),
        _elb(changed, both, tagged("ResourceTag")),
    )


def _elb(
    actions: tuple[str, ...], resources: tuple[str, ...], conditions: Mapping[str, Mapping[str, str]] | None = None
) -> Grant:
    return Grant(
        actions=tuple(f"{ELB}:{action}" for action in actions),
        resources=resources,
        because="AWS completes the names of one load balancer's parts and of one namespace's target groups",
        conditions=conditions or {},
    )


def _protecting(stack: EnvironmentStack, web_acl: str) -> list[Grant]:
    return [
        Grant(
            actions=(
                "wafv2:GetWebACL",
                "wafv2:GetWebACLForResource",
                "wafv2:AssociateWebACL",
                "wafv2:DisassociateWebACL",
                f"{ELB}:SetWebAcl",
            ),
            resources=(web_acl, _parts(stack).balancer),
            because="AWS completes the name of the one load balancer",
        )
    ]
