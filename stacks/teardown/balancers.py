"""The Ingress' load balancer: made by a controller in the cluster, and in the way of the network if it stays."""

from typing import Any, Final

from core.contracts import names
from stacks.teardown.account import Account

CLUSTER_TAG: Final = "elbv2.k8s.aws/cluster"
BATCH: Final = 20
"""Load balancers of one DescribeTags."""


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
    """Delete load balancers and target groups that outlived their cluster, and with it their controller; how many."""
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
        elb.delete_target_group(TargetGroupArn=arn)
    return len(left) + len(orphans) + _remove_security_groups(account, environment)


def _remove_security_groups(account: Account, environment: str) -> int:
    """The controller's own groups, which would hold the VPC."""
    ec2 = account.client("ec2")
    wanted = {"Name": f"tag:{CLUSTER_TAG}", "Values": [names.resource(environment, "cluster")]}
    found = ec2.describe_security_groups(Filters=[wanted])["SecurityGroups"]
    for each in found:
        ec2.delete_security_group(GroupId=each["GroupId"])
    return len(found)


def _of_cluster(elb: Any, arns: list[str], environment: str) -> list[str]:
    wanted = {"Key": CLUSTER_TAG, "Value": names.resource(environment, "cluster")}
    described = [
        each
        for first in range(0, len(arns), BATCH)
        for each in elb.describe_tags(ResourceArns=arns[first : first + BATCH])["TagDescriptions"]
    ]
    return [each["ResourceArn"] for each in described if wanted in each["Tags"]]
