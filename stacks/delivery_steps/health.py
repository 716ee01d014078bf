"""Whether the service that was deployed works: its pods, and the load balancer before them."""

import time
from datetime import UTC, datetime
from typing import Any, Final

import boto3

from core.contracts import keys, names
from core.contracts.errors import RetailForecastError, RetryableError
from stacks.config import Config
from stacks.delivery_steps import cloud, pods

SECONDS: Final = 900


class ClosedError(RetailForecastError):
    """Nodes are off by the clock: whether the service works cannot be told now."""


def looked_after(account: boto3.Session, config: Config, build: str) -> str:
    """Wait until the service works, and say how; before the first champion it works when its pods are up.

    Raises:
        ClosedError: the environment's nodes are off at this hour.
        RetryableError: it does not work after a quarter of an hour.
    """
    logs, balancer = account.client("logs"), account.client("elbv2")
    cluster = names.resource(config.environment, "cluster")
    end = time.monotonic() + SECONDS
    while True:
        found = pods.told(logs, config.environment, build, datetime.now(UTC))
        if found is None:
            return f"{cluster} is not deployed: the service was not looked at"
        _opened(config)
        champions = _any_champion(account, config.environment)
        sentence = pods.wrong(found, fewest=config.service.min_pods, champions=champions)
        sentence = sentence or _balanced(balancer, cluster, champions=champions)
        if sentence is None:
            waits = "forecasts are served" if champions else f"up, and waiting: {found[0].state}"
            return f"{cluster}: {len(found)} pods of {build}, {waits}"
        if time.monotonic() > end:
            raise RetryableError(f"{cluster}: {sentence}, still after {SECONDS} s")
        time.sleep(cloud.LOOK_SECONDS)


def _opened(config: Config) -> None:
    hours = config.cluster.office_hours
    if hours and not hours.open_at(datetime.now(UTC)):
        raise ClosedError(
            f"nodes of {config.environment} are off until {hours.opens} ({hours.time_zone}, {hours.days}): "
            "see then whether the service works"
        )


def _any_champion(account: boto3.Session, environment: str) -> bool:
    bucket = names.bucket(environment, "artifacts", account.client("sts").get_caller_identity()["Account"])
    return bool(account.client("s3").list_objects_v2(Bucket=bucket, Prefix=keys.CHAMPIONS, MaxKeys=1)["KeyCount"])


def _balanced(balancer: Any, cluster: str, *, champions: bool) -> str | None:
    """What is wrong before the pods; a pod that is not ready is no target yet, so without a champion there is none."""
    states = cloud.target_states(balancer, cluster)
    if states is None:
        return "the load balancer is not made yet"
    return cloud.unhealthy(states) if champions else None
