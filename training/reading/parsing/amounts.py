"""Lines of a positive quantity and a negative amount: goods that came back, of which the amount alone bears a sign."""

from typing import Final

import polars as pl

from core.contracts.sales import ITEM, UNITS
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.dialect.numbers import Decimal
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.refunds import REFUNDED
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning

_NEGATIVE: Final = r"^[^\d]*[-\x{2212}(][^\d]*\d|\d\s*[-\x{2212}]$"
_FEW: Final = 0.25
"""Share of lines beyond which it is a ledger that writes what it sold as negative amounts."""
_SHOWN: Final = 3
_CENT: Final = 0.011
_AMOUNT, _EACH, _PRICE = "_amount", "_each", "_price"


def are_signed(meaning: Meaning, lines: pl.DataFrame) -> bool:
    """Has a line a negative amount beside a quantity without a sign?"""
    index = _amount(meaning)
    if index is None:
        return False
    below = _below(index)
    if meaning.target is not None:
        below &= ~_below(meaning.target)
    return bool(lines.select(below.any()).item())


def with_signs(meaning: Meaning, lines: pl.DataFrame, decimal: Decimal, ledger: Ledger) -> pl.DataFrame:
    """Take off the units of lines with negative amounts, where no quantity bears a sign.

    Such a line names an item at a price for which it was sold in another line; what only lowers an amount is no return.
    """
    index = _amount(meaning)
    if index is None or UNITS not in lines.columns or not are_signed(meaning, lines) or (lines[UNITS] < 0).any():
        return lines
    amount = numbers.numbers(lines[cell(index)], decimal)[0]
    each = amount if index == meaning.index(words.PRICE) else amount / pl.Series(lines[UNITS])
    told = lines.select(LINE, ITEM, UNITS).with_columns(amount.alias(_AMOUNT), each.alias(_EACH))
    below, above = (told.filter((pl.col(UNITS) > 0) & hit) for hit in (pl.col(_AMOUNT) < 0, pl.col(_AMOUNT) > 0))
    if below.height > _FEW * (below.height + above.height):
        return lines
    header = meaning.table.header[index]
    others = below.filter(~pl.col(ITEM).is_in(above[ITEM].unique().implode()))
    _tell_lowered(others, header, ledger)
    pairs = below.join(_usual(above), on=ITEM, how="left")
    same = pairs.filter((pl.col(_EACH) + pl.col(_PRICE)).abs() < _CENT)[LINE].unique()
    _tell_left(below.filter(~pl.col(LINE).is_in(pl.concat([same, others[LINE]]).implode())), header, ledger)
    if not same.len():
        return lines
    text = f"lines whose {header!r} is negative take back what was sold for as much, and their units were taken off"
    ledger.remark(Reason.RETURNS_NETTED, text, same.sort(), same.len())
    back = pl.col(LINE).is_in(same.implode())
    found = [pl.when(back).then(-pl.col(UNITS)).otherwise(pl.col(UNITS)).alias(UNITS)]
    if REFUNDED in lines.columns:
        found.append((pl.col(REFUNDED) & ~back).alias(REFUNDED))
    return lines.with_columns(found)


def _usual(sold: pl.DataFrame) -> pl.DataFrame:
    """The price of each item at which half of its lines were sold; none of what a line left after fees."""
    counts = sold.group_by(ITEM, pl.col(_EACH).round(2).alias(_PRICE)).len()
    most = (pl.col("len") == pl.col("len").max().over(ITEM)) & (2 * pl.col("len") >= pl.col("len").sum().over(ITEM))
    return counts.filter(most).sort(_PRICE).unique(ITEM, keep="first").select(ITEM, _PRICE)


def _tell_left(lines: pl.DataFrame, header: str, ledger: Ledger) -> None:
    """Say which lines count as sold though their amount is negative, and is not that of the item."""
    if lines.height:
        text = (
            f"{header!r} is negative on lines of a positive quantity, and not the price of the item; they count as "
            "sold: write the quantity of what came back as a negative one, or set "
            f"reading.columns.note = {header!r} if all were sold"
        )
        ledger.remark(Reason.TAKEN_AS, text, lines[LINE].sort(), lines.height)


def _amount(meaning: Meaning) -> int | None:
    """The column of the amount of each line, or else of its price."""
    if meaning.shape not in (LONG, TRANSACTIONS):
        return None
    found = meaning.index(words.MONEY)
    return meaning.index(words.PRICE) if found is None else found


def _below(index: int) -> pl.Expr:
    return pl.col(cell(index)).cast(pl.String).fill_null("").str.strip_chars().str.contains(_NEGATIVE)


def _tell_lowered(lines: pl.DataFrame, header: str, ledger: Ledger) -> None:
    """Say which items have negative amounts alone: what lowers the sum of an order is no product."""
    if lines.height:
        items = ", ".join(repr(item) for item in lines[ITEM].cast(pl.String).unique(maintain_order=True)[:_SHOWN])
        text = f"kept as items, though {header!r} is negative on each of their lines, as discounts are: {items}"
        ledger.remark(Reason.CHARGES_KEPT, text, lines[LINE], lines.height)
