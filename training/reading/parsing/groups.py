"""Reports that write a day, a store or an item on the first row of its group only."""

from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.days import CLOCK, DAY_TEXT
from training.reading.ledger import LINE, Ledger, cell
from training.reading.parsing.bydocument import of_documents
from training.reading.shapes.meaning import WIDE_DATES, Meaning

_ROLES: Final = (words.DATE, words.STORE, words.ITEM)
_FOLLOWED: Final = 0.5
_SOME: Final = 0.1


def filled_down(meaning: Meaning, frame: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Blank days and ids taken from the first row of their group, where the whole table proves that this is meant.

    Proof: the first row is filled; no cell repeats the one before it, as it would on rows that are all filled; most
    filled rows are followed by blank ones; and each row of a group has the quantity and other ids, none of them twice.
    Or the blank cells lie within the groups of another column that is so proven.
    """
    proven: dict[int | None, pl.Series] = {}
    against: dict[str, str] = {}
    for role in (*_ROLES, *_ROLES):  # a column may lie within the groups of one that is looked at after it
        name, index = _column(meaning, role), meaning.index(role)
        if name is None or index in proven or frame.schema[name] != pl.String or not frame.height:
            continue
        blank = frame.select(_is_blank(name).alias("blank"))["blank"]
        if not blank.any():
            continue
        if role != words.ITEM and (own := of_documents(meaning, frame, name, blank)) is not None:
            frame = own
            ledger.remark(
                Reason.FILLED_DOWN, _told(meaning, index, name, "document"), frame[LINE].filter(blank), int(blank.sum())
            )
            continue
        why = _against(meaning, frame, role, blank)
        if why is not None and not any(_within(meaning, frame, role, blank, group) for group in proven.items()):
            against[role] = why
            continue
        against.pop(role, None)
        proven[index] = blank
        document = meaning.index(words.DOCUMENT)
        if document is not None and _with_document(meaning, frame, blank):
            frame = _filled(frame, cell(document), blank)  # what is said of the order on its first line holds for these
        frame = _filled(frame, name, blank)
        ledger.remark(
            Reason.FILLED_DOWN, _told(meaning, index, name, "group"), frame[LINE].filter(blank), int(blank.sum())
        )
    for role, why in against.items():
        if why and (index := meaning.index(role)) is not None:
            told = f"write it on each row; it was not taken from the row above, for {why}"
            ledger.hints[meaning.table.label(index)] = told
    return frame


def _told(meaning: Meaning, index: int | None, name: str, of: str) -> str:
    column = meaning.table.header[index] if index is not None else name
    return f"{column!r} is written on the first row of each {of} and was taken for the rows below it"


def _within(
    meaning: Meaning, frame: pl.DataFrame, role: str, blank: pl.Series, group: tuple[int | None, pl.Series]
) -> bool:
    """Blank on the same rows as the column of a proven group, as merged cells are, or within its groups to its right.

    There no cell repeats the one before it, and no row comes twice.
    """
    outer, rows = group
    name, index = _column(meaning, role), meaning.index(role)
    if name is None or index is None or outer is None or (blank & ~rows).any():
        return False
    heads = frame.filter(~blank)
    again = (heads[name] == heads[name].shift(1)) & rows.filter(~blank)
    nested = index > outer and not again.any()
    others = [other for key in _ROLES if key != role and (other := _column(meaning, key)) is not None]
    return (nested or blank.equals(rows)) and _against_a_row(meaning, frame, blank, others) is None


def _column(meaning: Meaning, role: str) -> str | None:
    if role == words.DATE:
        dated = meaning.shape != WIDE_DATES and meaning.index(role) is not None
        return DAY_TEXT if dated else None
    index = meaning.index(role)
    return None if index is None else cell(index)


def _with_document(meaning: Meaning, frame: pl.DataFrame, blank: pl.Series) -> bool:
    """The order's number, twice none, is blank on the same rows: what is said of the order stands on its first line."""
    if meaning.target is None or frame.filter(blank).select(_is_blank(cell(meaning.target)).any()).item():
        return False
    index = meaning.index(words.DOCUMENT)
    numbers = [at for at in range(len(meaning.table.header)) if _may_number(meaning, at)] if index is None else [index]
    return any(_numbers_groups(frame, cell(number), blank) for number in numbers)


def _may_number(meaning: Meaning, index: int) -> bool:
    """``ID``, ``Ref``, or texts: no column of the item, nor of numbers under another name."""
    own = words.LINE in dict(words.roles_of(meaning.table.header[index])) or meaning.is_text(index)
    return own and index not in {meaning.index(role) for role in (words.ITEM, words.DATE, words.STORE)}


def _numbers_groups(frame: pl.DataFrame, number: str, blank: pl.Series) -> bool:
    """Does each first row have a number of its own, and no other row one?"""
    if number not in frame.columns or frame.schema[number] != pl.String:
        return False
    same = bool((frame.select(_is_blank(number).alias("blank"))["blank"] == blank).all())
    return same and not bool(frame[number].filter(~blank).is_duplicated().any())


def _is_blank(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("").str.strip_chars() == ""


def _filled(frame: pl.DataFrame, name: str, blank: pl.Series) -> pl.DataFrame:
    names = [name, CLOCK] if name == DAY_TEXT else [name]
    down = [pl.when(~pl.lit(blank)).then(pl.col(column)).forward_fill().alias(column) for column in names]
    return frame.with_columns(down)


def _against(meaning: Meaning, frame: pl.DataFrame, role: str, blank: pl.Series) -> str | None:
    """None where the proof holds; else what is against it, empty where nothing looks like groups."""
    name = _column(meaning, role)
    others = [other for key in _ROLES if key != role and (other := _column(meaning, key)) is not None]
    heads = frame.filter(~blank)
    if name is None or not others or blank[0]:
        return ""
    again = heads.filter(heads[name] == heads[name].shift(1))
    followed = int((blank.shift(-1, fill_value=False) & ~blank).sum())
    of_order = role != words.ITEM or words.DOCUMENT in meaning.roles
    shared = not again.height or followed > _SOME * heads.height
    if of_order and shared and _with_document(meaning, frame, blank):
        return None  # several orders of one day
    if followed < max(_FOLLOWED * heads.height, 1):
        return ""
    if again.height:
        return f"line {again[LINE][0]} repeats {again[name][0]!r}, as rows that are all filled do"
    return _against_a_row(meaning, frame, blank, others)


def _against_a_row(meaning: Meaning, frame: pl.DataFrame, blank: pl.Series, others: list[str]) -> str | None:
    """A row that no group can hold: it has no quantity, or comes twice."""
    below = frame.filter(blank)
    lacking = below.clear() if meaning.target is None else below.filter(_is_blank(cell(meaning.target)))
    if lacking.height:
        return f"line {lacking[LINE][0]} has no quantity"
    group = (~blank).cum_sum().alias("group")
    keys = frame.with_columns(group).with_columns(
        pl.when(~_is_blank(other)).then(pl.col(other)).forward_fill().alias(other) for other in others
    )
    twice = keys.filter(~pl.struct("group", *others).is_first_distinct())
    if not twice.height:
        return None
    return f"line {twice[LINE][0]} would be a second row of {twice[others[-1]][0]!r} in its group"
