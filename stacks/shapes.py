"""Strings of a shape, and what to write instead of one that has another."""

import ipaddress
import re
from typing import Annotated, Final

from pydantic import AfterValidator

_VPC_BITS: Final = 16
_PRIVATE: Final = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""What a VPC may have that nobody on the internet has."""


def shaped(pattern: str, cure: str) -> AfterValidator:
    """Refuses what a pattern does not match whole."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(cure)
        return value

    return AfterValidator(check)


def _private(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"give a network such as '10.0.0.0/16': {error}") from error
    if network.prefixlen != _VPC_BITS or not any(network.subnet_of(each) for each in _PRIVATE):
        raise ValueError("give a private network of 16 bits, such as '10.0.0.0/16'")
    return value


Region = Annotated[str, shaped(r"[a-z]{2}(-[a-z]+)+-\d", "give a region such as 'ap-southeast-1'")]
Account = Annotated[str, shaped(r"\d{12}", "give an account's 12 digits, in quotes")]
Email = Annotated[str, shaped(r"[^@\s]+@[^@\s]+\.[^@\s.]+", "give an e-mail address, such as 'team@example.com'")]
Cidr = Annotated[str, AfterValidator(_private)]
AddonVersion = Annotated[
    str, shaped(r"v\d+\.\d+\.\d+-eksbuild\.\d+", "give a version as EKS lists it, such as 'v1.2.3-eksbuild.4'")
]
Subnet = Annotated[str, shaped(r"subnet-[0-9a-f]+", "give a subnet's id, such as 'subnet-0a1b2c3d'")]
SecurityGroup = Annotated[str, shaped(r"sg-[0-9a-f]+", "give a security group's id, such as 'sg-0a1b2c3d'")]
Repository = Annotated[str, shaped(r"[\w.-]+/[\w.-]+", "give owner and name, such as 'your-organisation/forecast'")]
AnomalyMonitor = Annotated[
    str,
    shaped(
        r"arn:aws[a-z-]*:ce::\d{12}:anomalymonitor/[0-9a-f-]+",
        "give the ARN of a monitor, as aws ce get-anomaly-monitors lists it",
    ),
]
Connection = Annotated[
    str,
    shaped(
        r"arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:.+",
        "give the ARN of a connection to GitHub, as the console lists it under Developer Tools, Connections",
    ),
]
