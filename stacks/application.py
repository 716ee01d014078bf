"""Builds the CDK application from one environment's configuration."""

import json
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk

from stacks.config import Config
from stacks.data import DataStack
from stacks.ml import MlStack
from stacks.observability import ObservabilityStack

CDK_JSON: Final = Path(__file__).parent.parent / "cdk.json"


def new_app(*, outdir: str | None = None, context: dict[str, Any] | None = None) -> cdk.App:
    """An empty application under the feature flags of ``cdk.json``, with the CLI or without it."""
    flags = json.loads(CDK_JSON.read_text())["context"]
    return cdk.App(outdir=outdir, context=flags | (context or {}), analytics_reporting=False)


def build(app: cdk.App, config: Config) -> tuple[DataStack, MlStack, ObservabilityStack]:
    """Add every stack; each knows the one before it by name and parameter only, never by an export."""
    data = DataStack(app, config)
    ml = MlStack(app, config)
    ml.add_stack_dependency(data)  # reads its parameters
    observability = ObservabilityStack(app, config)
    observability.add_stack_dependency(ml)  # sends alarms to a topic of its
    return data, ml, observability
