"""One pass over the blocks of a long text: each is parsed by the guess, many side by side."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from core.contracts.sales import UNITS
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.dialect.dates import EARLIEST, by_form
from training.reading.dialect.days import CLOCK
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.amounts import are_signed
from training.reading.parsing.charges import charges_of
from training.reading.parsing.covariates import Look, covariates, stripped
from training.reading.parsing.heads import may_have_heads
from training.reading.parsing.orders import orders_of
from training.reading.parsing.parse import parse
from training.reading.parsing.proof import Proof, Sight, companions, observe
from training.reading.parsing.rows import clean, spread
from training.reading.parsing.slim import slim, with_idle
from training.reading.shapes.meaning import LONG, WIDE, Meaning
from training.reading.shapes.units import units_of_items
from training.reading.streaming.across import across, check_thin, thin
from training.reading.streaming.blocks import Block, IrregularError, Plan, count
from training.reading.streaming.checks import begins_within, has_lone_cell, kinds_told, names_every, offers_told
from training.reading.streaming.coded import coded, follows, sources
from training.reading.streaming.parallel import Again, compacted, side_by_side
from training.reading.streaming.seen import NUMBERED, Guess, Seen, Terms, kinds_seen, span_of_ids

PIECE: Final = 1 << 20
"""Cells of a wide table that are turned at a time: each becomes a row of a dozen columns."""
_CELLS: Final = 8
"""Cells that each line of most wide tables repeats."""


class Pass:
    """All blocks once: the first makes the guess, where there is none; the others are read side by side."""

    def __init__(self, terms: Terms, meaning: Meaning, plan: Plan, width: int) -> None:
        """``width`` is the number of cells that a line's hash is of; 0 for none."""
        self.terms = terms
        self.meaning = meaning
        self.plan = plan
        self.said = companions(meaning)
        numbered = any(words.fold(name) == NUMBERED for name in meaning.table.header)
        counted = units_of_items(meaning.table, meaning.roles) is not None
        alone = meaning.shape == LONG and not (width or numbered or counted)
        self.codes = alone  # where rows are compared with each other, their distinct cells do not tell
        self.width = width
        self.kinds = [*kinds_told(meaning.table), *offers_told(meaning)]
        self.thin = thin(meaning)

    def run(self, blocks: Iterator[Block], guess: Guess | None, proof: Proof | None) -> tuple[Seen, Guess]:
        """What all blocks showed, and by what they were parsed: a guess, or the first block's, by ``proof`` or its own.

        Raises:
            FileRefusedError: neither is given, and the first block does not prove how it is to be read.
        """
        seen, last = Seen(), next(blocks).last
        first, *others = self._parts(self.meaning.table.frame)
        found, guess = self._take(first, guess, proof, last=last)
        seen.add(found)
        for part in others:
            seen.add(self._take(part, guess, None, last=last)[0])
        for found in side_by_side(partial(self._block, guess=guess), blocks):
            seen.add(found)
        return seen, guess

    def sight(self, blocks: Iterator[Block]) -> Sight:
        """What all blocks show of dates and numbers, where none of them needs to prove anything alone."""
        seen, last = Seen(), next(blocks).last
        for part in self._parts(self.meaning.table.frame):
            seen.add(self._shown(part, last=last))
        for found in side_by_side(self._sight, blocks):
            seen.add(found)
        return seen.sight

    def _sight(self, block: Block) -> Seen:
        seen = Seen()
        for part in self._parts(self.plan.cells(block, self.terms.name, self.terms.limits, Ledger())):
            seen.add(self._shown(part, last=block.last))
        return seen

    def _shown(self, part: Meaning, *, last: bool) -> Seen:
        seen = Seen()
        self._rows(part, seen, last=last)
        return seen

    def lines(self, blocks: Iterator[Block], again: Again) -> list[pl.DataFrame]:
        """Some lines of the file once more."""
        parts = self._again(self.meaning.table.frame, again, again.wanted, last=next(blocks).last)
        return parts + [part for found in side_by_side(partial(self._lines, again=again), blocks) for part in found]

    def _lines(self, block: Block, again: Again) -> list[pl.DataFrame]:
        here = again.wanted.filter(again.wanted.is_between(block.line, block.line + count(block.data, b"\n")))
        if not here.len():
            return []
        cells = self.plan.cells(block, self.terms.name, self.terms.limits, Ledger())
        return self._again(cells, again, here, last=block.last)

    def _again(self, frame: pl.DataFrame, again: Again, wanted: pl.Series, *, last: bool) -> list[pl.DataFrame]:
        """Those of the lines that are wanted; of a wide table no others are turned, where none tells of another."""
        chosen = pl.col(LINE).is_in(wanted.implode())
        if self.meaning.shape in WIDE and words.PROMO not in self.meaning.roles:
            frame = frame.filter(chosen)
        parts = [part for part in self._parts(frame, whole=again.whole) if part.table.frame.height]
        parsed = [self._parsed(part, again.guess, None, last=last, whole=again.whole)[2] for part in parts]
        return [again.form(lines.filter(chosen)) for lines in parsed]

    def _block(self, block: Block, guess: Guess) -> Seen:
        cells = self.plan.quick(block, self.terms.limits, self.terms.texts) if self.codes else None
        if cells is not None and (found := self._by_samples(cells, guess)) is not None:
            return found
        own = Ledger()
        if cells is None:
            cells = self.plan.cells(block, self.terms.name, self.terms.limits, own)
        else:
            own.read = cells.height
        part, *others = self._parts(cells.with_columns(pl.exclude(LINE).cast(pl.String)))
        found, _ = self._take(part, guess, None, last=block.last)
        for part in others:
            found.add(self._take(part, guess, None, last=block.last)[0])
        found.cut = own
        return found

    def _by_samples(self, cells: pl.DataFrame, guess: Guess) -> Seen | None:
        """The block by its distinct cells; None where rows must be looked at one by one."""
        if any(cells[name].null_count() for name in self.said.values()):
            return None  # a day's own weekday may stand in another of its rows
        block = coded(cells, self.meaning)
        if block is None:
            self.codes = False
            return None
        seen, _ = self._take(self._with(block.samples), guess, None, last=True)
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

    def _is_kept(self, index: int, guess: Guess) -> bool:
        doubtful = cell(index) in guess.proof.doubtful
        return bool(self.meaning.table.header[index]) and not doubtful and guess.kinds[index] is not None

    def _parts(self, frame: pl.DataFrame, *, whole: bool = False) -> list[Meaning]:
        """The rows of a block; those of a wide table some at a time, and the fewer the more cells each line repeats."""
        if self.meaning.shape not in WIDE:
            return [self._with(frame)]
        cells = len(self.meaning.values) * (1 + len(self.meaning.idle) // _CELLS if whole else 1)
        return [self._with(part) for part in frame.iter_slices(max(PIECE // cells, 1))]

    def _with(self, frame: pl.DataFrame) -> Meaning:
        missing = [cell(index) for index in self.meaning.beside if cell(index) not in frame.columns]
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
        return replace(self.meaning, table=replace(self.meaning.table, frame=frame))

    def _take(self, part: Meaning, guess: Guess | None, proof: Proof | None, *, last: bool) -> tuple[Seen, Guess]:
        """Parse the rows of one block; the first of all makes the guess."""
        seen, guess, lines = self._parsed(part, guess, proof, last=last)
        short = self.terms.narrow if part.shape in WIDE else None
        seen.frames.append(compacted(lines, named=seen.named, width=self.width, texts=self.terms.texts, narrow=short))
        return seen, guess

    def _rows(self, part: Meaning, seen: Seen, *, last: bool, whole: bool = False) -> pl.DataFrame:
        """The rows of one block, and what they show of dates, numbers and their kinds; ``whole`` with all cells."""
        for index in self.kinds:
            seen.said[index] = {*part.table.frame[cell(index)].cast(pl.String).fill_null("").unique()}
        if names_every(part):
            raise IrregularError  # the total of others, which may be in other blocks
        lines = clean(part, seen.ledger, whole=False)
        if Reason.FILLED_DOWN in seen.ledger.remarks or seen.ledger.hints or begins_within(part, lines):
            raise IrregularError
        timed = part.shape == LONG and lines[CLOCK].null_count() < lines.height
        if timed or (Reason.PREAMBLE in seen.ledger.left_out and not last):
            raise IrregularError
        if part.shape in WIDE:
            seen.across = across(part, lines)
            lines = (spread if whole else slim)(part, lines, seen.ledger)
            check_thin(lines, self.thin)
        else:
            seen.ids = span_of_ids(part, lines)
            lines = spread(part, lines, seen.ledger)
            if may_have_heads(part, lines) or are_signed(part, lines):  # which came back, all rows tell
                raise IrregularError
        observe(part, lines, self.said, seen.sight)
        return lines

    def _parsed(
        self, part: Meaning, guess: Guess | None, proof: Proof | None, *, last: bool, whole: bool = False
    ) -> tuple[Seen, Guess, pl.DataFrame]:
        """The rows of one block beside their cells."""
        seen = Seen()
        lines = self._rows(part, seen, last=last, whole=whole)
        proof = guess.proof if guess else proof or self.terms.proof(part, seen)
        proven = guess is not None and guess.proven
        seen.orders = orders_of(part, lines)
        seen.units = units_of_items(part.table, part.roles)
        marked = guess.marked if guess else seen.orders.marked
        lines = parse(part, lines, self._here(proof, seen, proven=proven), seen.ledger, marked=marked)
        seen.ledger.refused = seen.ledger.refused if whole else with_idle(part, seen.ledger.refused)
        seen.charges = charges_of(part, lines)
        seen.negative = bool((lines[UNITS] < 0).any())
        self._look(part, lines, proof, seen, proven=proven)
        guess = guess or Guess(proof, kinds_seen(seen), marked)
        if any(has_lone_cell(refused) for refused in seen.ledger.refused):
            raise IrregularError
        lines, seen.named = covariates(part, lines, proof, guess.kinds)
        return seen, guess, lines

    def _look(self, part: Meaning, lines: pl.DataFrame, proof: Proof, seen: Seen, *, proven: bool) -> None:
        """What further columns of the rows that were taken could be."""
        for index in part.covariates:
            look = seen.looks.setdefault(index, Look())
            look.see(stripped(lines[cell(index)]), proof.decimal, thorough=proven)
        promo = part.index(words.PROMO)
        if promo is not None and lines.height:
            said_numbers = numbers.numbers(lines[cell(promo)].unique(), proof.decimal)[1] == numbers.OK
            seen.promo.add(bool(said_numbers.any()))

    def _here(self, proof: Proof, seen: Seen, *, proven: bool) -> Proof:
        """The proof with the days of one block."""
        dates = proof.dates
        form = self.terms.config.date_format or ""
        days = by_form(seen.sight.days, dates.form, configured=bool(form) and " = " not in form)
        seen.odd = {
            text
            for text, day in days.items()
            if text in dates.implausible or (not proven and not EARLIEST <= day <= self.terms.latest)
        }
        return replace(proof, dates=replace(dates, days=days, implausible=frozenset(seen.odd)))
