"""Rows of a long text that share their key: read once more with all their cells, and folded as in a whole file.

Which of such rows count is told by cells that the compact rows do not keep. Most files have few of them.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from core.contracts.sales import UNITS
from core.contracts.verdict import Reason
from training.compact import compact
from training.reading.ledger import LINE, Ledger
from training.reading.parsing.fold import MEMBER, ORDER, fold, varying
from training.reading.streaming.blocks import Block
from training.reading.streaming.encoded import TwinsError, joined
from training.reading.streaming.passes import Pass
from training.reading.streaming.seen import Guess, Seen

MOST: Final = 1_000_000
"""Rows that share keys, beyond which a file is read as a whole."""


def one_each(pass_: Pass, blocks: Iterator[Block], guess: Guess, seen: Seen) -> pl.DataFrame:
    """One compact row for each key, sorted; ``blocks`` are the file's once more. What is folded goes to the book.

    Raises:
        IrregularError: so many rows share keys, or a column of times makes them lines of transactions.
    """
    summed = pass_.terms.config.duplicates == "sum"
    try:
        rows, lines = joined(seen.frames), pl.Series(LINE, [], dtype=pl.UInt32)
    except TwinsError as twins:
        lines = twins.lines
        if lines.len() > MOST:
            raise
        rows = joined([frame.filter(~pl.col(LINE).is_in(lines.implode())) for frame in seen.frames])
        seen.frames.clear()
    single = rows.filter(pl.col(UNITS) < 0)[LINE] if summed and UNITS in rows.columns else lines.clear()
    book = Ledger()
    if lines.len():
        folded = _folded(pass_, pass_.lines(blocks, guess, lines), seen, book)
        gone = [name for name in rows.columns if name not in folded.columns]
        rows = joined([rows.drop(gone), folded.select(rows.drop(gone).columns)]) if folded.height else rows.drop(gone)
    if single.len():
        book.remark(Reason.RETURNS_NETTED, "returns were netted on their own day", single, single.len())
    seen.ledger.kept += rows.height - (folded.height if lines.len() else 0)
    seen.ledger.absorb(book)
    return rows


def _folded(pass_: Pass, lines: pl.DataFrame, seen: Seen, book: Ledger) -> pl.DataFrame:
    """As of a whole file. Covariates that differ among rows to be summed are taken out of ``seen.named``."""
    rule, member = pass_.terms.config.duplicates, pass_.meaning.table.member
    unsteady = varying(lines, list(seen.named)) if rule == "sum" else []
    seen.named = {name: header for name, header in seen.named.items() if name not in unsteady}
    marks = [pl.lit(0).alias(ORDER), *([pl.lit(member).alias(MEMBER)] if member else [])]
    return compact(fold(lines.with_columns(marks), list(seen.named), book, transactions=False, rule=rule), pass_.texts)
