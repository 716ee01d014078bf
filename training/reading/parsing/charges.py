"""Lines of orders and tills that are no items: shipping, discounts, tips, gift cards, payments, rounding."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from core.contracts.sales import ITEM
from core.contracts.verdict import Reason
from training.reading import rowkinds
from training.reading import vocabulary as words
from training.reading.ledger import LINE, MAX_NOTE_LINES, Ledger, cell
from training.reading.parsing.rows import ITEM_TEXT
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning

_WAYS: Final = frozenset(words.WORDS["channels"])
_SHOWN: Final = 5
_UNCODED: Final = "lines without the code of an item, which are named like charges, are no items"


def no_items(texts: Iterable[str]) -> list[str]:
    """Which kinds of line are no item, beside the others of their column."""
    kinds = {text: words.fold(text) for text in texts}
    of_lines = {f"{kind} line" for kind in kinds.values()} & set(kinds.values())  # a "sale" heads its "sale lines"
    ways = any(_is_way(kind) and not rowkinds.is_charge(kind) for kind in kinds.values())
    charges = [text for text in kinds if rowkinds.is_charge(text) and not (ways and _is_way(kinds[text]))]
    return [text for text, kind in kinds.items() if text in charges or f"{kind} line" in of_lines]


def _is_way(kind: str) -> bool:
    """``dine in``, ``takeaway``, and beside them ``delivery``: how an order was sold."""
    return bool(kind) and _WAYS.issuperset(kind.split())


def items_only(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Lines of which no column of kinds says that they are no item; the others are left out and counted."""
    if meaning.shape != TRANSACTIONS:
        return lines
    for index, header in enumerate(meaning.table.header):
        if words.fold(header) not in words.LINE_KINDS:
            continue
        said = lines[cell(index)].cast(pl.String).fill_null("")
        charges = no_items(said.unique())
        hit = said.is_in(charges)
        if charges and not hit.all():
            told = ", ".join(map(repr, sorted(charges)[:_SHOWN]))
            ledger.leave_out(
                Reason.NO_ITEM, lines[LINE].filter(hit), f"lines that {header!r} calls {told} are no items"
            )
            lines = lines.filter(~hit)
    return _without_uncoded(meaning, lines, ledger)


def _without_uncoded(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Leave out lines without a code of an item that the name beside it calls a charge: ``Versandkosten``."""
    item = meaning.index(words.ITEM)
    if item is None:
        return lines
    uncoded = lines.filter(_text(ITEM_TEXT) == "")
    if not uncoded.height:
        return lines
    names = [
        cell(index)
        for index, header in enumerate(meaning.table.header)
        if index != item and cell(index) in lines.columns and words.ITEM in dict(words.roles_of(header))
    ]
    said = {text for name in names for text in uncoded.select(_text(name).unique()).to_series().to_list()}
    charges = [text for text in said if rowkinds.is_charge(text)]
    named = pl.any_horizontal([_text(name).is_in(charges) for name in names]) if names else pl.lit(value=False)
    hit = lines.select(((_text(ITEM_TEXT) == "") & named).alias("hit"))["hit"]
    ledger.leave_out(Reason.NO_ITEM, lines[LINE].filter(hit), _UNCODED)
    return lines.filter(~hit)


@dataclass
class Charges:
    """Lines kept as items that are named like charges: the names, how many lines, the first of them."""

    names: set[str] = field(default_factory=set)
    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, other: "Charges") -> None:
        """Pool those of further lines."""
        self.names |= other.names
        self.count += other.count
        self.first = [*self.first, *other.first][:MAX_NOTE_LINES]

    def tell(self, ledger: Ledger) -> None:
        """Say which items they are: ids are not guessed at, so they are kept."""
        if not self.count:
            return
        named = sorted(self.names)
        told = ", ".join(map(repr, named[:_SHOWN])) + (
            f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        )
        lines = pl.Series(self.first, dtype=pl.Int64)
        ledger.remark(Reason.CHARGES_KEPT, f"kept as items, though they look like charges: {told}", lines, self.count)


def charges_of(meaning: Meaning, lines: pl.DataFrame) -> Charges:
    """Those of parsed lines of transactions or of long tables; none of any other shape."""
    if meaning.shape not in (LONG, TRANSACTIONS) or meaning.index(words.ITEM) is None:
        return Charges()
    names = {text for text in lines[ITEM].unique().to_list() if rowkinds.is_charge(text)}
    kept = lines[LINE].filter(lines[ITEM].is_in(list(names)))
    return Charges(names, kept.len(), kept.head(MAX_NOTE_LINES).to_list())


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("").str.strip_chars()
