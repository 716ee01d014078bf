"""Reads the lines of one table by the proven dialect; what cannot be read is refused, row by row."""

from typing import Final

import polars as pl

from core.contracts.sales import DATE, ITEM, STORE, UNITS
from core.contracts.verdict import Reason
from training.reading import rowkinds
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.dialect.dates import DateProof
from training.reading.dialect.days import DAY_TEXT
from training.reading.dialect.numbers import MISSING, OK, SHUT, STATE, UNREADABLE, Decimal
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.amounts import with_signs
from training.reading.parsing.charges import items_only
from training.reading.parsing.covariates import flag_or_number
from training.reading.parsing.figures import check_figures
from training.reading.parsing.heads import without_heads
from training.reading.parsing.kinds import check_flagged, check_kinds, check_unpaid
from training.reading.parsing.movements import check_reversals, sold, takes_back, to_customers
from training.reading.parsing.netting import net
from training.reading.parsing.orders import not_called_off
from training.reading.parsing.proof import Proof
from training.reading.parsing.refunds import with_refunded, without_refunded
from training.reading.parsing.rows import ITEM_TEXT, NAME, STORE_TEXT, UNITS_TEXT
from training.reading.parsing.saidwords import keep_said, words_said
from training.reading.shapes.meaning import PLAN, WIDE, WIDE_DATES, Meaning

OPEN: Final = "open"


def parse(
    meaning: Meaning, lines: pl.DataFrame, proof: Proof, ledger: Ledger, *, marked: bool | None = None
) -> pl.DataFrame:
    """Canonical columns beside the verbatim cells; refused rows are gone to the ledger.

    ``marked`` says whether a mark of documents calls them off, where ``lines`` are only a part of the file.
    """
    said = words_said(meaning, lines)
    lines = to_customers(meaning, items_only(meaning, lines, ledger), ledger)
    lines = without_heads(meaning, lines, proof.decimal, ledger)
    lines = not_called_off(meaning, lines, ledger, marked=marked)  # first: a refused line cancels its order too
    lines = with_refunded(meaning, lines)
    lines = _dates(meaning, lines, proof.dates, ledger)
    lines = _ids(meaning, lines, ledger)
    lines = _open(meaning, lines)
    lines = with_signs(meaning, _units(meaning, lines, proof.decimal, ledger), proof.decimal, ledger)
    lines = without_refunded(meaning, lines, ledger)
    check_kinds(meaning, lines)
    check_figures(meaning, lines)
    check_unpaid(meaning, lines)
    check_flagged(meaning, lines)
    keep_said(meaning, said, lines, ledger)
    for role in (words.PRICE, words.STOCK):
        lines = _optional(meaning, lines, role, proof.decimal, ledger)
    return _promo(meaning, lines, proof.decimal)


