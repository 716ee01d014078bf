"""What a file shows of itself, for what is said about its refused cells."""

import json
from datetime import date
from typing import Final

import polars as pl

from training.reading import rowkinds, states
from training.reading import vocabulary as words
from training.reading.ledger import cell
from training.reading.parsing.proof import Proof
from training.reading.shapes.contents import holds_dates
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning
from training.reading.verdicts.cures import Known

_FEW_NAMES: Final = 3
_LOOKED_AT: Final = 2000


def known_of(meaning: Meaning, proof: Proof, latest: date | None) -> Known:
    """Form and span of the days, decimal mark, and what the file does not tell."""
    days = [day for text, day in proof.dates.days.items() if text not in proof.dates.implausible]
    example = next((text for text in proof.dates.days if text not in proof.dates.implausible), "")
    first, last = (min(days), max(days)) if days else (None, None)
    return Known(
        proof.dates.form,
        example,
        first,
        last,
        latest,
        proof.decimal,
        _untold(meaning) + _kinds(meaning),
        _described(meaning),
    )


def _untold(meaning: Meaning) -> str:
    """What may tell lines of one key apart, where no column is known as the store or the item."""
    roles = [name for name, role in (("store", words.STORE), ("item", words.ITEM)) if meaning.index(role) is None]
    if meaning.shape not in (LONG, TRANSACTIONS) or not roles:
        return ""
    texts = [meaning.table.header[index] for index in _telling(meaning)]
    which = f" ({', '.join(map(repr, texts[:_FEW_NAMES]))}?)" if texts else ""
    what = " and of the ".join(roles)
    return f"; or name the column of the {what} under reading.columns, where one tells them apart{which}"


def _kinds(meaning: Meaning) -> str:
    """What kinds of rows may tell lines of one key apart, where some of them are not known to be sales."""
    if meaning.shape != LONG:
        return ""
    for index in meaning.covariates:
        header = meaning.table.header[index]
        if rowkinds.tells_kind(header) and meaning.is_text(index):
            said = meaning.table.frame[cell(index)].head(_LOOKED_AT).drop_nulls().unique().to_list()
            if len(said) > 1 and (unknown := rowkinds.not_known_as_sale(said)) and len(unknown) <= _FEW_NAMES:
                entry = ", ".join(f"{json.dumps(text, ensure_ascii=False)} = 'no_sale'" for text in unknown)
                return f"; or set reading.states = {{ {entry} }} where what {header!r} says is no sale"
    return ""


def _telling(meaning: Meaning) -> list[int]:
    """Texts that differ between rows of one day, store and item, among the first rows."""
    texts = [index for index in meaning.covariates if _may_name(meaning, index)]
    keys = [cell(at) for role in (words.DATE, words.STORE, words.ITEM) if (at := meaning.index(role)) is not None]
    if not texts or not keys:
        return texts
    told = meaning.table.frame.head(_LOOKED_AT).group_by(keys).agg(pl.col(cell(index)).n_unique() for index in texts)
    return [index for index in texts if told.height and told.select((pl.col(cell(index)) > 1).any()).item()]


def _may_name(meaning: Meaning, index: int) -> bool:
    """Texts that are no days, under a name that says nothing of the kind of the row."""
    header = meaning.table.header[index]
    told = (
        not header
        or rowkinds.tells_kind(header)
        or states.may_be_state(header)
        or holds_dates(meaning.table, index, strict=True)
    )
    return not told and meaning.is_text(index)


def _described(meaning: Meaning) -> dict[int, str]:
    """Names of the covariates, by their place among the cells of a refused row, which has no values of a wide table."""
    values, covariates = set(meaning.values), set(meaning.covariates)
    kept = [index for index in range(len(meaning.table.header)) if index not in values]
    return {place: meaning.table.header[index] for place, index in enumerate(kept) if index in covariates}
