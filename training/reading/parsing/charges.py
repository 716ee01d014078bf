"""Lines of orders and tills that are no items: shipping, discounts, tips, gift cards, payments, rounding."""

from typing import Final

import polars as pl

from core.contracts.sales import ITEM
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger, cell
from training.reading.shapes.meaning import TRANSACTIONS, Meaning

_SHOWN: Final = 5


def items_only(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Lines of which no column of kinds says that they are no item; the others are left out and counted."""
    if meaning.shape != TRANSACTIONS:
        return lines
    for index, header in enumerate(meaning.table.header):
        if words.fold(header) not in words.LINE_KINDS:
            continue
        said = lines[cell(index)].cast(pl.String).fill_null("")
        kinds = {text: words.fold(text) for text in said.unique()}
        of_lines = {f"{kind} line" for kind in kinds.values()} & set(kinds.values())  # a "sale" heads its "sale lines"
        charges = [text for text, kind in kinds.items() if words.is_charge(text) or f"{kind} line" in of_lines]
        hit = said.is_in(charges)
        if charges and not hit.all():
            told = ", ".join(map(repr, sorted(charges)[:_SHOWN]))
            ledger.leave_out(
                Reason.NO_ITEM, lines[LINE].filter(hit), f"lines that {header!r} calls {told} are no items"
            )
            lines = lines.filter(~hit)
    return lines


def tell_charges(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> None:
    """Say which items are named like charges: ids are not guessed at, so they are kept."""
    if meaning.shape != TRANSACTIONS or meaning.index(words.ITEM) is None:
        return
    named = sorted(text for text in lines[ITEM].unique().to_list() if words.is_charge(text))
    if named:
        kept = lines[LINE].filter(lines[ITEM].is_in(named))
        told = ", ".join(map(repr, named[:_SHOWN])) + (
            f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        )
        ledger.remark(Reason.CHARGES_KEPT, f"kept as items, though they look like charges: {told}", kept, kept.len())
