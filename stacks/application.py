"""Builds the CDK application from one environment's configuration."""

import json
from collections.abc import Callable, Collection, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from constructs import Construct

from core.contracts.errors import ConfigError
from stacks.base import EnvironmentStack
from stacks.config import Config

CDK_JSON: Final = Path(__file__).parent.parent / "cdk.json"
STACKS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "data": ("DataStack", ()),
    "ml": ("MlStack", ("data",)),  # reads its parameters
    "network": ("NetworkStack", ()),
    "cluster": ("ClusterStack", ("data", "network")),  # reads their parameters
    "observability": ("ObservabilityStack", ("ml",)),  # sends alarms to a topic of its
    "delivery": ("DeliveryStack", ("data",)),  # its bucket's access logs go to the data stack's
}
"""Each stack's module: its class, and the stacks it is deployed after."""
SHARED: Final = "delivery"
"""The stack that an account has once, in the environment whose file says so (ADR 13)."""


def new_app(*, outdir: str | None = None, context: dict[str, Any] | None = None) -> cdk.App:
    """An empty application under the feature flags of ``cdk.json``, with the CLI or without it."""
    flags = json.loads(CDK_JSON.read_text())["context"]
    return cdk.App(outdir=outdir, context=flags | (context or {}), analytics_reporting=False)


def chosen(said: str | None, config: Config) -> tuple[str, ...]:
    """Stacks of a comma-separated list, in order; all that the environment has when there is none.

    Raises:
        ConfigError: one is not known, or another environment of the account has it.
    """
    had = tuple(name for name in STACKS if name != SHARED or config.delivery.here)
    wanted = [part.strip() for part in (said or ",".join(had)).split(",")]
    if unknown := [name for name in wanted if name not in STACKS]:
        raise ConfigError(f"STACKS names {unknown[0]!r}: choose among {', '.join(had)}, or leave it unset for all")
    if SHARED in wanted and SHARED not in had:
        raise ConfigError(
            f"STACKS names {SHARED!r}, which an account has once and environments/{config.environment}.toml does not "
            f"claim: take the environment that does, or set delivery.here = true in this file and in no other of the "
            "account"
        )
    return tuple(name for name in had if name in wanted)


def build(app: cdk.App, config: Config, wanted: Collection[str] = tuple(STACKS)) -> dict[str, EnvironmentStack]:
    """Add stacks by name; each knows those before it by name and parameter only, never by an export.

    Modules are imported here, for some take seconds that who builds other stacks need not spend.
    """
    built: dict[str, EnvironmentStack] = {}
    for name, (kind, before) in STACKS.items():
        if name in wanted:
            built[name] = _class(name, kind)(app, config)
            _after(built[name], (built[each] for each in before if each in built))
    if config.network and config.network.own and {"ml", "network"} <= built.keys():
        _after(built["ml"], [built["network"]])  # reads its parameters, too
    return built


def _class(module: str, name: str) -> Callable[[Construct, Config], EnvironmentStack]:
    found: Callable[[Construct, Config], EnvironmentStack] = getattr(import_module(f"stacks.{module}"), name)
    return found


def _after(stack: EnvironmentStack, others: Iterable[EnvironmentStack]) -> None:
    for other in others:
        stack.add_stack_dependency(other)
