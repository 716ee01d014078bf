"""What became of the rows of each word of a state or kind: none that nobody knows counts in silence."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

import polars as pl

from core.contracts.sales import UNITS
from core.contracts.verdict import Reason
from training.reading import outcomes, rowkinds, states
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger, cell, counted
from training.reading.parsing import movements
from training.reading.parsing.stated import flags_of_done, has_own_meaning, is_of_invoices, states_of
from training.reading.said import MOST_WORDS, SETTLED, UNKNOWN, WAITING, Said, Word
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning

_SHOWN: Final = 8
_TOLD: Final = 3


def words_said(meaning: Meaning, lines: pl.DataFrame) -> Said:
    """The words of each column of states and kinds, and how many rows have each."""
    said = Said()
    for index in [*states_of(meaning, of_returns=True), *flags_of_done(meaning, lines)]:
        said.states[named_column(meaning, index)] = _words(lines, index, partial(_state, meaning, index))
    for index in meaning.watched:
        texts = lines[cell(index)].cast(pl.String).drop_nulls().unique()  # few, of which most rows' columns hold none
        if texts.len() > MOST_WORDS or not any(map(_may_be_none, texts)):
            continue
        if told := _words(lines, index, lambda _: UNKNOWN, only=_may_be_none):
            said.states[named_column(meaning, index)] = told
    for index in _kinds_of(meaning):
        kinds = list(_counts(lines, index))
        said.kinds[named_column(meaning, index)] = _words(lines, index, partial(_kind, meaning, kinds))
    return said


def keep_said(meaning: Meaning, said: Said, lines: pl.DataFrame, ledger: Ledger) -> None:
    """Enter into the book how many rows of each word are left."""
    for index in range(len(meaning.table.header)):
        header = named_column(meaning, index)
        for found in (said.states, said.kinds):
            if header in found and cell(index) in lines.columns:
                kept = _counts(lines, index)
                back = _counts(lines.filter(pl.col(UNITS) < 0), index) if UNITS in lines.columns else {}
                for text, word in found[header].items():
                    word.kept = kept.get(text, (0, 0))[0]
                    if word.kept and word.kept == back.get(text, (0, 0))[0]:  # what is negative takes something back
                        word.known = SETTLED
    ledger.said.add(said)


def named_column(meaning: Meaning, index: int) -> str:
    """What a column is called in what is told of it, alike in all tables of a file."""
    return meaning.table.header[index] or f"column {index + 1}"


def tell_said(ledger: Ledger) -> tuple[str, ...]:
    """Say which words count that nobody knows, or that wait for something; all words as the verdict lists them."""
    for header, found in ledger.said.states.items():
        _tell_waiting(header, _of(found, WAITING), ledger)
        _tell_unknown(header, _of(found, UNKNOWN), ledger, "and may be no state of what was sold")
    for header, found in ledger.said.kinds.items():
        _tell_unknown(header, _of(found, UNKNOWN), ledger, "and may be no kind of sales")
    books = ((ledger.said.states, "sold"), (ledger.said.kinds, "counted"))
    return tuple(_listed(header, found, side) for book, side in books for header, found in book.items() if found)


def _may_be_none(text: str) -> bool:
    """A word that says, in a column of any name, that a row is none of sales."""
    return states.is_of_none(text.strip()) or rowkinds.is_own_use(text)


def _words(
    lines: pl.DataFrame, index: int, known: Callable[[str], str], only: Callable[[str], bool] = bool
) -> dict[str, Word]:
    """Rows of each word; of some words only, where one says which."""
    counts = {text: found for text, found in _counts(lines, index).items() if only(text)}
    return {text: Word(line, rows, 0, known(text)) for text, (rows, line) in counts.items()}


def _counts(lines: pl.DataFrame, index: int) -> dict[str, tuple[int, int]]:
    """Rows of each word that says something, and the line of the first; the commonest words of very many."""
    name = cell(index)
    text = pl.col(name).cast(pl.String).fill_null("").str.strip_chars()
    found = lines.group_by(text.alias("text")).agg(counted(lines, name).alias("rows"), pl.col(LINE).min().alias("line"))
    found = found.sort("rows", "line", descending=[True, False])
    said = ((text, rows, line) for text, rows, line in found.select("text", "rows", "line").iter_rows())
    told = [(text, (rows, line)) for text, rows, line in said if not outcomes.says_nothing(text)]
    return dict(told[:MOST_WORDS])


def _state(meaning: Meaning, index: int, text: str) -> str:
    """Is it known what this state of a sale says of it?"""
    header = meaning.table.header[index]
    if words.fold(text) in meaning.states or states.is_of_none(text):
        return SETTLED
    flag = outcomes.says_no(text) or text.lower() in words.TRUE_WORDS | {"1"}
    if flag and (states.is_called_after_voids(header) or states.is_flag_of_return(header)):
        return SETTLED
    waits = states.UNSETTLED | states.UNPAID
    if words.fold(text) in waits or outcomes.is_denied(text) or states.is_no_return(text):
        later = states.is_of_return(header) or states.is_of_sending(header)
        return SETTLED if later or is_of_invoices(meaning) else WAITING
    if flag and outcomes.is_named_done(header):
        return WAITING if outcomes.says_no(text) and not is_of_invoices(meaning) else SETTLED
    return SETTLED if outcomes.is_sold(text) and not states.is_of_return(header) else UNKNOWN


def _kinds_of(meaning: Meaning) -> list[int]:
    """Columns that say of what kind each row is."""
    if meaning.shape not in (LONG, TRANSACTIONS):
        return []
    named = [i for i, name in enumerate(meaning.table.header) if rowkinds.tells_kind(name)]
    return [i for i in named if not has_own_meaning(meaning, i, but=(words.TYPE,))]


def _kind(meaning: Meaning, texts: Iterable[str], text: str) -> str:
    """Is it known what this kind of row is?"""
    known = words.fold(text) in meaning.states or outcomes.is_row_of_sales(text) or movements.is_known(text)
    known = known or text in rowkinds.returned_kinds(texts) or rowkinds.are_codes_of_sales(texts)
    return SETTLED if known or not rowkinds.not_known_as_sale([text]) or rowkinds.is_charge(text) else UNKNOWN


def _of(found: Mapping[str, Word], known: str) -> dict[str, Word]:
    """Words of which rows count, in the order of the file."""
    told = {text: word for text, word in found.items() if word.known == known and word.kept}
    return dict(sorted(told.items(), key=lambda entry: entry[1].line))


def _tell_waiting(header: str, found: Mapping[str, Word], ledger: Ledger) -> None:
    if found:
        _remark(
            Reason.UNSETTLED,
            f"orders of which {header!r} says {_named(found)} count as sold, which wait for a payment, a delivery or a "
            f"decision; set {_entry(found, 'no_sale')} to leave them out, or "
            f"reading.columns.payment_state = {header!r} if all were sold",
            found,
            ledger,
        )


def _tell_unknown(header: str, found: Mapping[str, Word], ledger: Ledger, why: str) -> None:
    if found:
        _remark(
            Reason.WORD_UNKNOWN,
            f"rows of which {header!r} says {_named(found)} count as sold, {why}; set {_entry(found, 'no_sale')} to "
            f"leave them out, or {_entry(found, 'sold')} where they were sold",
            found,
            ledger,
        )


def _remark(reason: Reason, sentence: str, found: Mapping[str, Word], ledger: Ledger) -> None:
    lines = pl.Series([word.line for word in found.values()], dtype=pl.Int64)
    ledger.remark(reason, sentence, lines, sum(word.kept for word in found.values()))


def _named(found: Mapping[str, Word]) -> str:
    """``'Held' (3 rows, the first on line 4)``."""
    told = [
        f"{text!r} ({f'{word.kept:,} rows, the first' if word.kept > 1 else 'one row,'} on line {word.line})"
        for text, word in list(found.items())[:_TOLD]
    ]
    more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return (" and ".join(told) if len(told) < _TOLD else ", ".join(told)) + more


def _entry(found: Mapping[str, Word], told: str) -> str:
    """The entry that says of the first few words what they mean."""
    named = ", ".join(f"{json.dumps(text, ensure_ascii=False)} = '{told}'" for text in list(found)[:_TOLD])
    return f"reading.states = {{ {named} }}"


def _listed(header: str, found: Mapping[str, Word], counts: str) -> str:
    """``'Order state' sold: Fulfilled, Awaiting pickup; left out: Cancelled``."""
    ordered = sorted(found.items(), key=lambda entry: entry[1].line)
    sides = {
        counts: [text for text, word in ordered if word.kept],
        "left out": [text for text, word in ordered if not word.kept],
    }
    told = [
        f"{side}: {', '.join(texts[:_SHOWN])}" + (f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else "")
        for side, texts in sides.items()
        if texts
    ]
    return f"{header!r} {'; '.join(told)}"
