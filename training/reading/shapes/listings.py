"""Lists of what was offered, of which a column says whether it was sold: no plan, and no row a sale by itself."""

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
        said = _said(table, index) if _may_tell(roles, index, header) else frozenset()
        flagged = _is_sold(header) and said <= _FLAGS and len(said - words.MISSING_WORDS) > 1
        sold = [text for text in sorted(said) if _is_sold(text)] if not _is_sold(header) else []
        offered = [text for text in sorted(said) if text not in sold and _is_offer(text)]
        if not flagged and not (sold and offered):
            continue
        how = "by yes or no" if flagged else f"by {sold[0]!r} and {offered[0]!r}"
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {header!r} says of each row {how} whether it was sold, and no column is known as a quantity, so "
            "these are offers; upload the rows that were sold alone, with the day of the sale and a quantity, 1 for "
            "each.",
        )


def _may_tell(roles: Roles, index: int, header: str) -> bool:
    return index not in roles.renamed and (_is_sold(header) or _names_state(header))


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


def _said(table: RawTable, index: int) -> frozenset[str]:
    """The texts of a column of few, in small letters; none for others."""
    texts = table.frame[cell(index)].cast(pl.String).str.strip_chars().str.to_lowercase().fill_null("").unique()
    return frozenset(texts.to_list()) if texts.len() <= _MOST_STATES else frozenset()
