"""Proves the dialect on all tables of a file together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import add
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.dialect.dateforms import month_of, weekday_of
from training.reading.dialect.dates import DateProof, prove_dates
from training.reading.dialect.days import Day, distinct_days
from training.reading.dialect.measures import measures
from training.reading.dialect.numbers import MARKS, Decimal, Evidence
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.parsing.rows import UNITS_TEXT
from training.reading.shapes.meaning import WIDE, WIDE_DATES, Meaning
from training.reading.tables import RawTable
from training.reading.totals import is_total

_SAMPLE: Final = 200
_ROUNDED: Final = 1e-6


@dataclass(frozen=True)
class Proof:
    """What holds for the whole file. ``shown_decimal`` is None where no number has a fraction."""

    dates: DateProof
    shown_decimal: Decimal | None
    evidence: tuple[str, ...]
    doubtful: frozenset[str]

    @property
    def decimal(self) -> Decimal:
        """The decimal mark to read with."""
        return self.shown_decimal or "."


def prove_each(
    meanings: list[Meaning], frames: list[pl.DataFrame], name: str, config: Reading, latest: date | None
) -> list[Proof]:
    """The proof of each table by every row of it, as ``prove_shown``."""
    shown = [Shown(meaning, Sight(), frame) for meaning, frame in zip(meanings, frames, strict=True)]
    for meaning, frame, table in zip(meanings, frames, shown, strict=True):
        observe(meaning, frame, companions(meaning), table.sight)
    return prove_shown(shown, name, config, latest)


def prove_shown(shown: "list[Shown]", name: str, config: Reading, latest: date | None) -> list[Proof]:
    """The proof of each table: of all together, or, for a member of an archive that proves another, its own.

    ``latest`` is the last plausible day, None for a plan.

    Raises:
        FileRefusedError: two readings survive and would give different tables.
    """
    members = list(dict.fromkeys(table.meaning.table.member for table in shown))
    pooled = _tried(shown, name, config, latest)
    found: dict[str, Proof] = {}
    for member in members if len(members) > 1 else ():
        part = [table for table in shown if table.meaning.table.member == member]
        own = _tried(part, f"{name}/{member}", config, latest)
        if isinstance(own, Proof) and not (isinstance(pooled, Proof) and _reads_as(own, pooled)):
            found[member] = own
        elif not isinstance(pooled, Proof):
            raise own if isinstance(own, FileRefusedError) else pooled
    if not found and not isinstance(pooled, Proof):
        raise pooled
    named = [table.meaning.table.member for table in shown]
    return [found[member] if member in found or not isinstance(pooled, Proof) else pooled for member in named]


def _tried(shown: "list[Shown]", name: str, config: Reading, latest: date | None) -> "Proof | FileRefusedError":
    seen, first = Sight(), shown[0]
    for table in shown:
        seen.add(table.sight)
    rows = None if first.frame is None else (first.meaning, first.frame)
    try:
        raw = first.meaning.table
        return conclude(seen, name, config, latest, point=why_point(raw), first=rows, header=raw.header)
    except FileRefusedError as refused:
        return refused


def _reads_as(own: Proof, pooled: Proof) -> bool:
    """Do all tables together read those of one member as they read themselves?"""
    days = all(pooled.dates.days.get(text) == day for text, day in own.dates.days.items())
    return days and own.shown_decimal in (None, pooled.shown_decimal)


@dataclass
class Sight:
    """What the rows seen so far say of dates and numbers."""

    days: list[Day] = field(default_factory=list)
    strong: Evidence = field(default_factory=Evidence)
    weak: Evidence = field(default_factory=Evidence)
    doubtful: set[str] = field(default_factory=set)

    def add(self, other: "Sight") -> None:
        """Pool what a further part of the file shows."""
        self.days += other.days
        self.strong.add(other.strong)
        self.weak.add(other.weak)
        self.doubtful |= other.doubtful


@dataclass(frozen=True)
class Shown:
    """What the rows of one table show; with the rows themselves, where they are at hand."""

    meaning: Meaning
    sight: Sight
    frame: pl.DataFrame | None = None


def observe(meaning: Meaning, frame: pl.DataFrame, said: dict[str, str], seen: Sight) -> None:
    """Add the rows of one frame; ``said`` are the columns that say the same day in other words."""
    index = meaning.index(words.DATE)
    label = meaning.table.label(index) if index is not None else "date"
    seen.days += distinct_days(frame, label, **said)
    seen.strong.add(_strong(meaning, frame))
    for covariate in _text_covariates(meaning, frame):
        found = numbers.evidence(numbers.distinct(frame, covariate), covariate)
        seen.weak.add(found)
        if found.both:
            seen.doubtful.add(covariate)


def conclude(
    seen: Sight,
    name: str,
    config: Reading,
    latest: date | None,
    *,
    point: str | None,
    first: tuple[Meaning, pl.DataFrame] | None,
    header: Sequence[str],
) -> Proof:
    """Settle what all rows prove; ``first`` is the first table, where quantity times price may prove a mark.

    Raises:
        FileRefusedError: two readings survive and would give different tables.
    """
    days, strong, weak, doubtful = seen.days, replace(seen.strong.by_whole), seen.weak.by_whole, seen.doubtful
    counted = " = " in (config.date_format or "")  # names the first of numbered days, not a format
    dates = prove_dates(days, name, None if counted else config.date_format, latest, header)
    if not (strong.point or strong.comma):
        strong.point, strong.point_at = weak.point, weak.point_at
        strong.comma, strong.comma_at = weak.comma, weak.comma_at
        if not strong.both and min(strong.point, strong.comma):  # only covariates, and they contradict each other
            strong = Evidence()
    unsettled = strong.both and not (strong.point or strong.comma) and config.decimal is None
    if unsettled and first and (made := _by_product(*first) or _by_total(first[0])) is not None:
        strong = made
    decimal, why = numbers.decide(strong, name, config.decimal, point=point)
    told = tuple(text for text in (dates.evidence, why) if text)
    return Proof(dates, decimal, told, frozenset() if decimal else frozenset(doubtful))


def _by_product(meaning: Meaning, frame: pl.DataFrame) -> Evidence | None:
    """Quantity times price is the total under one mark only: that proves it for marks that prove nothing alone."""
    columns = [meaning.target, meaning.index(words.PRICE), meaning.index(words.MONEY)]
    if meaning.shape in WIDE or any(index is None for index in columns):
        return None
    names = [cell(index) for index in columns if index is not None]
    holds: dict[Decimal, pl.Series] = {}
    for mark in MARKS:
        units, price, total = (numbers.numbers(frame[name], mark)[0] for name in names)
        holds[mark] = ((units * price - total).abs() <= 0.006 * total.abs().clip(lower_bound=1)).fill_null(value=False)
    point, comma = (holds[mark] & ~holds[other] for mark, other in (MARKS, MARKS[::-1]))
    found = Evidence(point=int(point.sum()), comma=int(comma.sum()))
    for rows, name in ((point, "point_at"), (comma, "comma_at")):
        if rows.any():
            line, *texts = frame.filter(rows).select(LINE, *names).row(0)
            setattr(
                found, name, (line, "quantity, price and total", " x ".join(map(str, texts[:2])) + f" = {texts[2]}")
            )
    return found if found.seen else None


def _by_total(meaning: Meaning) -> Evidence | None:
    """The total of a row is the sum of its cells under one mark only: ``1.200;1.150;Total 2.350``."""
    header = meaning.table.header
    totals = [at for at, name in enumerate(header) if at not in meaning.values and is_total(name)]
    if meaning.shape not in WIDE or len(totals) != 1:
        return None
    columns = [cell(at) for at in (*meaning.values, *totals)]
    head = meaning.table.frame.head(_SAMPLE).select(LINE, *columns)
    found = Evidence()
    holds: dict[Decimal, pl.Series] = {}
    for mark in MARKS:
        read = [numbers.numbers(head[name], mark)[0].fill_null(0.0) for name in columns]
        total = read.pop()
        summed = reduce(add, read)
        holds[mark] = ((summed - total).abs() <= _ROUNDED * total.abs()) & (total != 0)
    point, comma = (holds[mark] & ~holds[other] for mark, other in (MARKS, MARKS[::-1]))
    found.point, found.comma = int(point.sum()), int(comma.sum())
    for rows, name in ((point, "point_at"), (comma, "comma_at")):
        if rows.any():
            line, *texts = head.filter(rows).row(0)
            setattr(found, name, (line, header[totals[0]], str(texts[-1])))
    return found if found.seen else None


def why_point(table: RawTable) -> str | None:
    """Why a lone point is decimal in this kind of file, None where it need not be."""
    if table.format.startswith("xlsx"):
        return "a workbook's own numbers have one"
    return "cells are divided by commas, so the comma is no decimal mark" if table.delimiter == "," else None


def _strong(meaning: Meaning, frame: pl.DataFrame) -> Evidence:
    """Numbers that reach the table; money, which does not, may prove a mark but never leaves a doubt."""
    found = Evidence()
    if UNITS_TEXT in frame.columns and frame.schema[UNITS_TEXT] == pl.String:
        label = "the values" if meaning.target is None else meaning.table.label(meaning.target)
        texts = numbers.distinct(frame, UNITS_TEXT)
        found.add(numbers.evidence(texts, label))
        found.measures = measures(texts["text"])
    for role in (words.PRICE, words.STOCK, words.MONEY, words.SALES):
        index = meaning.index(role)
        if index is None or index == meaning.target or frame.schema[cell(index)] != pl.String:
            continue
        own = numbers.evidence(numbers.distinct(frame, cell(index)), meaning.table.label(index))
        if role in (words.MONEY, words.SALES):
            own.both, own.both_at = 0, ()
        found.add(own)
    return found


def _text_covariates(meaning: Meaning, frame: pl.DataFrame) -> list[str]:
    if meaning.shape == WIDE_DATES:
        return []
    return [cell(index) for index in meaning.covariates if frame.schema[cell(index)] == pl.String]


def companions(meaning: Meaning) -> dict[str, str]:
    """Columns that say a date's weekday or month once more: they may prove which reading is meant."""
    if meaning.index(words.DATE) is None:
        return {}
    found: dict[str, str] = {}
    for index in meaning.covariates:
        texts = [text for text in meaning.table.frame[cell(index)].cast(pl.String).head(_SAMPLE).to_list() if text]
        name = set(words.fold(meaning.table.header[index]).split())
        if texts and all(weekday_of(text) is not None for text in texts):
            found.setdefault("weekday", cell(index))
        elif texts and name & {"month", "monat", "mes", "mois", "mese", "maand"} and all(map(month_of, texts)):
            found.setdefault("month", cell(index))
    return found
