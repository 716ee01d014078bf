"""Digits and signs of numbers that are written in other scripts, as plain ones."""

from typing import Final

import polars as pl

_ZEROS: Final = "\u0660\u06f0\u0966\u09e6\u0e50\uff10"  # Arabic, Persian, Devanagari, Bengali, Thai, full width
_SIGNS: Final = {
    "\u066b": ".", "\u066c": ",", "\uff0e": ".", "\uff0c": ",", "\uff0d": "-", "\uff0b": "+", "\uff0f": "/",
    "\uff1a": ":", "\uff08": "(", "\uff09": ")", "\uff05": "%",
}  # fmt: skip
_PLAIN: Final = {chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)} | _SIGNS
_TABLE: Final = str.maketrans(_PLAIN)


def plain_text(text: str) -> str:
    """Arabic-Indic and full-width digits as ``2024``; superscripts and fractions stay."""
    return text if text.isascii() else text.translate(_TABLE)


def plain_texts(texts: pl.Series) -> pl.Series:
    """The same of many texts, which most files write plainly."""
    if bool((texts.str.len_bytes() == texts.str.len_chars()).all()):
        return texts
    return texts.str.replace_many(_PLAIN)
