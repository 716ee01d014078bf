"""Stores and items that stand in titles above the rows, as reports of one block for each of them write them."""

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import header_dates, readings, split_time
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.lines.measured import labels
from training.reading.lines.records import RAW, split_record
from training.reading.tables import RawTable

TITLE: Final = "_title"
WORD: Final = "_word"
ROLES: Final = (words.STORE, words.ITEM, words.DATE)
_TITLE: Final = re.compile(
    r"^(?P<word>[^\d:#=]{2,40}?)\s*(?P<mark>[:#=]|\s[-\u2013]\s|\b(?:no|nr|num|n[°º])\b\.?\s*:?|(?=\d))\s*(?P<id>\S.*)$",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(r"\s{2,}|\s*[|;\t]|,?\s+[^\W\d]+\s*:\s")  # ``101   Period: March``
_BARE: Final = re.compile(r"^\d\S*(?:\s*[-\u2013(].*)?$")  # ``12 - Mitte``, and no ``5 closed for renovation``
_ALL: Final = frozenset(
    {"all", "any", "alle", "saemtliche", "samtliche", "tous", "toutes", "todas", "todos", "tutti", "tutte", "multiple",
     "various", "several", "mehrere", "diverse", "plusieurs", "varias", "varios", "vari", "meerdere"}
)  # fmt: skip
EVERY: Final = r"(?i)^\s*(?:" + "|".join(sorted(_ALL)) + r")\b"
"""What a text that says all of its kind begins with."""
_ARTICLES: Final = frozenset(
    {"the", "of", "les", "des", "las", "los", "as", "os", "i", "gli", "le", "de", "del", "die"}
)
_STEM: Final = 4
_CALENDAR: Final = frozenset({words.YEAR, words.MONTH, words.WEEK, words.DAY})
_NUMBER: Final = re.compile(r"^\d+(?:[.,]\d+)?$")
_WORST_RANK: Final = {words.STORE: 2, words.ITEM: 0}
_WORST_RANK_BARE: Final = {words.STORE: 1, words.ITEM: -1}
_PAIR: Final = 2


def find_titles(lines: pl.DataFrame, delimiter: str, width: int, role: str) -> pl.DataFrame:
    """Lines that say nothing but a store or an item, by word and id: ``Store: 101``, ``Filiale 12``, ``Tienda;7``.

    An item must be marked: ``Product Code:,BOARD001,Description:,Whiteboard``. A day may stand alone.
    """
    text = pl.col(RAW).str.strip_chars(f" {delimiter}")
    single = text.str.count_matches(delimiter, literal=True) <= 1
    marked = text.str.contains(r"^\"?[^\d:]{2,40}:") if role == words.ITEM else pl.lit(value=False)
    few = lines.filter(single | marked)
    found = [(line, *told) for line, raw in few.iter_rows() if (told := _named(raw, delimiter, width, role))]
    schema = {LINE: pl.Int64(), WORD: pl.String(), TITLE: pl.String()}
    return pl.DataFrame(found, schema=schema, orient="row")


def _named(raw: str, delimiter: str, width: int, role: str) -> tuple[str, str] | None:
    filled = [field.strip() for field in split_record(raw, delimiter) if field.strip()]
    if role == words.DATE:
        return _day(filled) if filled else None
    if len(filled) >= _PAIR and width > _PAIR:
        word, told = filled[0].rstrip(" :"), filled[1]
        marked = all(text.endswith(":") for text in filled[::2])
        if not marked and (len(filled) > _PAIR or role == words.ITEM):
            return None
        rank = _WORST_RANK[role] if role == words.ITEM else 1
        return (word, told) if _says(word, role, rank) and not says_all(told, role) else None
    return heading(filled[0], role) if len(filled) == 1 else None


def _day(filled: list[str]) -> tuple[str, str] | None:
    """``13 March 2024`` alone, or ``Date: 13/03/2024``."""
    word, _, day = filled[0].rpartition(": ") if len(filled) == 1 else (filled[0].rstrip(" :"), "", filled[-1])
    if len(filled) > _PAIR or (word and not _says(word, words.DATE, 2)):
        return None
    return ("date", day) if not _NUMBER.match(day) and readings(split_time(day)[0]) else None


def heading(text: str, role: str) -> tuple[str, str] | None:
    """Word and id of ``Store: 101 - Mitte`` or ``Artikel: 4711 Schraube``; None for other texts."""
    match = _TITLE.match(text)
    if match is None:
        return None
    word, told = match["word"].strip(), _NEXT.split(match["id"])[0].strip()
    if not _says(word, role, (_WORST_RANK if match["mark"] in (":", "=") else _WORST_RANK_BARE)[role]):
        return None
    if not match["mark"] and not _BARE.match(told):
        return None
    return None if says_all(told, role) else (word, told)


def says_all(told: str, role: str) -> bool:
    """``All``, ``All Locations``, ``Tutti i negozi (12)``: what a report was asked for, and the name of no store."""
    first, *rest = words.fold(told).split() or ["all"]
    return first in _ALL and all(
        word.isdigit() or word in _ARTICLES or words.begins(role, word[:_STEM]) for word in rest
    )


def _says(word: str, role: str, worst: int) -> bool:
    best = words.roles_of(word)[:1]
    return bool(best) and best[0][0] == role and best[0][1] <= worst


def names_none(role: str, header: Sequence[str], wanted: Sequence[str]) -> bool:
    """No column is of stores, items or days, by name or by the configuration; names of items may be of another kind."""
    worst = _WORST_RANK[role] if role == words.ITEM else 9
    roles = {found for name in header for found, rank in words.roles_of(name) if found != role or rank <= worst}
    dated = role == words.DATE and (roles & _CALENDAR or header_dates(header) or labels(header))
    return role not in roles and not dated and role not in wanted


def check_titles(titles: pl.DataFrame, headers: list[int], name: str) -> None:
    """Raise where one of several blocks has no title: its rows would go to the store of another."""
    told = titles[LINE].to_list()
    edges = [0, *headers, 1 << 62]
    above = [any(edges[i] < line < edges[i + 1] for line in told) for i in range(len(headers))]
    below = [any(edges[i + 1] < line < edges[i + 2] for line in told) for i in range(len(headers))]
    if len(headers) > 1 and not all(above) and not all(below):
        bare = headers[above.index(False)]
        _, word, store = titles.row(0)
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {word} {store!r} stands in a title (line {told[0]}), but the block whose header is line {bare} "
            f"has no such title, so its {word} is not told; write one above each block, or a column {word!r}.",
        )


