"""Columns that tell the state of sales by what stands in them, whatever they are called."""

from typing import Final

import polars as pl

from training.reading import naming, outcomes, rowkinds, states
from training.reading import vocabulary as words
from training.reading.ledger import cell
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning

_LOOKED_AT: Final = 20_000
_MOST: Final = 40
"""Words of a column of states."""


def find_states(meaning: Meaning) -> None:
    """Note which further columns tell states, and which have few enough words to be looked at for one that does.

    A column that is called a state, in whatever words, is one where a word of it is known; any other where some words
    are known to say that something was sold, and others that it was not, or of which most rows say the former beyond
    doubt, or of which the configuration tells a word.
    """
    if meaning.shape not in (LONG, TRANSACTIONS):
        return
    frame = meaning.table.frame.head(_LOOKED_AT)
    for index in meaning.covariates:
        header, name = meaning.table.header[index], cell(index)
        if index in meaning.roles.renamed or frame.schema[name] != pl.String or _is_other(header):
            continue
        texts = frame[name].drop_nulls().str.strip_chars().unique().to_list()
        texts = [text for text in texts if not outcomes.says_nothing(text)]
        if not texts or len(texts) > _MOST or rowkinds.tell_kinds(texts):
            continue
        sold, none = any(map(outcomes.is_sold, texts)), any(map(states.is_of_none, texts))
        told = any(words.fold(text) in meaning.states for text in texts)
        named = states.may_be_state(header) and (sold or none or states.is_status(header))
        likely = states.may_tell_states(header) and ((sold and none) or _are_mostly_done(header, frame[name]))
        (meaning.stated if told or named or likely else meaning.watched).append(index)


def _are_mostly_done(header: str, column: pl.Series) -> bool:
    """``ausgeliefert`` in most rows: the other words are states, too, whatever they are."""
    if naming.describes_sale(header):  # "Shipped" is a way of delivery, too
        return False
    counts = column.drop_nulls().str.strip_chars().value_counts(name="rows").rows()
    done = sum(rows for text, rows in counts if outcomes.is_done(text))
    return len(counts) > 1 and 2 * done >= sum(rows for _, rows in counts)


def _is_other(header: str) -> bool:
    """Named as what has rules of its own."""
    of_kinds = rowkinds.tells_kind(header) or not words.NOTES.isdisjoint(words.fold(header).split())
    return of_kinds or states.is_state(header) or states.is_flag_of_return(header) or states.is_mark_of_void(header)
