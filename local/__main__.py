"""``python -m local``: the laptop world by hand."""

import signal
import threading
from math import isfinite
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer
from rich.console import Console

from core.contracts import keys
from core.contracts.errors import RejectedDataError, RetailForecastError
from local import show
from local.client import Client
from local.ending import end
from local.info import WorldInfo
from local.settings import Layout, Ports
from local.stage import stage
from local.world import World

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console: Final = Console(highlight=False)
Folder = Annotated[Path, typer.Option("--folder", envvar="LOCAL_FOLDER", help="where the world keeps its state")]
Dataset = Annotated[str | None, typer.Option("--dataset", help="needed only where there are several")]
_HERE: Final = Path(".local")


@app.command()
def up(
    folder: Folder = _HERE,
    aws_port: Annotated[int, typer.Option(help="port of the AWS API")] = 4566,
    sagemaker_port: Annotated[int, typer.Option(help="port of SageMaker's API")] = 4567,
    service_port: Annotated[int, typer.Option(help="port of the forecast service")] = 8080,
) -> None:
    """Start the world and keep it running until Ctrl-C."""
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    world = World(folder, Ports(aws_port, sagemaker_port, service_port))
    with stage(console, "World up") as now:
        world.up(now.say)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    try:
        show.world(console, world.info, world.left_out)
        stop.wait()
        console.print("Stopping; everything is kept.")
    finally:
        world.down()


@app.command()
def drop(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV and the like")],
    dataset: Annotated[str, typer.Option("--dataset", help="folder in the raw bucket")] = keys.DEFAULT_DATASET,
    wait: Annotated[bool, typer.Option("--wait", help="until each has its verdict")] = False,
    folder: Folder = _HERE,
) -> None:
    """Put files into the raw bucket; the cloud does the rest."""
    client = _client(folder)
    put = [(key, client.put(key, file.read_bytes())) for file in files for key in (f"{dataset}/{file.name}",)]
    for key, version in put:
        console.print(f"dropped [bold]{key}[/bold] [dim]version {version}[/dim]")
    if not wait:
        return
    for key, version in put:
        with stage(console, key) as now:
            verdict = client.wait_for_verdict(key, version, say=now.say)
        show.verdict(console, verdict)


@app.command()
def status(folder: Folder = _HERE) -> None:
    """Uploads and their verdicts, runs, the champion and what it serves."""
    show.status(console, _client(folder))


@app.command()
def verdict(
    key: Annotated[str, typer.Argument(help="as in the raw bucket, such as grocery/2024-05.csv")],
    as_json: Annotated[bool, typer.Option("--json", help="as the system wrote it")] = False,
    folder: Folder = _HERE,
) -> None:
    """What became of a file, line by line."""
    found = _client(folder).verdict(key)
    if found is None:
        raise RetailForecastError(f"{key}: no verdict yet; `python -m local status` tells what it waits for")
    if as_json:
        console.print_json(found.model_dump_json())
    else:
        show.verdict(console, found)


@app.command()
def forecast(
    store: Annotated[str, typer.Argument()],
    item: Annotated[str, typer.Argument()] = "all",
    *,
    dataset: Dataset = None,
    horizon: Annotated[int | None, typer.Option("--horizon", min=1, help="periods ahead")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="units by cause as well")] = False,
    folder: Folder = _HERE,
) -> None:
    """Ask the service for one store and item."""
    answer = _client(folder).forecast(store, item, dataset=dataset, horizon=horizon, explain=explain)
    show.forecast(console, answer)
    if explain:
        show.causes(console, answer)


@app.command("what-if")
def what_if(
    store: Annotated[str, typer.Argument()],
    item: Annotated[str, typer.Argument()],
    changes: Annotated[list[str], typer.Argument(help="covariate=value, such as promo=1")],
    *,
    day: Annotated[list[str] | None, typer.Option("--day", help="a date they hold for; all there are without")] = None,
    dataset: Dataset = None,
    folder: Folder = _HERE,
) -> None:
    """Ask the service for one store and item with other prices, promotions or opening days."""
    client = _client(folder)
    days = day or [row["date"] for row in client.forecast(store, item, dataset=dataset)["forecasts"]]
    planned = dict(_change(each) for each in changes)
    show.what_if(console, client.what_if(store, item, [{"date": each, **planned} for each in days], dataset=dataset))


@app.command()
def rollback(
    dataset: Dataset = None,
    reason: Annotated[str, typer.Option("--reason", help="kept with the champion")] = "by hand",
    folder: Folder = _HERE,
) -> None:
    """Put the former champion back."""
    client = _client(folder)
    chosen = dataset or _only(client)
    console.print_json(data=client.rollback(chosen, reason))
    show.champions(console, client, chosen)


@app.command()
def logs(
    step: Annotated[str | None, typer.Argument(help="a step such as Train; all logs are listed without one")] = None,
    lines: Annotated[int, typer.Option("--lines", "-n")] = 200,
    folder: Folder = _HERE,
) -> None:
    """The log of the newest run of a step, or of aws, sagemaker, service."""
    show.logs(console, Layout(folder).logs, step, lines)


@app.command()
def down(folder: Folder = _HERE) -> None:
    """End the world of this folder; its state is kept."""
    console.print(end(folder))


def _change(text: str) -> tuple[str, object]:
    """``price=2.5``: a name and a number, or a word."""
    name, given, value = text.partition("=")
    if not given:
        raise RetailForecastError(f"{text!r}: say a covariate and its value, such as promo=1")
    try:
        number = float(value)
    except ValueError:
        return name, value
    return name, number if isfinite(number) else value


def _client(folder: Path) -> Client:
    return Client(WorldInfo.read(folder))


def _only(client: Client) -> str:
    found = [name for name in client.state.datasets() if client.pointer(name)]
    if len(found) != 1:
        raise RetailForecastError(f"say --dataset; there are {', '.join(found) or 'none with a champion'}")
    return found[0]


def main() -> None:
    """Run a command; an error of ours is a sentence, not a traceback."""
    try:
        app()
    except (RetailForecastError, RejectedDataError) as error:
        Console(stderr=True, highlight=False).print(f"[red]{error}[/red]", markup=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
