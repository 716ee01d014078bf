"""Sales as the engine holds them: words as numbers, rows by date, so that a span of time is a view.

Tens of millions of rows are held once. What is cut from them in time is cut without a copy.
"""

import numpy as np
import polars as pl

from core.contracts.sales import DATE, SERIES, UNITS
from core.forecasting.calendar import Calendar


def compact(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows, words as categories, in the order of their dates; those of a date keep theirs."""
    coded = as_codes(frame)
    return coded if coded[DATE].is_sorted() else coded.sort(DATE, maintain_order=True)


def as_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Words as categories; rows as they are."""
    words = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(pl.col(words).cast(pl.Categorical)) if words else frame


def as_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Ids as the words they are, for everybody else."""
    if all(frame.schema[name] == pl.String for name in SERIES):
        return frame
    return frame.with_columns(pl.col(SERIES).cast(pl.String))


def with_units(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that say what was sold."""
    return frame.filter(pl.col(UNITS).is_not_null()) if frame[UNITS].null_count() else frame


def between(frame: pl.DataFrame, calendar: Calendar, first: int, last: int) -> pl.DataFrame:
    """Rows of the periods ``first`` to ``last``, of a frame in the order of its dates."""
    if frame.height:
        begin, end = calendar.index(frame[DATE].gather([0, frame.height - 1]))
        if first <= begin and end <= last:
            return frame
    dates = frame[DATE].unique().sort()
    inside = np.flatnonzero((calendar.index(dates) >= first) & (calendar.index(dates) <= last))
    if not len(inside):
        return frame.clear()
    start = int(frame[DATE].search_sorted(dates[int(inside[0])], side="left"))
    stop = int(frame[DATE].search_sorted(dates[int(inside[-1])], side="right"))
    return frame.slice(start, stop - start)
