"""Development with all that a file can turn on, and an account's events off: the files of the code name nobody."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from stacks.config import ENVIRONMENTS, Config, load
from stacks.templates import synthesise
from tests.unit.k8s_charts.rendered import CERTIFICATE
from tests.unit.stacks.synthesis import Template, read

ROLE = "arn:aws:iam::123456789012:role"
CONNECTION = "arn:aws:codeconnections:eu-west-1:123456789012:connection/abc"
INGRESS = f'ingress = {{ scheme = "internet-facing", certificate_arn = "{CERTIFICATE}" }}'
GITHUB = f'github = {{ connection_arn = "{CONNECTION}", repository = "shop/forecast" }}'
TURNED_ON = {
    "cluster": f'public_from = ["203.0.113.0/24"]\nadmins = ["{ROLE}/platform"]\nviewers = ["{ROLE}/analyst"]',
    "service": f'api_key_secret = "keys"\n{INGRESS}',
    "delivery": f'approvers = ["ann@shop.example"]\n{GITHUB}',
    "alarms": 'emails = ["ann@shop.example"]\ndatasets = ["grocery", "fashion"]',
    "audit": "management_events = false",
    "vpc": 'endpoints = ["kms", "sts"]',
}
"""Section -> what is added to it."""


@cache
def everything() -> Config:
    """The configuration."""
    toml = (ENVIRONMENTS / "dev.toml").read_text()
    for section, more in TURNED_ON.items():
        toml = re.sub(rf"^\[{section}\].*$", f"[{section}]\n{more}", toml, flags=re.MULTILINE)
    with TemporaryDirectory() as folder:
        Path(folder, "dev.toml").write_text(f"{toml}\n[network]\nown = true\n")
        return load("dev", Path(folder))


@cache
def opened() -> dict[str, Template]:
    """Its templates by the stack's short name; synthesised once per process."""
    with TemporaryDirectory() as folder:
        return read(synthesise(everything(), Path(folder)), "dev")
