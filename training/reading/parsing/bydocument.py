"""What a document says of its day or its store on its first line, for all its lines."""

import polars as pl

from training.reading import vocabulary as words
from training.reading.dialect.days import CLOCK, DAY_TEXT
from training.reading.ledger import LINE, cell
from training.reading.shapes.meaning import Meaning


def of_documents(meaning: Meaning, frame: pl.DataFrame, name: str, blank: pl.Series) -> pl.DataFrame | None:
    """The column ``name`` filled on all rows of a document, where each blank one has a row of its document above it.

    None where a row is of no document, or one of them tells two.
    """
    document = meaning.index(words.DOCUMENT)
    if document is None:
        return None
    of = pl.col(cell(document)).cast(pl.String).fill_null("").str.strip_chars()
    shown = frame.select(LINE, of.alias("of"), pl.col(name).alias("own")).with_columns(blank.alias("blank"))
    shown = shown.with_columns(pl.when(~pl.col("blank")).then("own").alias("own"))
    shown = shown.with_columns(pl.col("own").forward_fill().over("of").alias("above"))
    below = shown.filter("blank")
    told = shown.filter(pl.col("of").is_in(below["of"].unique().implode())).group_by("of")
    if (below["of"] == "").any() or below["above"].null_count():
        return None
    if (told.agg(pl.col("own").drop_nulls().n_unique())["own"] > 1).any():
        return None
    names = [name, CLOCK] if name == DAY_TEXT else [name]
    marked = frame.with_columns(blank.alias("_blank"), of.alias("_of"))
    return marked.with_columns(
        pl.when(~pl.col("_blank")).then(pl.col(column)).forward_fill().over("_of").alias(column) for column in names
    ).drop("_blank", "_of")
