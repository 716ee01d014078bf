"""Reads a long, regular text file block by block: the same rules and the same answer, in less memory.

What only the whole file proves (the form of dates, the decimal mark, which covariates are kept) is
guessed from the first block, proven on all, and where the guess was wrong the blocks are read once more
by what was proven. A file that is not regular enough is left to be read as a whole.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.sales import DATE, ITEM, OPTIONAL, STORE, UNITS
from core.contracts.sniff import Kind
from core.contracts.verdict import Reason
from training.reading import numbers
from training.reading import vocabulary as words
from training.reading.blocks import Block, IrregularError, Plan, blocks_of, layout_of
from training.reading.containers import Part
from training.reading.covariates import Look, covariates, stripped
from training.reading.dates import CLOCK, EARLIEST, by_form, merged_days
from training.reading.encoded import encoded, joined
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, Ledger, cell
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


@dataclass(frozen=True)
class Streamed:
    """What a file gave: its rows parsed under ``proof`` and sorted, covariates by name, and the book."""

    meaning: Meaning
    proof: Proof
    lines: pl.DataFrame
    named: dict[str, str]
    ledger: Ledger


@dataclass(frozen=True)
class _Guess:
    """By what blocks are parsed: what the first block proved, or (``proven``) all of them."""

    proof: Proof
    kinds: dict[int, str | None]
    proven: bool = False


@dataclass
class _Seen:
    """What the blocks of one pass showed, and their rows."""

    ledger: Ledger = field(default_factory=Ledger)
    sight: Sight = field(default_factory=Sight)
    looks: dict[int, Look] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)
    promo: set[bool] = field(default_factory=set)
    frames: list[pl.DataFrame] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    last_id: int = -1


@dataclass(frozen=True)
class Stream:
    """One file to be read in blocks. The answer never depends on ``block_bytes``."""

    path: Path
    name: str
    config: Reading
    limits: Limits
    latest: date
    block_bytes: int = BLOCK_BYTES
    sampled: int = SAMPLED

    def read(self) -> Streamed | None:
        """The file's rows, or None for a file that has to be read as a whole."""
        if self.config.encoding or self.config.duplicates == "sum":
            return None
        try:
            return self._read()
        except (IrregularError, FileRefusedError):
            return None  # read as a whole it may be read, or is refused with all that there is to say

    def _read(self) -> Streamed:
        meaning, plan, head = self._start()
        guess: _Guess | None = None
        for _ in range(_PASSES):
            seen = _Seen()
            seen.ledger.absorb(head)
            for number, block in enumerate(blocks_of(self.path, self.block_bytes)):
                part = self._continued(meaning, plan, block, seen) if number else meaning
                guess = self._take(part, block, seen, guess, companions(meaning))
            settled = _Guess(self._proof(meaning, seen), _kinds(seen), proven=True)
            if guess is not None and _agree(guess, settled, seen):
                self._check(seen)
                return Streamed(meaning, settled.proof, joined(seen.frames), seen.named, seen.ledger)
            guess = settled
        raise IrregularError

    def _start(self) -> tuple[Meaning, Plan, Ledger]:
        """Meaning and layout by the first block; the book holds its lines that are no rows."""
        block = next(blocks_of(self.path, self.block_bytes), None)
        if block is None or block.last:
            raise IrregularError
        head = Ledger()
        layout, header = layout_of(block, self.name, self.limits, self.config)
        tables = text_tables(Part("", Kind.TEXT, block.data), self.name, self.config, self.limits, head)
        if len(tables) != 1 or head.left_out.keys() & {Reason.PREAMBLE, Reason.REPEATED_HEADER}:
            raise IrregularError
        frame = tables[0].frame
        if any(frame.height - frame[name].null_count() < self.sampled for name in frame.columns):
            raise IrregularError
        meaning = understand(tables[0], self.config, self.name)
        index = meaning.index(words.DATE)
        if index is None or not _is_regular(meaning):
            raise IrregularError
        return meaning, Plan(layout, header, index), head

    def _continued(self, meaning: Meaning, plan: Plan, block: Block, seen: _Seen) -> Meaning:
        own = Ledger()
        frame = plan.cells(block, self.name, self.limits, own)
        seen.ledger.absorb(own)
        return replace(meaning, table=replace(meaning.table, frame=frame))

    def _take(self, part: Meaning, block: Block, seen: _Seen, guess: _Guess | None, said: dict[str, str]) -> _Guess:
        """Parse the rows of one block; the first of all makes the guess."""
        own, here = Ledger(), Sight()
        lines = clean(part, own)
        if lines[CLOCK].null_count() < lines.height or (Reason.PREAMBLE in own.left_out and not block.last):
            raise IrregularError
        _check_ids(part, lines, seen)
        lines = spread(part, lines, own)
        observe(part, lines, said, here)
        seen.sight.add(here)
        seen.sight.days = merged_days(seen.sight.days)
        proof = guess.proof if guess else self._proof(part, seen)
        for index in part.covariates:
            look = seen.looks.setdefault(index, Look())
            look.see(stripped(lines[cell(index)]), proof.decimal, thorough=guess is not None and guess.proven)
        guess = guess or _Guess(proof, _kinds(seen))
        promo = part.index(words.PROMO)
        if promo is not None:
            said_numbers = numbers.numbers(lines[cell(promo)].unique(), proof.decimal)[1] == numbers.OK
            seen.promo.add(bool(said_numbers.any()))
        lines = parse(part, lines, self._here(guess, here, seen), own)
        lines, seen.named = covariates(part, lines, proof, guess.kinds)
        names = [name for name in (DATE, STORE, ITEM, UNITS, *OPTIONAL, *seen.named, LINE) if name in lines.columns]
        seen.frames.append(encoded(lines.select(names)))
        seen.ledger.absorb(own)
        return guess

    def _proof(self, meaning: Meaning, seen: _Seen) -> Proof:
        point = why_point(meaning.table)
        return conclude(seen.sight, self.name, self.config, self.latest, point=point, first=None)

    def _here(self, guess: _Guess, here: Sight, seen: _Seen) -> Proof:
        """The guess with the days of one block."""
        dates = guess.proof.dates
        days = by_form(here.days, dates.form, configured=bool(self.config.date_format))
        odd = {
            text
            for text, day in days.items()
            if text in dates.implausible or (not guess.proven and not EARLIEST <= day <= self.latest)
        }
        seen.odd |= odd
        return replace(guess.proof, dates=replace(dates, days=days, implausible=frozenset(odd)))

    def _check(self, seen: _Seen) -> None:
        same = len({tuple(frame.schema.items()) for frame in seen.frames}) == 1
        if not same or len(seen.promo) > 1 or seen.ledger.read > self.limits.max_rows:
            raise IrregularError


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


def _is_regular(meaning: Meaning) -> bool:
    """A long table, none of whose columns gets its role from all of the file's rows."""
    roles = [{role for role, _ in words.roles_of(name)} for name in meaning.table.header]
    counted = sum(words.UNITS in found for found in roles) < 2  # noqa: PLR2004 - two claims are compared cell by cell
    return (
        meaning.shape == LONG and not meaning.one_each and counted and not any(words.TYPE in found for found in roles)
    )


def _check_ids(part: Meaning, lines: pl.DataFrame, seen: _Seen) -> None:
    """A column named id numbers the lines only if no number comes twice; that is known where they increase."""
    for index, name in enumerate(part.table.header):
        if words.fold(name) == "id":
            ids = lines[cell(index)].cast(pl.Int64, strict=False)
            if ids.null_count() or not ids.len() or ids[0] <= seen.last_id or not bool((ids.diff().tail(-1) > 0).all()):
                raise IrregularError
            seen.last_id = ids[-1]
