"""Quantities most of which are negative: sales of a ledger that writes what leaves so, or returns."""

from typing import Final

import polars as pl

from core.contracts.sales import SOURCE_LINE, UNITS
from core.contracts.verdict import Reason, Refusal
from training.reading.errors import FileRefusedError

_SURE: Final = 10
_FEWEST: Final = 3
_CURE: Final = "set reading.negative to 'sales' or 'returns'"


def check_signs(rows: pl.DataFrame, name: str) -> None:
    """Raise where all of some rows are negative, or most of many.

    Raises:
        FileRefusedError: both readings would give different tables.
    """
    if UNITS not in rows.columns:
        return
    counted = int((rows[UNITS] != 0).sum())
    below = int((rows[UNITS] < 0).sum())  # counted first: filtering a long table takes as much memory as the table
    most = 2 * below > counted if counted >= _SURE else below == counted
    if counted < _FEWEST or not most:
        return
    negative = rows.select(SOURCE_LINE, UNITS).filter(pl.col(UNITS) < 0)
    shown = tuple(
        Refusal(line=line, value=f"{units:g}", reason=Reason.AMBIGUOUS, cure=_CURE)
        for line, units in negative.sort(SOURCE_LINE).head(2).iter_rows()
    )
    where = " and ".join(f"line {row.line} ({row.value})" for row in shown)
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: {negative.height:,} of {counted:,} quantities are negative, see {where}: they may be sales of "
        "a ledger that writes what leaves so, or returns. Settle it with reading.negative = 'sales' or 'returns'.",
        shown,
    )


def turned(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines of such a ledger with the sales positive."""
    return lines.with_columns(-pl.col(UNITS)) if UNITS in lines.columns else lines
