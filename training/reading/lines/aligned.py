"""Columns that are set apart by spaces and line up on every line, as printed lists have them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import polars as pl

from training.reading.dialect.dateforms import readings
from training.reading.ledger import LINE
from training.reading.lines.header import MIN_SCORE, header_score
from training.reading.lines.records import RAW, UNIT

_RUN: Final = re.compile(r"\S+(?: \S+)*")  # as far as two spaces
_WORD: Final = re.compile(r"\S+")
_NUMBER: Final = re.compile(r"^[-+]?[\d.,]+$")
_RULE: Final = re.compile(r"^[\s=_+-]+$")
_OTHERS: Final = re.compile(r'["\t;|\x1f]')
_SAMPLE: Final = 300
_FEWEST_ROWS, _FEWEST_COLUMNS = 2, 2


@dataclass(frozen=True)
class _Span:
    """A column from its first place to the one after its last, with its name and its cells."""

    start: int
    stop: int
    name: str
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        return not any(self.cells)

    @property
    def numbers(self) -> bool:
        return all(_NUMBER.match(text) for text in self.cells if text)


def aligned(lines: pl.DataFrame, wanted: frozenset[str]) -> pl.DataFrame | None:
    """The lines with their columns divided as those of a sheet; None where they do not line up on every line."""
    texts = lines[RAW].to_list()
    head = _header(texts[:_SAMPLE], wanted)
    if head is None or any(_OTHERS.search(text) for text in texts):
        return None
    rows = [text for text in texts[head + 1 :] if text.strip() and not _RULE.match(text)]
    spans = _spans(texts[head], rows) if len(rows) >= _FEWEST_ROWS else None
    if spans is None:
        return None
    starts = [0, *(start for start, _ in spans[1:])]
    edges = [*pairwise(starts), (starts[-1], max(map(len, texts)))]
    cut = [
        UNIT.join(text[start:stop].strip() for start, stop in edges) if at >= head and text.strip() else text
        for at, text in enumerate(texts)
    ]
    return lines.with_columns(pl.Series(RAW, cut, dtype=pl.String)).select(LINE, RAW)


def _header(texts: Sequence[str], wanted: frozenset[str]) -> int | None:
    """The line whose names, set apart by two spaces or by one, look most like a header."""
    scores = [max(header_score(form.findall(text), wanted) for form in (_RUN, _WORD)) for text in texts]
    best = max(scores, default=0)
    return scores.index(best) if best >= MIN_SCORE else None


def _spans(header: str, rows: Sequence[str]) -> list[tuple[int, int]] | None:
    """Where each column lies; None where a name or a cell is cut, or may belong to two columns."""
    width = max(map(len, (header, *rows)))
    filled = [any(place < len(text) and text[place] != " " for text in (header, *rows)) for place in range(width)]
    starts = [at for at in range(width) if filled[at] and not (at and filled[at - 1])]
    stops = [at + 1 for at in range(width) if filled[at] and not (at + 1 < width and filled[at + 1])]
    spans: list[_Span] | None = [
        _Span(start, stop, header[start:stop].strip(), tuple(text[start:stop].strip() for text in rows))
        for start, stop in zip(starts, stops, strict=True)
    ]
    spans = _joined(spans or [])
    if spans is None or len(spans) < _FEWEST_COLUMNS:
        return None
    if any("  " in text for span in spans for text in (span.name, *span.cells)):
        return None
    return [(span.start, span.stop) for span in spans]


def _joined(spans: Sequence[_Span]) -> list[_Span] | None:
    """Parts of one column put together: a name without cells, cells without a name, one space beside the rest."""
    found: list[_Span] = []
    rest = list(spans)
    while rest:
        span = rest.pop(0)
        if span.name and not span.blank:
            found.append(span)
            continue
        left = found[-1] if found and span.start - found[-1].stop == 1 else None
        right = rest[0] if rest and rest[0].start - span.stop == 1 else None
        sides = [side for side in (left, right) if side is not None and _of_one(span, side)]
        if not sides and span.name and left is None and right is None:
            found.append(span)  # a column without a cell
        elif len(sides) != 1:
            return None
        elif sides[0] is left:
            found[-1] = _both(found[-1], span)
        else:
            rest[0] = _both(span, rest[0])
    return found


def _of_one(part: _Span, side: _Span) -> bool:
    """Words stand beside words, digits beside digits; a number beside a word may be of another column, or a year."""
    if part.blank:
        return True
    whole = _both(side, part) if side.start < part.start else _both(part, side)
    dated = all(readings(text) for text in whole.cells)
    return (part.numbers == side.numbers or dated) and not (part.name and side.name)


def _both(left: _Span, right: _Span) -> _Span:
    cells = tuple(f"{one} {other}".strip() for one, other in zip(left.cells, right.cells, strict=True))
    return _Span(left.start, right.stop, f"{left.name} {right.name}".strip(), cells)
