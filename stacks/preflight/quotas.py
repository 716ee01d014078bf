"""How many machines an account may have, and how many an environment asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from stacks.config import Config

VCPUS: Final = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32}


@dataclass(frozen=True, kw_only=True)
class Need:
    """One quota an environment lives under."""

    service: str
    name: str
    """As Service Quotas lists it."""
    least: float
    because: str


def needs(config: Config) -> Iterator[Need]:
    """Quotas that are 0 or small in a new account, and what this environment takes of each."""
    for name, job in (("processing", config.processing), ("transform", config.transform)):
        yield _job(job.instance_type, f"{name} job usage", job.instance_count, f"[{name}] in its file")
    training = config.training
    for rung in training.ladder:
        usage = "spot training job usage" if rung.spot else "training job usage"
        yield _job(rung.instance_type, usage, training.instance_count, "[training] in its file")
    nodes = config.cluster
    kind = "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"
    if not nodes.spot:
        kind = "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
    vcpus = nodes.max_nodes * VCPUS[nodes.instance_types[0].rpartition(".")[2]]
    yield Need(service="ec2", name=kind, least=vcpus, because=f"cluster.max_nodes = {nodes.max_nodes}")
    yield Need(
        service="ec2",
        name="EC2-VPC Elastic IPs",
        least=config.vpc.nat_gateways,
        because=f"vpc.nat_gateways = {config.vpc.nat_gateways}",
    )
    yield Need(service="vpc", name="VPCs per Region", least=1, because="the network stack makes one")
    functions = config.functions
    reserved = sum(
        each.reserved or 0 for each in (functions.on_upload, functions.promote, functions.on_pipeline_change)
    )
    yield Need(
        service="lambda",
        name="Concurrent executions",
        least=reserved + 100,
        because=f"{reserved} reserved, and AWS keeps 100 for the rest of the account",
    )


def _job(instance_type: str, usage: str, count: int, because: str) -> Need:
    return Need(service="sagemaker", name=f"{instance_type} for {usage}", least=count, because=because)


def held(client: Any, service: str) -> dict[str, float]:
    """Quotas of a service in this account: name -> value; AWS's defaults where nothing was raised."""
    found: dict[str, float] = {}
    for call in ("list_aws_default_service_quotas", "list_service_quotas"):
        for page in client.get_paginator(call).paginate(ServiceCode=service):
            found |= {each["QuotaName"]: each["Value"] for each in page["Quotas"]}
    return found
