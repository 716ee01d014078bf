"""Reads regular texts block by block: the same rules and the same answer, in less memory.

What only the whole file proves (the form of dates, the decimal mark, which covariates are kept) is
guessed from the first block, proven on all, and where the guess was wrong the blocks are read once more
by what was proven. A file that is not regular enough is left to be read as a whole.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.sniff import Kind
from core.contracts.verdict import Reason
from training.reading import naming
from training.reading.errors import FileRefusedError
from training.reading.files.containers import Part
from training.reading.gather import gather_one, is_of_returns, tell_others, tell_unread
from training.reading.ledger import REASON, Ledger
from training.reading.parsing.proof import Proof, Shown, prove_shown
from training.reading.parsing.rows import clean, see_clock
from training.reading.parsing.untold import texts_of_lines
from training.reading.parsing.wholerows import tell, whole_rows
from training.reading.shapes.filename import COLUMN
from training.reading.shapes.meaning import LONG, TRANSACTIONS, WIDE, Meaning
from training.reading.streaming.blocks import IrregularError
from training.reading.streaming.checks import check_items
from training.reading.streaming.folded import Rule, fold_runs
from training.reading.streaming.laid import Laid, Opened, in_utf8, opened
from training.reading.streaming.seen import Guess, Terms, agree, kinds_seen
from training.reading.streaming.sources import Run, Source, Table, Text
from training.reading.streaming.twins import one_each

_SHARED: Final = Reason.DUPLICATE_CONFLICT.value
BLOCK_BYTES: Final = 16 << 20
_PASSES: Final = 3
_FEWEST_BLOCKS: Final = 2
_LONG_LINES: Final = 4
"""Cells of a wide table each become a row: one of so much fewer bytes is read in blocks, too."""
_SMALL_BLOCKS: Final = 4
"""Members of an archive that are no longer together than so many blocks may be read as a whole."""


@dataclass(frozen=True)
class Streamed:
    """What a file gave: rows of its tables parsed under their proofs, sorted and encoded, covariates, and the book."""

    meanings: list[Meaning]
    proofs: list[Proof]
    rows: pl.DataFrame
    named: dict[str, str]
    ledger: Ledger


def in_blocks(path: Path, folder: Path, terms: Terms, size: int) -> Streamed | None:
    """The rows of a file in blocks of ``size`` bytes, or None for one that has to be read as a whole.

    ``folder`` is for what is unpacked or written anew.

    Raises:
        FileRefusedError: what it is packed in is damaged, or unpacks beyond a limit.
    """
    if terms.config.negative == "sales":
        return None
    found = opened(path, folder, terms.name, terms.limits)
    if found is None:
        return None
    size = size // _LONG_LINES if found.size < _FEWEST_BLOCKS * size and found.has_long_lines else size
    if found.size < _FEWEST_BLOCKS * size:
        return None
    try:
        book = Ledger()
        sources, failed = _sources(found, folder, terms, size)
        runs = _settled(sources, terms)
        for run in runs:
            run.source.check(run.seen)
            book.absorb(run.source.head)
            book.absorb(run.seen.cut)
        tell_unread(failed, terms.name, book)
        tell_others(found.others, book)
        for run in runs:
            book.absorb(run.seen.ledger)
            run.seen.charges.tell(book)
        rows, named = _folded(runs, terms, book)
    except (IrregularError, FileRefusedError):
        return None  # read as a whole it may be read, or is refused with all that there is to say
    return Streamed([run.source.meaning for run in runs], [run.guess.proof for run in runs], rows, named, book)


def _sources(
    found: Opened, folder: Path, terms: Terms, size: int
) -> tuple[list[Source], list[tuple[str, FileRefusedError]]]:
    """The tables of all texts; of an archive's small members, also those that are none and why."""
    sources: list[Source] = []
    failed: list[tuple[str, FileRefusedError]] = []
    several = len(found.texts) > 1
    if several and any(is_of_returns(laid.member) or naming.is_planned(laid.member) for laid in found.texts):
        raise IrregularError
    room = _SMALL_BLOCKS * size if several else 0
    for laid in found.texts:
        try:
            sources.append(Text(in_utf8(laid, folder, terms.config.encoding), folder, terms, size))
        except (IrregularError, FileRefusedError):
            room -= laid.path.stat().st_size
            if room < 0:
                raise
            try:
                sources += _tables(laid, terms)
            except FileRefusedError as refused:
                failed.append((laid.member, refused))
    if not sources:
        raise IrregularError
    return sources, failed


