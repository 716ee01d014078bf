"""``python -m training config``: a configuration for a dataset, proposed from one of its files."""

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from core.contracts.dataset import DatasetConfig
from core.forecasting.frequency import infer_frequency
from training.configuration import annotated
from training.reading import Reading, read_file
from training.reading.propose import proposed_config

Out = Annotated[Path | None, typer.Option(help="Write it there; the terminal by default.")]


def config(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, gz, zip, parquet or xlsx.")],
    out: Out = None,
) -> None:
    """Propose config/<dataset>.toml from a file: exit code 0, or 1 when the file needs a decision of yours first."""
    reading = read_file(file, name=file.name)
    text = proposal(reading, file.name)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        typer.echo(f"{out}: adopt it as config/<dataset>.toml in the lake bucket", err=True)
    usable = reading.verdict.kind.merged
    if not usable:
        typer.echo(reading.verdict.sentence, err=True)
    raise typer.Exit(0 if usable else 1)


def proposal(reading: Reading, name: str) -> str:
    """The whole configuration, with what this file says filled in."""
    text = proposed_config(reading, DatasetConfig())
    sales = reading.table
    if sales is not None and not reading.is_plan and "frequency" not in tomllib.loads(text):
        text = f'frequency = "{infer_frequency(sales)}"\n{text}'
    return annotated(text, head=_remarks(reading, name))


def _remarks(reading: Reading, name: str) -> tuple[str, ...]:
    told = f"Inferred from {name}. Lines that begin with '# key =' show the default, or an example."
    if reading.verdict.kind.merged:
        return (told,)
    return (told, *f"The file is refused: {reading.verdict.sentence}".splitlines())
