"""``python -m training check``: what would become of this file?"""

import sys
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from core.contracts.errors import ConfigError
from core.contracts.sales import SOURCE
from training.dataset import read_config
from training.reading import Reading, read_file
from training.reading.verdicts.page import html_page
from training.reading.verdicts.quarantine import neutral
from training.reading.verdicts.show import show

Html = Annotated[Path | None, typer.Option("--html", help="Write the verdict as one HTML page for sharing.")]
Out = Annotated[
    Path | None, typer.Option(help="Write the rows the file gives, one for each date, store and item, as CSV.")
]
Refused = Annotated[Path | None, typer.Option(help="Write every refused row as CSV: line, column, reason, its cells.")]


def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, gz, zip, parquet or xlsx.")],
    config: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="The dataset's TOML file.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    html: Html = None,
    out: Out = None,
    refused: Refused = None,
) -> None:
    """Judge a sales file as the cloud would.

    Exit code 0: its rows are usable, though some may be refused.

    Exit code 1: the file is refused.

    Exit code 2: the command or the configuration is wrong.
    """
    try:
        settings = read_config(config.read_text("utf-8") if config else None, str(config))
    except (ConfigError, UnicodeDecodeError) as error:
        raise typer.BadParameter(str(error), param_hint="--config") from error
    reading = read_file(file, config=settings, name=file.name)
    if out is not None and reading.table is not None:
        write_rows(reading.table, out)
    if refused is not None:
        _write_refused(reading, refused)
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(html_page(reading.verdict, file.name), "utf-8")
    if as_json:
        sys.stdout.write(reading.verdict.model_dump_json(indent=2) + "\n")
    else:
        rest = f"{refused} holds every one" if refused else "--refused FILE.csv writes every one"
        show(reading.verdict, Console(), file.name, rest=rest)
    raise typer.Exit(0 if reading.verdict.kind.merged else 1)


def _write_refused(reading: Reading, path: Path) -> None:
    if reading.quarantine is None:
        why = "no row was refused" if reading.verdict.kind.merged else "the file is refused as a whole, not row by row"
        typer.echo(f"{path} was not written: {why}", err=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(reading.quarantine)


def write_rows(table: pl.DataFrame, out: Path) -> None:
    """Rows of the sales table without their source; texts that a spreadsheet would run are neutralised."""
    rows = table.drop(SOURCE, strict=False)
    texts = [name for name, kind in rows.schema.items() if kind == pl.String]
    out.parent.mkdir(parents=True, exist_ok=True)
    safe = [_neutral(name) for name in texts]
    rows.with_columns(safe).rename({name: neutral(name) for name in rows.columns}).write_csv(out)


def _neutral(name: str) -> pl.Expr:
    risky = pl.col(name).str.contains(r"^[=+\-@\t\r]")
    return pl.when(risky).then(pl.concat_str(pl.lit("'"), pl.col(name))).otherwise(pl.col(name)).alias(name)
