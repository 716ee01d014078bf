"""Recognises the words by which reports mark their totals."""

from functools import lru_cache

from training.reading.vocabulary import TOTAL_PREFIXES, TOTAL_WORDS, fold


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
        return False
    start = words[1:] if words[0] in TOTAL_PREFIXES and len(words) > 1 else words
    return start[0] in TOTAL_WORDS or words[-1] in TOTAL_WORDS
