"""How many machines an account may have, and how many an environment asks for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from core.contracts.tags import tags
from stacks.config import Config

SMALL: Final = {"nano", "micro", "small", "medium"}
STANDARD: Final = {"a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"}
"""Families that share one quota of vCPUs; each other has its own."""
Taken = Literal["addresses", "vpcs"]
_XLARGE: Final = re.compile(r"(\d*)xlarge")


@dataclass(frozen=True, kw_only=True)
class Need:
    """One quota an environment lives under."""

    service: str
    name: str
    """As Service Quotas lists it."""
    least: float | None
    """None where it is not known here."""
    because: str
    taken: Taken | None = None
    """What uses it up already, where EC2 can be asked."""


def needs(config: Config) -> Iterator[Need]:
    """Quotas that are 0 or small in a new account, and what this environment takes of each."""
    for name, job in (("processing", config.processing), ("transform", config.transform)):
        yield _job(job.instance_type, f"{name} job usage", job.instance_count, f"[{name}] in its file")
    training = config.training
    for rung in training.ladder:
        usage = "spot training job usage" if rung.spot else "training job usage"
        yield _job(rung.instance_type, usage, training.instance_count, "[training] in its file")
    yield _nodes(config)
    yield Need(
        service="ec2",
        name="EC2-VPC Elastic IPs",
        least=config.vpc.nat_gateways,
        because=f"vpc.nat_gateways = {config.vpc.nat_gateways}",
        taken="addresses",
    )
    yield Need(service="vpc", name="VPCs per Region", least=1, because="the network stack makes one", taken="vpcs")
    yield _functions(config)


def _nodes(config: Config) -> Need:
    nodes = config.cluster
    because = f"cluster.max_nodes = {nodes.max_nodes} of {', '.join(nodes.instance_types)}"
    families = {re.split(r"\d", each, maxsplit=1)[0] for each in nodes.instance_types}
    sizes = [vcpus(each) for each in nodes.instance_types]
    if not families <= STANDARD or None in sizes:
        return Need(service="ec2", name=f"vCPUs of {', '.join(nodes.instance_types)}", least=None, because=because)
    kind = "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
    if nodes.spot:
        kind = "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"
    most = max(size for size in sizes if size)
    return Need(service="ec2", name=kind, least=nodes.max_nodes * most, because=because)


def vcpus(instance_type: str) -> int | None:
    """Of an EC2 instance type, by its size; None where sizes do not tell, as of bare metal."""
    family, _, size = instance_type.partition(".")
    if size in SMALL:
        return 2 if family.startswith("t") else 1
    if size == "large":
        return 2
    found = _XLARGE.fullmatch(size)
    return 4 * int(found[1] or 1) if found else None


def _functions(config: Config) -> Need:
    functions = (config.functions.on_upload, config.functions.promote, config.functions.on_pipeline_change)
    reserved = sum(each.reserved or 0 for each in functions)
    most = sum(each.most for each in functions)
    least, because = most, f"so many copies of the functions may run at once: most = {most} together"
    if reserved:
        least, because = reserved + 100, f"{reserved} reserved, and AWS keeps 100 for the rest of the account"
    return Need(service="lambda", name="Concurrent executions", least=least, because=because)


def _job(instance_type: str, usage: str, count: int, because: str) -> Need:
    return Need(service="sagemaker", name=f"{instance_type} for {usage}", least=count, because=because)


def held(client: Any, service: str) -> dict[str, float]:
    """Quotas of a service in this account: name -> value; AWS's defaults where nothing was raised."""
    found: dict[str, float] = {}
    for call in ("list_aws_default_service_quotas", "list_service_quotas"):
        for page in client.get_paginator(call).paginate(ServiceCode=service):
            found |= {each["QuotaName"]: each["Value"] for each in page["Quotas"]}
    return found


def taken(client: Any, config: Config, what: Taken) -> int:
    """How many of them there are in the region; this environment's own are those that it needs, and do not count."""
    call, listed = {"addresses": ("describe_addresses", "Addresses"), "vpcs": ("describe_vpcs", "Vpcs")}[what]
    ours = {name: tags(config.environment, "infra")[name] for name in ("Project", "Environment")}
    others = [
        each
        for each in getattr(client, call)()[listed]
        if not ours.items() <= {tag["Key"]: tag["Value"] for tag in each.get("Tags", [])}.items()
    ]
    return len(others)