def _tables(laid: Laid, terms: Terms) -> list[Source]:
    """The tables of a small member, read as in a whole file."""
    head = Ledger()
    part = Part(laid.member, Kind.TEXT, laid.path.read_bytes(), laid.wrapped)
    found: list[Source] = []
    for meaning in gather_one(part, terms.name, terms.config, terms.limits, head):
        if meaning.shape == LONG:
            see_clock(meaning, clean(meaning, Ledger()))
        counted = " = " in (terms.config.date_format or "")
        if meaning.shape not in (LONG, TRANSACTIONS) or COLUMN in meaning.table.header or counted:
            raise IrregularError
        if meaning.shape == TRANSACTIONS and terms.config.duplicates == "reject" and texts_of_lines(meaning):
            raise IrregularError
        found.append(Table(terms, meaning, Ledger() if found else head))
    return found


def _settled(sources: list[Source], terms: Terms) -> list[Run]:
    """All rows of all tables, parsed by what all of them prove.

    Raises:
        IrregularError: no guess holds.
    """
    width = _hashed(sources)
    runs = _first(sources, terms, width)
    for left in reversed(range(_PASSES)):
        shown = [Shown(run.source.meaning, run.seen.sight) for run in runs]
        proofs = prove_shown(shown, terms.name, terms.config, terms.latest)
        proven = [
            Run(run.source, run.seen, Guess(proof, kinds_seen(run.seen), run.seen.orders.marked, proven=True))
            for run, proof in zip(runs, proofs, strict=True)
        ]
        wrong = [at for at, run in enumerate(runs) if not agree(run.guess, proven[at].guess, run.seen)]
        if not wrong:
            return proven
        for at in wrong if left else ():
            runs[at].seen.frames.clear()
            runs[at] = Run(sources[at], *sources[at].run(proven[at].guess, None, width))
    raise IrregularError


def _first(sources: list[Source], terms: Terms, width: int) -> list[Run]:
    """All rows by what the first block of each table proves, or, where that is too little, by what all rows prove."""
    try:
        return [Run(source, *source.run(None, None, width)) for source in sources]
    except FileRefusedError:
        shown = [Shown(source.meaning, source.sight()) for source in sources]
        proofs = prove_shown(shown, terms.name, terms.config, terms.latest)
        return [Run(source, *source.run(None, proof, width)) for source, proof in zip(sources, proofs, strict=True)]


def _hashed(sources: list[Source]) -> int:
    """Number of cells that lines are compared by, which are those of transactions that may be written twice."""
    meanings = [source.meaning for source in sources]
    sold = any(meaning.shape == TRANSACTIONS for meaning in meanings)
    return max(len(m.table.header) for m in meanings) if sold and not any(m.one_each for m in meanings) else 0


def _folded(runs: list[Run], terms: Terms, book: Ledger) -> tuple[pl.DataFrame, dict[str, str]]:
    """One row for each key, and the covariates kept; what was folded goes to the book."""
    meanings = [run.source.meaning for run in runs]
    if all(meaning.shape == LONG or meaning.shape in WIDE for meaning in meanings):
        rows, named = one_each(runs, terms, book)
        for meaning in meanings:
            check_items(meaning, book)
        return _without_wholes(rows, meanings, book), named
    if any(meaning.shape in WIDE for meaning in meanings):
        raise IrregularError
    rule = Rule(transactions=True, duplicates=terms.config.duplicates, one_each=any(m.one_each for m in meanings))
    return fold_runs(runs, rule, book, terms.texts)


def _without_wholes(rows: pl.DataFrame, meanings: list[Meaning], book: Ledger) -> pl.DataFrame:
    """The rows that are no sums of all others; each row left out is a line of its own.

    Raises:
        IrregularError: further lines share a key, and which of them are such sums the rows do not tell.
    """
    wholes = whole_rows(rows, meanings)
    if wholes and (book.merged or any((refused[REASON] == _SHARED).any() for refused in book.refused)):
        raise IrregularError
    left = tell(wholes, rows, book)
    book.kept -= rows.height - left.height
    return left
