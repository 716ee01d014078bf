"""Columns to numbers: one encoding a column, learned at training, kept with the model.

Unseen words become NaN, which every tree knows how to route; they never fail.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, Self

import polars as pl

from core.contracts.sales import SERIES, UNITS

Kind = Literal["flag", "code", "number"]
_FLAG_VALUES: Final = 2
_MANY: Final = 2_000


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
        return _words(column).replace_strict(self.codes, default=None, return_dtype=pl.Float32)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        return cls(**values)


def fit(sales: pl.DataFrame, names: tuple[str, ...]) -> tuple[Encoding, ...]:
    """Learn the encoding of each column from the training rows."""
    mean = pl.col(UNITS).mean().over(*SERIES)
    relative = sales.select((pl.col(UNITS) / pl.when(mean > 0).then(mean)).alias("_ratio"))["_ratio"]
    return tuple(_fit_one(sales[name], relative) for name in names)


def fit_ids(sales: pl.DataFrame, names: tuple[str, ...]) -> tuple[Encoding, ...]:
    """Encode ids and static attributes as words in the order of their mean sales."""
    return tuple(_fit_words(sales[name], sales[UNITS]) for name in names)


def _fit_one(column: pl.Series, relative: pl.Series) -> Encoding:
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        values = column.cast(pl.Float32).drop_nulls()
        distinct = values.unique()
        if 0 < len(distinct) <= _FLAG_VALUES and not distinct.is_in([0.0, 1.0]).all():
            return _fit_words(column, relative)
        kind: Kind = "flag" if len(distinct) <= _FLAG_VALUES else "number"
        usual = values.value_counts(sort=True)[column.name][0] if len(values) else 0.0
        return Encoding(column.name, kind, None, float(usual))
    return _fit_words(column, relative)


def _fit_words(column: pl.Series, order_by: pl.Series) -> Encoding:
    words = pl.DataFrame({"word": _words(column), "value": order_by})
    seen = words.group_by("word").agg(pl.col("value").mean(), pl.len()).with_columns(pl.col("value").fill_null(0))
    ordered = seen.sort("value", "word").tail(_MANY)["word"].to_list()
    codes = {word: float(rank) for rank, word in enumerate(ordered)}
    usual = seen.sort("len", "word", descending=[True, False])["word"][0]
    kind: Kind = "flag" if len(codes) <= _FLAG_VALUES else "code"
    return Encoding(column.name, kind, codes, codes.get(usual, 0.0))


def _words(column: pl.Series) -> pl.Series:
    """Words of a column, the same whether a file's reader took its numbers for integers, floats or text."""
    if column.dtype.is_float():
        return column.cast(pl.String).str.strip_suffix(".0").fill_null("")
    return column.cast(pl.String).fill_null("")
