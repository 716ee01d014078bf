"""Rows of long texts that share their key: read once more, and folded as in a whole file.

Which of such rows count is told by cells that the compact rows do not keep. Most files have few of them.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

import polars as pl

from core.contracts.sales import KEY, OPTIONAL, UNITS
from core.contracts.verdict import Reason
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.fold import MEMBER, ORDER, fold
from training.reading.shapes.meaning import WIDE
from training.reading.streaming.blocks import IrregularError
from training.reading.streaming.encoded import TwinsError, joined, level, say_open
from training.reading.streaming.folded import Rule, folded, in_turn, named_of, once_each
from training.reading.streaming.passes import compacted
from training.reading.streaming.seen import Terms
from training.reading.streaming.sources import Run

MOST: Final = 1_000_000
"""Different rows that share keys and are to be refused, beyond which a file is read as a whole."""


def one_each(runs: list[Run], terms: Terms, book: Ledger) -> tuple[pl.DataFrame, dict[str, str]]:
    """One compact row for each key, sorted, and the covariates kept. What is folded goes to the book.

    Raises:
        IrregularError: very many different rows share keys and are to be refused.
    """
    rule = Rule(transactions=False, duplicates=terms.config.duplicates)
    named = named_of(runs)
    for run in runs:
        say_open(run.seen.frames)
    owners = [at for at, run in enumerate(runs) for _ in run.seen.frames]
    frames = level([run.seen.frames for run in runs])
    if frames:  # put in order here: of all rows at once it would be a second copy of them
        frames = [frame.select(_names(frame, named)) for frame in frames]
    try:
        rows = joined(frames)
        several = None
    except TwinsError as twins:
        if any(run.source.meaning.shape in WIDE for run in runs):
            raise  # a line of a wide table is many rows, not all of which share their key
        wanted = _wanted(len(runs), owners, frames, twins.rows)
        rows = _others(frames, twins.rows)
        several = in_turn(_again(runs, wanted, terms))
    book.kept += rows.height
    if rule.sums and UNITS in rows.columns and (back := rows.filter(pl.col(UNITS) < 0)[LINE]).len():
        book.remark(Reason.RETURNS_NETTED, "returns were netted on their own day", back, back.len())
    if several is None:
        return rows, named
    if rule.duplicates == "reject":
        more, others = once_each(several, book)
        book.kept += more.height
        _refuse(runs, others, book)
    else:
        more, named = folded(several, named, rule, book, terms.texts)
    names = _names(rows, named)
    return joined(
        [part.select(names) for part in level([[rows], [more]]) if part.height] or [rows.select(names)]
    ), named


def _names(rows: pl.DataFrame, named: Iterable[str]) -> list[str]:
    """Columns in the order of the sales table, whatever their order in each file."""
    return [name for name in (*KEY, UNITS, *OPTIONAL, *named, LINE) if name in rows.columns]


def _wanted(count: int, owners: list[int], frames: list[pl.DataFrame], twins: pl.Series) -> list[pl.Series]:
    """Lines of the rows that share keys, for each table."""
    found, start = [[pl.Series(LINE, [], dtype=pl.UInt32)] for _ in range(count)], 0
    for owner, frame in zip(owners, frames, strict=True):
        found[owner].append(frame[LINE].filter(twins.slice(start, frame.height)))
        start += frame.height
    return [pl.concat(lines) for lines in found]


def _others(frames: list[pl.DataFrame], twins: pl.Series) -> pl.DataFrame:
    """The rows that share no key, sorted. The list is emptied."""
    start = 0
    for at, frame in enumerate(frames):
        frames[at] = frame.filter(~twins.slice(start, frame.height))
        start += frame.height
    return joined(frames)


def _again(runs: list[Run], wanted: list[pl.Series], terms: Terms) -> list[list[pl.DataFrame]]:
    """Some lines of each table, compact, with a hash of all their cells."""
    width = _width(runs)
    return [
        run.source.lines(run.guess, lines, partial(compacted, named=[*run.seen.named], width=width, texts=terms.texts))
        if lines.len()
        else []
        for run, lines in zip(runs, wanted, strict=True)
    ]


def _width(runs: list[Run]) -> int:
    return max(len(run.source.meaning.table.header) for run in runs)


def _refuse(runs: list[Run], others: pl.DataFrame, book: Ledger) -> None:
    """Different rows of one key are refused, with all their cells."""
    if others.height > MOST:
        raise IrregularError
    parts: list[pl.DataFrame] = []
    for order, run in enumerate(runs):
        lines = others.filter(pl.col(ORDER) == order)[LINE].sort()
        member = run.source.meaning.table.member
        marks = [pl.lit(order).alias(ORDER), *([pl.lit(member).alias(MEMBER)] if _are_named(runs) else [])]
        blank = range(len(run.source.meaning.table.header), _width(runs))
        marks += [pl.lit(None, dtype=pl.String).alias(cell(index)) for index in blank]
        if lines.len():
            parts += [part.with_columns(marks) for part in run.source.lines(run.guess, lines, _whole)]
    if parts:
        fold(pl.concat(parts, how="diagonal_relaxed").sort(ORDER, LINE), [], book, transactions=False, rule="reject")


def _are_named(runs: Iterable[Run]) -> bool:
    return any(run.source.meaning.table.member for run in runs)


def _whole(lines: pl.DataFrame) -> pl.DataFrame:
    return lines
