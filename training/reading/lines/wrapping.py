"""Takes off quotation marks that are none of CSV's: around whole lines, or single ones around every cell."""

import re
from typing import Final

import polars as pl

from training.reading.lines.records import RAW
from training.reading.lines.strays import MARKS

_SAMPLE: Final = 30
_MOST: Final = 0.9
_WHOLE: Final = r'^"(?:[^"]|"")*"$'
_SINGLE: Final = {mark: rf"^'[^']*'(?:{re.escape(mark)}\s*'[^']*')+$" for mark in MARKS}


def unwrapped(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines as CSV has them, where nearly all of the first ones are wrapped in one way."""
    first = [raw.strip() for raw in lines[RAW].head(10 * _SAMPLE).to_list() if raw.strip()][:_SAMPLE]
    if _are(first, _WHOLE) and any(mark in raw for mark in MARKS for raw in first[:1]):
        inner = pl.col(RAW).str.strip_chars().str.slice(1).str.head(-1).str.replace_all('""', '"', literal=True)
        wrapped = pl.col(RAW).str.strip_chars().str.contains(_WHOLE)
        return lines.with_columns(pl.when(wrapped).then(inner).otherwise(pl.col(RAW)).alias(RAW))
    for mark, pattern in _SINGLE.items():
        if _are(first, pattern):
            plain = ~pl.col(RAW).str.contains('"', literal=True)
            doubled = pl.col(RAW).str.replace_all(rf"(^|{re.escape(mark)}\s*)'([^']*)'", '$1"$2"')
            return lines.with_columns(pl.when(plain).then(doubled).otherwise(pl.col(RAW)).alias(RAW))
    return lines


def _are(first: list[str], pattern: str) -> bool:
    return len(first) > 1 and sum(bool(re.match(pattern, raw)) for raw in first) >= _MOST * len(first)
