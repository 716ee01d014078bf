"""Proves the dialect on all tables of a file together."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from core.contracts.dataset import Reading
from training.reading import numbers
from training.reading import vocabulary as words
from training.reading.dates import DateProof, Day, distinct_days, prove_dates
from training.reading.ledger import cell
from training.reading.numbers import Decimal, Evidence
from training.reading.rows import UNITS_TEXT
from training.reading.shape import WIDE_DATES, Meaning


@dataclass(frozen=True)
class Proof:
    """What holds for the whole file. ``shown_decimal`` is None where no number has a fraction."""

    dates: DateProof
    shown_decimal: Decimal | None
    evidence: tuple[str, ...]

    @property
    def decimal(self) -> Decimal:
        """The decimal mark to read with."""
        return self.shown_decimal or "."


def prove(
    meanings: list[Meaning], frames: list[pl.DataFrame], name: str, config: Reading, latest: date | None
) -> Proof:
    """Settle dates and numbers on every row; ``latest`` is the last plausible day, None for a plan.

    Raises:
        FileRefusedError: two readings survive and would give different tables.
    """
    days: list[Day] = []
    strong, weak = Evidence(), Evidence()
    for meaning, frame in zip(meanings, frames, strict=True):
        index = meaning.index(words.DATE)
        days += distinct_days(frame, meaning.table.label(index) if index is not None else "date")
        for column, label in _number_columns(meaning, frame):
            found = numbers.evidence(numbers.distinct(frame, column), label or column)
            (weak if label is None else strong).add(found)
    counted = " = " in (config.date_format or "")  # names the first of numbered days, not a format
    dates = prove_dates(days, name, None if counted else config.date_format, latest)
    table = meanings[0].table
    delimiter = "," if table.format.startswith("xlsx") else table.delimiter  # a sheet's numbers have a point
    if strong.both and not (strong.point or strong.comma):
        strong.point, strong.point_at = weak.point, weak.point_at
        strong.comma, strong.comma_at = weak.comma, weak.comma_at
    decimal, why = numbers.decide(strong if strong.seen else weak, name, config.decimal, delimiter)
    return Proof(dates, decimal, tuple(text for text in (dates.evidence, why) if text))


def _number_columns(meaning: Meaning, frame: pl.DataFrame) -> list[tuple[str, str | None]]:
    """Frame columns whose numbers prove the style, with their label; covariates have none and are weaker."""
    found: list[tuple[str, str | None]] = []
    if UNITS_TEXT in frame.columns and frame.schema[UNITS_TEXT] == pl.String:
        label = "the values" if meaning.target is None else meaning.table.label(meaning.target)
        found.append((UNITS_TEXT, label))
    for role in (words.PRICE, words.MONEY, words.STOCK, words.SALES):
        index = meaning.index(role)
        if index is not None and index != meaning.target and frame.schema[cell(index)] == pl.String:
            found.append((cell(index), meaning.table.label(index)))
    if meaning.shape != WIDE_DATES:
        found += [(cell(index), None) for index in meaning.covariates if frame.schema[cell(index)] == pl.String]
    return found
