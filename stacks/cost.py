"""``python -m stacks.cost --env prod``: what an environment costs in a month, by component."""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from core.contracts.errors import ConfigError
from stacks.application import chosen
from stacks.config import Config, load
from stacks.costs.coverage import BY_USE, unknown
from stacks.costs.estimate import Estimate, Line
from stacks.costs.prices import TABLE, Load, Prices, prices
from stacks.kubernetes_versions import STANDARD_SUPPORT_ENDS
from stacks.templates import Json, read, synthesise

SEED: Final = {"dev": (200, 500), "prod": (800, 1500)}
"""What the system this one follows was said to cost, in US dollars a month."""


def main(arguments: list[str] | None = None) -> int:
    """Print the estimate, or say in a sentence what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m stacks.cost", description=__doc__)
    parser.add_argument("--env", default="dev", help="dev, staging or prod")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="another load: retrains=30")
    parser.add_argument("--json", action="store_true", help="for machines")
    asked = parser.parse_args(arguments)
    try:
        config, table = load(asked.env), prices()
        wanted = loaded(table.load, asked.set)
        templates = synthesised(config)
        today = datetime.now(UTC).date()
        lines = Estimate(config=config, templates=templates, prices=table, load=wanted, today=today).lines()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for warning in (table.aged(today), *unknown(templates.values())):
        sys.stderr.write(f"{warning}\n" if warning else "")
    if asked.json:
        sys.stdout.write(json.dumps(_plain(config, table, wanted, lines), indent=2) + "\n")
    else:
        _show(config, table, wanted, lines)
    return 0


def loaded(default: Load, said: list[str]) -> Load:
    """The default load with what was said of it.

    Raises:
        ConfigError: no such load, no number, or one that no load has.
    """
    values = default.model_dump()
    for each in said:
        name, _, value = each.partition("=")
        if name not in values:
            raise ConfigError(f"--set {each}: there is no load {name!r}; choose among {', '.join(values)}")
        try:
            number = type(values[name])(value.replace("_", ""))
        except ValueError as error:
            raise ConfigError(f"--set {each}: {value!r} is no number") from error
        if not 0 <= number < math.inf:
            raise ConfigError(f"--set {each}: a load is 0 or more")
        values[name] = number
    return Load.model_validate(values)


def synthesised(config: Config) -> dict[str, Json]:
    """Templates of an environment by the stack's short name."""
    with TemporaryDirectory() as folder:
        return read(synthesise(config, Path(folder), chosen(None, config)), config.environment)


def _plain(config: Config, table: Prices, load_: Load, lines: list[Line]) -> dict[str, object]:
    return {
        "environment": config.environment,
        "region": config.region,
        "prices_noted": table.noted.isoformat(),
        "prices_region": table.region,
        "assumed": table.assumed.model_dump(),
        "load": load_.model_dump(),
        "lines": [asdict(line) for line in lines],
        "usd_per_month": round(sum(line.usd for line in lines), 2),
    }


def _show(config: Config, table: Prices, load_: Load, lines: list[Line]) -> None:
    board = Table(title=f"{config.environment} in {config.region}: a month, in US dollars", title_justify="left")
    for name, side in (("component", "left"), ("what", "left"), ("quantity", "right"), ("USD", "right")):
        board.add_column(name, justify=side)  # type: ignore[arg-type]
    components = list(dict.fromkeys(line.component for line in lines))
    for component in components:
        of_it = [line for line in lines if line.component == component]
        board.add_row(component, "", "", f"{sum(line.usd for line in of_it):,.2f}", style="bold")
        for line in of_it:
            if line.usd >= 0.005:  # noqa: PLR2004 - half a cent
                board.add_row("", line.what, f"{line.quantity:,.1f} {line.unit}", f"{line.usd:,.2f}", style="dim")
    board.add_section()
    total = sum(line.usd for line in lines)
    board.add_row("all", "", "", f"{total:,.2f}", style="bold")
    console = Console()
    console.print(board)
    if config.environment in SEED:
        low, high = SEED[config.environment]
        console.print(f"The system this one follows was put at ${low} to ${high}; here the aim is below ${low}.")
    console.print(*_assumptions(config, table, load_), sep="\n", markup=False)


def _assumptions(config: Config, table: Prices, load_: Load) -> Iterator[str]:
    """What the estimate rests on, a sentence each."""
    hours = config.cluster.office_hours
    yield f"Nodes are on {hours.share:.0%} of the week." if hours else "Nodes are on all week."
    if config.cluster.support == "extended":
        version, ends = config.cluster.version, STANDARD_SUPPORT_ENDS[config.cluster.version]
        hour, extended = (table.unit[name].usd for name in ("eks_cluster_hour", "eks_extended_cluster_hour"))
        yield f"Kubernetes {version}, if it is kept after {ends}, costs ${extended:.2f} an hour instead of ${hour:.2f}."
    yield f"Load a month: {_named(load_)}. Another: --set NAME=NUMBER."
    yield f"Assumed: {_named(table.assumed)}."
    yield f"Not counted, as it depends on people: {', '.join(BY_USE.values())}."
    yield (
        f"On-demand prices of {table.region}, noted {table.noted}, here times {table.factor(config.region)}; without "
        f"taxes and discounts. Each price with its unit and page: stacks/costs/{TABLE.name}."
    )


def _named(values: BaseModel) -> str:
    return ", ".join(f"{name} {value:,}" for name, value in values.model_dump().items())


if __name__ == "__main__":
    sys.exit(main())
