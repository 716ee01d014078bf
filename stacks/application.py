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


def new_app(*, outdir: str | None = None, context: dict[str, Any] | None = None) -> cdk.App:
    """An empty application under the feature flags of ``cdk.json``, with the CLI or without it."""
    flags = json.loads(CDK_JSON.read_text())["context"]
    return cdk.App(outdir=outdir, context=flags | (context or {}), analytics_reporting=False)


def chosen(said: str | None) -> tuple[str, ...]:
    """Stacks of a comma-separated list, in order; all of them when there is none.

    Raises:
        ConfigError: one is not known.
    """
    wanted = [part.strip() for part in (said or ",".join(STACKS)).split(",")]
    if unknown := [name for name in wanted if name not in STACKS]:
        raise ConfigError(f"STACKS names {unknown[0]!r}: choose among {', '.join(STACKS)}, or leave it unset for all")
    return tuple(name for name in STACKS if name in wanted)


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