def under_titles(frame: pl.DataFrame, titles: pl.DataFrame, name: str, untold: str) -> pl.DataFrame:
    """Rows with the title of the last line above each, as ``TITLE``; ``untold`` says what a row above all titles lacks.

    Raises:
        FileRefusedError: there is such a row.
    """
    rows = frame.with_columns(pl.col(LINE).set_sorted())
    told = rows.join_asof(titles.select(LINE, TITLE).sort(LINE), on=LINE, strategy="backward")
    for first in told.filter(pl.col(TITLE).is_null())[LINE].head(1):
        raise FileRefusedError(Reason.AMBIGUOUS, f"{name}: line {first} {untold}")
    return told


def with_titles(table: RawTable, titles: pl.DataFrame, name: str) -> RawTable:
    """The table with one more column: the store or item of the title above each row.

    Raises:
        FileRefusedError: rows stand above the first title.
    """
    line, word, store = titles.row(0)
    untold = (
        f"stands above the first title ({word} {store!r}, line {line}), so its {word} is not told; write a title above "
        f"it, or a column {word!r}."
    )
    frame = under_titles(table.frame, titles, name, untold)
    width = len(table.header)
    return RawTable(
        table.member, table.format, (*table.header, word), table.header_line, frame.rename({TITLE: cell(width)}),
        table.encoding, table.delimiter,
    )  # fmt: skip
