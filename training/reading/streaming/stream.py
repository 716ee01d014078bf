"""Reads a long, regular text file block by block: the same rules and the same answer, in less memory.

What only the whole file proves (the form of dates, the decimal mark, which covariates are kept) is
guessed from the first block, proven on all, and where the guess was wrong the blocks are read once more
by what was proven. A file that is not regular enough is left to be read as a whole.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.sniff import Kind
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.files.containers import Part
from training.reading.ledger import Ledger
from training.reading.limits import Limits
from training.reading.lines.text import text_tables
from training.reading.parsing.proof import Proof
from training.reading.parsing.rows import clean, see_clock
from training.reading.shapes.meaning import LONG, Meaning
from training.reading.shapes.shape import understand
from training.reading.streaming.blocks import (
    Block,
    Digest,
    IrregularError,
    LoneReturnError,
    NotUtf8Error,
    Plan,
    blocks_of,
    layout_of,
)
from training.reading.streaming.checks import check_items, check_seen, is_regular
from training.reading.streaming.folded import Rule, folded
from training.reading.streaming.laid import Laid
from training.reading.streaming.passes import Pass
from training.reading.streaming.seen import Guess, Seen, Terms, agree, kinds_seen
from training.reading.streaming.twins import one_each

BLOCK_BYTES: Final = 16 << 20
SAMPLED: Final = 2000
"""Cells of a column that are looked at to find what it means; the first block must hold as many."""
_PASSES: Final = 2
_FIRST_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class Streamed:
    """What a file gave: its rows parsed under ``proof``, sorted and encoded, covariates by name, and the book."""

    meaning: Meaning
    proof: Proof
    rows: pl.DataFrame
    named: dict[str, str]
    ledger: Ledger
    sha256: str
    laid: Laid


@dataclass(frozen=True)
class Stream:
    """One file of UTF-8 text to be read in blocks. The answer never depends on ``block_bytes``."""

    laid: Laid
    name: str
    config: Reading
    limits: Limits
    latest: date
    block_bytes: int = BLOCK_BYTES
    sampled: int = SAMPLED

    def read(self) -> Streamed | None:
        """The file's rows, or None for a file that has to be read as a whole.

        Raises:
            NotUtf8Error: it is written in another encoding.
            LoneReturnError: a CR alone ends its lines.
        """
        config = self.config
        if config.negative == "sales":
            return None
        if " = " in (config.date_format or ""):
            return None
        try:
            return self._read()
        except (NotUtf8Error, LoneReturnError):
            raise
        except (IrregularError, FileRefusedError):
            return None  # read as a whole it may be read, or is refused with all that there is to say

    def _read(self) -> Streamed:
        meaning, plan, head = self._start()
        terms = Terms(self.name, self.config, self.limits, self.latest)
        guess: Guess | None = None
        for _ in range(_PASSES):
            digest = hashlib.sha256()
            pass_ = Pass(terms, meaning, plan)
            seen, guess = pass_.run(self._blocks(digest), guess)
            seen.ledger = _after(head, seen.ledger)
            settled = Guess(terms.proof(meaning, seen), kinds_seen(seen), seen.orders.marked, proven=True)
            if agree(guess, settled, seen):
                check_seen(meaning, seen, self.limits)
                seen.charges.tell(seen.ledger)
                rows = self._rows(pass_, settled, seen)
                return Streamed(meaning, settled.proof, rows, seen.named, seen.ledger, digest.hexdigest(), self.laid)
            guess = settled
        raise IrregularError

    def _rows(self, pass_: Pass, settled: Guess, seen: Seen) -> pl.DataFrame:
        """One row for each key; what was folded goes to the book."""
        meaning = pass_.meaning
        if meaning.shape == LONG:
            rows = one_each(pass_, self._blocks(), settled, seen)
            check_items(meaning, seen.ledger)
            return rows
        rule = Rule(transactions=True, duplicates=self.config.duplicates, one_each=meaning.one_each)
        rows, seen.named = folded(seen.frames, seen.named, rule, seen.ledger, pass_.texts)
        return rows

    def _blocks(self, digest: Digest | None = None) -> Iterator[Block]:
        first = max(self.block_bytes // 16, min(self.block_bytes, _FIRST_BYTES))
        return blocks_of(self.laid.path, self.block_bytes, first, digest)

    def _start(self) -> tuple[Meaning, Plan, Ledger]:
        """Meaning and layout by the first block; the book holds its lines that are no rows."""
        block = next(self._blocks(), None)
        if block is None or block.last:
            raise IrregularError
        head = Ledger()
        layout, header = layout_of(block, self.name, self.limits, self.config)
        if self.laid.fallback:
            head.remark(Reason.ENCODING_FALLBACK, self.laid.fallback)
        part = Part(self.laid.member, Kind.TEXT, block.data, self.laid.wrapped)
        plain = self.config.model_copy(update={"encoding": None})
        tables = text_tables(part, self.name, plain, self.limits, head)
        titled = Reason.TITLE_READ in head.remarks
        if titled or len(tables) != 1 or head.left_out.keys() & {Reason.PREAMBLE, Reason.REPEATED_HEADER}:
            raise IrregularError
        frame = tables[0].frame
        if any(frame.height - frame[name].null_count() < self.sampled for name in frame.columns):
            raise IrregularError
        meaning = understand(replace(tables[0], encoding=self.laid.encoding), self.config, self.name)
        if meaning.shape == LONG:
            see_clock(meaning, clean(meaning, Ledger()))
        index = meaning.index(words.DATE)
        if index is None or not is_regular(meaning, self.config):
            raise IrregularError
        return meaning, Plan(layout, header, index), head


def _after(head: Ledger, rest: Ledger) -> Ledger:
    book = Ledger()
    book.absorb(head)
    book.absorb(rest)
    return book
