"""Cells that list several items: ``Tea; Milk``, ``SKU1;SKU2``. What a text with a mark in it is, its fellows tell."""

import re
from collections import defaultdict
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.roles import Roles
from training.reading.shapes.contents import sample_of
from training.reading.tables import RawTable

BETWEEN: Final = re.compile(r"\s*(?:[;|]|,\s|\s\+\s)\s*")
_MARK: Final = r"[;|]|,\s|\s\+\s"
_FEWEST_COUNTED: Final = 4
_BETWEEN_CODES: Final = re.compile(r"\s*[;|,]\s*|\s\+\s")
_CODE: Final = re.compile(r"^(?=.*\d)(?=.*[^\W\d_])[\w.-]+$")
_DIGITS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_FEWEST: Final = 2
_HALF: Final = 0.5
_COUNTED: Final = re.compile(r"(?:^|[,;|+]\s*)\d{1,3}\s?[x\u00d7]\s+(?=[^\W\d_])", re.IGNORECASE)
"""``2 x Tea`` of ``1 x Grilled Chicken, 2 x Tea``."""
_COUNTED_AFTER: Final = re.compile(
    r"[^\W\d_][^;|,]*?\s*(?:[(\[]\s*[x\u00d7]?\s*\d{1,3}\s*[x\u00d7]?\s*[)\]]|\s[x\u00d7]\s?\d{1,3})\s*(?:[;|,]\s*|$)",
    re.IGNORECASE,
)
"""``Tea (2)`` of ``Grilled Chicken (1); Tea (2)``."""
_MOSTLY: Final = 0.8


def check_lists(head: pl.DataFrame, header: str, name: str) -> None:
    """Raise where cells are lists of items; ``head`` has ``text`` and the line it stands on.

    They are where the parts stand alone in other cells, where all parts are codes of one form, or where parts stand
    first in one cell and further on in others, as parts of a name do not.

    Raises:
        FileRefusedError: the sentence shows one of them.
    """
    texts = head.filter(pl.col("text") != "").unique("text", keep="first", maintain_order=True).rows()
    for found in (_of_lone(texts), _of_codes(texts), _of_moved(texts)):
        if len(found) >= _FEWEST:
            raise _of_lists(found, header, name)


def check_counts_in_texts(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a text lists items with their counts, as orders for delivery do, and no column is the quantity."""
    if words.UNITS in roles:
        return
    for index, header in enumerate(table.header):
        texts = sample_of(table, index)
        listed = next((found for form in (_COUNTED, _COUNTED_AFTER) if (found := _listed(texts, form))), [])
        if not listed:
            continue
        column = table.frame.select(LINE, pl.col(cell(index)).cast(pl.String).str.strip_chars().alias("text"))
        line = column.filter(pl.col("text") == listed[0])[LINE][0]
        raise FileRefusedError(
            Reason.NOT_A_TABLE,
            f"{name}: {header!r} lists items with their counts in a cell (line {line}: {listed[0][:80]!r}), and no "
            "column holds the quantity; export one row for each item of an order, with its quantity in a column.",
        )


def _listed(texts: list[str], form: re.Pattern[str]) -> list[str]:
    """Texts of several items with their counts, where most texts begin with such a one."""
    listed = [text for text in texts if len(form.findall(text)) > 1]
    return listed if sum(map(bool, map(form.match, texts))) >= _MOSTLY * len(texts) else []


def may_list(head: pl.DataFrame, several: bool) -> tuple[int, str] | None:
    """The first cell that may be a list, with its line: of items that stand alone in others, or one of many marks.

    ``several`` says that the column is named after more than one item.
    """
    texts = head.filter(pl.col("text") != "").unique("text", keep="first", maintain_order=True).rows()
    lone = [(line, text) for line, text, _ in _of_lone(texts)]
    marked = [(line, text) for line, text in texts if BETWEEN.search(text)] if several else []
    return next(iter(lone or (marked if len(marked) >= _HALF * len(texts) else [])), None)


def check_counted(head: pl.DataFrame, names: tuple[str, str], name: str) -> None:
    """Raise where cells list as many parts as the quantity of their rows counts, and not always equally many.

    ``head`` has ``text``, ``units`` as written and the line; ``names`` are those of the item and of the quantity.

    Raises:
        FileRefusedError: the sentence shows one of them.
    """
    parts = pl.col("text").str.count_matches(_MARK) + 1
    units = pl.col("units").str.strip_chars().str.replace(r"[.,]0+$", "").cast(pl.UInt32, strict=False)
    rows = head.filter(pl.col("text") != "").with_columns(parts.alias("parts"), units.alias("units"))
    lists = rows.filter(pl.col("parts") > 1)
    if lists.height < _FEWEST_COUNTED or rows["parts"].n_unique() < _FEWEST:
        return
    if rows.select((pl.col("parts") == pl.col("units")).fill_null(value=False).all()).item():
        line, text = lists.select(LINE, "text").row(0)
        raise _of_lists([(line, text, f", as many as {names[1]!r} counts")], names[0], name)


def _of_lone(texts: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """``Tea; Milk`` beside ``Tea`` and ``Milk``; ``T-1,M-2`` beside ``T-1`` and ``M-2``."""
    found: list[tuple[int, str, str]] = []
    for mark in (BETWEEN, _BETWEEN_CODES):
        alone = {text for _, text in texts if not mark.search(text)}
        found = found or [
            (line, text, ", which stand alone in others")
            for line, text in texts
            if text not in alone and all(part in alone for part in mark.split(text))
        ]
    return found


def _of_codes(texts: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """``SKU1;SKU2``, and ``A-1;B-2`` where the first begin with several letters: those of ``ST1;CO2`` do with one."""
    alike: list[tuple[int, str, str]] = []
    others: list[tuple[int, str, str]] = []
    begins: set[str] = set()
    for line, text in texts:
        parts = _BETWEEN_CODES.split(text)
        if len({*parts}) < _FEWEST or not all(map(_CODE.match, parts)):
            continue
        forms = {_DIGITS.sub("9", part) for part in parts}
        if len(forms) == 1:
            alike.append((line, text, ", which are codes of one form"))
        elif len({_LETTERS.sub("A", form) for form in forms}) == 1:
            others.append((line, text, ", which are codes of one form"))
            begins.add(_DIGITS.sub("9", parts[0]))
    return alike + (others if len(begins) > 1 else [])


def _of_moved(texts: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """``Tea; Milk`` and ``Milk; Bread``: the parts of a name, such as its colour, keep their place."""
    split = [(line, text, BETWEEN.split(text)) for line, text in texts if BETWEEN.search(text)]
    places: defaultdict[str, set[int]] = defaultdict(set)
    for _, _, parts in split:
        for place, part in enumerate(parts):
            places[part].add(place)
    moved = {part for part, at in places.items() if len(at) > 1}
    lists = [
        (line, text, ", whose parts stand first in one cell and further on in others")
        for line, text, parts in split
        if moved.intersection(parts)
    ]
    return lists if len(moved) >= _FEWEST and len(lists) >= _HALF * len(split) else []


def _of_lists(found: list[tuple[int, str, str]], header: str, name: str) -> FileRefusedError:
    line, text, why = found[0]
    return FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: {header!r} lists several items in a cell (line {line}: {text[:80]!r}){why}; export one row for each "
        f"item, or set reading.columns.item_id = '{header}' to take each text as one item.",
    )
