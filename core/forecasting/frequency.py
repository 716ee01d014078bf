"""Of what periods a table of sales is: days, weeks, months, quarters, or others, of which no forecasts are made."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from core.contracts.dataset import Frequency
from core.contracts.sales import DATE
from core.forecasting.grid import Ints

_WEEK, _QUARTER = 7, 3
_SHORTEST_MONTH: Final = 26
"""Days between the last working days of two months, at the least."""
_MONTHS_ENOUGH, _MONTHS_THERE = 6, 0.9
"""Rows of so many months, and that share of all months, show a rhythm where their days do not."""
_NO_CHANCE: Final = 50
"""To one, that dates so far apart are no chance of periods in which little was sold."""
_EVEN, _EVEN_ENOUGH = 1.5, 6
"""So much longer may the longest of so many distances be than the shortest, for all to be of one length of period."""
_FEW: Final[dict[Frequency, int]] = {"D": 5, "W": 2, "M": 2}
"""Distances that are not told from a shop that opens on some days of the week, or from single gaps."""
_UNITS: Final[dict[Frequency, str]] = {"D": "days", "W": "weeks", "M": "months"}


@dataclass(frozen=True)
class _Rhythm:
    """Days, weeks or months, and how many of them lie between the dates of a table: (dates - 1,) distances."""

    frequency: Frequency
    dates: pl.Series
    gaps: Ints

    @property
    def step(self) -> int:
        """Of which every distance is a multiple; 1 where that may be chance."""
        step = int(np.gcd.reduce(self.gaps)) if len(self.gaps) else 1
        return step if step ** len(self.gaps) >= _NO_CHANCE else 1

    @property
    def quarterly(self) -> bool:
        return (self.frequency, self.step) == ("M", _QUARTER)

    @property
    def apart(self) -> tuple[int, int] | None:
        """The shortest and the longest distance, where periods are longer than the frequency's."""
        if self.quarterly or not len(self.gaps):
            return None
        least, most = int(self.gaps.min()), int(self.gaps.max())
        even = len(self.gaps) >= _EVEN_ENOUGH and least >= _FEW[self.frequency] and most <= _EVEN * least
        return (least, most) if even else (self.step, self.step) if self.step > 1 else None


def infer_frequency(sales: pl.DataFrame) -> Frequency:
    """Days, weeks, months or quarters, from the distinct dates of the table.

    Months: all dates lie on a month's first, or last, or same day, or no two in one month and hardly a month has none.
    Quarters: they are three months apart besides, or six, ... Weeks: all are whole weeks apart. A table of one date
    is daily.
    """
    rhythm = _rhythm(sales)
    return "Q" if rhythm.quarterly else rhythm.frequency


def odd_periods(sales: pl.DataFrame) -> str | None:
    """Why no forecasts are made of a table whose rows are of other periods, as fortnights or years; None: they are.

    Taken as days, weeks or months that sold nothing in between, they would be forecast for each of those.
    """
    rhythm = _rhythm(sales)
    if rhythm.apart is None:
        return None
    (least, most), unit = rhythm.apart, _UNITS[rhythm.frequency]
    apart = f"{least} {unit}" if least == most else f"{least} to {most} {unit}"
    first, second, base = *rhythm.dates[:2], rhythm.frequency
    return (
        f"sales lie {apart} apart ({first}, {second}, ...), and periods of {apart} are not forecast: give sales of "
        f'days, weeks, months or quarters; or, if nothing was sold in between, say so by frequency = "{base}" in the '
        f"configuration (--frequency {base})"
    )


def _rhythm(sales: pl.DataFrame) -> _Rhythm:
    dates = sales[DATE].drop_nulls().unique().sort()
    days: Ints = dates.diff().dt.total_days().drop_nulls().to_numpy()
    months: Ints = (dates.dt.year().cast(pl.Int64) * 12 + dates.dt.month()).diff().drop_nulls().to_numpy()
    weekly = not (days % _WEEK).any()
    if len(days) and days.min() >= _SHORTEST_MONTH and months.min() > 0:
        if not weekly and (dates.dt.day().n_unique() == 1 or bool((dates == dates.dt.month_end()).all())):
            return _Rhythm("M", dates, months)
        if len(dates) >= _MONTHS_ENOUGH and len(dates) >= _MONTHS_THERE * (months.sum() + 1):
            return _Rhythm("M", dates, months)
    return _Rhythm("W", dates, days // _WEEK) if len(days) and weekly else _Rhythm("D", dates, days)
