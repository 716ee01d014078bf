"""Proof by tag: what still carries the environment's tags, why, and what it costs."""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.contracts.tags import PROJECT
from stacks.account import Account
from stacks.config import Config
from stacks.costs.prices import Prices
from stacks.parts import ACCOUNT_WIDE
from stacks.teardown.there import JOBS, has_ended, is_there, kind_of
from stacks.teardown.worth import usd

KEPT: Final = ("s3", "dynamodb", "kms", "sagemaker:model-package")
"""How kinds begin that an environment leaves behind on purpose where it keeps its data."""
KEPT_ON_PURPOSE: Final = "kept: data.keep_on_delete is true in this environment"
"""Why."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """One thing that still carries the tags."""

    arn: str
    why: str
    """Empty where nothing explains it."""
    usd: float | None
    """A month; None where it depends on what it holds or does."""

    @property
    def kind(self) -> str:
        """``ec2:natgateway``, ``s3``."""
        return kind_of(self.arn)


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
    return list(_explained(account, config, table, [arn for arn in sorted(found) if is_there(account, arn)], shared))


def settled(account: Account, config: Config, table: Prices) -> list[Left]:
    """What is left once the index of tags has caught up: for some minutes it lists what has just gone."""
    end = time.monotonic() + account.settling
    found = left(account, config, table)
    if lost := unexplained(found):
        account.say(f"{len(lost)} things are still listed by their tags: looking for up to {account.settling:.0f} s")
    while unexplained(found) and time.monotonic() < end:
        time.sleep(account.pause)
        found = left(account, config, table)
    return found


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
        if kind in JOBS and has_ended(account, arn):
            why = "has ended: SageMaker keeps the record of every job"
        if config.data.keep_on_delete and kind.startswith(KEPT):
            why = KEPT_ON_PURPOSE
        if arn in shared:
            why = "kept: images and pipeline of the account, which its other environments use"
        yield Left(arn=arn, why=why, usd=usd(account, arn, table))


def _key_goes(account: Account, arn: str) -> str | None:
    """Day a key is deleted, None where it stays."""
    found: dict[str, Any] = account.client("kms").describe_key(KeyId=arn)["KeyMetadata"]
    return f"{found['DeletionDate']:%Y-%m-%d}" if found["KeyState"] == "PendingDeletion" else None
