"""Sections of ``environments/<env>.toml`` about the network and the cluster."""

import ipaddress
import re
from datetime import datetime
from typing import Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from stacks.kubernetes_versions import KubernetesVersion, Support
from stacks.shapes import AddonVersion, Cidr

Endpoint = Literal[
    "ecr.api",
    "ecr.dkr",
    "sts",
    "logs",
    "monitoring",
    "sagemaker.api",
    "kms",
    "ec2",
    "elasticloadbalancing",
    "autoscaling",
]
"""AWS services that can be had inside the VPC."""
Addon = Literal["vpc-cni", "kube-proxy", "coredns", "metrics-server", "amazon-cloudwatch-observability"]
"""Add-ons of EKS that the cluster has."""
Retention = Literal[7, 14, 30, 60, 90, 180, 365, 731]

_WIDEST_BITS: Final = 8
_NODE: Final = re.compile(r"[a-z]+\d+[a-z-]*\.[a-z0-9]+")
_GRAVITON: Final = re.compile(r"(ml\.)?(a1|[a-z]+\d+g[a-z-]*)\.")
LEAST_OPEN: Final = 60
"""Minutes: nodes need a part of that until they are there."""
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_PRINCIPAL: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+")


class Section(BaseModel):
    """A section: what is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Vpc(Section):
    """The network of the cluster."""

    cidr: Cidr = Field("10.0.0.0/16", description="a /16: three kinds of subnets in up to three zones fit")
    zones: int = Field(3, ge=2, le=3, description="availability zones, the region's first")
    nat_gateways: int = Field(1, ge=1, le=3, description="one a zone survives a zone's end")
    endpoints: tuple[Endpoint, ...] = Field((), description="asked for inside the VPC; the others go by NAT")
    endpoint_zones: int = Field(2, ge=1, le=3, description="each endpoint is paid for by zone")
    flow_log_days: Retention = 30

    @model_validator(mode="after")
    def _no_more_than_zones(self) -> Self:
        for name in ("nat_gateways", "endpoint_zones"):
            if getattr(self, name) > self.zones:
                raise ValueError(f"{name} is {getattr(self, name)}, but there are {self.zones} zones: lower it")
        return self


class OfficeHours(Section):
    """When an environment that is off outside business hours is on."""

    time_zone: str = Field(description="of the team, such as 'Asia/Singapore'")
    opens: str = Field("08:00", description="hours and minutes")
    closes: str = Field("19:00", description="hours and minutes, the same day")
    days: Literal["MON-FRI", "MON-SAT", "MON-SUN"] = "MON-FRI"

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("give a time zone by its name, such as 'Asia/Singapore'")
        return value

    @field_validator("opens", "closes")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        if not _TIME.fullmatch(value):
            raise ValueError("give hours and minutes, such as '08:00'")
        return value

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"opens is {self.opens}, which is not before closes = {self.closes}: change one")
        if self._open_minutes < LEAST_OPEN:
            raise ValueError(f"opens is {self.opens}, less than an hour before closes = {self.closes}: change one")
        return self

    @property
    def _open_days(self) -> int:
        return {"MON-FRI": 5, "MON-SAT": 6, "MON-SUN": 7}[self.days]

    @property
    def _open_minutes(self) -> int:
        (opens, closes) = (int(each[:2]) * 60 + int(each[3:]) for each in (self.opens, self.closes))
        return closes - opens

    def open_at(self, moment: datetime) -> bool:
        """Whether nodes run at a moment (aware)."""
        here = moment.astimezone(ZoneInfo(self.time_zone))
        return here.isoweekday() <= self._open_days and self.opens <= f"{here:%H:%M}" < self.closes

    @property
    def closing(self) -> str:
        """Cron expression of every closing; on days that never opened, too: somebody may have opened by hand."""
        hour, minute = self.closes.split(":")
        return f"cron({int(minute)} {int(hour)} * * ? *)"

    def opening(self, later_minutes: int = 0) -> str:
        """Cron expression of every opening, or of so many minutes later, the same day."""
        hour, minute = (int(part) for part in self.opens.split(":"))
        minutes = hour * 60 + minute + later_minutes
        return f"cron({minutes % 60} {minutes // 60} ? * {self.days} *)"

    @property
    def share(self) -> float:
        """Share of a week's hours it is on."""
        return self._open_minutes * self._open_days / (7 * 24 * 60)


class Cluster(Section):
    """EKS and its nodes."""

    version: KubernetesVersion = "1.36"
    support: Support = Field("standard", description="at the end of its support AWS upgrades it, or it costs more")
    public_from: tuple[str, ...] = Field((), description="networks that reach the API server; the VPC alone when empty")
    admins: tuple[str, ...] = Field((), description="ARNs of roles that may do everything in the cluster")
    viewers: tuple[str, ...] = Field((), description="ARNs of roles that may look")
    instance_types: tuple[str, ...] = Field(("m7i.large",), min_length=1, max_length=15)
    spot: bool = False
    min_nodes: int = Field(2, ge=1, le=50)
    max_nodes: int = Field(6, ge=1, le=100)
    addons: dict[Addon, AddonVersion] = Field({}, description="their versions; those left out are EKS's default")
    disk_gb: int = Field(50, ge=20, le=1024)
    office_hours: OfficeHours | None = Field(None, description="nodes run in business hours alone; always when absent")
    log_days: Retention = 30

    @field_validator("public_from")
    @classmethod
    def _not_the_world(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            try:
                network = ipaddress.IPv4Network(each)
            except ValueError as error:
                raise ValueError(f"give networks such as '203.0.113.0/24': {error}") from error
            if network.prefixlen < _WIDEST_BITS:
                raise ValueError(f"{each} is too wide: name the networks you come from, of {_WIDEST_BITS} bits or more")
        return value

    @field_validator("admins", "viewers")
    @classmethod
    def _are_principals(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not _PRINCIPAL.fullmatch(each):
                raise ValueError(f"{each!r} is no role: give ARNs such as 'arn:aws:iam::123456789012:role/platform'")
        return value

    @field_validator("instance_types")
    @classmethod
    def _of_onearchitecture(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not _NODE.fullmatch(each):
                raise ValueError(f"{each!r} is no EC2 instance type: give one such as 'm7i.large'")
        if len({architecture(each) for each in value}) > 1:
            raise ValueError("the image is for one architecture: take Graviton types only, or none")
        return value

    @model_validator(mode="after")
    def _each_principal_once(self) -> Self:
        named = (*self.admins, *self.viewers)
        if twice := [each for each in named if named.count(each) > 1]:
            raise ValueError(f"{twice[0]!r} is named twice in admins and viewers: a cluster admits each once")
        return self

    @model_validator(mode="after")
    def _room_to_grow(self) -> Self:
        if self.max_nodes < self.min_nodes:
            raise ValueError(f"max_nodes is {self.max_nodes}, below min_nodes = {self.min_nodes}: raise it")
        return self

    @property
    def architecture(self) -> Literal["arm64", "x86_64"]:
        """Of the nodes, and so of the image."""
        return architecture(self.instance_types[0])


def architecture(instance_type: str) -> Literal["arm64", "x86_64"]:
    """Of an instance type of EC2 or SageMaker."""
    return "arm64" if _GRAVITON.match(instance_type) else "x86_64"
