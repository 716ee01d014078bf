"""Remarks on columns that no word is known for, and that may say more of the rows than what describes them."""

from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming, outcomes, rowkinds, states
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger, cell
from training.reading.shapes.areas import is_area
from training.reading.shapes.contents import holds_dates, sample_of
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning, is_numeric
from training.reading.shapes.widenames import known_word

_LOOKED_AT: Final = 20_000
_MOST_STORES: Final = 200
_MOST_CODES: Final = 6
_LONGEST_CODE: Final = 4
_SHORTEST_CODE: Final = 3
_TWO: Final = 2
_RARE: Final = 0.25
"""Share of rows of a code that others of its column outnumber: few documents take goods back, or are none of sales."""
_SHOWN: Final = 3


def tell_unnamed(meaning: Meaning, ledger: Ledger) -> None:
    """Say which columns may name the store or the item that none is known for, or the kind of each document."""
    if meaning.shape not in (LONG, TRANSACTIONS):
        return
    frame = meaning.table.frame.head(_LOOKED_AT)
    unnamed = [index for index in meaning.covariates if _is_unnamed(meaning, frame, index)]
    flags = [index for index in meaning.covariates if _is_rare_flag(meaning, frame, index)]
    if flags:
        ledger.remark(Reason.TAKEN_AS, _told_flag(meaning, frame, flags[0]))
    marks = [index for index in meaning.covariates if index not in flags and _marks_few(meaning, frame, index)]
    if marks:
        ledger.remark(Reason.TAKEN_AS, _told_marks(meaning, frame, marks[0]))
    back = [index for index in meaning.covariates if _may_mark_returns(meaning, frame, index)]
    if back:
        ledger.remark(Reason.TAKEN_AS, _told_back(meaning, frame, back[0]))
    codes = [index for index in unnamed if _are_codes_of_documents(meaning, frame, index)]
    if codes:
        ledger.remark(Reason.TAKEN_AS, _told_codes(meaning, frame, codes[0]))
    if words.STORE not in meaning.roles or words.ITEM not in meaning.roles:
        likely = (*_places(meaning), *(index for index in unnamed if index not in (*codes, *marks)))
        series = [index for index in likely if _may_be_series(meaning, frame, index)]
        if series:
            ledger.remark(Reason.TAKEN_AS, _told_series(meaning, frame, series))


def _is_unnamed(meaning: Meaning, frame: pl.DataFrame, index: int) -> bool:
    """Texts, several of them, under a name that says neither how, where or by whom it was sold, nor what it is like."""
    header = meaning.table.header[index]
    if not _is_text(meaning, frame, index) or words.roles_of(header) or words.is_unit_of_measure(header):
        return False
    dated = holds_dates(meaning.table, index, strict=True) or any(
        ":" in text for text in sample_of(meaning.table, index)
    )
    return not _are_flags(frame, index) and not dated and _texts(frame, index).n_unique() > 1


def _places(meaning: Meaning) -> list[int]:
    """``City`` and ``Region`` of rows of no order and no customer, who may live there: they may be the store's."""
    headers = meaning.table.header
    bought = words.CUSTOMER in meaning.roles or words.DOCUMENT in meaning.roles or any(map(naming.is_personal, headers))
    if bought or words.STORE in meaning.roles or words.ITEM not in meaning.roles:
        return []
    return [index for index in meaning.covariates if is_area(headers[index]) and index not in meaning.roles.renamed]


def _is_text(meaning: Meaning, frame: pl.DataFrame, index: int) -> bool:
    """Texts under a name that has no rules of its own."""
    header = meaning.table.header[index]
    if index in meaning.roles.renamed or index in meaning.stated or not header or known_word(header):
        return False
    if frame.schema[cell(index)] != pl.String or (is_numeric(meaning.table, index) and not _are_codes(frame, index)):
        return False
    named = naming.describes_sale(header) or naming.is_personal(header) or naming.is_other_day(header)
    kinds = states.may_be_state(header) or rowkinds.tells_kind(header) or states.is_mark_of_void(header)
    returns = states.may_flag_return(header) or states.is_flag_of_return(header) or words.fold(header) in states.TESTS
    return not (named or kinds or returns or outcomes.is_named_done(header)) and words.NOTES.isdisjoint(
        words.fold(header).split()
    )


def _are_codes(frame: pl.DataFrame, index: int) -> bool:
    """``101`` and ``205``, or ``1`` and ``2``: numbers of equally many digits that may be codes, and no measures."""
    texts = _texts(frame, index).unique()
    alike = bool(texts.str.contains(r"^\d+$").all()) and texts.str.len_chars().n_unique() == 1
    return alike and (len(texts) == _TWO or len(texts[0]) >= _SHORTEST_CODE)


def _marks_few(meaning: Meaning, frame: pl.DataFrame, index: int) -> bool:
    """A few texts on a few lines of orders, and blanks on the others, under a name that is not known."""
    if words.DOCUMENT not in meaning.roles or not _is_text(meaning, frame, index):
        return False
    texts = _texts(frame, index)
    filled = texts.filter(texts != "")
    few = 0 < filled.len() < _RARE * frame.height and filled.n_unique() <= _MOST_CODES
    return few and not words.roles_of(meaning.table.header[index]) and any(c.isalpha() for c in filled[0])


def _told_marks(meaning: Meaning, frame: pl.DataFrame, index: int) -> str:
    header = meaning.table.header[index]
    line, text = frame.filter(_text(index) != "").select(LINE, _text(index).alias("text")).row(0)
    return (
        f"{header!r} is filled on a few lines alone (line {line}: {text!r}), and may mark returns or what is no sale; "
        f"all count as sold: leave out what was not, or set reading.columns.note = {header!r} if all were"
    )


