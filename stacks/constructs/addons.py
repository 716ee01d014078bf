"""EKS add-ons: what every cluster needs, what the autoscalers need, what CloudWatch needs."""

import json
from typing import Any

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam

from core.contracts import names
from stacks.base import EnvironmentStack
from stacks.constructs.api_metrics import api_metrics
from stacks.constructs.grants import Grant, acknowledge, allow
from stacks.constructs.irsa import PodRole
from stacks.constructs.keys import SecureKey
from stacks.constructs.log_groups import SecureLogGroup
from stacks.platform_config import Addon

CONTAINER_LOGS = ("application", "dataplane", "host", "performance")
CNI_POLICY = "AmazonEKS_CNI_Policy"


class Addons:
    """The network before the nodes, the rest on them.

    Versions are those of ``cluster.addons``. One that is not named there is EKS's default for the cluster's Kubernetes
    version on the day it is installed, and stays: no deployment changes what the template does not say.
    """

    def __init__(self, stack: EnvironmentStack, cluster: eks.Cluster, provider: eks.OidcProviderNative) -> None:
        self._stack = stack
        self._cluster = cluster
        self._provider = provider

    def before_nodes(self) -> list[eks.CfnAddon]:
        """Without these a node never becomes ready."""
        role = self._role("NetworkRole", "kube-system", "aws-node", "VPC CNI: addresses of pods")
        role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(CNI_POLICY))
        acknowledge(
            role,
            f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{CNI_POLICY}]",
            "network interfaces have no names before they are; AWS keeps the policy in step with the add-on",
        )
        interfaces = {"ADDITIONAL_ENI_TAGS": json.dumps(self._stack.tag_values)}
        network = self._addon("vpc-cni", role=role, values={"enableNetworkPolicy": "true", "env": interfaces})
        return [network, self._addon("kube-proxy")]

    def on_nodes(self, key: SecureKey) -> list[eks.CfnAddon]:
        """Names, metrics for the autoscalers, and CloudWatch's view of pods and nodes."""
        return [self._addon("coredns"), self._addon("metrics-server"), self._observability(key)]

    def _observability(self, key: SecureKey) -> eks.CfnAddon:
        stack = self._stack
        group_names = container_logs(stack)
        days = stack.config.cluster.log_days
        groups = [
            SecureLogGroup(stack, f"Logs-{name.rpartition('/')[2]}", name=name, days=days, key=key)
            for name in group_names
        ]
        api_metrics(stack, groups[CONTAINER_LOGS.index("application")])
        role = self._role(
            "ObservabilityRole", "amazon-cloudwatch", "cloudwatch-agent", "CloudWatch agent: metrics and logs of pods"
        )
        allow(role, *self._rights_of_agents(group_names))
        addon = self._addon(
            "amazon-cloudwatch-observability",
            role=role,
            # Or it puts agents of its own into pods, which their restricted namespace refuses.
            values={"manager": {"applicationSignals": {"autoMonitor": {"monitorAllServices": False}}}},
        )
        for group in groups:
            addon.node.add_dependency(group)
        return addon

    def _rights_of_agents(self, group_names: list[str]) -> tuple[Grant, ...]:
        """Metrics of Container Insights, and streams of the log groups that are there."""
        return (
            Grant(
                actions=("cloudwatch:PutMetricData",),
                resources=("*",),
                because="metrics have no resource; the condition holds it to Container Insights",
                conditions={"StringEquals": {"cloudwatch:namespace": "ContainerInsights"}},
            ),
            Grant(
                actions=("ec2:DescribeVolumes", "ec2:DescribeTags"),
                resources=("*",),
                because="reading what there is takes no resource",
            ),
            Grant(
                actions=("logs:PutLogEvents", "logs:CreateLogStream", "logs:DescribeLogStreams"),
                resources=tuple(self._stack.log_group_arn(f"{name}:*") for name in group_names),
                because="streams of one log group; pods name them",
            ),
            Grant(
                actions=("logs:DescribeLogGroups",),
                resources=("*",),
                because="reading what there is takes no resource",
            ),
        )

    def _role(self, construct_id: str, namespace: str, name: str, description: str) -> PodRole:
        return PodRole(
            self._stack,
            construct_id,
            provider=self._provider,
            namespace=namespace,
            name=name,
            description=description,
        )

    def _addon(self, name: Addon, *, role: PodRole | None = None, values: dict[str, Any] | None = None) -> eks.CfnAddon:
        addon = eks.CfnAddon(
            self._stack,
            f"Addon-{name}",
            addon_name=name,
            addon_version=self._stack.config.cluster.addons.get(name),
            cluster_name=self._cluster.cluster_name,
            resolve_conflicts="OVERWRITE",
            service_account_role_arn=role.role_arn if role else None,
            configuration_values=self._stack.to_json_string(values) if values else None,
        )
        if role:
            addon.node.add_dependency(role)
        return addon


def control_plane_logs(stack: EnvironmentStack) -> str:
    """Log group that EKS writes to."""
    return names.control_plane_logs(stack.config.environment)


def container_logs(stack: EnvironmentStack) -> list[str]:
    """Log groups that CloudWatch's agents write to."""
    return [names.container_logs(stack.config.environment, kind) for kind in CONTAINER_LOGS]
