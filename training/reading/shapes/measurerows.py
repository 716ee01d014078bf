"""Tables that write each measure in a row of its own: ``Measure Names`` and ``Measure Values``, or days across."""

from dataclasses import replace
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import header_dates
from training.reading.ledger import LINE, Ledger, cell
from training.reading.shapes.contents import SALES, sample_of
from training.reading.tables import RawTable

_SHOWN: Final = 3
_OF_VALUES: Final = frozenset({SALES, words.MONEY})


def of_quantity(table: RawTable, config: Reading, ledger: Ledger) -> RawTable:
    """The rows of the quantity, where a column names the measure of each row and one of the measures is the quantity.

    The others are left out and counted. Every other table is given back as it is.
    """
    named = [i for i, header in enumerate(table.header) if words.fold(header) in words.MEASURE_KINDS]
    across = _is_across(table)
    if across and not named:
        named = [i for i, header in enumerate(table.header) if not header and _are_measures(table, i)]
    if len(named) != 1 or words.UNITS in config.columns or not (across or _has_values(table)):
        return table
    column = pl.col(cell(named[0])).cast(pl.String).fill_null("").str.strip_chars()
    said = table.frame.select(column.alias("said"))["said"]
    measures = [text for text in said.unique(maintain_order=True) if text]
    counted = [text for text in measures if words.measure_of(text) == words.UNITS]
    others = [text for text in measures if text not in counted]
    if len(counted) != 1 or not any(map(_is_measure, others)) or any(map(_counts_in, others)):
        return table
    hit = said.is_in(others)
    told = ", ".join(map(repr, others[:_SHOWN]))
    header = table.header[named[0]] or f"column {named[0] + 1}"
    ledger.leave_out(
        Reason.NO_ITEM, table.frame[LINE].filter(hit), f"rows that {header!r} calls {told} are of other measures"
    )
    return replace(table, frame=table.frame.filter(~hit))


def _is_across(table: RawTable) -> bool:
    """Are there columns of days, or of months?"""
    months = sum(words.fold(header) in words.MONTH_OF for header in table.header)
    return len(header_dates(table.header)) > 1 or months > 2  # noqa: PLR2004 - fewer may be words of another kind


def _are_measures(table: RawTable, index: int) -> bool:
    """``Units`` and ``Revenue`` under no name: nothing else stands there."""
    texts = {*sample_of(table, index)}
    return len(texts) > 1 and all(words.measure_of(text) for text in texts)


def _is_measure(text: str) -> bool:
    """``Sales``, ``Price``, ``Stock``: a measure beside the quantity."""
    return not {SALES, words.MONEY, words.PRICE, words.STOCK}.isdisjoint(role for role, _ in words.roles_of(text))


def _counts_in(text: str) -> bool:
    """``kg`` beside ``pcs``: what each row is counted in, and no measure."""
    return words.COUNTED_IN.issuperset(words.fold(text).split() or [""])


def _has_values(table: RawTable) -> bool:
    """One column is named as that of the values, and none as that of the quantity."""
    roles = [{role for role, _ in words.roles_of(header)} for header in table.header]
    return sum(bool(found & _OF_VALUES) for found in roles) == 1 and not any(words.UNITS in found for found in roles)
