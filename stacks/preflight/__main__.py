"""``python -m stacks.preflight --env dev``: what is missing before the first deployment."""

import argparse
import sys
from typing import Any, Final

import boto3
from rich.console import Console
from rich.markup import escape

from core.contracts.errors import ConfigError
from stacks.config import load
from stacks.preflight.checks import findings

SHOWN: Final = {"ok": "[green]ok[/]     ", "missing": "[red]missing[/]", "unknown": "[yellow]unknown[/]"}


def main(arguments: list[str] | None = None) -> int:
    """0 when nothing is missing, 1 when something is, 2 when the environment itself is wrong."""
    parser = argparse.ArgumentParser(prog="python -m stacks.preflight", description=__doc__)
    parser.add_argument("--env", default="dev", help="dev, staging or prod")
    asked = parser.parse_args(arguments)
    try:
        config = load(asked.env)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2

    def client(service: str) -> Any:
        return boto3.client(service, region_name=config.region)  # type: ignore[call-overload]

    console = Console(soft_wrap=True, highlight=False)
    console.print(f"{config.environment} in {config.region}")
    outcomes = []
    for each in findings(client, config):
        console.print(f"{SHOWN[each.outcome]} {escape(each.check)}: {escape(each.says)}")
        outcomes.append(each.outcome)
    missing, unknown = outcomes.count("missing"), outcomes.count("unknown")
    console.print(f"{len(outcomes)} checks, {missing} missing, {unknown} unknown")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
