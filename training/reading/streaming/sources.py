"""Tables that are read in blocks, and small ones beside them that are read as one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, TypeVar

import polars as pl

from core.contracts.sniff import Kind
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.files.containers import Part
from training.reading.ledger import Ledger
from training.reading.lines.delimiter import Layout
from training.reading.lines.text import text_tables
from training.reading.parsing.proof import Proof, Sight
from training.reading.parsing.rows import clean, see_clock
from training.reading.shapes.meaning import LONG, WIDE, WIDE_DATES, Meaning
from training.reading.shapes.shape import understand
from training.reading.streaming.across import SAMPLED, is_regular_across
from training.reading.streaming.blocks import (
    Block,
    IrregularError,
    LoneReturnError,
    NotUtf8Error,
    Plan,
    blocks_of,
    count,
    layout_of,
)
from training.reading.streaming.checks import check_seen, is_regular
from training.reading.streaming.laid import Laid, from_older, with_line_feeds
from training.reading.streaming.parallel import Again
from training.reading.streaming.passes import Pass
from training.reading.streaming.seen import Guess, Seen, Terms

_FIRST_BYTES: Final = 1 << 20
_BYTES_A_ROW: Final = 100
SHARE_OF_WIDE: Final = 4
"""Of a block of other texts: the cells of a wide one each are a text of their own."""
_FIRST_LINES: Final = 100
"""Lines around rows that the first block may hold beside them."""
_WAYS: Final = 3
"""A text may be read as it lies, with line ends made even, and in UTF-8."""
_NO_PLAN: Final = Plan(Layout("", 0, (), 0, 0, 0.0), (0, ""), 0)
Result = TypeVar("Result")


class Source(Protocol):
    """One table of an upload."""

    @property
    def meaning(self) -> Meaning:
        """What its columns mean."""

    @property
    def head(self) -> Ledger:
        """The book of the lines above its rows."""

    def run(self, guess: Guess | None, proof: Proof | None, width: int) -> tuple[Seen, Guess]:
        """All rows, parsed by a guess, or by what the first block shows, under ``proof`` or its own."""

    def sight(self) -> Sight:
        """What all rows show of dates and numbers."""

    def lines(self, again: Again) -> list[pl.DataFrame]:
        """Some lines of the table once more."""

    def check(self, seen: Seen) -> None:
        """Raise where all blocks together show what no block could be read by."""


@dataclass(frozen=True)
class Run:
    """What all rows of one table showed, and by what they were parsed."""

    source: Source
    seen: Seen
    guess: Guess


@dataclass(frozen=True)
class Table:
    """A table that is at hand as a whole."""

    terms: Terms
    meaning: Meaning
    head: Ledger

    def run(self, guess: Guess | None, proof: Proof | None, width: int) -> tuple[Seen, Guess]:
        """As of a source."""
        return Pass(self.terms, self.meaning, _NO_PLAN, width).run(self._block(), guess, proof)

    def sight(self) -> Sight:
        """As of a source."""
        return Pass(self.terms, self.meaning, _NO_PLAN, 0).sight(self._block())

    def lines(self, again: Again) -> list[pl.DataFrame]:
        """As of a source."""
        return Pass(self.terms, self.meaning, _NO_PLAN, 0).lines(self._block(), again)

    def check(self, seen: Seen) -> None:
        """What all rows show was at hand when they were read."""

    def _block(self) -> Iterator[Block]:
        return iter([Block(b"", 1, last=True)])


class Text:
    """One text file to be read in blocks. The answer never depends on their size."""

    def __init__(self, laid: Laid, folder: Path, terms: Terms, size: int) -> None:
        """Lay the text open and find what its first block means.

        Raises:
            IrregularError: the text must be read as a whole.
        """
        self.laid = laid
        self.terms = terms
        self.meaning: Meaning
        self.plan: Plan
        self.head: Ledger
        self._folder = folder
        self._size = size
        self._is_open = False
        self._tried(lambda: None)

    def run(self, guess: Guess | None, proof: Proof | None, width: int) -> tuple[Seen, Guess]:
        """As of a source."""
        return self._tried(lambda: self._pass(width).run(self._blocks(), guess, proof))

    def sight(self) -> Sight:
        """As of a source."""
        return self._tried(lambda: self._pass(0).sight(self._blocks()))

    def lines(self, again: Again) -> list[pl.DataFrame]:
        """As of a source."""
        return self._pass(0).lines(self._blocks(), again)

    def check(self, seen: Seen) -> None:
        """As of a source."""
        check_seen(self.meaning, seen, self.terms.limits)

    def _tried(self, work: Callable[[], Result]) -> Result:
        """The work done on the text in UTF-8 with LF at line ends, which blocks far down may show that it lacks."""
        for _ in range(_WAYS):
            try:
                if not self._is_open:
                    self.meaning, self.plan, self.head = self._opened()
                    self._is_open = True
                return work()
            except LoneReturnError:
                self.laid = with_line_feeds(self.laid, self._folder)
            except NotUtf8Error:
                self.laid = from_older(self.laid, self._folder, self._size)
            self._is_open = False
        raise IrregularError

    def _pass(self, width: int) -> Pass:
        return Pass(self.terms, self.meaning, self.plan, width)

    def _blocks(self) -> Iterator[Block]:
        size = self._size // SHARE_OF_WIDE if self._is_open and self.meaning.shape in WIDE else self._size
        return blocks_of(self.laid.path, max(size, 1), self._first())

    def _first(self) -> int:
        """Bytes of the first block: of long lines so many that enough of them tell what their columns mean."""
        first = max(self._size // 16, min(self._size, _FIRST_BYTES))
        with self.laid.path.open("rb") as file:
            lines = count(file.read(first), b"\n")
        sampled = min(SAMPLED, self._size // _BYTES_A_ROW)
        return max(first, min(first * (sampled + _FIRST_LINES) // max(lines, 1), 2 * self._size))

    def _opened(self) -> tuple[Meaning, Plan, Ledger]:
        """Meaning and layout by the first block; the book holds its lines that are no rows."""
        block = next(self._blocks(), None)
        if block is None or block.last:
            raise IrregularError
        terms, head = self.terms, Ledger()
        layout, header = layout_of(block, terms.name, terms.limits, terms.config)
        if self.laid.fallback:
            head.remark(Reason.ENCODING_FALLBACK, self.laid.fallback)
        part = Part(self.laid.member, Kind.TEXT, block.data, self.laid.wrapped)
        plain = terms.config.model_copy(update={"encoding": None})
        tables = text_tables(part, terms.name, plain, terms.limits, head)
        titled = head.remarks.keys() & {Reason.TITLE_READ, Reason.TAKEN_AS}
        if titled or len(tables) != 1 or head.left_out.keys() & {Reason.PREAMBLE, Reason.REPEATED_HEADER}:
            raise IrregularError
        table, sampled = replace(tables[0], encoding=self.laid.encoding), min(SAMPLED, self._size // _BYTES_A_ROW)
        meaning = understand(table, terms.config, terms.name)
        frame = table.frame
        if meaning.shape in WIDE:
            if (
                not is_regular_across(meaning, table, terms.config, terms.name, sampled)
                or table.header != layout.header
            ):
                raise IrregularError
        elif any(frame.height - frame[name].null_count() < sampled for name in frame.columns):
            raise IrregularError
        if meaning.shape != WIDE_DATES:
            see_clock(meaning, clean(meaning, Ledger(), whole=meaning.shape == LONG))
        index = meaning.index(words.DATE)
        if meaning.timed or (meaning.shape == WIDE_DATES and meaning.index(words.MONTH) is not None):
            raise IrregularError
        if meaning.shape != WIDE_DATES and (index is None or not is_regular(meaning, terms.config)):
            raise IrregularError
        return meaning, Plan(layout, header, index or 0, self.laid.member), head
