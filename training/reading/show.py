"""A verdict on one page, for a person at a terminal."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from core.contracts.verdict import Dialect, Kind, Note, Verdict

_COLOUR: Final = {
    Kind.ACCEPTED: "green",
    Kind.REPAIRED: "cyan",
    Kind.QUARANTINED: "yellow",
    Kind.REJECTED: "red",
    Kind.IGNORED: "white",
}
_MAX_ROWS: Final = 20
_MARKS: Final = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe"}


def show(verdict: Verdict, console: Console, name: str = "") -> None:
    """Print the page; ``name`` is how the file is called, the upload's own by default."""
    name = name or (verdict.upload.name if verdict.upload else "")
    colour = _COLOUR[verdict.kind]
    title = f"[bold {colour}]{verdict.kind.value.upper()}[/] {escape(name)}".rstrip()
    console.print(Panel(Text(verdict.sentence), title=title, title_align="left", border_style=colour))
    console.print(Group(*_parts(verdict)))


def _parts(verdict: Verdict) -> Iterator[RenderableType]:
    if verdict.dialect is not None:
        yield _dialect(verdict, verdict.dialect)
    yield _counts(verdict)
    notes = [note for note in verdict.notes if note.sentence != verdict.sentence]
    if notes:
        yield _notes(notes)
    if verdict.refusals:
        yield _refusals(verdict)


def _grid(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), show_header=False
    )


def dialect_facts(dialect: Dialect) -> list[tuple[str, str]]:
    """What was found out of a file's form, name and value, in the order people ask for it."""
    found = {
        "format": ", ".join([dialect.format, dialect.shape.replace("_", " ")]),
        "encoding": dialect.encoding,
        "cells divided by": _MARKS.get(dialect.delimiter or "", dialect.delimiter),
        "dates": dialect.date_format,
        "decimal mark": dialect.decimal,
        "columns": ", ".join(f"{our} = {theirs}" if our != theirs else our for our, theirs in dialect.columns.items()),
        "covariates": ", ".join(dialect.covariates),
    }
    return [(name, value) for name, value in found.items() if value]


def series_of(verdict: Verdict) -> str:
    """Days, stores and items that a file covers."""
    series = f"{_several(verdict.stores, 'store')}, {_several(verdict.items, 'item')}"
    return f"{verdict.first_date} to {verdict.last_date}, {series}"


def _dialect(verdict: Verdict, dialect: Dialect) -> Table:
    table = _grid("How it was read")
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in dialect_facts(dialect):
        table.add_row(name, escape(value))
    for index, line in enumerate(dialect.evidence):
        table.add_row("evidence" if index == 0 else "", escape(line))
    if verdict.first_date:
        table.add_row("covers", series_of(verdict))
    return table


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _counts(verdict: Verdict) -> Table:
    table = Table(title="Rows", title_justify="left", title_style="bold", box=None, padding=(0, 3, 0, 0))
    counts = verdict.counts.model_dump()
    for name in counts:
        table.add_column(name.replace("_", " "), justify="right")
    table.add_row(*(f"{value:,}" for value in counts.values()))
    return table


def _notes(notes: list[Note]) -> Table:
    table = _grid("Notes")
    table.add_column(justify="right")
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for note in notes:
        lines = ", ".join(str(line) for line in note.lines[:8]) + (", ..." if note.count > 8 and note.lines else "")  # noqa: PLR2004 - fits a line
        where = f" (lines {lines})" if note.lines else ""
        table.add_row(f"{note.count:,}", note.reason.value, escape(f"{note.sentence}{where}"))
    return table


def _refusals(verdict: Verdict) -> Table:
    shown = verdict.refusals[:_MAX_ROWS]
    more = max(verdict.counts.refused, len(verdict.refusals)) - len(shown)
    caption = f"and {more:,} more; --json lists them" if more > 0 else None
    table = Table(title="Refused", title_justify="left", title_style="bold", caption=caption, caption_justify="left")
    table.add_column("line", justify="right")
    for name in ("column", "as written", "reason", "what to do"):
        table.add_column(name, overflow="fold")
    for row in shown:
        value = "" if row.value is None else repr(row.value)
        table.add_row(str(row.line), escape(row.column or ""), escape(value), row.reason.value, escape(row.cure))
    return table
