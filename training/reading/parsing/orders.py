"""Orders that were called off, and orders whose own cells stand on their first line only, as web shops export them."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger, cell, is_cell
from training.reading.parsing.stated import cancelled, lower, never_sold, refunded, refunded_in_part
from training.reading.shapes.meaning import Meaning

_OFF: Final = "orders that were cancelled or never became sales were left out"
_VOID: Final = ("void", "voided", "cancelled", "canceled")


@dataclass
class State:
    """What the cells of one column show of the state of orders.

    Attributes:
        told: one of them calls its line off, or taken back.
        own: a further line of an order has a state of its own.
        first_only: some are told, and states stand on the first lines of orders only.
    """

    told: bool = False
    own: bool = False
    first_only: bool = False

    def add(self, other: "State") -> None:
        """Pool what further lines show."""
        self.told |= other.told
        self.own |= other.own
        self.first_only |= other.first_only

    @property
    def by_line(self) -> bool:
        """Does each line, if any, have its own state, whatever other parts of the file show?"""
        return not self.first_only and (self.own or not self.told)


@dataclass
class Orders:
    """What some lines show of their orders that only all lines of the file tell.

    Attributes:
        lines: how many there are.
        bare: of them, those whose document is a bare number.
        states: what each column of states shows, by its index.
        taken_back: a state says that a sale came back, whole or in part.
    """

    lines: int = 0
    bare: int = 0
    states: dict[int, State] = field(default_factory=dict)
    taken_back: bool = False

    def add(self, other: "Orders") -> None:
        """Pool what further lines show."""
        self.lines += other.lines
        self.bare += other.bare
        self.taken_back |= other.taken_back
        for index, state in other.states.items():
            self.states.setdefault(index, State()).add(state)

    @property
    def marked(self) -> bool:
        """A leading C calls an order off only where other documents are bare numbers."""
        return 2 * self.bare > self.lines

    @property
    def by_line(self) -> bool:
        """Does each line have its own state, in whatever column, whatever other parts of the file show?"""
        return all(state.by_line for state in self.states.values())


def orders_of(meaning: Meaning, lines: pl.DataFrame) -> Orders:
    """What lines show of their orders."""
    document, back = meaning.index(words.DOCUMENT), refunded(meaning, lines)
    taken_back = bool(back or refunded_in_part(meaning, lines))
    if document is None:
        return Orders(taken_back=taken_back)
    bare = int(lines.select(_text(document).str.contains(r"^\d{4,}$").sum()).item())
    found = Orders(lines.height, bare, taken_back=taken_back)
    further = lines.filter(~_is_first(lines, document))
    told = [*cancelled(meaning, lines).items()]
    told += [(i, says(i, texts)) for i, texts in (*never_sold(meaning, lines).items(), *back.items())]
    for index, hit in told:
        state = State(bool(lines.select(hit.any()).item()), own=not bool(_blank(further, cell(index)).all()))
        state.first_only = state.told and further.height > 0 and not state.own
        found.states.setdefault(index, State()).add(state)
    return found


def not_called_off(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger, *, marked: bool | None) -> pl.DataFrame:
    """Orders that a word of their state or a document mark (C before the number) calls off are no sales.

    ``marked`` says whether the mark is one, where ``lines`` are only a part of the file.
    """
    bad = pl.lit(value=False)
    for index, hit in cancelled(meaning, lines).items():
        bad = bad | of_whole_orders(meaning, lines, hit, index)
    document = meaning.index(words.DOCUMENT)
    if document is not None and (orders_of(meaning, lines).marked if marked is None else marked):
        bad = bad | _text(document).str.contains(r"^[Cc]-?\d{4,}$")
    lines = _without(lines, bad | _is_void(meaning, lines), ledger)
    for index, texts in never_sold(meaning, lines).items():
        lines = _without(lines, of_whole_orders(meaning, lines, says(index, texts), index), ledger)
    return lines


def _without(lines: pl.DataFrame, bad: pl.Expr, ledger: Ledger) -> pl.DataFrame:
    mask = lines.select(bad.fill_null(value=False).alias("bad"))["bad"]
    if not mask.any():
        return lines
    ledger.leave_out(Reason.CANCELLED, lines[LINE].filter(mask), _OFF)
    return lines.filter(~mask)


def _is_void(meaning: Meaning, lines: pl.DataFrame) -> pl.Expr:
    """A kind of line that was void; where one bears a sign it is the line that takes another back."""
    named = {i: dict(words.roles_of(name)) for i, name in enumerate(meaning.table.header)}
    kinds = [index for index, roles in named.items() if words.TYPE in roles and cell(index) in lines.columns]
    if not kinds or meaning.target is None:
        return pl.lit(value=False)
    void = pl.any_horizontal([lower(index).is_in(list(_VOID)) for index in kinds])
    signed = pl.col(cell(meaning.target)).cast(pl.String).fill_null("").str.contains(r"[-\x{2212}(]")
    return pl.lit(value=False) if lines.select((void & signed).any()).item() else void


def says(index: int, texts: list[str]) -> pl.Expr:
    """Lines of which the cell of a column is one of some texts."""
    return pl.col(cell(index)).cast(pl.String).is_in(texts)


def of_whole_orders(meaning: Meaning, lines: pl.DataFrame, bad: pl.Expr, status: int) -> pl.Expr:
    """``bad``, said by the column ``status`` on an order's first line, holds for all its lines where that is proven.

    Proof: the status is blank on every further line, and some column is filled on the first line of
    each order and blank on every further one. Else a blank status may be that of its own line.
    """
    document = meaning.index(words.DOCUMENT)
    if document is None:
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
