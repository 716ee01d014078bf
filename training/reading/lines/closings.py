"""Reports of one day's closing of a till, whose title tells the day: ``Z-Report 2024-03-13``, ``Tagesabschluss``."""

import re
from typing import Final

import polars as pl

from training.reading import vocabulary as words
from training.reading.ledger import LINE
from training.reading.lines.measured import label_of
from training.reading.lines.records import RAW
from training.reading.lines.titles import TITLE, find_titles

_CLOSING: Final = tuple(words.WORDS["closing_reports"])
_DAY: Final = re.compile(r"\d+[./-]\d+[./-]\d+")
_PRINTED: Final = frozenset(
    {"printed", "exported", "generated", "created", "gedruckt", "erstellt", "imprime", "edite", "impreso", "generado",
     "stampato", "impresso", "afgedrukt"}
)  # fmt: skip
_MARKS: Final = re.compile(r"[;,|\t\"]+")


def closing_day(above: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    """The title that tells the day of such a report: its own line, or the only day above the table; else no row.

    The day of any other list may be that on which it was printed.
    """
    named = [(line, _plain(raw)) for line, raw in above.select(LINE, RAW).iter_rows()]
    closing = [(line, text) for line, text in named if _is_closing(text)]
    days = find_titles(above, delimiter, width, words.DATE)
    if not closing:
        return days.clear()
    told = [(line, text) for line, text in closing if _PRINTED.isdisjoint(words.fold(text).split())]
    own = [(line, words.DATE, label.day) for line, text in told if (label := label_of(text)) is not None]
    if any(len(_DAY.findall(text)) > 1 for _, text in closing):  # from one to another
        return days.clear()
    if own:
        return pl.DataFrame(own[:1], schema=days.schema, orient="row")
    return days.head(1) if days[TITLE].n_unique() == 1 else days.clear()


def _plain(raw: str) -> str:
    return " ".join(_MARKS.sub(" ", raw).split())


def _is_closing(text: str) -> bool:
    folded = f" {words.fold(text)} "
    return any(f" {word} " in folded for word in _CLOSING) or {"daily", "sales"} <= set(folded.split())
