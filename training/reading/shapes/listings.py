"""Lists of what was offered, of which a column says whether it was sold: no plan, and no row a sale by itself."""

from collections.abc import Collection
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import states
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.tables import RawTable

_FLAGS: Final = frozenset({*words.TRUE_WORDS, *words.FALSE_WORDS, *words.MISSING_WORDS, "0", "1"})
_NOT_SOLD: Final = frozenset({"un", "not", "nicht", "non", "no", "nao", "niet"})
_STATES: Final = frozenset({"state", "condition", "availability", "disponibilidad", "verfugbarkeit"})
_MOST_STATES: Final = 20


def check_listings(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where each row is an offer, and a flag or a state says whether it was sold.

    Raises:
        FileRefusedError: how many were sold on which day no column tells.
    """
    for index, header in enumerate(table.header):
        how = told_offers(header, _said(table, index)) if index not in roles.renamed and may_offer(header) else None
        if how is None:
            continue
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {header!r} says of each row by {how} whether it was sold, and no column is known as a quantity, "
            "so these are offers; upload the rows that were sold alone, with the day of the sale and a quantity, 1 for "
            "each.",
        )


def may_offer(header: str) -> bool:
    """``Sold``, ``Listing status``: may the cells say whether a row was sold?"""
    return _is_sold(header) or _names_state(header)


def told_offers(header: str, said: Collection[str]) -> str | None:
    """How the texts of such a column say that some rows were sold and others offered; None where they do not."""
    texts = sorted({text.strip().lower() for text in said})
    if len(texts) > _MOST_STATES:
        return None
    if _is_sold(header):
        flags = _FLAGS.issuperset(texts) and len(set(texts) - words.MISSING_WORDS) > 1
        return "yes or no" if flags else None
    sold = [text for text in texts if _is_sold(text)]
    offered = [text for text in texts if text not in sold and _is_offer(text)]
    return f"{sold[0]!r} and {offered[0]!r}" if sold and offered else None


def _is_sold(text: str) -> bool:
    """``Sold``, ``Sold?``, ``Is sold``, ``Verkauft``, and not ``Unsold``."""
    tokens = words.fold(text).split()
    return 0 < len(tokens) <= 2 and tokens[-1] in words.SOLD and not _NOT_SOLD.intersection(tokens)  # noqa: PLR2004


def _is_offer(text: str) -> bool:
    """``active``, ``ended``, ``unsold``: no state that an order may have that was sold before."""
    ended = words.fold(text) in states.NEVER_SOLD or text in words.CANCELLED_WORDS
    return bool(text) and not (ended or states.is_called_off(text) or states.is_refunded(text))


def _names_state(header: str) -> bool:
    tokens = words.fold(header).split()
    told = {role for token in tokens[-1:] for role, _ in words.roles_of(token)}
    return bool(_STATES.intersection(tokens)) or words.STATUS in told


def _said(table: RawTable, index: int) -> list[str]:
    return table.frame[cell(index)].cast(pl.String).fill_null("").unique().to_list()
