"""Periods: the regular calendar behind the dates of a file, and what a date alone tells.

Inside the engine time is a period number: days since 1970-01-01 (D), weeks from one of the
seven possible anchors (W), months since 1970-01 (M), quarters since then of one of the three
possible first months (Q). Dates come back as the file wrote them.
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
_MONTHS: Final = {"M": 1, "Q": 3}
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Calendar:
    """One frequency and its anchor.

    Attributes:
        frequency: of the periods.
        anchor: the weekday that stands for a week. Of months and quarters: the month after January in which those that
            are written by their first day begin, else that in which they end, counted down from -1.
    """

    frequency: Frequency
    anchor: int = 0

    @classmethod
    def of(cls, dates: pl.Series, frequency: Frequency) -> Self:
        """The calendar a file's dates follow: one weekday throughout stays that weekday, and so on."""
        distinct = dates.drop_nulls().unique()
        if frequency == "W":
            weekdays = (distinct.to_physical() % 7).unique()
            return cls("W", int(weekdays[0]) if len(weekdays) == 1 else MONDAY)
        if frequency == "D" or distinct.is_empty():
            return cls(frequency, 0)
        months = ((distinct.dt.month().cast(pl.Int64) - 1) % _MONTHS[frequency]).unique()
        month = int(months[0]) if len(months) == 1 else 0
        ends = bool((distinct == distinct.dt.month_end()).all())
        return cls(frequency, -1 - month if ends else month)

    def index(self, dates: pl.Series) -> Ints:
        """Period number of each date."""
        days: Ints = dates.cast(pl.Int32).to_numpy().astype(np.int64)
        if self.frequency == "D":
            return days
        if self.frequency == "W":
            weeks: Ints = (days - self.anchor) // 7
            return weeks
        months: Ints = (dates.dt.year().to_numpy().astype(np.int64) - 1970) * 12 + dates.dt.month().to_numpy() - 1
        return (months - self._month) // _MONTHS[self.frequency]

    def dates(self, index: Ints) -> pl.Series:
        """Date of each period number."""
        if self.frequency == "D":
            days = index
        elif self.frequency == "W":
            days = index * 7 + self.anchor
        else:
            ends = self.anchor < 0
            first = np.datetime64("1970-01", "M") + index * _MONTHS[self.frequency] + self._month + ends
            days = first.astype("datetime64[D]").astype(np.int64) - ends
        return pl.Series("date", days.astype(np.int32)).cast(pl.Date)

    @property
    def _month(self) -> int:
        return -1 - self.anchor if self.anchor < 0 else self.anchor

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"frequency": self.frequency, "anchor": self.anchor}


def shift(day: dt.date, periods: int, frequency: Frequency) -> dt.date:
    """The same day some periods later (or earlier), in a month that is too short its last day."""
    if frequency not in _MONTHS:
        return day + dt.timedelta(days=periods * (7 if frequency == "W" else 1))
    shifted: dt.date = pl.Series([day]).dt.offset_by(f"{periods * _MONTHS[frequency]}mo")[0]
    return shifted


def future_dates(last: dt.date, horizon: int, frequency: Frequency) -> list[dt.date]:
    """The dates of the horizon after ``last``; a month's last day stays the last day."""
    ends = frequency in _MONTHS and (last + dt.timedelta(days=1)).day == 1
    if not ends:
        return [shift(last, step, frequency) for step in range(1, horizon + 1)]
    first = last + dt.timedelta(days=1)
    return [shift(first, step, frequency) - dt.timedelta(days=1) for step in range(1, horizon + 1)]


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
