"""Reads a long, regular text file block by block: the same rules and the same answer, in less memory.

What only the whole file proves (the form of dates, the decimal mark, which covariates are kept) is
guessed from the first block, proven on all, and where the guess was wrong the blocks are read once more
by what was proven. A file that is not regular enough is left to be read as a whole.
"""

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.sales import DATE, ITEM, OPTIONAL, STORE, UNITS
from core.contracts.sniff import Kind
from core.contracts.verdict import Reason
from training.compact import compact
from training.reading import numbers
from training.reading import vocabulary as words
from training.reading.blocks import Block, Digest, IrregularError, NotUtf8Error, Plan, blocks_of, layout_of
from training.reading.coded import coded, follows, sources
from training.reading.containers import Part
from training.reading.covariates import Look, covariates, stripped
from training.reading.dates import CLOCK, EARLIEST, by_form, merged_days
from training.reading.encoded import joined
from training.reading.errors import FileRefusedError
from training.reading.laid import Laid
from training.reading.ledger import CELLS, LINE, Ledger, cell
from training.reading.limits import Limits
from training.reading.parse import parse
from training.reading.proof import Proof, Sight, companions, conclude, observe, why_point
from training.reading.rows import clean, spread
from training.reading.shape import LONG, Meaning, understand
from training.reading.text import text_tables

BLOCK_BYTES: Final = 16 << 20
SAMPLED: Final = 2000
"""Cells of a column that are looked at to find what it means; the first block must hold as many."""
_PASSES: Final = 2
_FIRST_BYTES: Final = 1 << 20
_WORKERS: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_ID: Final = "id"


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
class _Guess:
    """By what blocks are parsed: what the first block proved, or (``proven``) all of them."""

    proof: Proof
    kinds: dict[int, str | None]
    proven: bool = False


@dataclass
class _Seen:
    """What one block showed, or all blocks of a pass, and their rows."""

    ledger: Ledger = field(default_factory=Ledger)
    sight: Sight = field(default_factory=Sight)
    looks: dict[int, Look] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)
    promo: set[bool] = field(default_factory=set)
    frames: list[pl.DataFrame] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    ids: tuple[int, int] | None = None

    def add(self, other: "_Seen") -> None:
        """Pool what the next block showed."""
        self.ledger.absorb(other.ledger)
        self.sight.add(other.sight)
        self.sight.days = merged_days(self.sight.days)
        for index, look in other.looks.items():
            self.looks.setdefault(index, Look()).add(look)
        self.odd |= other.odd
        self.promo |= other.promo
        self.frames += other.frames
        self.named = other.named
        if self.ids and other.ids and other.ids[0] <= self.ids[1]:
            raise IrregularError
        self.ids = other.ids


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
        if config.negative == "sales" or config.duplicates == "sum":
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
        guess: _Guess | None = None
        for _ in range(_PASSES):
            digest = hashlib.sha256()
            pass_ = _Pass(self, meaning, plan)
            seen, guess = pass_.run(self._blocks(digest), guess)
            seen.ledger = _after(head, seen.ledger)
            settled = _Guess(self.proof(meaning, seen), _kinds(seen), proven=True)
            if _agree(guess, settled, seen):
                self._check(seen)
                rows = joined(seen.frames)
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

    def proof(self, meaning: Meaning, seen: _Seen) -> Proof:
        """What the blocks seen prove together."""
        point = why_point(meaning.table)
        return conclude(seen.sight, self.name, self.config, self.latest, point=point, first=None)

    def _check(self, seen: _Seen) -> None:
        if len(seen.promo) > 1 or seen.ledger.read > self.limits.max_rows:
            raise IrregularError


