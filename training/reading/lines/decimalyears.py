"""Months written as fractions of a year, as ``2024.083`` for February, by which statistics keep time series."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger, cell
from training.reading.tables import RawTable

_YEAR: Final = re.compile(r"^(?:1[89]|20)\d\d(?:\.\d+)?$")
_CALLED: Final = frozenset({"time", "decimal date", "decimal year", "date decimal", "year decimal", "period", "t", "x"})
_OTHERS: Final = frozenset({words.DATE, words.YEAR, words.MONTH, words.WEEK, words.DAY})
_FEWEST: Final = 3
_ROUNDED: Final = 0.1
"""Of a part of the year: two digits of ``.08``, ``.17`` are as far from a twelfth."""
_MONTHS, _QUARTERS = 12, 4


def with_months(table: RawTable, ledger: Ledger) -> RawTable:
    """The table with ``2024-02`` in place of ``2024.083``, where all its values are months in a row."""
    for index in _columns(table):
        texts = _texts(table, index)
        if (months := _counted(texts, _MONTHS)) is not None:
            days = {text: f"{month // _MONTHS}-{month % _MONTHS + 1:02}" for text, month in months.items()}
            first = next(iter(days))
            ledger.remark(
                Reason.TAKEN_AS,
                f"the numbers of {table.header[index]!r} are years in twelfths, so {first} is taken for {days[first]}",
                table.frame[LINE].head(1),
            )
            text = pl.col(cell(index)).cast(pl.String).str.strip_chars()
            return replace(table, frame=table.frame.with_columns(text.replace(days).alias(cell(index))))
    return table


def quarters_of_years(table: RawTable) -> tuple[str, str] | None:
    """Name and first text of a column that counts years in quarters: ``1956.25``."""
    for index in _columns(table):
        texts = _texts(table, index)
        if _counted(texts, _QUARTERS) is not None:
            return table.header[index], next(text for text in texts if "." in text)
    return None


def _columns(table: RawTable) -> list[int]:
    roles = [{role for role, _ in words.roles_of(name)} for name in table.header]
    dated = [at for at, told in enumerate(roles) if not told.isdisjoint(_OTHERS)]
    called = [at for at, name in enumerate(table.header) if words.fold(name) in _CALLED or at in dated]
    return called if len(dated) < 2 else []  # noqa: PLR2004 - a second one tells more of the day


def _texts(table: RawTable, index: int) -> list[str]:
    column = table.frame[cell(index)].cast(pl.String).str.strip_chars()
    return [text for text in column.drop_nulls().unique(maintain_order=True).to_list() if text]


def _counted(texts: list[str], parts: int) -> dict[str, int] | None:
    """How many parts of a year each text is from year 0, where they follow one another without a gap; else None."""
    if len(texts) < _FEWEST or not all(map(_YEAR.match, texts)) or not any("." in text for text in texts):
        return None
    found = {text: float(text) * parts for text in texts}
    shift = next((shift for shift in (0.0, 0.5) if all(_near(value - shift) for value in found.values())), None)
    if shift is None:
        return None
    counted = {text: round(value - shift) for text, value in found.items()}
    ordered = sorted(counted.values())
    return counted if all(after - before == 1 for before, after in pairwise(ordered)) else None


def _near(value: float) -> bool:
    return abs(value - round(value)) < _ROUNDED
