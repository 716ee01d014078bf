"""Orders whose own cells stand on their first line only, as web shops export them."""

import polars as pl

from training.reading import vocabulary as words
from training.reading.ledger import LINE, cell, is_cell
from training.reading.shapes.meaning import Meaning


def of_whole_orders(meaning: Meaning, lines: pl.DataFrame, bad: pl.Expr) -> pl.Expr:
    """``bad``, said by the status of an order's first line, holds for all its lines where the file proves it.

    Proof: the status is blank on every further line, and some column is filled on the first line of
    each order and blank on every further one. Else a blank status may be that of its own line.
    """
    status, document = meaning.index(words.STATUS), meaning.index(words.DOCUMENT)
    if status is None or document is None:
        return bad
    own = pl.col(cell(document))
    first = lines.select((pl.col(LINE) == pl.col(LINE).min().over(own)).alias("first"))["first"]
    further = lines.filter(~first)
    heads = lines.filter(first).filter(pl.col(cell(document)).is_in(further[cell(document)].unique().implode()))
    if not further.height or not _blank(further, cell(status)).all():
        return bad
    names = [name for name in lines.columns if is_cell(name)]
    if not any(_blank(further, name).all() and not _blank(heads, name).any() for name in names):
        return bad
    return bad.fill_null(value=False).any().over(own)


def _blank(rows: pl.DataFrame, name: str) -> pl.Series:
    return rows.select((pl.col(name).cast(pl.String).fill_null("").str.strip_chars() == "").alias("blank"))["blank"]
