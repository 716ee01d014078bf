"""Takes what came back or was called off away from what was sold."""

from typing import Final

import polars as pl

from core.contracts.sales import UNITS
from core.contracts.verdict import Reason
from training.reading.dialect import numbers
from training.reading.dialect.numbers import OK, STATE, UNREADABLE, Decimal
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, Ledger, cell
from training.reading.shapes.meaning import Meaning

_GIVEN_BACK: Final = "_given_back"


def net(meaning: Meaning, lines: pl.DataFrame, decimal: Decimal, ledger: Ledger) -> pl.DataFrame:
    """Units sold less the quantities of ``meaning.deducted``; a blank one takes nothing away.

    Rows in which such a cell is no number are refused.

    Raises:
        FileRefusedError: a column has both signs, so whether it adds or takes away is not told.
    """
    if meaning.target is None:
        return lines
    for index in meaning.deducted:
        sold, column = meaning.table.header[meaning.target], meaning.table.header[index]
        value, state = numbers.numbers(lines[cell(index)], decimal, shares=False)
        lines = lines.with_columns(value.alias(_GIVEN_BACK), state.alias(STATE))
        refused = lines.filter(pl.col(STATE) == UNREADABLE)
        ledger.refuse(refused, Reason.UNITS_UNREADABLE, column, pl.col(cell(index)))
        lines = lines.filter(pl.col(STATE) != UNREADABLE)
        back = lines.select(pl.when(pl.col(STATE) == OK).then(pl.col(_GIVEN_BACK)).otherwise(0.0))[_GIVEN_BACK]
        if (back < 0).any() and (back > 0).any():
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{column!r} has both signs, so whether it is taken off {sold!r} is not told; export the net "
                f"quantity, or set reading.columns.units = '{sold}' to count what was sold alone.",
            )
        lines = lines.with_columns(pl.col(UNITS) - back.abs()).drop(_GIVEN_BACK, STATE)
        if (back != 0).any():
            told = (
                f"{column!r} was taken off {sold!r}; reading.columns.units = '{sold}' would count what was sold alone"
            )
            ledger.remark(Reason.RETURNS_NETTED, told, lines[LINE].filter(back != 0), int((back != 0).sum()))
    return lines
