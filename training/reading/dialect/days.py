"""Each way a day is written in a file: its text, its count, its first line."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from training.reading.dialect.dateforms import month_of, weekday_of
from training.reading.ledger import LINE, counted

TIME_OF_DAY: Final = (
    r"(?i)(?:\s+[-\x{2013}|]\s+|[T ,]+)\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?(?:[+-]\d{2})?)?\s*(?:[ap]\.?\s?m\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\[[a-z/_+-]+\d*\])?$"
)
_BEFORE: Final = r"(?i)^(\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?)(?:\s*,\s*|\s+)(\S{3}.*)$"
"""``11:38 PM, September 10 2024``."""
CLOCK: Final = "_clock"
DAY_TEXT: Final = "_day_text"


@dataclass(frozen=True)
class Day:
    """One distinct way a day is written in the file."""

    text: str
    count: int
    line: int
    column: str
    weekday: int | None = None
    month: int | None = None

    def allows(self, value: date) -> bool:
        """False where the row's own weekday or month says otherwise."""
        return self.weekday in (None, value.weekday()) and self.month in (None, value.month)


def day_text(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add the text of the day and, where there is one, of the time of day."""
    kind = frame.schema[column]
    if kind == pl.Date or isinstance(kind, pl.Datetime):
        stamp = (
            pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone(None)
            if kind == pl.Date
            else (pl.col(column).dt.replace_time_zone(None))
        )
        clock = stamp.dt.time().cast(pl.String) if kind != pl.Date else pl.lit(None, dtype=pl.String)
        return frame.with_columns(
            stamp.dt.strftime("%Y-%m-%d").alias(DAY_TEXT),
            pl.when(clock.is_not_null()).then(clock).alias(CLOCK),
        )
    text = frame.select(pl.col(column).cast(pl.String).fill_null("").str.strip_chars())[column]
    if not text.str.contains(r"\d[:hH]\d\d").any():
        return frame.with_columns(text.alias(DAY_TEXT), pl.lit(None, dtype=pl.String).alias(CLOCK))
    text = text.str.replace(_BEFORE, "$2 $1")
    clock_text = text.str.extract(f"({TIME_OF_DAY})").str.strip_chars(" T,-\u2013|")
    return frame.with_columns(text.str.replace(TIME_OF_DAY, "").alias(DAY_TEXT), clock_text.alias(CLOCK))


def distinct_days(
    frame: pl.DataFrame, column: str, *, weekday: str | None = None, month: str | None = None
) -> list[Day]:
    """Each distinct day text of a frame, with how often and where it first stands.

    ``weekday`` and ``month`` are columns that say the same day in other words, if there are any.
    """
    said = [
        pl.col(name).cast(pl.String).drop_nulls().first().alias(alias)
        for name, alias in ((weekday, "weekday"), (month, "month"))
        if name is not None
    ]
    found = (
        frame.group_by(DAY_TEXT)
        .agg(counted(frame, DAY_TEXT).alias("n"), pl.col(LINE).min(), *said)
        .sort(LINE, DAY_TEXT)
    )
    return [
        Day(
            row[DAY_TEXT], row["n"], row[LINE], column,
            weekday=weekday_of(row.get("weekday") or ""), month=month_of(row.get("month") or ""),
        )
        for row in found.iter_rows(named=True)
        if row[DAY_TEXT]
    ]  # fmt: skip


def merged_days(days: Iterable[Day]) -> list[Day]:
    """One entry for each text, where parts of a file were looked at one after the other."""
    found: dict[str, Day] = {}
    for day in days:
        before = found.get(day.text)
        found[day.text] = day if before is None else replace(before, count=before.count + day.count)
    return list(found.values())
