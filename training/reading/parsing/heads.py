"""Lines of documents that are of no item: the head of an order above its lines, and texts between them."""

from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.days import DAY_TEXT
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.rows import ITEM_TEXT, UNITS_TEXT
from training.reading.shapes.meaning import TRANSACTIONS, Meaning

_HEADS: Final = "heads of orders, which hold no item and the quantity of their lines together, are no items"
_TEXTS: Final = "lines of documents without an item and a quantity are texts"
_OF, _COUNT = "_of", "_count"


def may_have_heads(meaning: Meaning, lines: pl.DataFrame) -> bool:
    """Is a line of a document of no item? Whether it is the head of others only all of them tell."""
    return bool(lines.select(_unnamed(meaning).any()).item()) if _is_told(meaning) else False


def without_heads(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Leave out lines of documents that name no item: those without a quantity, and those with the sum of the others.

    Any other line without an item stays, and is refused.
    """
    if not _is_told(meaning) or not may_have_heads(meaning, lines):
        return lines
    index = meaning.index(words.DOCUMENT)
    document = pl.lit("") if index is None else pl.col(cell(index))
    number = _text(UNITS_TEXT).str.replace(",", ".", literal=True)
    told = lines.select(
        LINE,
        document.alias(_OF),
        number.cast(pl.Float64, strict=False).alias(_COUNT),
        _unnamed(meaning).alias("unnamed"),
        (number == "").alias("text"),
    )
    named = pl.col(_COUNT).filter(~pl.col("unnamed")).sum().over(_OF)
    told = told.with_columns((pl.col("unnamed") & (pl.col(_COUNT) != 0) & (pl.col(_COUNT) == named)).alias("head"))
    for found, why in ((told["unnamed"] & told["text"], _TEXTS), (told["head"].fill_null(value=False), _HEADS)):
        ledger.leave_out(Reason.NO_ITEM, told[LINE].filter(found), why)
    kept = told.select(~(pl.col("unnamed") & (pl.col("text") | pl.col("head").fill_null(value=False))))
    return lines.filter(kept.to_series())


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
