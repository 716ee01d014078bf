"""Sales of which their state, or a flag, says that they were taken back whole: they are no net sales."""

from typing import Final

import polars as pl

from core.contracts.sales import ITEM, UNITS
from core.contracts.verdict import Reason
from training.reading import naming, states
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.orders import of_whole_orders, says
from training.reading.parsing.stated import refunded, refunded_in_part
from training.reading.shapes.meaning import Meaning

REFUNDED: Final = "_refunded"
_WHOLE: Final = (
    "sales of which it is said that they were taken back whole are no net sales and were left out; a later file that "
    "takes one back by a negative quantity would take it back twice, unless their column is named as one of your own, "
    "such as reading.columns.payment_state, which counts them here"
)
_IN_PART: Final = "sales of which it is said that a part came back count whole, for how much came back is not told"


def with_refunded(meaning: Meaning, lines: pl.DataFrame) -> pl.DataFrame:
    """Mark the lines that were taken back; what is said on the first line of an order holds for all of them."""
    marks = [
        of_whole_orders(meaning, lines, says(index, texts), index) for index, texts in refunded(meaning, lines).items()
    ]
    return lines.with_columns(pl.any_horizontal(marks).fill_null(value=False).alias(REFUNDED)) if marks else lines


def without_refunded(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Leave out what was taken back, unless lines of negative quantities take it back already.

    Raises:
        FileRefusedError: some of it is taken back by lines of its own and some is not, or no order tells whether a line
            is a sale that came back or the return itself.
    """
    _tell_parts(meaning, lines, ledger)
    if REFUNDED not in lines.columns:
        return lines
    told = lines.filter(pl.col(REFUNDED) & (pl.col(UNITS) > 0))
    left = told.filter(~_is_netted(meaning, told, lines.filter(pl.col(UNITS) < 0)))
    if left.height:
        _check(meaning, left, told, meaning.table.header[next(iter(refunded(meaning, lines)))])
        ledger.leave_out(Reason.REFUNDED, left[LINE], _WHOLE)
    return lines.filter(~pl.col(LINE).is_in(left[LINE].implode())).drop(REFUNDED)


def _is_netted(meaning: Meaning, told: pl.DataFrame, back: pl.DataFrame) -> pl.Series:
    """Does a line of the same order, or one of as many units, take the item back?"""
    as_many = back.select(ITEM, -pl.col(UNITS)).unique()
    hit = told.join(as_many, on=[ITEM, UNITS], how="semi")[LINE].to_list()
    document = meaning.index(words.DOCUMENT)
    if document is not None:
        own = [ITEM, cell(document)]
        hit += told.join(back.select(own).unique(), on=own, how="semi")[LINE].to_list()
    return told[LINE].is_in(hit)


def _check(meaning: Meaning, left: pl.DataFrame, told: pl.DataFrame, header: str) -> None:
    """Raise where the configuration does not settle what the status may mean."""
    if words.STATUS in meaning.roles.configured:
        return
    line = int(left[LINE].sort()[0])
    if meaning.index(words.DOCUMENT) is None:
        why = f"line {line} may be a sale that came back or the return itself, for no column is known as the order"
    elif states.is_flag_of_return(header) and states.is_noun_of_return(header):
        why = f"line {line} may be a sale that came back or the return itself, as {header!r} is not 'Returned'"
    elif left.height < told.height:
        netted = int(told.filter(~pl.col(LINE).is_in(left[LINE].implode()))[LINE].sort()[0])
        why = f"a negative quantity takes line {netted} back and none takes back line {line}"
    else:
        return
    counted = naming.given_back(header) == naming.BARE and bool((told[UNITS] > 1).any())
    named = f"name it '{header} qty' where it counts units that came back, " if counted else ""
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{header!r} says that sales were taken back whole, and {why}; write what came back as negative quantities, "
        f"{named}or set reading.columns.status = '{header}' to leave out what no negative quantity takes back.",
    )


def _tell_parts(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> None:
    """Say that sales of which a part came back count whole, where no negative quantities are in the file."""
    for index, texts in refunded_in_part(meaning, lines).items():
        if not (lines[UNITS] < 0).any():
            hit = lines.filter(says(index, texts))[LINE]
            ledger.remark(Reason.REFUNDED_IN_PART, _IN_PART, hit, hit.len())
