"""Lines of a long text folded from their compact form, some keys at a time.

The rules are those of a whole file. Of a line's own cells only a hash is kept, which tells lines that were written
twice: two lines of one key that differ are taken for equal once in some 10**19 pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from training.compact import Codes, compact, plain
from training.order import CODE
from training.reading.ledger import Ledger
from training.reading.parsing.fold import ALL, ONE_EACH, ORDER, all_cells, fold, varying
from training.reading.streaming.encoded import in_order, stacked

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


def with_hash(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with ``ALL`` in eight bytes."""
    return lines.with_columns(lines.select(all_cells(lines)).to_series().hash().alias(ALL))


def folded(
    frames: list[pl.DataFrame], named: dict[str, str], rule: Rule, book: Ledger, texts: pl.Categorical
) -> tuple[pl.DataFrame, dict[str, str]]:
    """One compact row for each key, sorted, and those of the covariates ``named`` that describe the day.

    What becomes of each line goes to the book. The list of compact lines is emptied.
    """
    kept, parts = dict(named), list[pl.DataFrame]()
    for piece in _pieces(*in_order(frames)):
        lines = plain(piece, texts=False)
        marks = [] if ORDER in lines.columns else [pl.lit(0).alias(ORDER)]
        marks += [pl.lit(value=True).alias(ONE_EACH)] if rule.one_each else []
        unsteady = varying(lines, list(kept)) if rule.sums else []
        kept = {name: header for name, header in kept.items() if name not in unsteady}
        rows = fold(lines.with_columns(marks), list(kept), book, transactions=rule.transactions, rule=rule.duplicates)
        parts.append(compact(rows, texts))
    names = [name for name in parts[0].columns if name not in named or name in kept]
    return stacked([part.select(names) for part in parts]), kept


def _pieces(rows: pl.DataFrame, code: Codes) -> Iterator[pl.DataFrame]:
    """Some rows after the other with their codes; all of one key are in one piece."""
    start = 0
    while start < code.size:
        stop = min(start + _PIECE, code.size)
        stop = int(np.searchsorted(code, code[stop - 1], side="right"))
        yield rows.slice(start, stop - start).with_columns(pl.Series(CODE, code[start:stop]))
        start = stop
