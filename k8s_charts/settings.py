"""What differs between environments in how the service runs: section ``service`` of ``environments/<env>.toml``."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from core.contracts import keys

_CERTIFICATE: Final = re.compile(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+")
_WEB_ACL: Final = re.compile(r"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/[^/]+/[0-9a-f-]+")
_SECRET: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_BUILD: Final = re.compile(r"sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


def _pinned(value: str) -> str:
    if value == "latest" or not _BUILD.fullmatch(value):
        raise ValueError("pin one build: a tag other than 'latest', or 'sha256:' and 64 hex digits")
    return value


def _dataset(value: str) -> str:
    if not keys.is_dataset(value):
        raise ValueError("give a dataset's name: 1-40 lower-case letters, digits and single hyphens")
    return value


Build = Annotated[str, AfterValidator(_pinned)]
"""Of an image: a tag, or a digest."""
Dataset = Annotated[str, AfterValidator(_dataset)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ingress(_Section):
    """The load balancer before the pods."""

    scheme: Literal["internal", "internet-facing"] = "internal"
    certificate_arn: str | None = Field(None, description="ACM certificate; plain HTTP inside the VPC when absent")
    host: str | None = Field(None, description="name the certificate is for; any when absent")
    web_acl_arn: str | None = Field(
        None, description="regional WAFv2 web ACL; one of ours before a public service when absent"
    )
    address_limit: int = Field(
        2000, ge=100, le=1_000_000, description="requests of one address in five minutes; our web ACL stops more"
    )

    @field_validator("certificate_arn")
    @classmethod
    def _certificate(cls, value: str | None) -> str | None:
        if value is not None and not _CERTIFICATE.fullmatch(value):
            raise ValueError("give the ARN of an ACM certificate, 'arn:aws:acm:<region>:<account>:certificate/<id>'")
        return value

    @field_validator("web_acl_arn")
    @classmethod
    def _web_acl(cls, value: str | None) -> str | None:
        if value is not None and not _WEB_ACL.fullmatch(value):
            raise ValueError("give the ARN of a regional web ACL, 'arn:aws:wafv2:...:regional/webacl/<name>/<id>'")
        return value

    @property
    def port(self) -> int:
        """Port the load balancer listens on."""
        return 443 if self.certificate_arn else 80

    @property
    def unencrypted(self) -> str | None:
        """What is wrong where the load balancer has no certificate, a sentence; None where it has one."""
        if self.certificate_arn:
            return None
        return "clients of the service speak plain HTTP inside the VPC: set service.ingress.certificate_arn"


class ServiceSettings(_Section):
    """Pods, their size and their number, and the load balancer before them."""

    ingress: Ingress = Ingress()
    api_key_secret: str | None = Field(None, description="Kubernetes Secret whose item 'keys' holds accepted keys")
    datasets: tuple[Dataset, ...] = Field((), description="served; every dataset with a champion when empty")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    poll_seconds: int = Field(2, ge=1, le=3600, description="between two looks at the champion pointers")
    min_pods: int = Field(2, ge=2, le=10, description="two at least, or a node's end is an outage")
    max_pods: int = Field(10, ge=2, le=50)
    cpu_millis: int = Field(250, ge=100, le=16000, description="asked for; four times as much is the limit")
    memory_mb: int = Field(512, ge=256, le=65536, description="asked for, and the limit")
    deregistration_seconds: int = Field(30, ge=5, le=600, description="the load balancer forgets a pod within")
    graceful_seconds: int = Field(30, ge=1, le=600, description="requests in flight may take this long at a stop")

    @field_validator("api_key_secret")
    @classmethod
    def _secret(cls, value: str | None) -> str | None:
        if value is not None and not _SECRET.fullmatch(value):
            raise ValueError("give the name of a Kubernetes Secret: lower-case letters, digits and hyphens")
        return value

    @model_validator(mode="after")
    def _closed_to_the_world(self) -> Self:
        if self.ingress.scheme == "internet-facing":
            missing = [
                name
                for name, value in {
                    "ingress.certificate_arn": self.ingress.certificate_arn,
                    "api_key_secret": self.api_key_secret,
                }.items()
                if value is None
            ]
            if missing:
                raise ValueError(
                    f"ingress.scheme is 'internet-facing' without {' and '.join(missing)}: anybody could read every "
                    f"forecast; set {'it' if len(missing) == 1 else 'them'}, or take scheme = 'internal'"
                )
        return self

    @model_validator(mode="after")
    def _room_to_grow(self) -> Self:
        if self.max_pods < self.min_pods:
            raise ValueError(f"max_pods is {self.max_pods}, below min_pods = {self.min_pods}: raise it")
        return self

    @property
    def pre_stop_seconds(self) -> int:
        """A pod told to stop answers on for so long: until no load balancer sends it anything."""
        return self.deregistration_seconds + 10

    @property
    def grace_seconds(self) -> int:
        """After so long a pod is killed: it has waited, and answered what was in flight, long before."""
        return self.pre_stop_seconds + self.graceful_seconds + 10
