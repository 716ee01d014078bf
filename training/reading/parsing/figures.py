"""Rows of lists of items that are named by other figures of the day: customers, takings, the weather."""

import re
from typing import Final

import polars as pl

from core.contracts.sales import ITEM
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE
from training.reading.shapes.meaning import LONG, WIDE_DATES, Meaning

_FIGURES: Final = frozenset(words.WORDS["figure_rows"])
_BESIDE: Final = frozenset(words.WORDS["beside_figure_rows"])
_SIGN: Final = re.compile(r"[£€$¥%]\)?\s*$|^\s*%|\((?:eur|gbp|usd|chf|pln)\)\s*$", re.IGNORECASE)


def check_figures(meaning: Meaning, lines: pl.DataFrame) -> None:
    """Raise where an item is called so: its numbers would be forecast as units of it.

    Raises:
        FileRefusedError: the sentence names the row.
    """
    if meaning.shape not in (LONG, WIDE_DATES) or meaning.index(words.ITEM) is None or not lines.height:
        return
    named = [text for text in lines[ITEM].unique().to_list() if text is not None and is_figure(text)]
    if not named:
        return
    line, text = lines.filter(pl.col(ITEM).is_in(named)).select(LINE, ITEM).sort(LINE, ITEM).row(0)
    column = meaning.table.label(meaning.roles.of[words.ITEM])
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{column!r} says {text!r} on line {line}, which is named like a figure "
        "beside sales and not like an item; leave such rows out, or where it is the name of an item, write more of it.",
    )


def is_figure(text: str) -> bool:
    """``Customers``, ``Takings (£)``, ``% of week``, ``Avg temperature``; not ``Milk 3.5%``."""
    tokens = words.fold(text).split()
    if any(c.isdigit() for c in text):
        return False
    named = not _FIGURES.isdisjoint(tokens) and _FIGURES.union(_BESIDE).issuperset(tokens)
    return named or _SIGN.search(text) is not None
