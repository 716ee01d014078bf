"""What the blocks of a long text show, and by what guess of the whole they are parsed."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from training.reading import vocabulary as words
from training.reading.dialect.days import merged_days
from training.reading.ledger import Ledger, cell
from training.reading.limits import Limits
from training.reading.parsing.charges import Charges
from training.reading.parsing.covariates import Look
from training.reading.parsing.orders import Orders
from training.reading.parsing.proof import Proof, Sight, conclude, why_point
from training.reading.shapes.meaning import Meaning
from training.reading.streaming.across import Across
from training.reading.streaming.blocks import IrregularError
from training.reading.streaming.narrow import Narrow

NUMBERED: Final = "id"


@dataclass(frozen=True)
class Guess:
    """By what blocks are parsed: what the first block proved, or (``proven``) all of them."""

    proof: Proof
    kinds: dict[int, str | None]
    marked: bool
    proven: bool = False


@dataclass
class Seen:
    """What one block showed, or all blocks of a pass, and their rows.

    ``cut`` is the book of lines that were not cut into cells, ``ledger`` that of rows.
    """

    cut: Ledger = field(default_factory=Ledger)
    ledger: Ledger = field(default_factory=Ledger)
    sight: Sight = field(default_factory=Sight)
    looks: dict[int, Look] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)
    promo: set[bool] = field(default_factory=set)
    frames: list[pl.DataFrame] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    orders: Orders = field(default_factory=Orders)
    charges: Charges = field(default_factory=Charges)
    negative: bool = False
    units: pl.DataFrame | None = None
    said: dict[int, set[str]] = field(default_factory=dict)
    ids: tuple[int, int] | None = None
    across: Across = field(default_factory=Across)

    def add(self, other: "Seen") -> None:
        """Pool what the next block showed."""
        self.cut.absorb(other.cut)
        self.ledger.absorb(other.ledger)
        self.sight.add(other.sight)
        self.sight.days = merged_days(self.sight.days)
        for index, look in other.looks.items():
            self.looks.setdefault(index, Look()).add(look)
        self.odd |= other.odd
        self.promo |= other.promo
        self.frames += other.frames
        self.named = other.named
        self.orders.add(other.orders)
        self.charges.add(other.charges)
        self.negative |= other.negative
        self.across.add(other.across)
        for index, texts in other.said.items():
            self.said.setdefault(index, set()).update(texts)
        if other.units is not None:
            self.units = other.units if self.units is None else pl.concat([self.units, other.units]).unique()
        if self.ids and other.ids and other.ids[0] <= self.ids[1]:
            raise IrregularError
        self.ids = other.ids


@dataclass(frozen=True)
class Terms:
    """By what every block of one file is read."""

    name: str
    config: Reading
    limits: Limits
    latest: date
    texts: pl.Categorical = field(default_factory=lambda: pl.Categorical(pl.Categories.random()))
    narrow: Narrow = field(default_factory=Narrow)

    def proof(self, meaning: Meaning, seen: Seen) -> Proof:
        """What the blocks seen prove together."""
        point, header = why_point(meaning.table), meaning.table.header
        return conclude(seen.sight, self.name, self.config, self.latest, point=point, first=None, header=header)


def kinds_seen(seen: Seen) -> dict[int, str | None]:
    """Kind of each covariate, None where it is not kept."""
    return {index: look.kind for index, look in seen.looks.items()}


def agree(guess: Guess, settled: Guess, seen: Seen) -> bool:
    """Was every block parsed by what the whole file proves?"""
    mine, proven = guess.proof, settled.proof
    return (
        (mine.dates.form, mine.decimal, mine.doubtful) == (proven.dates.form, proven.decimal, proven.doubtful)
        and seen.odd == proven.dates.implausible
        and (guess.kinds, guess.marked) == (settled.kinds, settled.marked)
        and (guess.proven or not any(look.mixed for look in seen.looks.values()))
    )


def span_of_ids(part: Meaning, lines: pl.DataFrame) -> tuple[int, int] | None:
    """First and last number of a column named id: it numbers the lines only if none comes twice, so they increase."""
    for index, name in enumerate(part.table.header):
        if words.fold(name) == NUMBERED:
            ids = lines[cell(index)].cast(pl.Int64, strict=False)
            if ids.null_count() or not ids.len() or ids[0] < 0 or not bool((ids.diff().tail(-1) > 0).all()):
                raise IrregularError
            return int(ids[0]), int(ids[-1])
    return None
