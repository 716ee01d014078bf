"""Reads one file: from bytes to a canonical table and a verdict that accounts for every row."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.dataset import DatasetConfig
from core.contracts.sniff import Kind as Content
from core.contracts.verdict import Dialect as DialectPaper
from core.contracts.verdict import Reason, Verdict
from training.reading import judge, numbers
from training.reading import vocabulary as words
from training.reading.containers import Part, open_parts
from training.reading.dates import CLOCK, DateProof, Day, distinct_days, prove_dates
from training.reading.errors import FileRefusedError
from training.reading.fold import ORDER, fold, varying
from training.reading.ledger import Ledger, cell
from training.reading.limits import Limits
from training.reading.parse import Dialect, covariates, parse
from training.reading.quarantine import quarantine_csv
from training.reading.rows import UNITS_TEXT, clean, spread
from training.reading.shape import LONG, PLAN, TRANSACTIONS, WIDE, WIDE_DATES, Meaning, understand
from training.reading.sheets import parquet_tables, sheet_tables
from training.reading.tables import RawTable
from training.reading.text import text_tables

_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Reading:
    """What one file gave.

    Attributes:
        verdict: Kind, sentence, counts, dialect, refused rows and notes.
        table: Canonical columns and ``_source_line``, sorted by key; None unless rows are usable.
        quarantine: Refused rows verbatim as CSV, None without any.
        is_plan: True for covariates known in advance: a table without ``units``.
    """

    verdict: Verdict
    table: pl.DataFrame | None
    quarantine: bytes | None = None
    is_plan: bool = False


def read_file(
    path: Path | str,
    *,
    config: DatasetConfig | None = None,
    name: str | None = None,
    limits: Limits | None = None,
    today: date | None = None,
) -> Reading:
    """Read a file of sales, or of covariates known in advance.

    Never raises for what the file contains: a file that cannot be used gives a rejected verdict.

    Args:
        path: The file; its suffix is not looked at.
        config: The dataset's configuration; what it names is not inferred.
        name: How sentences call the file; its own name by default.
        limits: Bounds on size and shape.
        today: Sales after it are implausible; the day of the clock by default.
    """
    path = Path(path)
    reader = _Reader(name or path.name, config or DatasetConfig(), limits or Limits(), today or date.today())
    return reader.read(path)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


class _Reader:
    def __init__(self, name: str, config: DatasetConfig, limits: Limits, today: date) -> None:
        self.name = name
        self.config = config.reading
        self.limits = limits
        self.latest = today + timedelta(days=1)
        self.ledger = Ledger()
        self.paper: DialectPaper | None = None

    def read(self, path: Path) -> Reading:
        sha256: str | None = None
        try:
            parts, others = open_parts(path, self.name, self.limits)
            sha256 = _sha256(path)
            reading = self._read(parts, others)
        except FileRefusedError as error:
            return Reading(judge.refused_file(error, self.ledger, self.paper, sha256), None)
        verdict = reading.verdict.model_copy(update={"sha256": sha256})
        return Reading(verdict, reading.table, reading.quarantine, reading.is_plan)

    def _read(self, parts: list[Part], others: list[str]) -> Reading:
        meanings = self._meanings(parts, others)
        self.paper = _paper(meanings)
        is_plan = all(meaning.shape == PLAN for meaning in meanings)
        cleaned = [clean(meaning, self.ledger) for meaning in meanings]
        self._see_clocks(meanings, cleaned)
        spreads = [spread(meaning, frame, self.ledger) for meaning, frame in zip(meanings, cleaned, strict=True)]
        if not any(frame.height for frame in spreads):
            return self._nothing(meanings)
        dialect, evidence = self._prove(meanings, spreads, is_plan=is_plan)
        parsed = [parse(m, lines, dialect, self.ledger) for m, lines in zip(meanings, spreads, strict=True)]
        table, kept, ignored = self._fold(meanings, parsed, dialect)
        self.paper = self._full_paper(meanings, dialect, evidence, kept, ignored)
        return self._reading(table, meanings, is_plan=is_plan)

    def _meanings(self, parts: list[Part], others: list[str]) -> list[Meaning]:
        """Every table of the file with its meaning; in an archive a member that does not fit is told by name."""
        meanings: list[Meaning] = []
        failed: list[tuple[str, FileRefusedError]] = []
        for part in parts:
            label = f"{self.name}/{part.member}" if part.member else self.name
            try:
                meanings += [understand(table, self.config, label) for table in self._tables(part, label)]
            except FileRefusedError as error:
                if len(parts) == 1:
                    raise
                failed.append((part.member, error))
        if not meanings:
            raise failed[0][1]
        for member, error in failed:
            self.ledger.remark(Reason.NOT_A_TABLE, f"{member} was not read: {error.sentence}")
        if others:
            self.ledger.remark(Reason.NOT_A_TABLE, f"no tables, not read: {', '.join(others[:20])}", count=len(others))
        return meanings

    def _tables(self, part: Part, label: str) -> list[RawTable]:
        if part.kind is Content.PARQUET:
            return parquet_tables(part, self.config, label, self.limits, self.ledger)
        if part.kind is Content.XLSX:
            return sheet_tables(part, self.config, label, self.limits, self.ledger)
        return text_tables(part, self.config, label, self.limits, self.ledger)

    def _see_clocks(self, meanings: list[Meaning], frames: list[pl.DataFrame]) -> None:
        """Sales at different times of one day are transaction lines."""
        for meaning, frame in zip(meanings, frames, strict=True):
            time = meaning.index(words.TIME)
            clocks = frame[cell(time)] if time is not None else frame[CLOCK] if CLOCK in frame.columns else None
            if meaning.shape == LONG and clocks is not None and clocks.drop_nulls().n_unique() > 1:
                meaning.shape = TRANSACTIONS

    def _prove(
        self, meanings: list[Meaning], frames: list[pl.DataFrame], *, is_plan: bool
    ) -> tuple[Dialect, tuple[str, ...]]:
        days: list[Day] = []
        found = numbers.Evidence()
        weak = numbers.Evidence()
        for meaning, frame in zip(meanings, frames, strict=True):
            index = meaning.index(words.DATE)
            days += distinct_days(frame, meaning.table.label(index) if index is not None else "date")
            for number, column in _number_columns(meaning, frame):
                texts = numbers.distinct(frame, number)
                (found if column is not None else weak).add(numbers.evidence(texts, column or number))
        dates = prove_dates(days, self.name, self.config.date_format, None if is_plan else self.latest)
        delimiter = meanings[0].table.delimiter
        if not (found.point or found.comma) and found.both:
            found.point, found.point_at = weak.point, weak.point_at
            found.comma, found.comma_at = weak.comma, weak.comma_at
        decimal, why = numbers.decide(found, self.name, self.config.decimal, delimiter)
        self.decimal = decimal
        return Dialect(dates, decimal or "."), tuple(text for text in (dates.evidence, why) if text)

    def _fold(
        self, meanings: list[Meaning], parsed: list[pl.DataFrame], dialect: Dialect
    ) -> tuple[pl.DataFrame, dict[str, str], list[str]]:
        kept: dict[str, str] = {}
        frames: list[pl.DataFrame] = []
        for order, (meaning, lines) in enumerate(zip(meanings, parsed, strict=True)):
            taken = frozenset(lines.columns)
            lines, found = covariates(meaning, lines, dialect.decimal, taken)
            kept |= found
            extra = [pl.lit(order).alias(ORDER)] + ([pl.lit(value=True).alias("_one_each")] if meaning.one_each else [])
            frames.append(lines.with_columns(extra))
        lines = pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]
        transactions = any(meaning.shape == TRANSACTIONS for meaning in meanings)
        unsteady = varying(lines, list(kept)) if transactions or self.config.duplicates == "sum" else []
        names = [name for name in kept if name not in unsteady]
        table = fold(lines, names, self.ledger, transactions=transactions, rule=self.config.duplicates)
        used = {*kept.values()} - {kept[name] for name in unsteady}
        ignored = [
            header
            for meaning in meanings
            for index in (*meaning.covariates, *meaning.ignored)
            if (header := meaning.table.header[index]) and header not in used
        ]
        return table, {name: kept[name] for name in names}, list(dict.fromkeys(ignored))

    def _full_paper(
        self,
        meanings: list[Meaning],
        dialect: Dialect,
        evidence: tuple[str, ...],
        kept: dict[str, str],
        ignored: list[str],
    ) -> DialectPaper:
        paper = _paper(meanings)
        told = list(evidence)
        if ignored:
            told.append(f"columns not used: {', '.join(ignored[:30])}")
        return paper.model_copy(
            update={
                "decimal": self.decimal,
                "thousands": {".": ",", ",": "."}.get(self.decimal or ""),
                "date_format": dialect.dates.form,
                "covariates": tuple(kept),
                "evidence": (*paper.evidence, *told),
            }
        )

    def _reading(self, table: pl.DataFrame, meanings: list[Meaning], *, is_plan: bool) -> Reading:
        assert self.paper is not None
        listed, refused = judge.refusals(self.ledger, self.limits.max_listed)
        judge.flag_half_day(table, self.ledger)
        verdict = judge.judged(self.name, table, self.ledger, self.paper, listed, self.config.max_refused_share)
        header = meanings[0].table.header if len(meanings) == 1 and meanings[0].shape not in WIDE else ()
        kept = quarantine_csv(refused, header) if refused.height else None
        return Reading(verdict, table if verdict.kind.merged else None, kept, is_plan)

    def _nothing(self, meanings: list[Meaning]) -> Reading:
        error = FileRefusedError(
            Reason.NO_ROWS,
            f"{self.name}: there is a header on line {meanings[0].table.header_line} and no row of sales under it; "
            "upload it again with its rows.",
        )
        listed, refused = judge.refusals(self.ledger, self.limits.max_listed)
        kept = quarantine_csv(refused, ()) if refused.height else None
        verdict = judge.refused_file(error, self.ledger, self.paper, None)
        return Reading(verdict.model_copy(update={"refusals": listed}), None, kept)


def _number_columns(meaning: Meaning, frame: pl.DataFrame) -> list[tuple[str, str | None]]:
    """Frame columns whose numbers prove the style, with their label; covariates have none and are weaker."""
    found: list[tuple[str, str | None]] = []
    if UNITS_TEXT in frame.columns and frame.schema[UNITS_TEXT] == pl.String:
        label = "the values" if meaning.target is None else meaning.table.label(meaning.target)
        found.append((UNITS_TEXT, label))
    for role in (words.PRICE, words.MONEY, words.STOCK, "sales"):
        index = meaning.index(role)
        if index is not None and index != meaning.target and frame.schema[cell(index)] == pl.String:
            found.append((cell(index), meaning.table.label(index)))
    for index in meaning.covariates:
        if frame.schema[cell(index)] == pl.String and meaning.shape != WIDE_DATES:
            found.append((cell(index), None))
    return found


def _paper(meanings: list[Meaning]) -> DialectPaper:
    """What is known before dates and numbers are proven."""
    first = meanings[0]
    table = first.table
    columns = {role: table.label(index) for role, index in first.roles.of.items() if index < len(table.header)}
    if "sales" in columns:
        sales = columns.pop("sales")
        columns.setdefault("units", sales)
    told = []
    if len(meanings) > 1:
        told.append(
            f"{len(meanings)} tables, headers on lines {', '.join(str(m.table.header_line) for m in meanings[:20])}"
        )
    if first.one_each:
        told.append("no quantity column: each transaction line is one unit")
    if first.shape in WIDE:
        told.append(f"{len(first.values)} columns hold the units, from {table.header[first.values[0]]!r}")
    return DialectPaper(
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        shape=first.shape,
        columns=columns,
        evidence=tuple(told),
    )


__all__ = ["DateProof", "Reading", "read_file"]
