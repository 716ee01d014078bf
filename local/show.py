"""How the commands look in a terminal."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.contracts.errors import RetailForecastError
from core.contracts.verdict import Kind, Verdict
from local.client import Client
from local.info import WorldInfo
from local.state import Run

_COLOUR: dict[str, str] = {
    **{Kind.ACCEPTED: "green", Kind.REPAIRED: "green", Kind.QUARANTINED: "yellow", Kind.REJECTED: "red"},
    **{"done": "green", "running": "cyan", "queued": "cyan", "failed": "red"},
    **{"Succeeded": "green", "Executing": "cyan", "Stopping": "yellow", "Stopped": "yellow", "Failed": "red"},
}
_MANY = 12
_NUMBERS_WIDTH = 62  # of the other columns of a forecast
_UNNAMED = "#unnamed"  # where uploads are kept whose folder is no dataset name


def _coloured(word: str | None) -> str:
    colour = _COLOUR.get(word or "", "dim")
    return f"[{colour}]{word or '-'}[/{colour}]"


def world(console: Console, info: WorldInfo, left_out: list[str]) -> None:
    """Addresses of a world that is up, and what it lacks."""
    grid = Table.grid(padding=(0, 2))
    for name, value in {
        "drop files": "python -m local drop FILE... --dataset NAME",
        "see what happens": "python -m local status",
        "API docs": f"{info.endpoints.service}/docs",
        "AWS API": f"{info.endpoints.aws}  (SageMaker: {info.endpoints.sagemaker})",
        "raw bucket": info.buckets.raw,
    }.items():
        grid.add_row(f"[dim]{name}[/dim]", value)
    console.print(grid)
    console.print(f"[dim]left out, the emulator cannot hold it: {', '.join(left_out) or 'nothing'}[/dim]")
    console.print("Ctrl-C ends it; everything is kept.")


def verdict(console: Console, found: Verdict) -> None:
    """One verdict, each refused row named."""
    name = found.upload.key if found.upload else "file"
    console.print(f"{_coloured(found.kind)} [bold]{escape(name)}[/bold]  {escape(found.sentence)}")
    counts = found.counts
    if counts.read:
        parts = {"read": counts.read, "kept": counts.kept, "merged": counts.merged, "left out": counts.left_out}
        parts["refused"] = counts.refused
        console.print("  rows: " + ", ".join(f"{value:,} {label}" for label, value in parts.items()), style="dim")
    for note in (note for note in found.notes if note.sentence != found.sentence):
        console.print(f"  {note.reason} x{note.count}: {note.sentence}", style="dim", markup=False)
    if found.refusals:
        table = Table("line", "column", "value", "reason", "cure")
        for refusal in found.refusals:
            value = "" if refusal.value is None else repr(refusal.value)
            cells = (str(refusal.line), refusal.column or "", value, refusal.reason, refusal.cure)
            table.add_row(*(escape(cell) for cell in cells))
        console.print(table)


def status(console: Console, client: Client) -> None:
    """Everything about every dataset."""
    datasets = client.state.datasets()
    if not datasets:
        console.print("Nothing has been dropped yet: python -m local drop FILE... --dataset NAME")
        return
    runs = client.runs()
    for dataset in datasets:
        _uploads(console, client, dataset)
        if dataset == _UNNAMED:
            continue
        flight = client.flight(dataset)
        console.print(f"  flight: {'running ' + str(flight.run_id) if flight.running else 'at rest'}", markup=False)
        if flight.last_failure:
            console.print(f"  [red]last failure:[/red] {escape(flight.last_failure)}")
        champions(console, client, dataset)
    _runs(console, client, runs)


def _uploads(console: Console, client: Client, dataset: str) -> None:
    uploads = client.uploads(dataset)
    name = "in folders that are no dataset name" if dataset == _UNNAMED else dataset
    table = Table(title=f"[bold]{escape(name)}[/bold]  {len(uploads)} upload(s)", title_justify="left")
    table.add_column("file", overflow="fold")
    for heading in ("dropped", "status", "verdict"):
        table.add_column(heading, no_wrap=True)
    table.add_column("sentence", overflow="fold")
    for upload in uploads[-_MANY:]:
        dropped = upload.uploaded_at[5:19].replace("T", " ")
        marks = (_coloured(upload.status), _coloured(upload.verdict))
        table.add_row(escape(upload.key), dropped, *marks, escape(upload.sentence or ""))
    console.print(table)


def champions(console: Console, client: Client, dataset: str) -> None:
    """The champion, those before it, and what is published and served."""
    found = client.champions(dataset)
    if not found:
        console.print("  champion: none yet")
        return
    for label, champion in zip(["champion", *["  before"] * 3], found[:4], strict=False):
        since = f"since {champion.promoted_at:%Y-%m-%d %H:%M:%S}"
        console.print(f"  {label}: [bold]{champion.model_id}[/bold] {since}, {escape(champion.reason)}")
    published = client.publication(dataset, found[0].model_id)
    if published is None:
        console.print("  forecasts: [yellow]not published yet[/yellow]")
        return
    served = (client.current_model(dataset) or {}).get("publication") or {}
    state = "[green]served[/green]" if served.get("run_id") == published.run_id else "[yellow]not served yet[/yellow]"
    console.print(
        f"  forecasts: {published.series:,} series as of {published.data_as_of}, {published.horizon} ahead, {state}"
    )


def _runs(console: Console, client: Client, runs: list[Run]) -> None:
    table = Table("pipeline", "started", "status", "steps", "reason", title="[bold]runs[/bold]", title_justify="left")
    for run in runs[:_MANY]:
        steps = " ".join(f"{_step_mark(step.status)}{step.name}" for step in client.state.steps(run.arn))
        started = run.started.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(run.short, started, _coloured(run.status), steps, escape((run.failure or "")[:300]))
    console.print(table)


def _step_mark(status: str) -> str:
    return {"Succeeded": "[green]✓[/green]", "Failed": "[red]✗[/red]", "Executing": "[cyan]▸[/cyan]"}.get(status, "·")


def forecast(console: Console, answer: dict[str, Any]) -> None:
    """One answer of the service."""
    console.print(
        f"[bold]{answer['store_id']} x {answer['item_id']}[/bold]  model {answer['model_id']}, "
        f"data as of {answer['data_as_of']}, tier {answer['tier']}"
    )
    table = Table("date", "p10", "p50", "p90", "mean", "")
    top = max((row["p90"] for row in answer["forecasts"]), default=0) or 1
    width = max(10, min(60, console.width - _NUMBERS_WIDTH))
    for row in answer["forecasts"]:
        numbers = [f"{row[name]:,.1f}" for name in ("p10", "p50", "p90", "mean")]
        table.add_row(row["date"], *numbers, _bar(row, top, width))
    console.print(table)


def what_if(console: Console, answer: dict[str, Any]) -> None:
    """Forecasts under another plan, and how far the means are from those that are published."""
    table = Table("date", "p10", "p50", "p90", "mean", "published", "")
    for row in answer["forecasts"]:
        numbers = [f"{row[name]:,.1f}" for name in ("p10", "p50", "p90", "mean")]
        known = row["published"]["mean"]
        table.add_row(row["date"], *numbers, f"{known:,.1f}", f"{row['mean'] - known:+,.1f}")
    console.print(table)
    means = sum(row["mean"] for row in answer["forecasts"])
    known = sum(row["published"]["mean"] for row in answer["forecasts"])
    console.print(f"altogether {means:,.1f}, published {known:,.1f}", highlight=False)


def causes(console: Console, answer: dict[str, Any]) -> None:
    """Why: units by cause of each forecast of an answer, those that never bring any left out."""
    told = [row for row in answer["forecasts"] if row["causes"]]
    names = [name for name in (told[0]["causes"] if told else ()) if any(row["causes"][name] for row in told)]
    table = Table("date", *names, "mean")
    for row in told:
        table.add_row(row["date"], *(f"{row['causes'][name]:+,.1f}" for name in names), f"{row['mean']:,.1f}")
    console.print(table)
    for basis in dict.fromkeys(row["basis"] for row in told):
        console.print(f"rests on: {basis}", highlight=False)


def _bar(row: dict[str, float], top: float, width: int) -> str:
    low, middle, high = (round(row[name] / top * (width - 1)) for name in ("p10", "p50", "p90"))
    return "".join("━" if at == middle else "░" if low <= at <= high else " " for at in range(width))


def logs(console: Console, folder: Path, step: str | None, lines: int) -> None:
    """The newest log of a name, or a list of all."""
    found = sorted(folder.rglob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    if step is None:
        for path in found[:40]:
            when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            console.print(f"{when:%Y-%m-%d %H:%M:%S}  {path}", markup=False)
        return
    wanted = [path for path in found if path.stem.lower() == step.lower()]
    if not wanted:
        raise RetailForecastError(
            f"no log of {step!r}; there are {', '.join(sorted({p.stem for p in found})) or 'none'}"
        )
    console.print(f"[dim]{wanted[0]}[/dim]")
    text = wanted[0].read_text(encoding="utf-8", errors="replace")
    console.print("\n".join(text.splitlines()[-lines:]), markup=False)