def _may_mark_returns(meaning: Meaning, frame: pl.DataFrame, index: int) -> bool:
    """``Devolución`` of a few short words that are no yes or no."""
    header = meaning.table.header[index]
    named = states.is_flag_of_return(header) or (states.may_flag_return(header) and len(header.strip()) > 1)
    if not named or index in (*meaning.roles.renamed, *meaning.stated) or frame.schema[cell(index)] != pl.String:
        return False
    texts = _texts(frame, index).unique().to_list()
    short = all(len(text) <= _LONGEST_CODE and not text.isdigit() for text in texts)
    return 1 < len(texts) <= _MOST_CODES and short and not _are_flags(frame, index)


def _told_back(meaning: Meaning, frame: pl.DataFrame, index: int) -> str:
    header = meaning.table.header[index]
    return (
        f"{header!r} says one of {_shown(frame, index)}, and may mark what came back; all count as sold: write yes or "
        f"no, or leave out what came back, or set reading.columns.note = {header!r} if all were sold"
    )


def _are_flags(frame: pl.DataFrame, index: int) -> bool:
    texts = {text.casefold() for text in _texts(frame, index)}
    return texts <= words.TRUE_WORDS | words.FALSE_WORDS | words.MISSING_WORDS


def _is_rare_flag(meaning: Meaning, frame: pl.DataFrame, index: int) -> bool:
    """``Kredit``: yes of a few lines of orders, no of the others, under a name that is not known."""
    if words.DOCUMENT not in meaning.roles or not _is_text(meaning, frame, index) or not _are_flags(frame, index):
        return False
    said = frame.filter(_says_yes(index)).height
    return 0 < said < _RARE * frame.height and not words.roles_of(meaning.table.header[index])


def _says_yes(index: int) -> pl.Expr:
    return _text(index).str.to_lowercase().is_in(list(words.TRUE_WORDS))


def _told_flag(meaning: Meaning, frame: pl.DataFrame, index: int) -> str:
    header = meaning.table.header[index]
    line, text = frame.filter(_says_yes(index)).select(LINE, _text(index).alias("text")).row(0)
    return (
        f"{header!r} says {text!r} of a few lines, the first of them {line}, and may mark returns or what is no sale; "
        f"all count as sold: leave out what was not, or set reading.columns.note = {header!r} if all were"
    )


def _texts(frame: pl.DataFrame, index: int) -> pl.Series:
    return frame.select(_text(index).alias("text"))["text"]


def _shown(frame: pl.DataFrame, index: int) -> str:
    """All texts of a column, those of most rows first."""
    counts = _texts(frame, index).value_counts().sort("count", "text", descending=[True, False])
    return ", ".join(map(repr, counts["text"].to_list()))


def _is_of_documents(meaning: Meaning, frame: pl.DataFrame, index: int) -> bool:
    """One text for each document, where some have several lines."""
    document = meaning.index(words.DOCUMENT)
    if document is None:
        return False
    grouped = frame.group_by(cell(document)).agg(_text(index).n_unique().alias("n"), pl.len().alias("lines"))
    return bool((grouped["n"] == 1).all()) and bool((grouped["lines"] > 1).any())


def _text(index: int) -> pl.Expr:
    return pl.col(cell(index)).fill_null("").str.strip_chars()


def _are_codes_of_documents(meaning: Meaning, frame: pl.DataFrame, index: int) -> bool:
    """``F2`` and ``RE``: a few short codes in capitals or numbers, one for each document, and one of them rare."""
    counts = _texts(frame, index).value_counts()
    texts = counts["text"].to_list()
    if len(texts) > _MOST_CODES or not all(0 < len(text) <= _LONGEST_CODE and text.isalnum() for text in texts):
        return False
    rare = min(counts["count"].to_list()) < _RARE * frame.height
    return all(text == text.upper() for text in texts) and rare and _is_of_documents(meaning, frame, index)


def _told_codes(meaning: Meaning, frame: pl.DataFrame, index: int) -> str:
    header = meaning.table.header[index]
    return (
        f"{header!r} says one of {_shown(frame, index)} of each document, and may tell what kind of document it is, "
        f"such as a return; all count as sold: leave out those that are no sales, or set "
        f"reading.columns.note = {header!r} if all are"
    )


def _may_be_series(meaning: Meaning, frame: pl.DataFrame, index: int) -> bool:
    """Few enough texts, that no item has one of alone, and no document two of where a store is looked for."""
    distinct = _texts(frame, index).n_unique()
    if distinct > _MOST_STORES or 2 * distinct > frame.height:
        return False
    item = meaning.index(words.ITEM)
    if item is None:
        return True
    own = frame.group_by(pl.col(cell(item))).agg(_text(index).n_unique().alias("n"))
    if not (own["n"] > 1).any():
        return False  # what an item is like
    return _is_of_documents(meaning, frame, index) or words.DOCUMENT not in meaning.roles


def _told_series(meaning: Meaning, frame: pl.DataFrame, series: list[int]) -> str:
    role = words.STORE if words.ITEM in meaning.roles else words.ITEM
    what = "store" if role == words.STORE else "item"
    rows = frame.select(LINE, _text(series[0]).alias("text"))
    line, text = rows.row(0)
    other = rows.filter(pl.col("text") != text).row(0)
    headers = [meaning.table.header[index] for index in series[:_SHOWN]]
    return (
        f"no column is known as the {what}, and {' or '.join(map(repr, headers))} may be it (line {line}: {text!r}, "
        f"line {other[0]}: {other[1]!r}); all rows are of one {what} named 'all': set reading.columns.{role} = "
        f"{headers[0]!r} if that is what it names, or reading.columns.note = {headers[0]!r} if it is none"
    )