def _split(lines: pl.DataFrame, bad: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    mask = lines.select(bad.fill_null(value=False).alias("bad"))["bad"]
    return (lines.filter(~mask), lines.filter(mask)) if mask.any() else (lines, None)


def _column(meaning: Meaning, role: str) -> str | None:
    index = meaning.index(role)
    return None if index is None else meaning.table.label(index)


def _dates(meaning: Meaning, lines: pl.DataFrame, proof: DateProof, ledger: Ledger) -> pl.DataFrame:
    found = pl.DataFrame(
        {DAY_TEXT: list(proof.days), DATE: list(proof.days.values())}, schema={DAY_TEXT: pl.String, DATE: pl.Date}
    ).with_columns(pl.col(DAY_TEXT).is_in(list(proof.implausible)).alias("odd"))
    lines = lines.join(found, on=DAY_TEXT, how="left", maintain_order="left")
    column = "column heads" if meaning.shape == WIDE_DATES else _column(meaning, words.DATE)
    for reason, bad in (
        (
            Reason.DATE_MISSING,
            pl.col(DATE).is_null() & pl.col(DAY_TEXT).str.to_lowercase().is_in(list(words.MISSING_WORDS)),
        ),
        (Reason.DATE_UNREADABLE, pl.col(DATE).is_null()),
        (Reason.DATE_IMPLAUSIBLE, pl.col("odd")),
    ):
        lines, refused = _split(lines, bad)
        if refused is not None:
            ledger.refuse(refused, reason, column, pl.col(DAY_TEXT))
    return lines.drop("odd")


def _ids(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    for text, name, role in ((STORE_TEXT, STORE, words.STORE), (ITEM_TEXT, ITEM, words.ITEM)):
        if meaning.index(role) is not None:
            lines, refused = _split(lines, pl.col(text) == "")
            if refused is not None:
                ledger.refuse(refused, Reason.ID_MISSING, _column(meaning, role), pl.col(text))
                _hint_names(meaning, role, ledger)
        lines = lines.rename({text: name})
    return lines


def _hint_names(meaning: Meaning, role: str, ledger: Ledger) -> None:
    """Say that a column of names may stand for codes that some rows lack."""
    column = _column(meaning, role)
    claims = [(index, words.roles_of(header)) for index, header in enumerate(meaning.table.header)]
    names = [i for i, told in claims if i != meaning.index(role) and (words.ITEM, words.ITEM_NAMES) in told]
    if role == words.ITEM and names and column is not None and role not in meaning.roles.configured:
        header = meaning.table.header[names[0]]
        ledger.hints[column] = f"write the id, or set reading.columns.item_id = {header!r} to name items by that"


def _open(meaning: Meaning, lines: pl.DataFrame) -> pl.DataFrame:
    for role, shut in ((words.OPEN, False), (words.CLOSED, True)):
        index = meaning.index(role)
        if index is not None:
            lower = pl.col(cell(index)).cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase()
            yes = lower.is_in([*words.TRUE_WORDS, "1", "1.0", "open", "offen", "abierto", *words.CLOSED_WORDS])
            no = lower.is_in([*words.FALSE_WORDS, "0", "0.0"])
            if role == words.OPEN:
                yes, no = yes & ~lower.is_in(list(words.CLOSED_WORDS)), no | lower.is_in(list(words.CLOSED_WORDS))
            return lines.with_columns(
                pl.when(yes).then(pl.lit(not shut)).when(no).then(pl.lit(shut)).otherwise(None).alias(OPEN)
            )
    return lines


def _units(meaning: Meaning, lines: pl.DataFrame, decimal: Decimal, ledger: Ledger) -> pl.DataFrame:
    if meaning.shape == PLAN:
        return lines
    if meaning.one_each:
        return lines.with_columns(pl.lit(1.0).alias(UNITS))
    value, state = numbers.numbers(_with_noughts(meaning, lines)[UNITS_TEXT], decimal, shares=False)
    lines = lines.with_columns(value.alias(UNITS), state.alias(STATE))
    lines = sold(meaning, lines if takes_back(meaning, lines) else _returned(meaning, lines))
    check_reversals(meaning, lines)
    if bool((state == OK).all()):
        return net(meaning, lines.drop(STATE), decimal, ledger)
    if (state == SHUT).any():
        said = pl.when(pl.col(STATE) == SHUT).then(pl.lit(value=False))
        lines = lines.with_columns(
            said.otherwise(pl.col(OPEN) if OPEN in lines.columns else pl.lit(value=True)).alias(OPEN)
        )
    shut = pl.col(OPEN).eq_missing(pl.lit(value=False)) if OPEN in lines.columns else pl.lit(value=False)
    lines, refused = _split(lines, pl.col(STATE) == UNREADABLE)
    if refused is not None:
        _refuse_units(meaning, refused, Reason.UNITS_UNREADABLE, ledger)
    lines, refused = _split(lines, (pl.col(STATE) == MISSING) & ~shut)
    if refused is not None and meaning.shape in WIDE:
        ledger.leave_out(Reason.UNITS_MISSING, refused[LINE], "cells that say there is no number are no rows")
    elif refused is not None:
        _refuse_units(meaning, refused, Reason.UNITS_MISSING, ledger)
    return net(meaning, lines.drop(STATE), decimal, ledger)


def _with_noughts(meaning: Meaning, lines: pl.DataFrame) -> pl.DataFrame:
    """A blank quantity beside one that came back is nought: such lines say what came back alone."""
    if not meaning.deducted:
        return lines
    back = [pl.col(cell(index)).cast(pl.String).fill_null("").str.contains(r"[1-9]") for index in meaning.deducted]
    blank = pl.col(UNITS_TEXT).fill_null("").str.strip_chars() == ""
    nought = pl.when(blank & pl.any_horizontal(back)).then(pl.lit("0")).otherwise(pl.col(UNITS_TEXT))
    return lines.with_columns(nought.alias(UNITS_TEXT))


def _returned(meaning: Meaning, lines: pl.DataFrame) -> pl.DataFrame:
    """Where a column of kinds says return and the quantity bears no sign, it is taken off."""
    index = meaning.index(words.TYPE)
    if index is None:
        return lines
    said = lines[cell(index)].cast(pl.String).fill_null("")
    back = said.is_in(list(rowkinds.returned_kinds(said.unique().to_list())))
    if (lines[UNITS].filter(back) < 0).any():
        return lines
    return lines.with_columns(pl.when(back).then(-pl.col(UNITS)).otherwise(pl.col(UNITS)).alias(UNITS))


def _refuse_units(meaning: Meaning, rows: pl.DataFrame, reason: Reason, ledger: Ledger) -> None:
    if NAME not in rows.columns:
        column = None if meaning.target is None else meaning.table.label(meaning.target)
        ledger.refuse(rows, reason, column, pl.col(UNITS_TEXT))
        return
    for (name,), group in rows.group_by([NAME], maintain_order=True):
        ledger.refuse(group, reason, str(name), pl.col(UNITS_TEXT))


def _optional(meaning: Meaning, lines: pl.DataFrame, role: str, decimal: Decimal, ledger: Ledger) -> pl.DataFrame:
    index = meaning.index(role)
    if index is None:
        return lines
    value, state = numbers.numbers(lines[cell(index)], decimal)
    lines = lines.with_columns(value.alias(role))
    if not (state == UNREADABLE).any():
        return lines
    lines, refused = _split(lines.with_columns(state.alias(STATE)), pl.col(STATE) == UNREADABLE)
    if refused is not None:
        ledger.refuse(refused, Reason.VALUE_UNREADABLE, meaning.table.label(index), pl.col(cell(index)))
    return lines.drop(STATE)


def _promo(meaning: Meaning, lines: pl.DataFrame, decimal: Decimal) -> pl.DataFrame:
    index = meaning.index(words.PROMO)
    if index is None:
        return lines
    return lines.with_columns(flag_or_number(lines[cell(index)], decimal, text_is_true=True).alias(words.PROMO))