class _Pass:
    """All blocks once: the first makes the guess, where there is none; the others are read side by side."""

    def __init__(self, stream: Stream, meaning: Meaning, plan: Plan) -> None:
        self.stream = stream
        self.meaning = meaning
        self.plan = plan
        self.said = companions(meaning)
        self.texts = pl.Categorical(pl.Categories.random())
        self.codes = not any(words.fold(name) == _ID for name in meaning.table.header)

    def run(self, blocks: Iterator[Block], guess: _Guess | None) -> tuple[_Seen, _Guess]:
        """What all blocks showed, and by what they were parsed."""
        seen = _Seen()
        first, guess = self._take(self.meaning, guess, last=next(blocks).last)
        seen.add(first)
        waiting: deque[Future[_Seen]] = deque()
        with ThreadPoolExecutor(_WORKERS) as pool:
            try:
                for block in blocks:
                    waiting.append(pool.submit(self._block, block, guess))
                    if len(waiting) > _WORKERS:
                        seen.add(waiting.popleft().result())
                while waiting:
                    seen.add(waiting.popleft().result())
            finally:
                for future in waiting:
                    future.cancel()
        return seen, guess

    def _block(self, block: Block, guess: _Guess) -> _Seen:
        cells = self.plan.quick(block, self.stream.limits, self.texts) if self.codes else None
        if cells is not None and (found := self._by_samples(cells, guess)) is not None:
            return found
        own = Ledger()
        if cells is None:
            cells = self.plan.cells(block, self.stream.name, self.stream.limits, own)
        else:
            own.read = cells.height
        found, _ = self._take(self._with(cells.with_columns(pl.exclude(LINE).cast(pl.String))), guess, last=block.last)
        found.ledger.absorb(own)
        return found

    def _by_samples(self, cells: pl.DataFrame, guess: _Guess) -> _Seen | None:
        """The block by its distinct cells; None where rows must be looked at one by one."""
        if any(cells[name].null_count() for name in self.said.values()):
            return None  # a day's own weekday may stand in another of its rows
        block = coded(cells, self.meaning)
        if block is None:
            self.codes = False
            return None
        seen, _ = self._take(self._with(block.samples), guess, last=True)
        book, read = seen.ledger, seen.frames[0]
        kept = [index for index in self.meaning.covariates if self._is_kept(index, guess)]
        told = sources(self.meaning, seen.named, kept)
        if book.refused or book.left_out or book.remarks or not follows(block.samples, read, told):
            return None
        lines = pl.int_range(block.line, block.line + block.height, eager=True).cast(read.schema[LINE])
        columns = [
            lines.alias(LINE)
            if name == LINE
            else block.column(source, read[name])
            if (source := told[name]) is not None
            else read[name].head(1).new_from_index(0, block.height)
            for name in read.columns
        ]
        book.read = block.height
        seen.frames = [pl.DataFrame(columns)]
        return seen

    def _is_kept(self, index: int, guess: _Guess) -> bool:
        doubtful = cell(index) in guess.proof.doubtful
        return bool(self.meaning.table.header[index]) and not doubtful and guess.kinds[index] is not None

    def _with(self, frame: pl.DataFrame) -> Meaning:
        return replace(self.meaning, table=replace(self.meaning.table, frame=frame))

    def _take(self, part: Meaning, guess: _Guess | None, *, last: bool) -> tuple[_Seen, _Guess]:
        """Parse the rows of one block; the first of all makes the guess."""
        seen = _Seen()
        lines = clean(part, seen.ledger)
        if Reason.FILLED_DOWN in seen.ledger.remarks or seen.ledger.hints:
            raise IrregularError
        if lines[CLOCK].null_count() < lines.height or (Reason.PREAMBLE in seen.ledger.left_out and not last):
            raise IrregularError
        seen.ids = _ids(part, lines)
        lines = spread(part, lines, seen.ledger)
        observe(part, lines, self.said, seen.sight)
        proof = guess.proof if guess else self.stream.proof(part, seen)
        for index in part.covariates:
            look = seen.looks.setdefault(index, Look())
            look.see(stripped(lines[cell(index)]), proof.decimal, thorough=guess is not None and guess.proven)
        guess = guess or _Guess(proof, _kinds(seen))
        promo = part.index(words.PROMO)
        if promo is not None:
            said_numbers = numbers.numbers(lines[cell(promo)].unique(), proof.decimal)[1] == numbers.OK
            seen.promo.add(bool(said_numbers.any()))
        lines = parse(part, lines, self._here(guess, seen), seen.ledger)
        if any(_has_lone_cell(refused) for refused in seen.ledger.refused):
            raise IrregularError
        lines, seen.named = covariates(part, lines, proof, guess.kinds)
        names = [name for name in (DATE, STORE, ITEM, UNITS, *OPTIONAL, *seen.named, LINE) if name in lines.columns]
        seen.frames.append(compact(lines.select(names), self.texts))
        return seen, guess

    def _here(self, guess: _Guess, seen: _Seen) -> Proof:
        """The guess with the days of one block."""
        dates = guess.proof.dates
        days = by_form(seen.sight.days, dates.form, configured=bool(self.stream.config.date_format))
        seen.odd = {
            text
            for text, day in days.items()
            if text in dates.implausible or (not guess.proven and not EARLIEST <= day <= self.stream.latest)
        }
        return replace(guess.proof, dates=replace(dates, days=days, implausible=frozenset(seen.odd)))


def _after(head: Ledger, rest: Ledger) -> Ledger:
    book = Ledger()
    book.absorb(head)
    book.absorb(rest)
    return book


def _kinds(seen: _Seen) -> dict[int, str | None]:
    return {index: look.kind for index, look in seen.looks.items()}


def _agree(guess: _Guess, settled: _Guess, seen: _Seen) -> bool:
    """Was every block parsed by what the whole file proves?"""
    mine, proven = guess.proof, settled.proof
    return (
        (mine.dates.form, mine.decimal, mine.doubtful) == (proven.dates.form, proven.decimal, proven.doubtful)
        and seen.odd == proven.dates.implausible
        and guess.kinds == settled.kinds
        and (guess.proven or not any(look.mixed for look in seen.looks.values()))
    )


def _has_lone_cell(refused: pl.DataFrame) -> bool:
    """A row of one filled cell may head the rows below it."""
    filled = pl.col(CELLS).list.eval(pl.element().str.strip_chars() != "").list.sum()
    return bool(refused.select(((filled == 1) & (pl.col(CELLS).list.len() > 1)).any()).item())


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


def _ids(part: Meaning, lines: pl.DataFrame) -> tuple[int, int] | None:
    """First and last number of a column named id: it numbers the lines only if none comes twice, so they increase."""
    for index, name in enumerate(part.table.header):
        if words.fold(name) == _ID:
            ids = lines[cell(index)].cast(pl.Int64, strict=False)
            if ids.null_count() or not ids.len() or ids[0] < 0 or not bool((ids.diff().tail(-1) > 0).all()):
                raise IrregularError
            return int(ids[0]), int(ids[-1])
    return None
