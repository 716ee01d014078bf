"""Book of a file's rows: every row read is kept, merged, left out or refused, never lost."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from core.contracts.sales import SOURCE_LINE
from core.contracts.verdict import Note, Reason
from training.reading.said import Said

LINE: Final = SOURCE_LINE
COLUMN: Final = "_column"
VALUE: Final = "_value"
REASON: Final = "_reason"
CELLS: Final = "_cells"
MAX_NOTE_LINES: Final = 20
_LONGEST: Final = 1000
_ONE: Final = {
    "rows of totals were left out": "a row of totals was left out",
    "blank lines were left out": "a blank line was left out",
    "lines that repeat the header were left out": "a line that repeats the header was left out",
    "lines above the header were left out": "a line above the header was left out",
    "titles above a further header were left out": "a title above a further header was left out",
    "titles above rows were left out": "a title above rows was left out",
    "notes below the table were left out": "a note below the table was left out",
    "notes below or in the table were left out": "a note below or in the table was left out",
    "rows equal to an earlier one in every column count once": (
        "a row equal to an earlier one in every column counts once"
    ),
    "orders that were cancelled or never became sales were left out": (
        "an order that was cancelled or never became a sale was left out"
    ),
    "sales of which it is said that they were taken back whole are no net sales and were left out": (
        "a sale of which it is said that it was taken back whole is no net sale and was left out"
    ),
    "sales of which it is said that a part came back count whole, for how much came back is not told": (
        "a sale of which it is said that a part came back counts whole, for how much came back is not told"
    ),
    "cells that say there is no number are no rows": "a cell that says there is no number is no row",
    "returns were netted on their own day": "a return was netted on its own day",
}  # fmt: skip
_ORDER: Final = {reason: place for place, reason in enumerate(Reason)}


@dataclass
class _Entry:
    sentence: str
    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, lines: pl.Series, count: int) -> None:
        """The first lines of the file are shown, in whatever order they are found."""
        self.count += count
        if lines.len():
            self.lines = sorted([*self.lines, *lines.drop_nulls().bottom_k(MAX_NOTE_LINES)])[:MAX_NOTE_LINES]

    @property
    def told(self) -> str:
        """The sentence, of one row where it is one."""
        what, mark, more = self.sentence.partition("; ")
        return _ONE.get(what, what) + mark + more if self.count == 1 else self.sentence

    def tell(self, sentence: str) -> None:
        """Say a further thing, as long as a reader may follow."""
        if sentence not in self.sentence and len(self.sentence) < _LONGEST:
            self.sentence += f"; {sentence}"


@dataclass
class Ledger:
    """Rows of one file as they find their end.

    ``read`` counts data rows; ``refused`` holds frames of line, column, value, reason and
    verbatim cells; ``left_out`` and ``notes`` are what the verdict tells beside; ``hints`` are cures of blank cells
    by column; ``said`` are the words of states and kinds.
    """

    read: int = 0
    kept: int = 0
    merged: int = 0
    refused: list[pl.DataFrame] = field(default_factory=list)
    left_out: dict[Reason, _Entry] = field(default_factory=dict)
    remarks: dict[Reason, _Entry] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    said: Said = field(default_factory=Said)

    def refuse(self, rows: pl.DataFrame, reason: Reason, column: str | None, value: pl.Expr) -> None:
        """Refuse ``rows`` (with the line column and cells) for one reason."""
        if rows.height:
            self.refused.append(
                rows.select(
                    pl.col(LINE).cast(pl.Int64),
                    pl.lit(column, dtype=pl.String).alias(COLUMN),
                    value.cast(pl.String).fill_null("").alias(VALUE),
                    pl.lit(reason.value).alias(REASON),
                    cells_of(rows).alias(CELLS),
                )
            )

    def leave_out(self, reason: Reason, lines: pl.Series, sentence: str) -> None:
        """Count data rows that carry no sale of their own."""
        if lines.len():
            entry = self.left_out.setdefault(reason, _Entry(sentence))
            entry.tell(sentence)
            entry.add(lines, lines.len())

    def remark(self, reason: Reason, sentence: str, lines: pl.Series | None = None, count: int = 1) -> None:
        """Say something about the file that is no fate of a row."""
        found = lines if lines is not None else pl.Series([], dtype=pl.Int64)
        entry = self.remarks.setdefault(reason, _Entry(sentence))
        entry.tell(sentence)
        entry.add(found, count)

    def absorb(self, other: "Ledger") -> None:
        """Take over the entries of another book."""
        self.read += other.read
        self.kept += other.kept
        self.merged += other.merged
        self.refused += other.refused
        self.hints |= other.hints
        self.said.add(other.said)
        for reason, entry in other.left_out.items():
            lines = pl.Series(entry.lines, dtype=pl.Int64)
            own = self.left_out.setdefault(reason, _Entry(entry.sentence))
            own.tell(entry.sentence)
            own.add(lines, entry.count)
        for reason, entry in other.remarks.items():
            self.remark(reason, entry.sentence, pl.Series(entry.lines, dtype=pl.Int64), entry.count)

    @property
    def refused_count(self) -> int:
        """Rows refused so far."""
        return sum(frame.height for frame in self.refused)

    @property
    def left_out_count(self) -> int:
        """Rows left out so far."""
        return sum(entry.count for entry in self.left_out.values())

    def notes(self) -> tuple[Note, ...]:
        """All entries as the verdict lists them."""
        return tuple(
            Note(reason=reason, count=max(entry.count, 1), sentence=entry.told, lines=tuple(entry.lines))
            for book in (self.left_out, self.remarks)
            for reason, entry in sorted(book.items(), key=lambda entry: _ORDER[entry[0]])
        )


def cells_of(rows: pl.DataFrame) -> pl.Expr:
    """The file's own cells of each row as one list column."""
    cells = [name for name in rows.columns if is_cell(name)]
    if not cells:
        return pl.col(CELLS) if CELLS in rows.columns else pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list([pl.col(name).cast(pl.String).fill_null("") for name in cells])


def cell(index: int) -> str:
    """Name of the frame column that holds the file's column ``index``."""
    return f"_c{index}"


def times(name: str) -> str:
    """Name of the frame column that says for how many rows a cell of the column ``name`` stands."""
    return f"_n{name}"


def counted(frame: pl.DataFrame, name: str) -> pl.Expr:
    """How many rows a group of cells of one column stands for: each row for itself, but where ``times`` are told."""
    return pl.col(times(name)).sum() if times(name) in frame.columns else pl.len()


def is_cell(name: str) -> bool:
    """True for frame columns that hold the file's own cells."""
    return name[:2] == "_c" and name[2:].isdigit()
