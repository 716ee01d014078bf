"""The Ingress' load balancer: made by a controller in the cluster, and in the way of the network if it stays."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from botocore.exceptions import ClientError

from core.contracts import names
from stacks.account import Account, is_gone

CLUSTER_TAG: Final = "elbv2.k8s.aws/cluster"
NODE_TAG: Final = "cluster.k8s.amazonaws.com/name"
"""On the interfaces that nodes make for their pods."""
BATCH: Final = 20
"""Load balancers of one DescribeTags."""
HELD: Final = {"DependencyViolation", "ResourceInUse"}
"""What AWS says for minutes after a load balancer has gone: its interfaces go later."""


def balancers(account: Account, environment: str) -> list[str]:
    """ARNs of the load balancers of this environment's cluster."""
    elb = account.client("elbv2")
    found = [
        each["LoadBalancerArn"]
        for page in elb.get_paginator("describe_load_balancers").paginate()
        for each in page["LoadBalancers"]
    ]
    return _of_cluster(elb, found, environment)


def wait(account: Account, environment: str) -> None:
    """Wait until the controller has taken the load balancer away; the chart goes before it, and with it the Ingress."""
    account.until(lambda: not balancers(account, environment), "the load balancer is still there")


def remove(account: Account, environment: str) -> int:
    """Delete what outlived its cluster, and with it whoever would have: it would hold the VPC. How much there was."""
    elb = account.client("elbv2")
    left = balancers(account, environment)
    for arn in left:
        elb.delete_load_balancer(LoadBalancerArn=arn)
    if left:
        wait(account, environment)
    groups = [
        each["TargetGroupArn"]
        for page in elb.get_paginator("describe_target_groups").paginate()
        for each in page["TargetGroups"]
    ]
    orphans = _of_cluster(elb, groups, environment)
    for arn in orphans:
        _delete(account, arn, partial(elb.delete_target_group, TargetGroupArn=arn))
    return len(left) + len(orphans) + _remove_interfaces(account, environment) + _remove_groups(account, environment)


def _remove_interfaces(account: Account, environment: str) -> int:
    """Interfaces of pods whose node went before it could give them back."""
    ec2 = account.client("ec2")
    wanted = [
        {"Name": f"tag:{NODE_TAG}", "Values": [names.resource(environment, "cluster")]},
        {"Name": "status", "Values": ["available"]},
    ]
    found = [
        each["NetworkInterfaceId"] for each in ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    ]
    for name in found:
        _delete(account, name, partial(ec2.delete_network_interface, NetworkInterfaceId=name))
    return len(found)


def _remove_groups(account: Account, environment: str) -> int:
    """The controller's own security groups."""
    ec2 = account.client("ec2")
    wanted = {"Name": f"tag:{CLUSTER_TAG}", "Values": [names.resource(environment, "cluster")]}
    found = [each["GroupId"] for each in ec2.describe_security_groups(Filters=[wanted])["SecurityGroups"]]
    for name in found:
        _delete(account, name, partial(ec2.delete_security_group, GroupId=name))
    return len(found)


def _delete(account: Account, name: str, ask: Callable[[], object]) -> None:
    """Delete what something that is just going may hold yet."""

    def done() -> bool:
        try:
            ask()
        except ClientError as error:
            if error.response["Error"]["Code"] in HELD:
                return False
            if not is_gone(error):
                raise
        return True

    account.until(done, f"{name} is still held by something")


def _of_cluster(elb: Any, arns: list[str], environment: str) -> list[str]:
    wanted = {"Key": CLUSTER_TAG, "Value": names.resource(environment, "cluster")}
    described = [
        each
        for first in range(0, len(arns), BATCH)
        for each in elb.describe_tags(ResourceArns=arns[first : first + BATCH])["TagDescriptions"]
    ]
    return [each["ResourceArn"] for each in described if wanted in each["Tags"]]
