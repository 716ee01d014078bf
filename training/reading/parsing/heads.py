"""Lines of documents that are of no item: the head of an order above its lines, and texts between them."""

from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.dialect.days import DAY_TEXT
from training.reading.dialect.numbers import Decimal
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.rows import ITEM_TEXT, UNITS_TEXT
from training.reading.shapes.contents import NOTHING
from training.reading.shapes.meaning import TRANSACTIONS, Meaning

_CLOSE: Final = 1e-6
_HEADS: Final = "heads of orders, which hold no item and the quantity of their lines together, are no items"
_TEXTS: Final = "lines of documents without an item and a quantity are texts"


def may_have_heads(meaning: Meaning, lines: pl.DataFrame) -> bool:
    """Is a line of a document of no item? Whether it is the head of others only all of them tell."""
    return bool(lines.select(_unnamed(meaning).any()).item()) if _is_told(meaning) else False


def without_heads(meaning: Meaning, lines: pl.DataFrame, decimal: Decimal, ledger: Ledger) -> pl.DataFrame:
    """Leave out lines of documents that name no item: those without a quantity, and those with the sum of the others.

    Any other line without an item stays, and is refused.
    """
    if not may_have_heads(meaning, lines):
        return lines
    told = lines.select(LINE, _unnamed(meaning).alias("unnamed"), _text(UNITS_TEXT).alias("text"))
    texts = told.select((pl.col("unnamed") & pl.col("text").str.contains(NOTHING)).alias("hit"))["hit"]
    heads = _heads(meaning, lines, decimal)
    for found, why in ((texts, _TEXTS), (heads, _HEADS)):
        ledger.leave_out(Reason.NO_ITEM, told[LINE].filter(found), why)
    return lines.filter(~(texts | heads))


def _heads(meaning: Meaning, lines: pl.DataFrame, decimal: Decimal) -> pl.Series:
    """First lines of documents that name no item in any column, and hold the sum of two lines or more below them.

    None is one, where another line with a quantity names no item: a line of two may lack its item and be as many.
    """
    index = meaning.index(words.DOCUMENT)
    if index is None:
        return pl.Series([False]).new_from_index(0, lines.height)
    names = [cell(i) for i, header in enumerate(meaning.table.header) if _is_item(header) and cell(i) in lines.columns]
    number = numbers.numbers(lines[UNITS_TEXT], decimal, shares=False)[0]
    told = lines.select(
        pl.col(cell(index)).alias("of"),
        number.alias("count"),
        (_text(UNITS_TEXT) != "").alias("counted"),
        _unnamed(meaning).alias("unnamed"),
        pl.all_horizontal([_text(name) == "" for name in names] or [pl.lit(value=True)]).alias("bare"),
        (pl.col(LINE) == pl.col(LINE).min().over(cell(index))).alias("first"),
    )
    named = pl.col("count").filter(~pl.col("unnamed"))
    near = (pl.col("count") - named.sum().over("of")).abs() <= _CLOSE  # sums of fractions
    whole = near & (named.len().over("of") > 1)
    head = told.select((pl.col("unnamed") & pl.col("bare") & pl.col("first") & whole).fill_null(value=False))
    hit = head.to_series()
    others = told["unnamed"] & told["counted"] & ~hit
    return pl.Series([False]).new_from_index(0, lines.height) if others.any() else hit


def _is_item(header: str) -> bool:
    return any(role == words.ITEM for role, _ in words.roles_of(header))


def _is_told(meaning: Meaning) -> bool:
    """Transactions with items and quantities."""
    return words.ITEM in meaning.roles and meaning.shape == TRANSACTIONS and meaning.target is not None


def _unnamed(meaning: Meaning) -> pl.Expr:
    """Without an item, though with a document, or with a day where there are no documents."""
    index = meaning.index(words.DOCUMENT)
    named = _text(DAY_TEXT if index is None else cell(index)) != ""
    return (pl.col(ITEM_TEXT) == "") & named


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("").str.strip_chars()
