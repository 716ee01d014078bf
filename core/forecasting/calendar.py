"""Periods: the regular calendar behind the dates of a file, and what a date alone tells.

Inside the engine time is a period number: days since 1970-01-01 (D), weeks from one of the
seven possible anchors (W), months since 1970-01 (M). Dates come back as the file wrote them.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.dataset import Frequency

MONDAY: Final = 4
"""1970-01-01 was a Thursday: days since then of any Monday leave 4 when divided by 7."""
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Calendar:
    """One frequency and its anchor: the weekday that stands for a week, first or last day for a month."""

    frequency: Frequency
    anchor: int = 0

    @classmethod
    def of(cls, dates: pl.Series, frequency: Frequency) -> Self:
        """The calendar a file's dates follow: one weekday throughout stays that weekday, and so on."""
        distinct = dates.drop_nulls().unique()
        if frequency == "W":
            weekdays = (distinct.to_physical() % 7).unique()
            return cls("W", int(weekdays[0]) if len(weekdays) == 1 else MONDAY)
        if frequency == "M" and len(distinct) and bool((distinct == distinct.dt.month_end()).all()):
            return cls("M", -1)
        return cls(frequency, 0)

    def index(self, dates: pl.Series) -> Ints:
        """Period number of each date."""
        days: Ints = dates.cast(pl.Int32).to_numpy().astype(np.int64)
        if self.frequency == "D":
            return days
        if self.frequency == "W":
            weeks: Ints = (days - self.anchor) // 7
            return weeks
        months: Ints = (dates.dt.year().to_numpy().astype(np.int64) - 1970) * 12 + dates.dt.month().to_numpy() - 1
        return months

    def dates(self, index: Ints) -> pl.Series:
        """Date of each period number."""
        if self.frequency == "D":
            days = index
        elif self.frequency == "W":
            days = index * 7 + self.anchor
        else:
            first = np.datetime64("1970-01", "M") + index + (1 if self.anchor < 0 else 0)
            days = first.astype("datetime64[D]").astype(np.int64) + self.anchor
        return pl.Series("date", days.astype(np.int32)).cast(pl.Date)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"frequency": self.frequency, "anchor": self.anchor}


def shift(day: dt.date, periods: int, frequency: Frequency) -> dt.date:
    """The same day some periods later (or earlier), in a month that is too short its last day."""
    if frequency != "M":
        return day + dt.timedelta(days=periods * (7 if frequency == "W" else 1))
    shifted: dt.date = pl.Series([day]).dt.offset_by(f"{periods}mo")[0]
    return shifted


def future_dates(last: dt.date, horizon: int, frequency: Frequency) -> list[dt.date]:
    """The dates of the horizon after ``last``; a month's last day stays the last day."""
    ends = frequency == "M" and (last + dt.timedelta(days=1)).day == 1
    if not ends:
        return [shift(last, step, frequency) for step in range(1, horizon + 1)]
    first = last + dt.timedelta(days=1)
    return [shift(first, step, "M") - dt.timedelta(days=1) for step in range(1, horizon + 1)]


def easter(year: int) -> dt.date:
    """Easter Sunday (Meeus/Jones/Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)
