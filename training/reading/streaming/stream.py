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
from core.contracts.sales import ITEM
from core.contracts.sniff import Kind
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.files.containers import Part
from training.reading.ledger import Ledger
from training.reading.limits import Limits
from training.reading.lines.text import text_tables
from training.reading.parsing.proof import Proof
from training.reading.shapes.baskets import unit_of_measure
from training.reading.shapes.meaning import LONG, Meaning
from training.reading.shapes.shape import understand
from training.reading.streaming.blocks import Block, Digest, IrregularError, NotUtf8Error, Plan, blocks_of, layout_of
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
        """
        config = self.config
        if config.negative == "sales":
            return None
        if " = " in (config.date_format or ""):
            return None
        try:
            return self._read()
        except NotUtf8Error:
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
            settled = Guess(terms.proof(meaning, seen), kinds_seen(seen), proven=True)
            if agree(guess, settled, seen):
                self._check(seen)
                rows = one_each(pass_, self._blocks(), settled, seen)
                _check_units(meaning, rows, seen.named)
                return Streamed(meaning, settled.proof, rows, seen.named, seen.ledger, digest.hexdigest(), self.laid)
            guess = settled
        raise IrregularError

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
        index = meaning.index(words.DATE)
        if index is None or not _is_regular(meaning):
            raise IrregularError
        return meaning, Plan(layout, header, index), head

    def _check(self, seen: Seen) -> None:
        if len(seen.promo) > 1 or seen.ledger.read > self.limits.max_rows:
            raise IrregularError


def _check_units(meaning: Meaning, rows: pl.DataFrame, named: dict[str, str]) -> None:
    """Raise where one item may be counted in several units, which only the whole file shows."""
    unit = unit_of_measure(meaning.table)
    if unit is None or words.ITEM not in meaning.roles or words.UNITS in meaning.roles.configured:
        return
    column = next((name for name, header in named.items() if header == meaning.table.header[unit]), None)
    if column is None:
        raise IrregularError
    pairs = rows.select(ITEM, column).drop_nulls().unique()
    if pairs[ITEM].n_unique() < pairs.height:
        raise IrregularError


def _after(head: Ledger, rest: Ledger) -> Ledger:
    book = Ledger()
    book.absorb(head)
    book.absorb(rest)
    return book


def _is_regular(meaning: Meaning) -> bool:
    """A long table, none of whose columns gets its role from all of the file's rows."""
    roles = [{role for role, _ in words.roles_of(name)} for name in meaning.table.header]
    counted = sum(words.UNITS in found for found in roles) < 2  # noqa: PLR2004 - two claims are compared cell by cell
    return (
        meaning.shape == LONG
        and not (meaning.one_each or meaning.deducted)
        and counted
        and not any(words.TYPE in found for found in roles)
        and not any(words.given_back(name) for name in meaning.table.header)
    )
