"""Where the service runs: EKS, its nodes, what works on them, and the service's own chart."""

from datetime import UTC, datetime

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.lambda_layer_kubectl_v36 import KubectlV36Layer
from constructs import Construct

from core.contracts import keys
from k8s_charts.chart import service_chart
from k8s_charts.place import APP, NAMESPACE, Place, image, role_name
from stacks.base import EnvironmentStack
from stacks.config import Config
from stacks.constructs.addons import Addons, container_logs, control_plane_logs
from stacks.constructs.autoscaler import autoscaler
from stacks.constructs.cdk_parts import UTILITIES, give_reasons, keep_function_logs, keep_logs, tag_parts
from stacks.constructs.data_plane import DataPlane
from stacks.constructs.grants import Grant, acknowledge, allow
from stacks.constructs.irsa import PodRole
from stacks.constructs.keys import SecureKey
from stacks.constructs.load_balancer_controller import load_balancer_controller
from stacks.constructs.log_groups import SecureLogGroup
from stacks.constructs.nodes import node_group
from stacks.constructs.office_hours import nodes_by_the_clock
from stacks.constructs.web_acl import web_acl, web_acl_log
from stacks.kubernetes_versions import support_warning


class ClusterStack(EnvironmentStack):
    """The order is: network add-ons, nodes, the other add-ons, controllers, the service."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(scope, config, name="cluster", component="app", description="Retail forecast: EKS")
        if warning := support_warning(config.cluster.version, config.cluster.support, datetime.now(UTC).date()):
            cdk.Annotations.of(self).add_warning_v2("retail-forecast:kubernetes-support", warning)
        if config.environment == "prod" and (sentence := config.service.ingress.unencrypted):
            cdk.Annotations.of(self).add_warning_v2("retail-forecast:plain-http", sentence)
        self.data = DataPlane.of(self)
        self.vpc = self._vpc()
        self.key = SecureKey(self, "Key", name="cluster", description="Kubernetes secrets, nodes' volumes, logs")
        self.web_acl_arn = self._web_acl()
        self.cluster = self._cluster()
        self.provider = eks.OidcProviderNative(self, "Oidc", url=self.cluster.cluster_open_id_connect_issuer_url)
        addons = Addons(self, self.cluster, self.provider)
        nodes = node_group(self, self.cluster, self.key)
        if hours := config.cluster.office_hours:
            nodes_by_the_clock(
                self,
                hours,
                self.key,
                cluster=self.cluster.cluster_name,
                group=nodes.nodegroup_name,
                group_arn=nodes.nodegroup_arn,
            )
        for addon in addons.before_nodes():
            nodes.node.add_dependency(addon)
        controllers = [
            load_balancer_controller(
                self, self.cluster, self.provider, vpc_id=self.vpc.vpc_id, web_acl=self.web_acl_arn
            ),
            autoscaler(self, self.cluster, self.provider),
        ]
        later = addons.on_nodes(self.key)
        for each in (*later, *controllers):
            each.node.add_dependency(nodes)
        for controller in controllers:
            controller.node.add_dependency(later[0])  # they look up names
        self._service(after=[*later, *controllers])
        kubectl = self.cluster.node.find_child("KubectlProvider")
        give_reasons(kubectl)
        keep_logs(kubectl, config.cluster.log_days, self.key)
        claims = [each for each in self.node.find_all() if isinstance(each, cdk.CfnJson)]
        keep_function_logs(self, UTILITIES, *claims, days=config.cluster.log_days, key=self.key)
        tag_parts(self, self.cluster)

    def _web_acl(self) -> str | None:
        """A service that faces the internet has a firewall: the one that is named, or ours."""
        ingress = self.config.service.ingress
        if ingress.web_acl_arn or ingress.scheme == "internal":
            return ingress.web_acl_arn
        return web_acl(self, self.key).attr_arn

    def _vpc(self) -> ec2.IVpc:
        """The network stack's, by its parameters."""
        zones = self.config.vpc.zones
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self.told("network", "vpc-id"),
            vpc_cidr_block=self.config.vpc.cidr,
            availability_zones=[cdk.Fn.select(number, cdk.Fn.get_azs(self.region)) for number in range(zones)],
            private_subnet_ids=[self.told("network", f"private-subnet-{number}") for number in range(1, zones + 1)],
        )
        for subnet in vpc.private_subnets:
            cdk.Annotations.of(subnet).acknowledge_warning(
                "@aws-cdk/aws-ec2:noSubnetRouteTableId", "nobody asks for it"
            )
        return vpc

    def _cluster(self) -> eks.Cluster:
        wanted = self.config.cluster
        name = self.physical("cluster")
        functions = f"/aws/lambda/{self.stack_name}-*"  # the CDK's; CloudFormation completes their names
        self.key.open_to_logs(control_plane_logs(self), *container_logs(self), web_acl_log(self), functions)
        group = SecureLogGroup(
            self, "ControlPlaneLogs", name=control_plane_logs(self), days=wanted.log_days, key=self.key
        )
        access = (
            eks.EndpointAccess.PUBLIC_AND_PRIVATE.only_from(*wanted.public_from)
            if wanted.public_from
            else eks.EndpointAccess.PRIVATE
        )
        cluster = eks.Cluster(
            self,
            "Cluster",
            cluster_name=name,
            version=eks.KubernetesVersion.of(wanted.version),
            vpc=self.vpc,
            vpc_subnets=[ec2.SubnetSelection(subnets=self.vpc.private_subnets)],
            security_group=self._control_plane_group(),
            endpoint_access=access,
            secrets_encryption_key=self.key,
            cluster_logging=list(eks.ClusterLoggingTypes),
            default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
            default_capacity=0,
            bootstrap_cluster_creator_admin_permissions=False,
            bootstrap_self_managed_addons=False,
            kubectl_provider_options=eks.KubectlProviderOptions(
                kubectl_layer=KubectlV36Layer(self, "Kubectl"), private_subnets=self.vpc.private_subnets
            ),
            tags=self.tag_values,
        )
        found = cluster.node.default_child
        assert isinstance(found, eks.CfnCluster)  # noqa: S101
        found.upgrade_policy = eks.CfnCluster.UpgradePolicyProperty(support_type=wanted.support.upper())
        found.deletion_protection = self.config.environment == "prod"
        cluster.node.add_dependency(group)
        cdk.Annotations.of(cluster).acknowledge_warning(
            "@aws-cdk/aws-eks:clusterMustManuallyTagSubnet", "the network stack tags its subnets"
        )
        self._admit(cluster)
        acknowledge(
            cluster.role,
            "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonEKSClusterPolicy]",
            "what EKS requires of a control plane, kept up to date by AWS",
        )
        return cluster

    def _control_plane_group(self) -> ec2.SecurityGroup:
        """Beside the group that EKS makes for control plane and nodes: out to the VPC, where the CDK's opens all."""
        group = ec2.SecurityGroup(
            self, "ControlPlane", vpc=self.vpc, description="EKS control plane", allow_all_outbound=False
        )
        group.add_egress_rule(ec2.Peer.ipv4(self.config.vpc.cidr), ec2.Port.all_tcp(), "Nodes, and webhooks of pods")
        cdk.Tags.of(group).add("Name", self.physical("control-plane"))
        return group

    def _admit(self, cluster: eks.Cluster) -> None:
        """Access entries: who may do what in the cluster, by AWS identity."""
        wanted = self.config.cluster
        for policy, principals in {"ClusterAdmin": wanted.admins, "View": wanted.viewers}.items():
            for number, principal in enumerate(principals, 1):
                cluster.grant_access(
                    f"{policy}{number}",
                    principal,
                    [
                        eks.AccessPolicy.from_access_policy_name(
                            f"AmazonEKS{policy}Policy", access_scope_type=eks.AccessScopeType.CLUSTER
                        )
                    ],
                )

    def _service(self, after: list[Construct]) -> None:
        """The chart, deployed when all it relies on is there, and taken away before any of it."""
        role = PodRole(
            self,
            "ServiceRole",
            provider=self.provider,
            namespace=NAMESPACE,
            name=APP,
            role_name=role_name(self.config.environment),
            description="Forecast API: reads champions, forecasts and the models' papers",
        )
        allow(
            role,
            self.data.artifacts.look(),
            self.data.artifacts.read(keys.CHAMPIONS),
            self.data.lake.look(),
            self.data.lake.read("forecasts/", "runs/*/evaluation/"),
            Grant(actions=("kms:Decrypt",), resources=(self.data.key_arn,)),
        )
        place = Place(
            environment=self.config.environment,
            region=self.region,
            account=self.account,
            image=image(f"{self.account}.dkr.ecr.{self.region}.{self.url_suffix}", self.config.images.inference_api),
            build=self.config.images.inference_api,
            role_arn=role.role_arn,
            lake_bucket=self.data.lake.name,
            artifacts_bucket=self.data.artifacts.name,
            logs_bucket=self.bucket_name("logs"),
            vpc_cidr=self.config.vpc.cidr,
            web_acl_arn=self.web_acl_arn,
        )
        chart = self.cluster.add_cdk8s_chart("Service", service_chart(place, self.config.service))
        chart.node.add_dependency(role, *after)
