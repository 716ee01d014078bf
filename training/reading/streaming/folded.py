"""Lines of a long text folded from their compact form, some keys at a time.

The rules are those of a whole file. Of a line's own cells only a hash is kept, which tells lines written twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from core.contracts.sales import KEY
from training.compact import Codes, compact, plain
from training.order import CODE
from training.reading.ledger import LINE, Ledger
from training.reading.parsing.fold import ONE_EACH, ORDER, fold, twins_of, varying, without_repeats
from training.reading.streaming.encoded import in_order, level, stacked
from training.reading.streaming.sources import Run

_PIECE: Final = 1 << 20


@dataclass(frozen=True)
class Rule:
    """What becomes of lines of one key, other than that they are refused."""

    transactions: bool
    duplicates: str
    one_each: bool = False

    @property
    def sums(self) -> bool:
        """Are they summed?"""
        return self.transactions or self.duplicates == "sum"


def fold_runs(runs: list[Run], rule: Rule, book: Ledger, texts: pl.Categorical) -> tuple[pl.DataFrame, dict[str, str]]:
    """One compact row for each key of all tables, as ``folded``; their lines are given up."""
    frames = in_turn([run.seen.frames for run in runs])
    return folded(frames, named_of(runs), rule, book, texts)


def named_of(runs: list[Run]) -> dict[str, str]:
    """The covariates of all tables with the file's names."""
    return {name: header for run in runs for name, header in run.seen.named.items()}


def in_turn(groups: list[list[pl.DataFrame]]) -> list[pl.DataFrame]:
    """Compact lines of several tables, each with the place of its table, ``ORDER``. The lists are emptied."""
    for order, frames in enumerate(groups):
        frames[:] = [frame.with_columns(pl.lit(order, dtype=pl.UInt16).alias(ORDER)) for frame in frames]
    return level(groups)


def folded(
    frames: list[pl.DataFrame], named: dict[str, str], rule: Rule, book: Ledger, texts: pl.Categorical
) -> tuple[pl.DataFrame, dict[str, str]]:
    """One compact row for each key, sorted, and those of the covariates ``named`` that describe the day.

    What becomes of each line goes to the book. The list of compact lines is emptied.
    """
    kept, parts = dict(named), list[pl.DataFrame]()
    for piece in _pieces(*in_order(frames)):
        lines = plain(piece, texts=False)
        marks = [pl.lit(value=True).alias(ONE_EACH)] if rule.one_each else []
        here = [name for name in kept if name in lines.columns]  # a member of an archive may lack one of another
        unsteady = varying(lines, here) if rule.sums else []
        kept = {name: header for name, header in kept.items() if name not in unsteady}
        told = [name for name in here if name in kept]
        rows = fold(lines.with_columns(marks), told, book, transactions=rule.transactions, rule=rule.duplicates)
        parts.append(compact(rows, texts))
    names = [name for name in parts[0].columns if name not in named or name in kept]
    return stacked([part.select(names) for part in parts]), kept


def once_each(frames: list[pl.DataFrame], book: Ledger) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compact rows whose key is theirs alone once what was written twice counts once; where the others stand.

    The list of compact lines is emptied.
    """
    rows, others = list[pl.DataFrame](), list[pl.DataFrame]()
    for piece in _pieces(*in_order(frames)):
        lines, twins = without_repeats(piece, twins_of(piece[CODE]), book)
        rows.append(lines.filter(~twins))
        others.append(lines.filter(twins).select(ORDER, LINE, *KEY))
    return pl.concat(rows), pl.concat(others)


def _pieces(rows: pl.DataFrame, code: Codes) -> Iterator[pl.DataFrame]:
    """Some rows after the other with their codes; all of one key are in one piece."""
    start = 0
    while start < code.size:
        stop = min(start + _PIECE, code.size)
        stop = int(np.searchsorted(code, code[stop - 1], side="right"))
        yield rows.slice(start, stop - start).with_columns(pl.Series(CODE, code[start:stop]))
        start = stop
