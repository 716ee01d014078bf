"""Further columns of a file: kept when they are numbers, flags or few distinct texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from core.contracts.sales import OPTIONAL
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.dialect.numbers import MISSING, OK, STATE, Decimal
from training.reading.ledger import cell
from training.reading.parsing.proof import Proof
from training.reading.shapes.meaning import Meaning

_LOW_CARDINALITY: Final = 200


def flag_or_number(column: pl.Series, decimal: Decimal, *, text_is_true: bool = False) -> pl.Series:
    """Yes/no words as 1.0/0.0, numbers as they are; null where neither is said."""
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return column.cast(pl.Float64)
    value, state = numbers.numbers(column, decimal)
    if bool((state == OK).all()):
        return value
    lower = column.cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase()
    frame = pl.DataFrame({"v": value, STATE: state, "lower": lower})
    other = pl.lit(1.0) if text_is_true else pl.lit(None, dtype=pl.Float64)
    blank = pl.lit(0.0) if text_is_true and not (state == OK).any() else pl.lit(None, dtype=pl.Float64)
    return frame.select(
        pl.when(pl.col(STATE) == OK).then(pl.col("v"))
        .when(pl.col("lower").is_in(list(words.TRUE_WORDS))).then(1.0)
        .when(pl.col("lower").is_in(list(words.FALSE_WORDS))).then(0.0)
        .when(pl.col(STATE) == MISSING).then(blank)
        .otherwise(other).alias("v")
    )["v"]  # fmt: skip


def covariates(
    meaning: Meaning, lines: pl.DataFrame, proof: Proof, kinds: Mapping[int, str | None] | None = None
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Add covariates under their snake_case names; returns also name -> the file's column for those kept.

    A column is kept when every cell is a number or a yes/no word, or when it has few distinct texts.
    Names, mails, phones and addresses of people are kept only where the configuration asks for them.
    ``kinds`` says which, where ``lines`` are only a part of the file.
    """
    kept: dict[str, str] = {}
    taken = frozenset({*lines.columns, *OPTIONAL})  # an "Open" that is no flag is none of ours
    for index in meaning.covariates:
        header = meaning.table.header[index]
        if not header or cell(index) in proof.doubtful:
            continue
        if naming.is_personal(header) and index not in meaning.roles.renamed:
            continue
        name = meaning.roles.renamed.get(index) or words.snake(header)
        while name in taken or name in kept or name.startswith("_"):
            name = f"{name.lstrip('_')}_2"
        cells = lines[cell(index)]
        column = _covariate(cells, proof.decimal) if kinds is None else convert(cells, kinds[index], proof.decimal)
        if column is not None:
            lines = lines.with_columns(column.alias(name))
            kept[name] = header
    return lines, kept


def _are_flags(said: set[str], *, blanks: bool) -> bool:
    """Yes and no words only; single letters alone, all the same, are names as well."""
    if not said <= words.TRUE_WORDS | words.FALSE_WORDS:
        return False
    both = bool(said & words.TRUE_WORDS) and (blanks or bool(said & words.FALSE_WORDS))
    return both or any(len(word) > 1 for word in said)


NUMBER, TEXT = "number", "text"


@dataclass
class Look:
    """What the cells of one column seen so far could be together."""

    numbers: bool = True
    blank: bool = True
    gaps: bool = False
    texts: set[str] = field(default_factory=set)
    skipped: bool = False

    @property
    def mixed(self) -> bool:
        """Plain numbers were skipped, and other cells came: all texts must be seen to tell what the column is."""
        return self.skipped and not self.numbers

    def see(self, text: pl.Series, decimal: Decimal, *, thorough: bool = True) -> None:
        """Add cells, stripped and without nulls. Plain numbers are remembered one by one only if ``thorough``."""
        if not text.len():
            return
        if not thorough and text.cast(pl.Float64, strict=False).is_finite().fill_null(value=False).all():
            self.blank, self.skipped = False, True
            return
        uniques = text.unique()
        _, state = numbers.numbers(uniques, decimal)
        missing = uniques.str.to_lowercase().is_in(list(words.MISSING_WORDS))
        self.numbers &= bool(((state == OK) | missing).all())
        self.blank &= bool(missing.all())
        self.gaps |= bool(missing.any())
        if len(self.texts) <= _LOW_CARDINALITY:
            self.texts.update(uniques.head(10 * _LOW_CARDINALITY).to_list())

    def add(self, other: "Look") -> None:
        """Pool what a further part of the file shows."""
        self.numbers &= other.numbers
        self.blank &= other.blank
        self.gaps |= other.gaps
        self.skipped |= other.skipped
        if len(self.texts) <= _LOW_CARDINALITY:
            self.texts |= other.texts

    @property
    def kind(self) -> str | None:
        """``number`` (or flag), ``text`` of few distinct values, or None for a column that is not kept."""
        if self.blank:
            return None
        said = {lower for text in self.texts if (lower := text.lower()) not in words.MISSING_WORDS}
        if self.numbers or _are_flags(said, blanks=self.gaps):
            return NUMBER
        return TEXT if len(self.texts) <= _LOW_CARDINALITY else None


def stripped(column: pl.Series) -> pl.Series:
    """Cells of a column of text as ``Look`` wants them."""
    return column.fill_null("").str.strip_chars()


def convert(column: pl.Series, kind: str | None, decimal: Decimal) -> pl.Series | None:
    """The column as it is kept."""
    if kind == NUMBER:
        return flag_or_number(column, decimal)
    if kind == TEXT:
        text = stripped(column)
        return text.to_frame("t").select(pl.when(pl.col("t") != "").then(pl.col("t")))["t"]
    return None


def _covariate(column: pl.Series, decimal: Decimal) -> pl.Series | None:
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return column.cast(pl.Float64)
    if column.dtype != pl.String:
        return None
    look = Look()
    look.see(stripped(column), decimal)
    return convert(column, look.kind, decimal)
