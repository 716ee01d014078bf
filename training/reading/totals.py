"""Recognises the words by which reports mark their totals."""

from functools import lru_cache
from typing import Final

import polars as pl

from training.reading.vocabulary import TOTAL_PREFIXES, TOTAL_WORDS, fold

_FILLER: Final = frozenset(
    {
        "for",
        "of",
        "fur",
        "von",
        "de",
        "del",
        "della",
        "do",
        "da",
        "di",
        "du",
        "pour",
        "por",
        "para",
        "per",
        "voor",
        "van",
    }
)
HINT: Final = r"(?i)(?:^|\P{L})(?:" + "|".join(sorted(TOTAL_WORDS)) + r")(?:$|\P{L})"
"""What a cell with a word of totals matches."""


@lru_cache(maxsize=65536)
def is_total(text: str) -> bool:
    """True for a cell that says nothing but total: ``Total``, ``Zwischensumme``, ``Sous-total``, ``Grand Total:``."""
    words = fold(text).split()
    if not words or not TOTAL_WORDS.intersection(words):
        return False
    return all(word in TOTAL_WORDS or word in TOTAL_PREFIXES for word in words)


@lru_cache(maxsize=65536)
def looks_total(text: str) -> bool:
    """True also for ``Total March``, ``Total: 120`` and ``Beer Total``; use it only where no date can be read."""
    words = fold(text).split()
    if not words:
        return bool(text.strip()) and not text.strip("* ")  # ``**`` marks the sums of printed lists
    start = words[1:] if words[0] in TOTAL_PREFIXES and len(words) > 1 else words
    return start[0] in TOTAL_WORDS or words[-1] in TOTAL_WORDS


@lru_cache(maxsize=65536)
def total_of(text: str) -> str | None:
    """Whose total it is, folded: ``s1`` for ``S1 Total``, ``hoses`` for ``Total for Hoses``; None for other texts."""
    words = fold(text).split()
    if len(words) > 1 and words[-1] in TOTAL_WORDS:
        return " ".join(words[:-1])
    if len(words) > 1 and words[0] in TOTAL_WORDS:
        rest = words[2:] if len(words) > 2 and words[1] in _FILLER else words[1:]  # noqa: PLR2004
        return " ".join(rest)
    return None


def totals_of_others(some: pl.Series, column: pl.Series) -> list[str]:
    """Those of some texts that call themselves the total of another text of the column."""
    texts = some.drop_nulls().unique()
    named = [text for text in texts.filter(texts.str.contains(HINT)).to_list() if total_of(text)]
    if not named:
        return []
    known = {fold(text) for text in column.drop_nulls().unique().to_list()}
    return [text for text in named if total_of(text) in known]
