"""Sections of ``environments/<env>.toml`` about SageMaker's jobs: their machines, and the network they run in."""

import re
from dataclasses import dataclass
from typing import Final, Self

from pydantic import Field, field_validator, model_validator

from stacks.platform_config import Section
from stacks.shapes import SecurityGroup, Subnet

_INSTANCE: Final = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9]+")
_LOCAL_DISK: Final = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g4dn|g5|g6|p3dn|p4d|p4de|p5)\.")


class Job(Section):
    """Machines of one kind of SageMaker job."""

    instance_type: str
    instance_count: int = Field(1, ge=1, le=20)
    volume_gb: int = Field(30, ge=1, le=16384)
    max_runtime_minutes: int = Field(60, ge=5, le=5 * 24 * 60)

    @field_validator("instance_type")
    @classmethod
    def _encrypts_by_our_key(cls, value: str) -> str:
        if not _INSTANCE.fullmatch(value):
            raise ValueError("name a SageMaker instance type, such as 'ml.m5.xlarge'")
        if _LOCAL_DISK.match(value):
            raise ValueError("our key cannot encrypt its local disk; take a type without one, such as 'ml.m5.xlarge'")
        return value


@dataclass(frozen=True)
class Rung:
    """Machines a training is tried on."""

    instance_type: str
    spot: bool


class Training(Job):
    """The training job."""

    spot: bool = False
    other_instance_types: tuple[str, ...] = Field(
        (), max_length=3, description="tried in this order where AWS has no machine of the first; on demand comes last"
    )
    max_wait_minutes: int | None = Field(None, ge=5, le=5 * 24 * 60, description="waiting and running on spot")

    @field_validator("other_instance_types")
    @classmethod
    def _others_encrypt_too(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cls._encrypts_by_our_key(each) for each in value)

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """What a training is tried on, in order: the wanted type, the others, and where those are spot, on demand."""
        types = dict.fromkeys((self.instance_type, *self.other_instance_types))
        on_demand = (Rung(self.instance_type, spot=False),) if self.spot else ()
        return (*(Rung(each, spot=self.spot) for each in types), *on_demand)

    @model_validator(mode="after")
    def _waits_at_least_as_long_as_it_runs(self) -> Self:
        if self.spot and (self.max_wait_minutes or 0) < self.max_runtime_minutes:
            raise ValueError(
                f"max_wait_minutes is {self.max_wait_minutes}: with spot = true set it to "
                f"max_runtime_minutes = {self.max_runtime_minutes} or more"
            )
        return self


class Network(Section):
    """Where jobs run: the network stack's private subnets, or others; SageMaker's own network when left out."""

    own: bool = Field(False, description="the network stack's, which is then deployed before the ml stack")
    subnets: tuple[Subnet, ...] = Field((), max_length=16)
    security_groups: tuple[SecurityGroup, ...] = Field((), max_length=5)

    @model_validator(mode="after")
    def _ours_or_named(self) -> Self:
        named = bool(self.subnets), bool(self.security_groups)
        if self.own and any(named):
            raise ValueError("own is true, and subnets or security_groups are named: take the one or the other")
        if not self.own and not all(named):
            raise ValueError("name subnets and security_groups, or set own = true for those of the network stack")
        return self
