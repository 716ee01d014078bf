"""Columns to numbers: one encoding a column, learned at training, kept with the model.

Unseen words become NaN, which every tree knows how to route; they never fail.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, Self

import numpy as np
import polars as pl

from core.contracts.sales import SERIES, UNITS

Kind = Literal["flag", "code", "number"]
_FLAG_VALUES: Final = 2
_MANY: Final = 2_000
_FEW_ROWS: Final = 1_000
"""Up to which a look-up of every word costs less than finding the distinct ones."""
_FEW_NUMBERS: Final = 12
"""Numbers of an attribute up to which they may be names, such as a format's."""


@dataclass(frozen=True)
class Encoding:
    """How one column becomes Float32.

    Attributes:
        kind: ``flag`` has two values, ``code`` is words in the order of their sales, ``number`` is itself.
        codes: word -> number, of a ``code``.
        usual: the most common value, encoded.
    """

    name: str
    kind: Kind
    codes: dict[str, float] | None
    usual: float

    def apply(self, column: pl.Series) -> pl.Series:
        """The column as Float32; null where it says nothing or something never seen."""
        if self.codes is None:
            return column.cast(pl.Float32, strict=False)
        if len(column) <= _FEW_ROWS:
            return pl.Series(column.name, self._codes_of(column), dtype=pl.Float32)
        distinct = column.unique()
        coded = pl.Series(self._codes_of(distinct), dtype=pl.Float32)
        if not isinstance(column.dtype, pl.Categorical):
            return column.replace_strict(distinct, coded, return_dtype=pl.Float32)
        return _looked_up(column.to_physical(), distinct.to_physical(), coded).alias(column.name)

    def _codes_of(self, column: pl.Series) -> list[float | None]:
        """One code a value, None for a word never seen."""
        codes = self.codes or {}
        return [codes.get(word) for word in _words(column).to_list()]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        return cls(**values)


def fit(sales: pl.DataFrame, names: tuple[str, ...]) -> tuple[Encoding, ...]:
    """Learn the encoding of each column from the training rows."""
    return tuple(_fit_one(sales, name) for name in names)


def fit_ids(sales: pl.DataFrame, names: tuple[str, ...]) -> tuple[Encoding, ...]:
    """Encode ids and static attributes as words by their mean sales; an attribute of many numbers as it is."""
    return tuple(
        Encoding(name, "number", None, 0.0)
        if name not in SERIES and sales.schema[name].is_numeric() and sales[name].n_unique() > _FEW_NUMBERS
        else _fit_words(sales.select(pl.col(name).alias("word"), pl.col(UNITS).alias("value")), name)
        for name in names
    )


def _fit_one(sales: pl.DataFrame, name: str) -> Encoding:
    column = sales[name]
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        return _fit_words(_relative(sales, name), name)
    values = column.value_counts().drop_nulls().with_columns(pl.col(name).cast(pl.Float32))
    distinct = values[name].unique()
    if 0 < len(distinct) <= _FLAG_VALUES and not distinct.is_in([0.0, 1.0]).all():
        return _fit_words(_relative(sales, name), name)
    kind: Kind = "flag" if len(distinct) <= _FLAG_VALUES else "number"
    ordered = values.sort("count", name, descending=[True, False])[name]
    return Encoding(name, kind, None, float(ordered[0]) if len(ordered) else 0.0)


def _relative(sales: pl.DataFrame, name: str) -> pl.DataFrame:
    """The column as ``word``, and beside it what was sold relative to the series' mean."""
    mean = pl.col(UNITS).mean().over(*SERIES)
    return sales.select(pl.col(name).alias("word"), (pl.col(UNITS) / pl.when(mean > 0).then(mean)).alias("value"))


def _fit_words(told: pl.DataFrame, name: str) -> Encoding:
    by_value = told.group_by("word").agg(pl.col("value").sum(), pl.col("value").count().alias("known"), pl.len())
    words = by_value.with_columns(_words(by_value["word"]).alias("word")).group_by("word").agg(pl.all().sum())
    seen = words.with_columns(pl.when(pl.col("known") > 0).then(pl.col("value") / pl.col("known")).otherwise(0.0))
    ordered = seen.sort("value", "word").tail(_MANY)["word"].to_list()
    codes = {word: float(rank) for rank, word in enumerate(ordered)}
    usual = seen.sort("len", "word", descending=[True, False])["word"][0]
    kind: Kind = "flag" if len(codes) <= _FLAG_VALUES else "code"
    return Encoding(name, kind, codes, codes.get(usual, 0.0))


def _looked_up(column: pl.Series, distinct: pl.Series, coded: pl.Series) -> pl.Series:
    """Categories are numbers already: a table turns them into codes. Its last entry is that of null."""
    size = int(distinct.max() or 0) + 1  # type: ignore[arg-type]
    table = np.full(size + 1, np.nan, dtype=np.float32)
    table[distinct.fill_null(size).to_numpy()] = coded.fill_null(float("nan")).to_numpy()
    return pl.Series(table[column.fill_null(size).to_numpy()], nan_to_null=True)


def _words(column: pl.Series) -> pl.Series:
    """Words of a column, the same whether a file's reader took its numbers for integers, floats or text."""
    if column.dtype.is_float():
        column = column.cast(pl.String).str.strip_suffix(".0")
    words = column.cast(pl.String)
    return words.fill_null("") if words.null_count() else words
