"""Orders that were called off, and orders whose own cells stand on their first line only, as web shops export them."""

from dataclasses import dataclass

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger, cell, is_cell
from training.reading.shapes.meaning import Meaning


@dataclass
class Orders:
    """What some lines show of their orders that only all lines of the file tell.

    Attributes:
        lines: how many there are.
        bare: of them, those whose document is a bare number.
        called_off: a status calls one of them off.
        own: a further line of an order has a status of its own.
        first_only: some lines are called off, and statuses stand on the first lines of orders only.
    """

    lines: int = 0
    bare: int = 0
    called_off: bool = False
    own: bool = False
    first_only: bool = False

    def add(self, other: "Orders") -> None:
        """Pool what further lines show."""
        self.lines += other.lines
        self.bare += other.bare
        self.called_off |= other.called_off
        self.own |= other.own
        self.first_only |= other.first_only

    @property
    def marked(self) -> bool:
        """A leading C calls an order off only where other documents are bare numbers."""
        return 2 * self.bare > self.lines

    @property
    def by_line(self) -> bool:
        """Is each line, if any, called off by its own status, whatever other parts of the file show?"""
        return not self.first_only and (self.own or not self.called_off)


def orders_of(meaning: Meaning, lines: pl.DataFrame) -> Orders:
    """What lines show of their orders."""
    status, document = meaning.index(words.STATUS), meaning.index(words.DOCUMENT)
    if document is None:
        return Orders()
    found = Orders(lines.height, int(lines.select(_text(document).str.contains(r"^\d{4,}$").sum()).item()))
    if status is not None:
        further = _blank(lines.filter(~_is_first(lines, document)), cell(status))
        found.own = not bool(further.all())
        found.called_off = bool(lines.select(_by_status(meaning, status).any()).item())
        found.first_only = found.called_off and further.len() > 0 and not found.own
    return found


def not_called_off(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger, *, marked: bool | None) -> pl.DataFrame:
    """Orders that a status word or a document mark (C before the number) calls off are no sales.

    ``marked`` says whether the mark is one, where ``lines`` are only a part of the file.
    """
    bad = pl.lit(value=False)
    status, document = meaning.index(words.STATUS), meaning.index(words.DOCUMENT)
    if status is not None:
        bad = _of_whole_orders(meaning, lines, bad | _by_status(meaning, status))
    if document is not None and (orders_of(meaning, lines).marked if marked is None else marked):
        bad = bad | _text(document).str.contains(r"^[Cc]-?\d{4,}$")
    mask = lines.select(bad.fill_null(value=False).alias("bad"))["bad"]
    if not mask.any():
        return lines
    ledger.leave_out(Reason.CANCELLED, lines[LINE].filter(mask), "cancelled orders are no sales and were left out")
    return lines.filter(~mask)


def _by_status(meaning: Meaning, status: int) -> pl.Expr:
    lower = _text(status).str.to_lowercase()
    hit, bad = list(words.CANCELLED_WORDS), pl.lit(value=False)
    if words.CANCELLED_WORDS.intersection(words.fold(meaning.table.header[status]).split()):
        hit += [*words.TRUE_WORDS, "1"]
        bad = lower.str.contains(r"^\d{4}-\d\d-\d\d|^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")  # the day it was
    return bad | lower.str.normalize("NFKD").str.replace_all(r"\p{M}", "").is_in(hit)


def _of_whole_orders(meaning: Meaning, lines: pl.DataFrame, bad: pl.Expr) -> pl.Expr:
    """``bad``, said by the status of an order's first line, holds for all its lines where the file proves it.

    Proof: the status is blank on every further line, and some column is filled on the first line of
    each order and blank on every further one. Else a blank status may be that of its own line.
    """
    status, document = meaning.index(words.STATUS), meaning.index(words.DOCUMENT)
    if status is None or document is None:
        return bad
    own = pl.col(cell(document))
    first = _is_first(lines, document)
    further = lines.filter(~first)
    heads = lines.filter(first).filter(pl.col(cell(document)).is_in(further[cell(document)].unique().implode()))
    if not further.height or not _blank(further, cell(status)).all():
        return bad
    names = [name for name in lines.columns if is_cell(name)]
    if not any(_blank(further, name).all() and not _blank(heads, name).any() for name in names):
        return bad
    return bad.fill_null(value=False).any().over(own)


def _is_first(lines: pl.DataFrame, document: int) -> pl.Series:
    own = pl.col(cell(document))
    return lines.select((pl.col(LINE) == pl.col(LINE).min().over(own)).alias("first"))["first"]


def _text(index: int) -> pl.Expr:
    return pl.col(cell(index)).cast(pl.String).fill_null("").str.strip_chars()


def _blank(rows: pl.DataFrame, name: str) -> pl.Series:
    return rows.select((pl.col(name).cast(pl.String).fill_null("").str.strip_chars() == "").alias("blank"))["blank"]
