"""Names of columns that tell a series and a measure of it: ``Coffee units``, ``Preis Tee``, ``Tea (qty)``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from training.reading import vocabulary as words
from training.reading.lines.measured import label_of

_BETWEEN: Final = re.compile(r"[\s_:|/(\[\u2013\u2014-]+")
_EDGES: Final = " _:|/()[]\u2013\u2014-"
_MEASURES: Final = frozenset({words.UNITS, words.PRICE, words.MONEY, words.STOCK})


@dataclass(frozen=True)
class Side:
    """What a column is of: the series as written, and the role of its measure."""

    series: str
    measure: str


def sides(header: Iterable[str]) -> dict[int, Side]:
    """Columns by index whose names are a series and a measure."""
    return {index: side for index, name in enumerate(header) if (side := _side(name)) is not None}


def of_kinds(series: str) -> bool:
    """``Ordered``, ``Promo``, ``Online``: may say which quantity it is, and not of what."""
    return not words.KINDS_OF_QUANTITY.isdisjoint(words.fold(series).split())


def _side(name: str) -> Side | None:
    """The longest measure that the name ends or begins with."""
    if words.measure_of(name) or label_of(name) is not None:
        return None
    cuts = [(name[: cut.start()], name[cut.end() :]) for cut in _BETWEEN.finditer(name)]
    ends = [(left, right) for left, right in cuts if words.measure_of(right) in _MEASURES]
    begins = [(right, left) for left, right in reversed(cuts) if words.measure_of(left) in _MEASURES]
    for series, measure in (*ends, *begins):
        if role := words.measure_of(measure):
            told = series.strip(_EDGES) if series.count("(") == series.count(")") else series.strip(_EDGES[:-2])
            return Side(told, role) if told and words.fold(told) else None
    return None
