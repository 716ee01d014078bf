"""Numbers of a workbook beside texts that are typed in a style: a cell's own number has none."""

from typing import Final

import fastexcel
import polars as pl

from training.reading.dialect import numbers
from training.reading.dialect.numbers import Decimal, Evidence
from training.reading.ledger import LINE

_FRACTION: Final = r"^-?\d+\.\d+$"
_TYPED: Final = r"\d,\d|^\s*,\d"


def restyled(book: fastexcel.ExcelReader, sheet: str, grid: pl.DataFrame, wanted: Decimal | None) -> pl.DataFrame:
    """The cells of a sheet as texts, its own numbers written as its typed ones are.

    ``2.5`` that is a number says nothing of ``1,234`` that is typed. Where typed numbers prove the comma, or the
    configuration wants it, numbers get one too; where they prove nothing, numbers are written without any mark.
    """
    mixed = [name for name in grid.columns if _has(grid[name], _FRACTION) and _has(grid[name], _TYPED)]
    if wanted == "." or not (mixed or (wanted and any(_has(grid[name], _FRACTION) for name in grid.columns))):
        return grid
    whole = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="int").to_polars()
    if whole.shape != grid.shape:
        return grid
    own = {
        name: grid[name].str.contains(_FRACTION).fill_null(value=False) & whole[name].is_not_null()
        for name in grid.columns
    }
    typed = Evidence()
    for name in mixed:
        texts = grid.select(pl.int_range(1, pl.len() + 1).alias(LINE), name).filter(~own[name])
        typed.add(numbers.evidence(numbers.distinct(texts, name), name))
    if wanted is None and (typed.point or not typed.seen):
        return grid
    text = _with_comma if wanted or typed.comma else _without_mark
    return grid.with_columns(
        pl.when(own[name]).then(text(name)).otherwise(pl.col(name)).alias(name) for name in grid.columns
    )


def _has(column: pl.Series, pattern: str) -> bool:
    return bool(column.str.contains(pattern).any())


def _with_comma(name: str) -> pl.Expr:
    return pl.col(name).str.replace(".", ",", literal=True)


def _without_mark(name: str) -> pl.Expr:
    """``2.5`` as ``25E-1``."""
    places = pl.col(name).str.extract(r"\.(\d+)$").str.len_chars()
    return pl.concat_str(pl.col(name).str.replace(".", "", literal=True), pl.lit("E-"), places.cast(pl.String))
