"""Where the service is deployed, as its chart needs to know it."""

from dataclasses import dataclass
from typing import Final

from core.contracts import names

NAMESPACE: Final = "forecast"
APP: Final = "forecast-api"
"""Name of the deployment, its service account and everything that belongs to it."""

LOG_PREFIX: Final = "alb"
"""Of the load balancer's access logs in the log bucket."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Strings, or the CDK's tokens for them."""

    environment: str
    region: str
    account: str
    image: str
    """Address with a tag or a digest."""
    build: str
    """The image's tag or digest, as the pods name it in their log."""
    role_arn: str
    """IAM role of the service account."""
    lake_bucket: str
    artifacts_bucket: str
    logs_bucket: str
    """Where the load balancer logs its requests."""
    vpc_cidr: str
    web_acl_arn: str | None = None
    """Of the firewall the cluster's stack makes, where the configuration names none."""


def role_name(environment: str) -> str:
    """IAM role of the service account."""
    return names.resource(environment, "service")


def security_group(environment: str) -> str:
    """Security group of the load balancer, by its tag ``Name``."""
    return names.resource(environment, "alb")


def image(registry: str, build: str) -> str:
    """Address of one build of the service's image: a tag, or ``sha256:...``."""
    separator = "@" if build.startswith("sha256:") else ":"
    return f"{registry}/{names.PREFIX}/inference-api{separator}{build}"
