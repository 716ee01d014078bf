"""One pass over the blocks of a long text: each is parsed by the guess, many side by side."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

import polars as pl

from core.contracts.sales import DATE, ITEM, OPTIONAL, STORE, UNITS
from core.contracts.verdict import Reason
from training.compact import compact
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.dialect.dates import EARLIEST, by_form
from training.reading.dialect.days import CLOCK
from training.reading.ledger import CELLS, LINE, Ledger, cell
from training.reading.parsing.charges import charges_of
from training.reading.parsing.covariates import Look, covariates, stripped
from training.reading.parsing.fold import ALL
from training.reading.parsing.orders import orders_of
from training.reading.parsing.parse import parse
from training.reading.parsing.proof import Proof, companions, observe
from training.reading.parsing.rows import clean, spread
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning
from training.reading.shapes.units import units_of_items
from training.reading.streaming.blocks import Block, IrregularError, Plan, count
from training.reading.streaming.coded import coded, follows, sources
from training.reading.streaming.folded import with_hash
from training.reading.streaming.seen import NUMBERED, Guess, Seen, Terms, kinds_seen, span_of_ids

Result = TypeVar("Result")
_WORKERS: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pass:
    """All blocks once: the first makes the guess, where there is none; the others are read side by side."""

    def __init__(self, terms: Terms, meaning: Meaning, plan: Plan) -> None:
        self.terms = terms
        self.meaning = meaning
        self.plan = plan
        self.said = companions(meaning)
        self.texts = pl.Categorical(pl.Categories.random())
        numbered = any(words.fold(name) == NUMBERED for name in meaning.table.header)
        counted = units_of_items(meaning.table, meaning.roles) is not None
        self.codes = meaning.shape == LONG and not (numbered or counted)  # what rows say of each other is not coded
        self.hashed = meaning.shape == TRANSACTIONS and not meaning.one_each

    def run(self, blocks: Iterator[Block], guess: Guess | None) -> tuple[Seen, Guess]:
        """What all blocks showed, and by what they were parsed."""
        seen = Seen()
        first, guess = self._take(self.meaning, guess, last=next(blocks).last)
        seen.add(first)
        for found in _side_by_side(partial(self._block, guess=guess), blocks):
            seen.add(found)
        return seen, guess

    def lines(self, blocks: Iterator[Block], guess: Guess, wanted: pl.Series) -> pl.DataFrame:
        """Some lines of the file with all their cells, parsed by a guess that was proven."""
        _, _, lines = self._parsed(self.meaning, guess, last=next(blocks).last)
        parts = [lines.filter(pl.col(LINE).is_in(wanted.implode()))]
        of_block = partial(self._lines, guess=guess, wanted=wanted, names=lines.columns)
        parts += [found for found in _side_by_side(of_block, blocks) if found is not None]
        return pl.concat(parts, how="vertical_relaxed").sort(LINE)

    def _lines(self, block: Block, guess: Guess, wanted: pl.Series, names: list[str]) -> pl.DataFrame | None:
        here = wanted.filter(wanted.is_between(block.line, block.line + count(block.data, b"\n")))
        if not here.len():
            return None
        cells = self.plan.cells(block, self.terms.name, self.terms.limits, Ledger())
        _, _, lines = self._parsed(self._with(cells), guess, last=block.last)
        return lines.filter(pl.col(LINE).is_in(here.implode())).select(names)

    def _block(self, block: Block, guess: Guess) -> Seen:
        cells = self.plan.quick(block, self.terms.limits, self.texts) if self.codes else None
        if cells is not None and (found := self._by_samples(cells, guess)) is not None:
            return found
        own = Ledger()
        if cells is None:
            cells = self.plan.cells(block, self.terms.name, self.terms.limits, own)
        else:
            own.read = cells.height
        found, _ = self._take(self._with(cells.with_columns(pl.exclude(LINE).cast(pl.String))), guess, last=block.last)
        own.absorb(found.ledger)
        found.ledger = own
        return found

    def _by_samples(self, cells: pl.DataFrame, guess: Guess) -> Seen | None:
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

    def _is_kept(self, index: int, guess: Guess) -> bool:
        doubtful = cell(index) in guess.proof.doubtful
        return bool(self.meaning.table.header[index]) and not doubtful and guess.kinds[index] is not None

    def _with(self, frame: pl.DataFrame) -> Meaning:
        return replace(self.meaning, table=replace(self.meaning.table, frame=frame))

    def _take(self, part: Meaning, guess: Guess | None, *, last: bool) -> tuple[Seen, Guess]:
        """Parse the rows of one block; the first of all makes the guess."""
        seen, guess, lines = self._parsed(part, guess, last=last)
        if self.hashed:
            lines = with_hash(lines)
        names = (DATE, STORE, ITEM, UNITS, *OPTIONAL, *seen.named, LINE, ALL)
        seen.frames.append(compact(lines.select(name for name in names if name in lines.columns), self.texts))
        return seen, guess

    def _parsed(self, part: Meaning, guess: Guess | None, *, last: bool) -> tuple[Seen, Guess, pl.DataFrame]:
        """The rows of one block beside their cells."""
        seen = Seen()
        lines = clean(part, seen.ledger)
        if Reason.FILLED_DOWN in seen.ledger.remarks or seen.ledger.hints or _begins_within(part, lines):
            raise IrregularError
        timed = part.shape == LONG and lines[CLOCK].null_count() < lines.height
        if timed or (Reason.PREAMBLE in seen.ledger.left_out and not last):
            raise IrregularError
        seen.ids = span_of_ids(part, lines)
        lines = spread(part, lines, seen.ledger)
        observe(part, lines, self.said, seen.sight)
        proof = guess.proof if guess else self.terms.proof(part, seen)
        for index in part.covariates:
            look = seen.looks.setdefault(index, Look())
            look.see(stripped(lines[cell(index)]), proof.decimal, thorough=guess is not None and guess.proven)
        seen.orders = orders_of(part, lines)
        seen.units = units_of_items(part.table, part.roles)
        guess = guess or Guess(proof, kinds_seen(seen), seen.orders.marked)
        promo = part.index(words.PROMO)
        if promo is not None:
            said_numbers = numbers.numbers(lines[cell(promo)].unique(), proof.decimal)[1] == numbers.OK
            seen.promo.add(bool(said_numbers.any()))
        lines = parse(part, lines, self._here(guess, seen), seen.ledger, marked=guess.marked)
        seen.charges = charges_of(part, lines)
        seen.negative = bool((lines[UNITS] < 0).any())
        if any(_has_lone_cell(refused) for refused in seen.ledger.refused):
            raise IrregularError
        lines, seen.named = covariates(part, lines, proof, guess.kinds)
        return seen, guess, lines

    def _here(self, guess: Guess, seen: Seen) -> Proof:
        """The guess with the days of one block."""
        dates = guess.proof.dates
        days = by_form(seen.sight.days, dates.form, configured=bool(self.terms.config.date_format))
        seen.odd = {
            text
            for text, day in days.items()
            if text in dates.implausible or (not guess.proven and not EARLIEST <= day <= self.terms.latest)
        }
        return replace(guess.proof, dates=replace(dates, days=days, implausible=frozenset(seen.odd)))


def _side_by_side(work: Callable[[Block], Result], blocks: Iterator[Block]) -> Iterator[Result]:
    """What each block gives, in order; no more of them are under way than there are workers."""
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for block in blocks:
                waiting.append(pool.submit(work, block))
                if len(waiting) > _WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _begins_within(part: Meaning, lines: pl.DataFrame) -> bool:
    """May the first row belong to an order that is named in the block before?"""
    document = part.index(words.DOCUMENT)
    return document is not None and lines.height > 0 and not (lines[cell(document)][0] or "").strip()


def _has_lone_cell(refused: pl.DataFrame) -> bool:
    """A row of one filled cell may head the rows below it."""
    filled = pl.col(CELLS).list.eval(pl.element().str.strip_chars() != "").list.sum()
    return bool(refused.select(((filled == 1) & (pl.col(CELLS).list.len() > 1)).any()).item())
