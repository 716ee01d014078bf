"""``python -m training history | trace | withdraw``: what files did to a table, and taking one back."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import typer
from botocore.exceptions import ClientError
from deltalake.exceptions import DeltaError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.contracts.errors import RejectedDataError
from core.contracts.sales import SOURCE, SOURCE_KEY, SOURCE_LINE, SOURCE_TIME, SOURCE_VERSION
from training import history as told
from training import withdrawal
from training.claims import LIVE
from training.commands import places
from training.commands.places import Env, Folder, Local
from training.lines import line_of
from training.place import Place

Dataset = Annotated[str, typer.Argument(help="The folder its files are dropped into.")]
Name = Annotated[Literal["sales", "plan"], typer.Option("--table", help="Sales, or covariates known in advance.")]

_SHORT: Final = 8
"""Enough of a version id to tell it apart; --json has all of it."""


def history(
    dataset: Dataset,
    table: Name = "sales",
    limit: Annotated[int, typer.Option(min=1, help="Newest versions shown.")] = 50,
    env: Env = "dev",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a version.")] = False,
    local: Local = False,
    folder: Folder = None,
) -> None:
    """Show the versions of a dataset's table and which upload made each, newest first."""
    with places.told():
        uri, options = places.find(env, folder, local=local).table(dataset, table)
        changes = told.history(uri, storage_options=options, limit=limit)
    if as_json:
        for change in changes:
            typer.echo(change.model_dump_json())
    else:
        Console().print(_versions(changes))


def trace(
    dataset: Dataset,
    *,
    day: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="Day of the row.")],
    store: Annotated[str, typer.Option(help="Its store_id.")],
    item: Annotated[str, typer.Option(help="Its item_id.")],
    table: Name = "sales",
    version: Annotated[int | None, typer.Option(min=0, help="Version of the table; the newest by default.")] = None,
    env: Env = "dev",
    local: Local = False,
    folder: Folder = None,
) -> None:
    """Trace a row to its line in its file: exit code 1 when no file says anything of it."""
    with places.told():
        place = places.find(env, folder, local=local)
        uri, options = place.table(dataset, table)
        try:
            rows = told.claims(uri, day=day.date(), store=store, item=item, storage_options=options, version=version)
        except DeltaError as error:
            raise RejectedDataError(f"{uri}: version {version} cannot be read: {error}") from error
        if not rows.height:
            typer.echo(f"{dataset}: no file says anything of {day.date()}, store {store!r}, item {item!r}", err=True)
            raise typer.Exit(1)
        for row in rows.iter_rows(named=True):
            _show(place, row)


def withdraw(
    dataset: Dataset,
    key: Annotated[str, typer.Argument(help="The file: its key in the raw bucket, or its name in the dataset.")],
    reason: Annotated[str, typer.Option(help="Why; the history keeps it.")] = "",
    env: Env = "dev",
    *,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the file first, if it is still there.")] = False,
    local: Local = False,
    folder: Folder = None,
) -> None:
    """Take back the rows a deleted file brought; what it had covered counts again."""
    with places.told():
        place = places.find(env, folder, local=local)
        done = withdrawal.withdraw(place, dataset, key, reason=reason, delete=delete)
    for table, version in done.versions.items():
        typer.echo(f"{done.key}: {done.rows[table]:,} rows withdrawn; table {table} is now version {version}")
    if not done.versions:
        typer.echo(f"{done.key}: no row in the tables of {dataset} came from it")


def _versions(changes: list[told.Change]) -> Table:
    """One line a version where the terminal has 80 columns; a reason stands below its file."""
    out = Table(
        box=None, padding=(0, 2, 0, 0), caption="+ rows came  ~ rows changed  - rows went", caption_justify="left"
    )
    out.add_column("version", justify="right")
    for name in ("when (UTC)", "rows"):
        out.add_column(name, no_wrap=True)
    out.add_column("what", overflow="fold")
    for change in changes:
        version = "" if change.what is told.What.WITHDRAWN else (change.source_version or "")[:_SHORT]
        source = f"{change.what} {change.source_key or ''} {version}".strip()
        out.add_row(
            str(change.version),
            f"{change.made_at:%Y-%m-%d %H:%M}",
            _rows(change),
            escape(f"{source}\n{change.reason}" if change.reason else source),
        )
    return out


def _rows(change: told.Change) -> str:
    counts = {"+": change.rows_added, "~": change.rows_changed, "-": change.rows_withdrawn}
    if all(count is None for count in counts.values()):
        return ""  # upkeep moves files and no rows
    return " ".join(f"{sign}{count:,}" for sign, count in counts.items() if count) or "none"


def _show(place: Place, row: dict[str, Any]) -> None:
    """One claim: what it says, whether it counts, and the line it stands on."""
    said = {name: value for name, value in row.items() if name not in (*SOURCE, LIVE) and value is not None}
    typer.echo(", ".join(f"{name} {value}" for name, value in said.items()))
    counts = "counts" if row[LIVE] else "covered by a newer file"
    where = f"line {row[SOURCE_LINE]:,} of " if row[SOURCE_LINE] else ""
    when = f"uploaded {row[SOURCE_TIME]:%Y-%m-%d %H:%M:%S} UTC"
    typer.echo(f"  {counts}; {where}{row[SOURCE_KEY]}, version {row[SOURCE_VERSION]}, {when}")
    if row[SOURCE_LINE] and (text := _line(place, row)) is not None:
        typer.echo(f"  {text}")


def _line(place: Place, row: dict[str, Any]) -> str | None:
    try:
        return line_of(place.raw, row[SOURCE_KEY], row[SOURCE_VERSION], row[SOURCE_LINE])
    except ClientError as error:  # old versions expire; the row stays
        return f"(the file can no longer be read: {error.response['Error']['Code']})"
