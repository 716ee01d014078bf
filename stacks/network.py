"""The network of the cluster: a VPC over several zones, and ways to AWS that do not leave it."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from k8s_charts.environment import PORT
from k8s_charts.place import security_group
from stacks.base import EnvironmentStack
from stacks.config import Config
from stacks.constructs.cdk_parts import DEFAULT_GROUP, EMPTIED, keep_function_logs
from stacks.constructs.gateway_endpoints import gateway_endpoints
from stacks.constructs.grants import acknowledge
from stacks.constructs.interface_endpoints import interface_endpoints
from stacks.constructs.keys import SecureKey
from stacks.constructs.log_groups import SecureLogGroup

SUBNETS: Final = {
    "public": (ec2.SubnetType.PUBLIC, 22, "kubernetes.io/role/elb"),
    "private": (ec2.SubnetType.PRIVATE_WITH_EGRESS, 19, "kubernetes.io/role/internal-elb"),
    "isolated": (ec2.SubnetType.PRIVATE_ISOLATED, 22, None),
}
"""Kind -> type, bits, and the tag by which load balancers find it. Pods take addresses of the private ones: most."""
OVER_THE_CDKS: Final = 200
"""Priority of a tag; the CDK's own have half of it."""
HTTPS: Final = ec2.Port.tcp(443)


class NetworkStack(EnvironmentStack):
    """VPC, endpoints, flow logs, security groups."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(
            scope, config, name="network", component="infra", description="Retail forecast: VPC and ways to AWS"
        )
        self.vpc = self._vpc()
        key = SecureKey(self, "Key", name="network", description="Records of who spoke to whom")
        self._logs(key)
        gateway_endpoints(self, self.vpc)
        self._endpoints()
        self._load_balancer_group()
        jobs = self._jobs_group()

        self.tell("vpc-id", self.vpc.vpc_id)
        for kind, subnets in {"public": self.vpc.public_subnets, "private": self.vpc.private_subnets}.items():
            for number, subnet in enumerate(subnets, 1):
                self.tell(f"{kind}-subnet-{number}", subnet.subnet_id)
        self.tell("jobs-security-group", jobs.security_group_id)

    @property
    def availability_zones(self) -> list[str]:
        """The region's first; which those are CloudFormation says, or synthesis would have to ask the account."""
        return [cdk.Fn.select(number, cdk.Fn.get_azs(self.region)) for number in range(self.config.vpc.zones)]

    def _vpc(self) -> ec2.Vpc:
        wanted = self.config.vpc
        vpc = ec2.Vpc(
            self,
            "Vpc",
            vpc_name=self.physical("vpc"),
            ip_addresses=ec2.IpAddresses.cidr(wanted.cidr),
            availability_zones=self.availability_zones,
            nat_gateways=wanted.nat_gateways,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name=kind,
                    subnet_type=of_type,
                    cidr_mask=bits,
                    map_public_ip_on_launch=False if kind == "public" else None,
                )
                for kind, (of_type, bits, _) in SUBNETS.items()
            ],
        )
        found = {"public": vpc.public_subnets, "private": vpc.private_subnets, "isolated": vpc.isolated_subnets}
        for kind, subnets in found.items():
            for number, subnet in enumerate(subnets, 1):
                self._called(subnet, f"{kind}-{number}")
                if role := SUBNETS[kind][2]:
                    cdk.Tags.of(subnet).add(role, "1", include_resource_types=["AWS::EC2::Subnet"])
        return vpc

    def _called(self, scope: IConstruct, name: str) -> None:
        """As everything is called; the CDK's own name for a part of a VPC is its path in the application."""
        cdk.Tags.of(scope).add("Name", self.physical(name), priority=OVER_THE_CDKS)

    def _logs(self, key: SecureKey) -> None:
        """Who spoke to whom, and what the CDK's function says that empties the VPC's default security group."""
        name = f"/aws/vpc/{self.physical('vpc')}"
        key.open_to_logs(name, f"/aws/lambda/{self.stack_name}-*")
        days = self.config.vpc.flow_log_days
        group = SecureLogGroup(self, "FlowLogs", name=name, days=days, key=key)
        keep_function_logs(self, DEFAULT_GROUP, self.vpc.node.find_child(EMPTIED), days=days, key=key)
        ours = {"StringEquals": {"aws:SourceAccount": self.account}}
        role = iam.Role(
            self,
            "FlowLogRole",
            description="Flow logs: writes who spoke to whom",
            assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com", conditions=ours),
        )
        flow_log = self.vpc.add_flow_log(
            "FlowLog",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role),
            traffic_type=ec2.FlowLogTrafficType.ALL,
        )
        self._called(flow_log, "flow-log")

    def _endpoints(self) -> None:
        wanted = self.config.vpc
        if not wanted.endpoints:
            return
        group = self._group("Endpoints", "endpoints", "Services of AWS inside the VPC")
        group.add_ingress_rule(ec2.Peer.ipv4(wanted.cidr), HTTPS, "Everything in the VPC")
        interface_endpoints(self, self.vpc, group)

    def _load_balancer_group(self) -> None:
        """Of the load balancer that the cluster's controller makes; it finds the group by its name tag."""
        ingress = self.config.service.ingress
        public = ingress.scheme == "internet-facing"
        group = self._group("LoadBalancer", "alb", "The load balancer before the service")
        group.add_ingress_rule(
            ec2.Peer.any_ipv4() if public else ec2.Peer.ipv4(self.config.vpc.cidr),
            ec2.Port.tcp(ingress.port),
            "Clients of the service",
        )
        group.add_egress_rule(ec2.Peer.ipv4(self.config.vpc.cidr), ec2.Port.tcp(PORT), "The pods of the service")
        if public:
            acknowledge(group, "AwsSolutions-EC23", "The service is meant for the world: TLS, an API key and a web ACL")

    def _jobs_group(self) -> ec2.SecurityGroup:
        """Of SageMaker's jobs: out to AWS, and hosts of one job among themselves."""
        group = self._group("Jobs", "jobs", "SageMaker jobs")
        group.add_egress_rule(ec2.Peer.any_ipv4(), HTTPS, "Services of AWS")
        group.connections.allow_internally(ec2.Port.all_traffic(), "Hosts of one training")
        return group

    def _group(self, construct_id: str, name: str, description: str) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(self, construct_id, vpc=self.vpc, description=description, allow_all_outbound=False)
        cdk.Tags.of(group).add(
            "Name", security_group(self.config.environment) if name == "alb" else self.physical(name)
        )
        return group
