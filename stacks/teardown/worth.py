"""What a thing that was left behind costs in a month."""

from typing import Final

from stacks.account import Account
from stacks.costs.prices import Prices
from stacks.teardown.there import kind_of, on_ec2

HOURLY: Final = {
    "ec2:natgateway": "nat_hour",
    "ec2:elastic-ip": "public_address_hour",
    "eks:cluster": "eks_cluster_hour",
    "elasticloadbalancing:loadbalancer": "balancer_hour",
}
"""Kind -> its price by the hour."""
MONTHLY: Final = {
    "kms:key": "key_month",
    "cloudwatch:alarm": "alarm_month",
    "cloudwatch:dashboard": "dashboard_month",
    "wafv2:regional": "web_acl_month",
}
"""Kind -> its price by the month."""
FREE: Final = {
    "athena:workgroup",
    "budgets:budget",
    "ce:anomalymonitor",
    "ce:anomalysubscription",
    "cloudformation:stack",
    "codebuild:project",
    "codepipeline",
    "ec2:internet-gateway",
    "ec2:launch-template",
    "ec2:network-interface",
    "ec2:route-table",
    "ec2:security-group",
    "ec2:subnet",
    "ec2:vpc",
    "ec2:vpc-flow-log",
    "eks:access-entry",
    "eks:addon",
    "eks:nodegroup",  # its machines are priced
    "elasticloadbalancing:listener",
    "elasticloadbalancing:listener-rule",
    "elasticloadbalancing:targetgroup",
    "events:rule",
    "iam:oidc-provider",
    "lambda:event-source-mapping",
    "lambda:function",
    "sagemaker:model",
    "sagemaker:model-package-group",
    "sagemaker:pipeline",
    "sagemaker:processing-job",
    "sagemaker:training-job",
    "sagemaker:transform-job",
    "sns",
    "sqs",
    "ssm:parameter",
}
"""Kinds that cost nothing while nobody uses them."""


def usd(account: Account, arn: str, table: Prices) -> float | None:
    """US dollars a month; None where that depends on what it holds or does."""
    kind, hours = kind_of(arn), table.assumed.hours_per_month
    if kind in FREE:
        return 0.0
    if kind in MONTHLY:
        found: float | None = table.unit[MONTHLY[kind]].usd
    elif kind in HOURLY:
        found = table.unit[HOURLY[kind]].usd * hours
    else:
        found = _described(account, arn, table)
    return None if found is None else found * table.factor(account.region)


def _described(account: Account, arn: str, table: Prices) -> float | None:
    """What EC2 says of its size and kind."""
    kind, hours = kind_of(arn), table.assumed.hours_per_month
    if kind not in ("ec2:instance", "ec2:volume", "ec2:vpc-endpoint"):
        return None
    found = next(iter(on_ec2(account, arn)), None)
    if found is None:  # gone since it was listed
        return 0.0
    if kind == "ec2:volume":
        return float(found["Size"]) * table.unit["gp3_gb_month"].usd
    if kind == "ec2:vpc-endpoint":
        return len(found.get("SubnetIds", ())) * table.unit["endpoint_zone_hour"].usd * hours  # gateways: in none
    if found["InstanceType"] not in table.ec2:
        return None
    share = table.assumed.spot_share if found.get("InstanceLifecycle") == "spot" else 1.0
    return table.machine(found["InstanceType"]) * share * hours
