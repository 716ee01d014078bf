"""Services of AWS inside the VPC, for this account's own roles: nobody else's keys open them from there."""

from typing import Any, Final

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from stacks.base import EnvironmentStack
from stacks.platform_config import Endpoint

HOLD_AWS_OWN: Final[tuple[Endpoint, ...]] = ("ecr.api", "ecr.dkr", "ec2")
"""What is asked of these may be AWS's: images of the cluster's add-ons, and machine images."""


def interface_endpoints(stack: EnvironmentStack, vpc: ec2.Vpc, group: ec2.SecurityGroup) -> None:
    """Endpoints that the environment names, in as many zones as it pays for."""
    wanted = stack.config.vpc
    subnets = ec2.SubnetSelection(subnets=vpc.private_subnets[: wanted.endpoint_zones])
    for name in wanted.endpoints:
        endpoint = vpc.add_interface_endpoint(
            f"Endpoint-{name}",
            service=ec2.InterfaceVpcEndpointAwsService(name),
            subnets=subnets,
            security_groups=[group],
            open=False,
        )
        for statement in _policy(stack, name):
            endpoint.add_to_policy(statement)


def _policy(stack: EnvironmentStack, name: Endpoint) -> list[iam.PolicyStatement]:
    """Roles of this account and services of AWS may ask; what they may, their own policies say."""
    ours: dict[str, Any] = {"StringEquals": {"aws:PrincipalAccount": stack.account}}
    if name not in HOLD_AWS_OWN:
        ours["StringEqualsIfExists"] = {"aws:ResourceAccount": stack.account}
    statements = [
        _allow("OursAsk", conditions=ours),
        _allow("ServicesAsk", conditions={"Bool": {"aws:PrincipalIsAWSService": "true"}}),
    ]
    if name == "sts":  # pods come with a token of the cluster's, and so in nobody's name yet
        roles = stack.format_arn(service="iam", region="", resource="role", resource_name="*")
        pods = _allow("PodsBecomeOurs", actions=["sts:AssumeRoleWithWebIdentity"], resources=[roles], conditions={})
        statements.append(pods)
    return statements


def _allow(
    sid: str, *, conditions: dict[str, Any], actions: list[str] | None = None, resources: list[str] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.StarPrincipal()],
        actions=actions or ["*"],
        resources=resources or ["*"],
        conditions=conditions,
    )
