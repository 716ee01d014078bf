"""What cells say of the state of their lines: called off, never sold, taken back."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

import polars as pl

from training.reading import outcomes, rowkinds, states
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, split_time
from training.reading.ledger import cell
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning

_INVOICES: Final = tuple(word for word in words.WORDS["invoices"] if word not in ("ship", "sales invoice"))
_YES: Final = frozenset({*words.TRUE_WORDS, "1", "1.0"})
_NO_MARK: Final = frozenset({*words.FALSE_WORDS, *words.MISSING_WORDS, "0", "0.0"})
_PAID_BY: Final = frozenset({"cash", "debit", "dr", "bar", "especes", "efectivo", "contanti", "dinheiro", "contant"})
_CANCELLATION: Final = "c"
"""Under ``Canceled``, beside Y and N: the document that calls another off, and has its quantities."""
_OF_ADDRESSES: Final = frozenset({"zip", "zipcode", "postcode", "postal", "plz", "cep", "country"})
_CODE_OF_PLACE: Final = 2
"""Letters of ``OK``, which is Oklahoma beside a city."""
_FLAGS: Final = frozenset({*_YES, *words.FALSE_WORDS, "", "0", "0.0"})


def cancelled(meaning: Meaning, lines: pl.DataFrame) -> dict[int, pl.Expr]:
    """Lines that a word of their state calls off, by the index of its column."""
    found = {
        index: _plain(index).is_in(list(words.CANCELLED_WORDS))
        | pl.col(cell(index)).cast(pl.String).is_in(_texts(meaning, lines, index, states.is_called_off))
        for index in states_of(meaning)
    }
    for index, name in enumerate(meaning.table.header):
        if index not in found and states.is_mark_of_void(name) and _is_mark(meaning, index):
            found[index] = ~lower(index).is_in(list(_NO_MARK))
    found = {index: hit & ~_is_sold_by_configuration(meaning, lines, index) for index, hit in found.items()}
    status = meaning.index(words.STATUS)
    if status is not None and states.is_called_after_voids(meaning.table.header[status]):
        day = lower(status).str.contains(r"^\d{4}-\d\d-\d\d|^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")  # on which it was
        found[status] = day | _plain(status).is_in([*words.CANCELLED_WORDS, *_YES, _CANCELLATION])
    return found


def never_sold(meaning: Meaning, lines: pl.DataFrame) -> dict[int, list[str]]:
    """Cells that call a line no sale, by the index of their column: quotations, payments that failed, tests."""
    none = states.NEVER_SOLD - states.AWAITED if is_of_invoices(meaning) else states.NEVER_SOLD
    found = {i: _texts(meaning, lines, i, lambda text: words.fold(text) in none) for i in states_of(meaning)}
    tests = [i for i, name in enumerate(meaning.table.header) if words.fold(name) in states.TESTS]
    if meaning.index(words.DOCUMENT) is None:  # of stores, "Test" is one side of a trial
        tests = [i for i in tests if words.fold(meaning.table.header[i]) != "test"]
    found |= {i: _texts(meaning, lines, i, _is_yes) for i in tests if _is_free(meaning, i) and _are_flags(lines, i)}
    for index in _that_say(meaning, lines) if meaning.states else ():
        found[index] = [*found.get(index, []), *_configured(meaning, lines, index, "no_sale")]
    return {index: texts for index, texts in found.items() if texts}


def _that_say(meaning: Meaning, lines: pl.DataFrame) -> list[int]:
    """Columns of states and kinds, of which the configuration may say what their words mean."""
    named = [
        i for i, name in enumerate(meaning.table.header) if rowkinds.tells_kind(name) or outcomes.is_named_done(name)
    ]
    return [i for i in dict.fromkeys([*states_of(meaning), *named]) if cell(i) in lines.columns]


def unpaid(meaning: Meaning, lines: pl.DataFrame) -> dict[int, list[str]]:
    """Cells that say that a sale was not paid for, by the index of their column; an invoice is one on account."""
    if is_of_invoices(meaning):
        return {}
    found = {i: _texts(meaning, lines, i, _says_unpaid) for i in states_of(meaning)}
    return {index: texts for index, texts in found.items() if texts}


def refunded(meaning: Meaning, lines: pl.DataFrame) -> dict[int, list[str]]:
    """Cells that say that a sale was taken back whole, by the index of their column."""
    found = {i: _texts(meaning, lines, i, states.is_refunded) for i in states_of(meaning, of_returns=True)}
    flags = [i for i, name in enumerate(meaning.table.header) if states.is_flag_of_return(name) and not found.get(i)]
    flags = [i for i in flags if _may_tell(meaning, i) and meaning.shape in (LONG, TRANSACTIONS)]
    found |= {i: _texts(meaning, lines, i, _is_yes) for i in flags if _are_flags(lines, i)}
    days = [i for i, name in enumerate(meaning.table.header) if states.is_day_of_return(name)]
    days = [i for i in days if _may_tell(meaning, i) and meaning.shape in (LONG, TRANSACTIONS)]
    found |= {i: _texts(meaning, lines, i, _is_day) for i in days}
    return {index: texts for index, texts in found.items() if texts}


def flagged(meaning: Meaning, lines: pl.DataFrame) -> dict[int, list[str]]:
    """Cells that say yes under a name that may mark returns, by the index of their column.

    One letter may be many things, and is looked at beside documents alone; beside ``Cash``, ``Credit`` is how it was
    paid.
    """
    if meaning.shape not in (LONG, TRANSACTIONS):
        return {}
    header = meaning.table.header
    named = [i for i, name in enumerate(header) if states.may_flag_return(name) and _is_free(meaning, i)]
    if meaning.index(words.DOCUMENT) is None:
        named = [i for i in named if len(header[i].strip()) > 1]
    if any(words.fold(name) in _PAID_BY for name in header):
        named = [i for i in named if not words.fold(header[i]).startswith("cr")]
    found = {i: _texts(meaning, lines, i, _is_yes) for i in named if _are_flags(lines, i)}
    return {index: texts for index, texts in found.items() if texts}


def refunded_in_part(meaning: Meaning, lines: pl.DataFrame) -> dict[int, list[str]]:
    """Cells that say that a part of a sale was taken back, by the index of their column."""
    found = {i: _texts(meaning, lines, i, states.is_refunded_in_part) for i in states_of(meaning, of_returns=True)}
    return {index: texts for index, texts in found.items() if texts}


def tells_flags(name: str) -> bool:
    """``is_test``, ``Returned``: a column that tells something only where all its cells are flags."""
    of_returns = states.is_flag_of_return(name) or states.may_flag_return(name)
    return words.fold(name) in states.TESTS or of_returns


def are_flags_in_part(said: Iterable[str]) -> bool:
    """Some cells say yes, and others are no flags: some rows alone would be taken for what all rows are not."""
    texts = {text.strip().lower() for text in said}
    return not _YES.isdisjoint(texts) and not _FLAGS.issuperset(texts)


def lower(index: int) -> pl.Expr:
    """The cells of a column, trimmed and in small letters."""
    return pl.col(cell(index)).cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase()


def _plain(index: int) -> pl.Expr:
    return lower(index).str.normalize("NFKD").str.replace_all(r"\p{M}", "")


def states_of(meaning: Meaning, *, of_returns: bool = False) -> list[int]:
    """The status, and further columns of states; the state of a return is none of the sale."""
    status = meaning.index(words.STATUS)
    found = [] if status is None else [status]
    if meaning.shape not in (LONG, TRANSACTIONS):
        return found
    named = [index for index, name in enumerate(meaning.table.header) if states.is_state(name)]
    named = [index for index in named if not _is_part_of_address(meaning, index)]
    named = [index for index in named if of_returns or not states.is_of_return(meaning.table.header[index])]
    return found + [index for index in dict.fromkeys([*named, *meaning.stated]) if _is_free(meaning, index)]


def _is_part_of_address(meaning: Meaning, index: int) -> bool:
    """``State`` or ``Estado`` right beside a ``City`` or a ``Zip``: where it is, unless a word tells of a sale."""
    header = meaning.table.header
    beside = [words.fold(header[at]) for at in (index - 1, index + 1) if 0 <= at < len(header)]
    placed = any(name in words.AREAS or not _OF_ADDRESSES.isdisjoint(name.split()) for name in beside)
    if not placed or states.is_status(header[index]):
        return False
    texts = meaning.table.frame[cell(index)].cast(pl.String).drop_nulls().str.strip_chars().unique()
    texts = texts.filter(texts.str.len_chars() > _CODE_OF_PLACE)
    return not any(outcomes.is_sold(text) or states.is_of_none(text) or _says_unpaid(text) for text in texts)


def is_of_invoices(meaning: Meaning) -> bool:
    """Is each document an invoice by the name of its column: ``InvoiceNumber``, ``Rechnungs-Nr.``?"""
    index = meaning.index(words.DOCUMENT)
    tokens = [] if index is None else words.fold(meaning.table.header[index]).split()
    return any(token.startswith(_INVOICES) for token in tokens)


def _is_sold_by_configuration(meaning: Meaning, lines: pl.DataFrame, index: int) -> pl.Expr:
    texts = _configured(meaning, lines, index, "sold")
    return pl.col(cell(index)).cast(pl.String).is_in(texts) if texts else pl.lit(value=False)


def _says_unpaid(text: str) -> bool:
    return words.fold(text) in states.UNPAID or outcomes.is_unpaid(text)


def flags_of_done(meaning: Meaning, lines: pl.DataFrame) -> list[int]:
    """Columns such as ``Paid`` or ``Delivered`` whose cells say yes or no."""
    if meaning.shape not in (LONG, TRANSACTIONS):
        return []
    named = [i for i, name in enumerate(meaning.table.header) if outcomes.is_named_done(name) and _is_free(meaning, i)]
    return [i for i in named if i not in states_of(meaning, of_returns=True) and _are_flags(lines, i)]


def has_own_meaning(meaning: Meaning, index: int, *, but: Collection[str]) -> bool:
    """A column of another role than some, or one that the configuration names."""
    taken = {at for role, at in meaning.roles.of.items() if role not in but}
    return index in {*taken, *meaning.roles.renamed, *meaning.deducted}


def _is_free(meaning: Meaning, index: int) -> bool:
    """A column that has no other meaning."""
    return index not in {*meaning.roles.of.values(), *meaning.roles.renamed, *meaning.deducted}


def _is_mark(meaning: Meaning, index: int) -> bool:
    return meaning.shape in (LONG, TRANSACTIONS) and _is_free(meaning, index)


def _may_tell(meaning: Meaning, index: int) -> bool:
    """A column without another meaning, or one that the configuration names as the status."""
    return _is_free(meaning, index) or index == meaning.index(words.STATUS)


def _texts(meaning: Meaning, lines: pl.DataFrame, index: int, wanted: Callable[[str], bool]) -> list[str]:
    """Cells of a kind; of what the configuration says that they mean, none."""
    return [text for text in _said(lines, index) if wanted(text) and words.fold(text) not in meaning.states]


def _configured(meaning: Meaning, lines: pl.DataFrame, index: int, told: str) -> list[str]:
    """Cells of which the configuration says so."""
    if not meaning.states:
        return []
    return [text for text in _said(lines, index) if meaning.states.get(words.fold(text)) == told]


def _said(lines: pl.DataFrame, index: int) -> list[str]:
    found: list[str] = lines[cell(index)].cast(pl.String).drop_nulls().unique().sort().to_list()
    return found


def _is_day(text: str) -> bool:
    return bool(readings(split_time(text.strip())[0]))


def _is_yes(text: str) -> bool:
    return text.strip().lower() in _YES


def _are_flags(lines: pl.DataFrame, index: int) -> bool:
    return _FLAGS.issuperset(lines.select(lower(index).unique())[cell(index)].to_list())
