"""Proof by tag: what still carries the environment's tags, why, and what it costs."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from core.contracts.tags import PROJECT
from stacks.config import Config
from stacks.costs.prices import Prices
from stacks.parts import ACCOUNT_WIDE
from stacks.teardown.account import Account, is_gone

KEPT: Final = ("s3", "dynamodb", "kms", "sagemaker:model-package-group", "sagemaker:model-package")
"""What an environment that keeps its data leaves behind on purpose."""
MONTHLY: Final = {
    "ec2:natgateway": "nat_hour",
    "eks:cluster": "eks_cluster_hour",
    "ec2:elastic-ip": "public_address_hour",
    "elasticloadbalancing:loadbalancer": "balancer_hour",
}
"""Kind -> price by the hour."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """One thing that still carries the tags."""

    arn: str
    why: str
    """Empty where nothing explains it."""
    usd: float | None
    """A month; None where it depends on what is in it."""


def left(account: Account, config: Config, table: Prices) -> list[Left]:
    """Everything tagged with the project and the environment that has not gone."""
    tagging = account.client("resourcegroupstaggingapi")
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=[
            {"Key": "Project", "Values": [PROJECT]},
            {"Key": "Environment", "Values": [config.environment]},
        ]
    )
    found = {each["ResourceARN"]: each.get("Tags", []) for page in pages for each in page["ResourceTagMappingList"]}
    shared = {arn for arn, tags in found.items() if dict([ACCOUNT_WIDE]).items() <= _plain(tags).items()}
    return list(_explained(account, config, table, [arn for arn in sorted(found) if _is_there(account, arn)], shared))


def unexplained(found: list[Left]) -> list[Left]:
    """What nobody meant to keep."""
    return [each for each in found if not each.why]


def _plain(tags: list[dict[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in tags}


def _explained(
    account: Account, config: Config, table: Prices, arns: list[str], shared: Collection[str]
) -> Iterator[Left]:
    for arn in arns:
        kind = kind_of(arn)
        why = ""
        if kind == "kms:key" and (day := _key_goes(account, arn)):
            yield Left(arn=arn, why=f"a key on its way: deleted on {day}, costs nothing until then", usd=0.0)
            continue
        if config.data.keep_on_delete and kind.startswith(KEPT):
            why = "kept: data.keep_on_delete is true in this environment"
        if arn in shared:
            why = "kept: images and pipeline of the account, which its other environments use"
        yield Left(arn=arn, why=why, usd=_price(kind, table, config.region))


def kind_of(arn: str) -> str:
    """``arn:aws:ec2:...:natgateway/nat-1`` -> ``ec2:natgateway``; ``s3`` where ARNs name no kind."""
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    if service in ("s3", "sqs", "sns"):
        return service
    return f"{service}:{rest.replace(':', '/').split('/')[0]}"


def _price(kind: str, table: Prices, region: str) -> float | None:
    factor = table.factor(region)
    if kind == "kms:key":
        return table.unit["key_month"].usd * factor
    if kind in MONTHLY:
        return table.unit[MONTHLY[kind]].usd * table.assumed.hours_per_month * factor
    if kind in ("s3", "dynamodb:table", "logs:log-group", "ec2:volume", "ec2:snapshot", "ecr:repository"):
        return None
    return 0.0


def _key_goes(account: Account, arn: str) -> str | None:
    """Day a key is deleted, None where it stays."""
    found: dict[str, Any] = account.client("kms").describe_key(KeyId=arn)["KeyMetadata"]
    return f"{found['DeletionDate']:%Y-%m-%d}" if found["KeyState"] == "PendingDeletion" else None


def _is_there(account: Account, arn: str) -> bool:
    """The index of tags lags behind: what it can be asked for is asked for."""
    kind = kind_of(arn)
    try:
        if kind == "s3":
            account.client("s3").head_bucket(Bucket=arn.rpartition(":")[2])
        elif kind == "cloudformation:stack":
            stacks = account.client("cloudformation").describe_stacks(StackName=arn)["Stacks"]
            return any(each["StackStatus"] != "DELETE_COMPLETE" for each in stacks)
        elif kind == "dynamodb:table":
            account.client("dynamodb").describe_table(TableName=arn.rpartition("/")[2])
        elif kind == "eks:cluster":
            account.client("eks").describe_cluster(name=arn.rpartition("/")[2])
        elif kind == "ec2:natgateway":
            found = account.client("ec2").describe_nat_gateways(NatGatewayIds=[arn.rpartition("/")[2]])
            return any(each["State"] != "deleted" for each in found["NatGateways"])
    except ClientError as error:
        if is_gone(error) or "NotFound" in error.response["Error"]["Code"]:
            return False
        raise
    return True
