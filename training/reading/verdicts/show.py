"""A verdict on one page, for a person at a terminal."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from core.contracts.verdict import Counts, Dialect, Kind, Note, Reason, Refusal, Verdict

_COLOUR: Final = {
    Kind.ACCEPTED: "green",
    Kind.REPAIRED: "cyan",
    Kind.QUARANTINED: "yellow",
    Kind.REJECTED: "red",
    Kind.IGNORED: "white",
}
_MAX_ROWS: Final = 20
_MAX_LINES: Final = 8
_WIDEST_NAME: Final = 20
_WIDEST_VALUE: Final = 36
_QUARANTINE: Final = "quarantine/ of the bucket holds every one"
_NOT_SENT: Final = "python -m training check FILE --refused FILE.csv writes every one"
_MARKS: Final = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe"}


def show(verdict: Verdict, console: Console, name: str = "", *, rest: str = "") -> None:
    """Print the page.

    Args:
        verdict: What became of the file.
        console: Where to.
        name: How the file is called, the upload's own name by default.
        rest: Where all refused rows are, for when only the first of them are shown; by default in quarantine for an
            upload, and to be had by ``check`` for a file that was never sent.
    """
    rest = rest or (_QUARANTINE if verdict.upload else _NOT_SENT)
    name = name or (verdict.upload.name if verdict.upload else "")
    colour = _COLOUR[verdict.kind]
    title = f"[bold {colour}]{verdict.kind.value.upper()}[/] {escape(name)}".rstrip()
    console.print(Panel(Text(verdict.sentence), title=title, title_align="left", border_style=colour))
    console.print(Group(*_parts(verdict, rest)))


def _parts(verdict: Verdict, rest: str) -> Iterator[RenderableType]:
    if verdict.dialect is not None:
        yield _dialect(verdict, verdict.dialect)
    yield _counts(verdict)
    notes = [note for note in verdict.notes if note.sentence != verdict.sentence]
    if notes:
        yield _notes(notes)
    if verdict.refusals:
        yield from _refusals(verdict, rest)


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
        "states": " | ".join(dialect.states),
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


def whole(verdict: Verdict) -> bool:
    """True for a file refused for what it is, not for how many of its rows are: its refusals are examples."""
    return verdict.kind is Kind.REJECTED and all(note.reason is not Reason.TOO_MANY_REFUSED for note in verdict.notes)


def fates(verdict: Verdict) -> dict[str, int]:
    """Rows by what became of them, in words: where nothing was taken no row is called kept."""
    counts: Counts = verdict.counts
    usable, merged = ("usable", "to merge") if verdict.kind is Kind.REJECTED else ("kept", "merged")
    return {usable: counts.kept, merged: counts.merged, "left out": counts.left_out, "refused": counts.refused}


def _counts(verdict: Verdict) -> Table:
    table = Table(title="Rows", title_justify="left", title_style="bold", box=None, padding=(0, 3, 0, 0))
    values = {"read": verdict.counts.read, **fates(verdict), "rows taken": verdict.counts.canonical}
    for name in values:
        table.add_column(name, justify="right")
    table.add_row(*(f"{value:,}" for value in values.values()))
    return table


def _notes(notes: list[Note]) -> Table:
    table = _grid("Notes")
    table.add_column(justify="right")
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for note in notes:
        table.add_row(f"{note.count:,}", note.reason.value, escape(f"{note.sentence}{_where(note)}"))
    return table


def _where(note: Note) -> str:
    lines = [str(line) for line in note.lines[:_MAX_LINES]]
    if not lines:
        return ""
    more = ", ..." if note.count > len(lines) else ""
    return f" (line{'s' if more or len(lines) > 1 else ''} {', '.join(lines)}{more})"


def _refusals(verdict: Verdict, rest: str) -> Iterator[RenderableType]:
    """Refused rows, those in a row that are to be cured alike under one heading."""
    shown = verdict.refusals[:_MAX_ROWS]
    refused = max(verdict.counts.refused, len(verdict.refusals))
    yield Text("Lines that show it" if whole(verdict) else "Refused", style="bold italic")
    for (reason, cure), rows in groupby(shown, key=lambda row: (row.reason, row.cure)):
        yield Text.assemble((reason.value, "yellow"), f": {cure}")
        yield _lines(list(rows))
    if whole(verdict):
        yield Text(f"All {_several(refused, 'row')} of the file are refused with it.", style="dim")
    elif refused > len(shown):
        yield Text(f"and {refused - len(shown):,} more; {rest}", style="dim")


def _lines(rows: list[Refusal]) -> Table:
    """One line of the screen for each row; what does not fit is cut, and stands whole in the JSON."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    for row in rows:
        value = "" if row.value is None else repr(_cut(row.value, _WIDEST_VALUE))
        table.add_row(f"  line {row.line}", escape(_cut(row.column or "", _WIDEST_NAME)), escape(value))
    return table


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "\u2026"
