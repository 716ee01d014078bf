"""Rows that say of themselves that they are no sales, or on which side of an account they stand."""

import json
from collections.abc import Collection
from typing import Final

import polars as pl

from core.contracts.sales import UNITS
from core.contracts.verdict import Reason
from training.reading import rowkinds
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.parsing.movements import of_no_sale
from training.reading.parsing.stated import flagged, unpaid
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning

LOOKED_AT: Final = 50
_SHORT: Final = 2
_SHOWN: Final = 6
_SIGNS: Final = ({"+", "-"}, {"+", "\u2212"})
_SIDES: Final = ({"S", "H"}, {"D", "C"}, {"DR", "CR"}, {"D", "H"}, {"D", "A"})


def check_kinds(meaning: Meaning, lines: pl.DataFrame) -> None:
    """Raise where a column of kinds calls a row a transfer, waste, a budget or the like, or has the sign of each row.

    Raises:
        FileRefusedError: they would count as sales.
    """
    if meaning.shape not in (LONG, TRANSACTIONS) or not lines.height:
        return
    taken = {index for role, index in meaning.roles.of.items() if role not in (words.TYPE, words.DOCUMENT)}
    for index, header in enumerate(meaning.table.header):
        if index in meaning.roles.renamed or index in taken or lines.schema[cell(index)] != pl.String:
            continue
        first = lines[cell(index)].head(LOOKED_AT).drop_nulls().unique().to_list()
        of_kinds = rowkinds.tells_kind(header) and index != meaning.index(words.DOCUMENT)
        if of_kinds or rowkinds.tell_kinds(first) or of_no_sale(header, first):
            _check_kind(_without_told(meaning, lines, index), index, header)
        elif _is_remark(header):
            _check_remarks(lines, index, header)
        elif index == meaning.index(words.DOCUMENT):
            continue
        elif words.fold(header) in words.ACCOUNT_SIDES:
            _check_sides(lines, index, header, _SIDES)
        elif {*lines[cell(index)].head(LOOKED_AT).str.strip_chars()} & {"+", "-"}:
            _check_sides(lines, index, header, _SIGNS)


def check_unpaid(meaning: Meaning, lines: pl.DataFrame) -> None:
    """Raise where a state says that lines were not paid for: sold on account, or never.

    Raises:
        FileRefusedError: the sentence names one of them.
    """
    for index, texts in unpaid(meaning, lines).items():
        header, hit = meaning.table.header[index], pl.col(cell(index)).cast(pl.String).is_in(texts)
        line, text = lines.filter(hit).select(LINE, cell(index)).sort(LINE).row(0)
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{header!r} says {text!r} of line {line}, which may have been sold on account or never; export what was "
            f"sold alone, or set reading.columns.payment_state = {header!r} to count all rows.",
        )


def check_flagged(meaning: Meaning, lines: pl.DataFrame) -> None:
    """Raise where a flag may mark what came back, and the quantity of such a line is positive.

    Raises:
        FileRefusedError: the sentence names one of them.
    """
    for index, texts in flagged(meaning, lines).items():
        header, hit = meaning.table.header[index], pl.col(cell(index)).cast(pl.String).is_in(texts)
        sold = lines.filter(hit & (pl.col(UNITS) > 0)) if UNITS in lines.columns else lines.clear()
        if not sold.height:
            continue
        line, text = sold.select(LINE, cell(index)).sort(LINE).row(0)
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{header!r} says '{text}' of line {line}, which may be a return, a credit or an exchange, and would count "
            "as sold; write what came back as negative quantities, or where it was sold, set reading.columns.flag = "
            f"{header!r} to count all rows.",
        )


def _without_told(meaning: Meaning, lines: pl.DataFrame, index: int) -> pl.DataFrame:
    """Rows of whose kind the configuration does not say what it means."""
    if not meaning.states:
        return lines
    said = lines[cell(index)].drop_nulls().unique().to_list()
    return lines.filter(~pl.col(cell(index)).is_in([text for text in said if words.fold(text) in meaning.states]))


def _check_kind(lines: pl.DataFrame, index: int, header: str) -> None:
    said = lines[cell(index)].drop_nulls().unique().to_list()
    if twice := rowkinds.told_twice(said):
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{header!r} says {twice[0]!r} and {twice[1]!r}, and the same goods may stand in both; export one kind "
            f"alone, or set reading.columns.kind = '{header}' to count all rows.",
        )
    if parts := rowkinds.told_in_parts(said):
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{header!r} says {parts[0]!r} and {parts[1]!r}, and what is sold together would count once more in its "
            f"parts; export the parts or the wholes alone, or set reading.columns.kind = '{header}' to count all rows.",
        )
    if rowkinds.may_be_returns(said) and not (UNITS in lines.columns and (lines[UNITS] < 0).any()):
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{header!r} says 'R' and 'S' of the rows, which may be returns and sales; write returns as negative "
            f"quantities, or set reading.columns.kind = '{header}' to count all rows.",
        )
    kinds, sure = rowkinds.kinds_of_no_sale(said), True
    if not kinds:
        kinds, sure = rowkinds.kinds_given(said, header) or of_no_sale(header, said), False
    if not kinds:
        kinds = rowkinds.codes_unknown(said, header)
    if not kinds:
        return
    line, kind = lines.filter(pl.col(cell(index)).is_in(kinds)).select(LINE, cell(index)).sort(LINE).row(0)
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{header!r} says {kind!r} of line {line}, which {'is' if sure else 'may be'} no sale; export the sales alone, "
        f"or set {_left_out(kinds)} to leave {'it' if len(kinds) == 1 else 'them'} out, or reading.columns.kind = "
        f"'{header}' to count all rows.",
    )


def _left_out(kinds: Collection[str]) -> str:
    """The entry that says of a few kinds of rows that they are no sales."""
    shown = ", ".join(f"{json.dumps(kind, ensure_ascii=False)} = 'no_sale'" for kind in sorted(kinds)[:_SHOWN])
    return f"reading.states = {{ {shown} }}"


def _check_sides(lines: pl.DataFrame, index: int, header: str, pairs: tuple[set[str], ...]) -> None:
    said = {text.strip().upper() for text in lines[cell(index)].drop_nulls().unique()} - {""}
    if said not in pairs:
        return
    shown = " and ".join(map(repr, sorted(said)))
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{header!r} says {shown} of the rows, so some of them take others back; write these as negative quantities, "
        f"or set reading.columns.side = '{header}' to count all rows.",
    )


def _is_remark(header: str) -> bool:
    """``Notes``, ``Bemerkung``, or a column without a name of its own."""
    return len(header.strip()) < _SHORT or not words.NOTES.isdisjoint(words.fold(header).split())


def _check_remarks(lines: pl.DataFrame, index: int, header: str) -> None:
    """Raise where a remark is nothing but a word that calls its line off, such as ``VOID`` or ``own use``."""
    said = lines[cell(index)].drop_nulls().unique().to_list()
    told = [text for text in said if rowkinds.calls_off(text)]
    if not told:
        return
    line, text = lines.filter(pl.col(cell(index)).is_in(told)).select(LINE, cell(index)).sort(LINE).row(0)
    shown = repr(header) if header.strip() else f"column {index + 1}"
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{shown} says {text!r} of line {line}, which may be no sale; leave such lines out, or "
        + (f"set reading.columns.kind = '{header}' to count all rows." if header.strip() else "clear the remark."),
    )
