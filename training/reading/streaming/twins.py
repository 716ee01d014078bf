"""Rows of long texts that share their key: read once more, and folded as in a whole file.

Which of such rows count is told by cells that the compact rows do not keep. Most files have few of them.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

import polars as pl

from core.contracts.sales import KEY, OPTIONAL, UNITS
from core.contracts.verdict import Reason
from training.compact import plain
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.fold import ALL, MEMBER, ORDER, fold
from training.reading.parsing.parse import OPEN
from training.reading.shapes.meaning import WIDE, WIDE_DATES
from training.reading.streaming.blocks import IrregularError
from training.reading.streaming.encoded import TwinsError, joined, level, say_open
from training.reading.streaming.folded import Rule, folded, in_turn, named_of, once_each
from training.reading.streaming.parallel import Again, compacted
from training.reading.streaming.seen import Terms
from training.reading.streaming.sources import Run

MOST: Final = 1_000_000
"""Different rows that share keys and are to be refused, beyond which a file is read as a whole."""


def one_each(runs: list[Run], terms: Terms, book: Ledger) -> tuple[pl.DataFrame, dict[str, str]]:
    """One compact row for each key, sorted, and the covariates kept. What is folded goes to the book.

    Raises:
        IrregularError: very many different rows share keys and are to be refused, or rows of unlike tables share one.
    """
    rule = Rule(transactions=False, duplicates=terms.config.duplicates)
    named = named_of(runs)
    for run in runs:
        say_open(run.seen.frames)
    shut = [any(OPEN in frame.columns for frame in run.seen.frames) for run in runs]
    owners = [at for at, run in enumerate(runs) for _ in run.seen.frames]
    frames = level([run.seen.frames for run in runs])
    if frames:  # put in order here: of all rows at once it would be a second copy of them
        frames = [frame.select(_names(frame, named)) for frame in frames]
    try:
        rows = joined(frames)
    except TwinsError as error:
        twins = error.rows
    else:
        _take(rows, rule, book)
        return rows, named
    wanted = _taken_out(runs, owners, frames, twins)
    for frame in frames:
        _take(frame, rule, book)
    several = in_turn(_again(runs, wanted, shut, terms))
    if rule.duplicates == "reject":
        more, others = once_each(several, book)
        book.kept += more.height
        _refuse(runs, others, book)
    else:
        more, named = folded(several, named, rule, book, terms.texts)
    if _is_wide(runs):
        more = terms.narrow.of(more)
    names = _names(frames[0], named)
    frames = [frame.select(names) for frame in level([frames, [more]])]
    return joined([frame for frame in frames if frame.height] or frames[:1]), named


def _take(rows: pl.DataFrame, rule: Rule, book: Ledger) -> None:
    """Rows of a key of their own go to the book."""
    book.kept += rows.height
    if rule.sums and UNITS in rows.columns and (back := rows.filter(pl.col(UNITS) < 0)[LINE]).len():
        book.remark(Reason.RETURNS_NETTED, "returns were netted on their own day", back, back.len())


def _is_wide(runs: list[Run]) -> bool:
    return any(run.source.meaning.shape in WIDE for run in runs)


def _check_alike(runs: list[Run]) -> None:
    """Raise where the cells of wide tables are not those of each other, or two columns of one are of the same day."""
    alike = {
        (len(meaning.table.header), tuple(meaning.values), tuple(meaning.idle))
        for meaning in (run.source.meaning for run in runs)
    }
    if len(alike) > 1:
        raise IrregularError
    for run in runs:
        meaning, days = run.source.meaning, run.guess.proof.dates.days
        names = [meaning.table.header[index].strip() for index in meaning.values]
        if len({*names}) < len(names) or (meaning.shape == WIDE_DATES and len({*days.values()}) < len(days)):
            raise IrregularError


def _names(rows: pl.DataFrame, named: Iterable[str]) -> list[str]:
    """Columns in the order of the sales table, whatever their order in each file."""
    return [name for name in (*KEY, UNITS, *OPTIONAL, *named, LINE) if name in rows.columns]


def _taken_out(runs: list[Run], owners: list[int], frames: list[pl.DataFrame], twins: pl.Series) -> list[pl.Series]:
    """Lines of the rows that share keys, for each table. The frames have the rows of no such line any more.

    A line of a wide table is many rows, not all of which share their key: they are read again with the others.
    """
    if _is_wide(runs):
        _check_alike(runs)
    found, start = [[pl.Series(LINE, [], dtype=pl.UInt32)] for _ in runs], 0
    single = list[pl.Series]()
    for owner, frame in zip(owners, frames, strict=True):
        share = twins.slice(start, frame.height)
        found[owner].append(frame[LINE].filter(share))
        single.append(~share)
        start += frame.height
    wanted = [pl.concat(lines).unique() for lines in found]
    for at, (owner, frame) in enumerate(zip(owners, frames, strict=True)):
        of_no_line = ~frame[LINE].is_in(wanted[owner].implode()) if _is_wide(runs) else single[at]
        frames[at] = frame.filter(of_no_line)
    return wanted


def _again(runs: list[Run], wanted: list[pl.Series], shut: list[bool], terms: Terms) -> list[list[pl.DataFrame]]:
    """Some lines of each table, compact, with a hash of all their cells."""
    width, narrow = _width(runs), terms.narrow if _is_wide(runs) else None
    found: list[list[pl.DataFrame]] = []
    for run, lines, is_told in zip(runs, wanted, shut, strict=True):
        form = partial(compacted, named=[*run.seen.named], width=width, texts=terms.texts, narrow=narrow)
        parts = run.source.lines(Again(run.guess, lines, form)) if lines.len() else []
        found.append([_open(part, [*run.seen.named]) for part in parts] if is_told else parts)
    return found


def _open(rows: pl.DataFrame, named: list[str]) -> pl.DataFrame:
    """Where words elsewhere say closed, rows of which none does are of open days."""
    if OPEN in rows.columns:
        return rows
    rows = rows.with_columns(pl.lit(value=True).alias(OPEN))
    return rows.select(*_names(rows, named), ALL)


def _width(runs: list[Run]) -> int:
    return max(len(run.source.meaning.table.header) for run in runs)


def _refuse(runs: list[Run], others: pl.DataFrame, book: Ledger) -> None:
    """Different rows of one key are refused, with all their cells."""
    if others.height > MOST:
        raise IrregularError
    parts: list[pl.DataFrame] = []
    for order, run in enumerate(runs):
        rows = others.filter(pl.col(ORDER) == order).select(LINE, *KEY)
        member = run.source.meaning.table.member
        marks = [pl.lit(order).alias(ORDER), *([pl.lit(member).alias(MEMBER)] if _are_named(runs) else [])]
        blank = range(len(run.source.meaning.table.header), _width(runs))
        marks += [pl.lit(None, dtype=pl.String).alias(cell(index)) for index in blank]
        if rows.height:
            again = Again(run.guess, rows[LINE].unique().sort(), partial(_those, rows=plain(rows)), whole=True)
            parts += [part.with_columns(marks) for part in run.source.lines(again)]
    if parts:
        lines = pl.concat(parts, how="diagonal_relaxed").sort(ORDER, LINE, maintain_order=True)
        fold(lines, [], book, transactions=False, rule="reject")


def _those(lines: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The lines of some keys."""
    return lines.join(rows, on=[LINE, *KEY], how="semi", maintain_order="left")


def _are_named(runs: Iterable[Run]) -> bool:
    return any(run.source.meaning.table.member for run in runs)
