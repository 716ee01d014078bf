"""Exports from which no quantity of one item can be told: lists of a whole order in a cell, lines of amounts."""

import re
from collections.abc import Callable, Collection
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES, are_names, sample_of
from training.reading.shapes.lists import check_counted, check_lists
from training.reading.tables import RawTable

_COUNTED: Final = r"^\d+\s*[x\x{d7}]\s+\S"
_SEVERAL: Final = re.compile(r"[,;|/+]\s*\d+\s*[x\u00d7]\s+\S")
_KEYED: Final = re.compile(r"(?:^|[|;,]\s*)(?P<key>[^\W\d][\w ]{1,30}:)[^|;]*[|;]\s*(?P=key)")
_YEAR_BEFORE: Final = re.compile(r"^(?:19|20)\d\d ")
_SAMPLE: Final = 600
_SHOWN: Final = 5
_WITH_NUMBER: Final = re.compile(r"^(?P<word>[^\W\d].*?)[ _.#-]*(?P<number>\d{1,2})$")
_NAMES_LINES: Final = frozenset({"id", "sku", "item", "line", "article", "product", "asin"})
KINDS_OF_AMOUNT: Final = frozenset({"amount type", "amount description", "price type", "fee type", "charge type"})


def check_side_by_side(table: RawTable, name: str) -> None:
    """Raise where the header names columns twice, as tables beside each other do, or numbers the items of a row."""
    filled = [header for header in table.header if header.strip()]
    names = [words.fold(header) for header in filled]
    for length in range(2, len(names) // 2 + 1):
        first = next((at for at in range(len(names) - 2 * length + 1) if _is_again(names, at, length)), None)
        if first is not None:
            shown = ", ".join(map(repr, filled[first : first + length][:_SHOWN]))
            raise FileRefusedError(
                Reason.NOT_A_TABLE,
                f"{name}: the header on line {table.header_line} names {shown} twice, as two tables side by side do; "
                "put one below the other.",
            )
    _check_years(table, filled, names, name)
    _check_numbered(table, name)


def _check_years(table: RawTable, filled: list[str], names: list[str], name: str) -> None:
    """Raise where columns stand once for each of several years, the day of each year among them."""
    bare = [_YEAR_BEFORE.sub("", each) for each in names]
    half = len(bare) // 2
    for length in range(2, half + 1):
        if bare != names and _is_again(bare, 0, length) and bare[:length] * (len(bare) // length) == bare:
            one, other = (", ".join(map(repr, filled[at : at + length][:_SHOWN])) for at in (0, length))
            raise FileRefusedError(
                Reason.NOT_A_TABLE,
                f"{name}: the header on line {table.header_line} names {one} beside {other}, as tables of two years "
                "side by side do; put one below the other, with the year in each day.",
            )


def _is_again(names: list[str], at: int, length: int) -> bool:
    """Do these names, of which one is an item's or a day's, stand once more right after?"""
    after = at + length
    if names[at] != names[after] or names[at:after] != names[after : after + length]:
        return False  # before any name is looked up: wide tables have a million such pairs
    told = {role for each in names[at:after] for role, _ in words.roles_of(each)}
    return bool(told & {words.DATE, words.MONTH, words.ITEM})


def _check_numbered(table: RawTable, name: str) -> None:
    """Raise where ``Item 1``, ``Item 2`` name several items on each row."""
    numbered = [(at, match) for at, header in enumerate(table.header) if (match := _WITH_NUMBER.match(header.strip()))]
    items = [(at, match["number"]) for at, match in numbered if (words.ITEM, 0) in words.roles_of(match["word"])]
    texts = [at for at, _ in items if are_names(sample_of(table, at)) or _has_letters(sample_of(table, at))]
    if len(texts) > 1 and [number.lstrip("0") for _, number in items][:2] == ["1", "2"]:
        one, other = (table.header[at] for at in texts[:2])
        raise FileRefusedError(
            Reason.NOT_A_TABLE,
            f"{name}: {one!r} and {other!r} name several items on each row; write a row for each item, with its "
            "quantity.",
        )


def _has_letters(sample: list[str]) -> bool:
    return sum(any(c.isalpha() for c in text) for text in sample) * 2 > len(sample)


def check_amounts(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where each line is an amount of a settlement, and a sale has several, each with the whole quantity."""
    if words.UNITS not in roles or words.DOCUMENT not in roles:
        return
    quantity = table.header[roles.of[words.UNITS]]
    cure = "export the orders, with one line for each item sold."

    def told(kinds: str) -> str:
        return f"makes several lines of one sale ({kinds}), each with its {quantity!r}; {cure}"

    _check_kinds(table, KINDS_OF_AMOUNT, name, told)


def check_qualifiers(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a column says of each row's quantity what it is, as in EDI, and there are several kinds."""
    if words.UNITS not in roles:
        return
    quantity = table.header[roles.of[words.UNITS]]

    def told(kinds: str) -> str:
        return f"says what each {quantity!r} is ({kinds}); export the rows of the quantity sold alone."

    _check_kinds(table, words.QUALIFIERS, name, told)


def check_levels(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a column says on which level of a hierarchy each row is, and there are several."""
    if words.UNITS not in roles and SALES not in roles:
        return

    def told(kinds: str) -> str:
        return f"says on which level each row is ({kinds}), so sums stand beside their parts; export one level."

    _check_kinds(table, words.LEVELS, name, told)


def check_measures_across(table: RawTable, values: Collection[int], name: str) -> None:
    """Raise where a column says what the values of each row of a wide table are, and not that all are quantities."""
    named = [i for i, header in enumerate(table.header) if words.fold(header) in words.MEASURE_KINDS]
    kind = next((index for index in named if index not in values), None)
    if kind is None:
        return
    header, said = table.header[kind], table.frame[cell(kind)].cast(pl.String).drop_nulls().unique(maintain_order=True)
    kinds = [text for text in said if text.strip()]
    others = [text for text in kinds if words.measure_of(text) not in (words.UNITS, None)]
    if len(kinds) > 1 or others:
        shown = ", ".join(map(repr, kinds[:3]))
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {header!r} says what the values of each row are ({shown}); export the rows of the quantity sold "
            "alone.",
        )


def check_parts(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a column says of some lines that they are parts of others, such as the sizes of a chosen product."""
    if words.DOCUMENT not in roles or words.ITEM not in roles:
        return
    whole = next((i for i, header in enumerate(table.header) if words.fold(header) in words.WHOLES), None)
    if whole is None or whole in roles.renamed:
        return
    text = pl.col(cell(whole)).cast(pl.String).fill_null("").str.strip_chars()
    parts = table.frame.filter(~text.str.to_lowercase().is_in([*words.MISSING_WORDS, "0"]))
    parts = parts.filter(_is_beside_its_whole(table, parts, roles.of[words.DOCUMENT], whole))
    if not 0 < parts.height < table.frame.height:
        return
    header = table.header[whole]
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: {header!r} says that line {parts[LINE][0]} is a part of another line, and both would count; export "
        f"either the parts or the wholes, or set reading.columns.part_of = '{header}' to count all lines.",
    )


def _is_beside_its_whole(table: RawTable, parts: pl.DataFrame, document: int, whole: int) -> pl.Series:
    """Does a line of the same document bear the name or number? Else it is that of a family of products."""
    keys = [pl.col(cell(document)).cast(pl.String).alias("in"), pl.col(cell(whole)).cast(pl.String).alias("of")]
    wanted = parts.select(pl.int_range(pl.len()).alias("at"), *keys)
    found = pl.Series([False]).new_from_index(0, parts.height)
    for index, header in enumerate(table.header):
        if index in (document, whole) or _NAMES_LINES.isdisjoint(words.fold(header).split()):
            continue
        named = table.frame.select(keys[0], pl.col(cell(index)).cast(pl.String).alias("of")).unique()
        found |= wanted["at"].is_in(wanted.join(named, on=["in", "of"], how="semi")["at"].implode())
    return found


def check_measures(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a column says of each row's value what it is, and there are several kinds."""
    if SALES not in roles or words.UNITS in roles:
        return
    value = table.header[roles.of[SALES]]

    def told(kinds: str) -> str:
        return f"says what each {value!r} is ({kinds}); export the rows of the quantity sold alone."

    _check_kinds(table, words.MEASURE_KINDS, name, told)


def _check_kinds(table: RawTable, names: Collection[str], name: str, told: Callable[[str], str]) -> None:
    """Raise where a column of one of these names tells several kinds of row; ``told`` says what they do."""
    kind = next((i for i, header in enumerate(table.header) if words.fold(header) in names), None)
    if kind is None:
        return
    kinds = [text for text in table.frame[cell(kind)].cast(pl.String).drop_nulls().unique(maintain_order=True) if text]
    if len(kinds) > 1:
        shown = ", ".join(map(repr, kinds[:3]))
        raise FileRefusedError(Reason.AMBIGUOUS, f"{name}: {table.header[kind]!r} {told(shown)}")


def check_baskets(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the item column holds lists such as ``2\u00d7 Mug, 1\u00d7 Tee``."""
    index = roles.of.get(words.ITEM)
    if index is None:
        _check_keyed(table, roles, name)
        return
    if table.frame.schema[cell(index)] != pl.String:
        return
    head = table.frame.select(LINE, pl.col(cell(index)).str.strip_chars().alias("text")).head(_SAMPLE)
    filled = head.filter(pl.col("text") != "")
    lists = filled.filter(pl.col("text").str.contains(_COUNTED))
    several = [(line, text) for line, text in lists.iter_rows() if _SEVERAL.search(text)]
    if several and (2 * lists.height >= filled.height or len({text for _, text in several}) > 1):
        raise _of_baskets(table, roles, index, several[0], name)
    if words.ITEM not in roles.configured:
        check_lists(head, table.header[index], name)
        target = roles.of.get(words.UNITS, roles.of.get(SALES))
        if target is not None:
            counted = table.frame[cell(target)].head(_SAMPLE).cast(pl.String).alias("units")
            check_counted(head.with_columns(counted), (table.header[index], table.header[target]), name)


def _check_keyed(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where no column is the item, and one holds lists such as ``ID: 7, Qty: 1|ID: 8, Qty: 2``."""
    for index in roles.others:
        if table.frame.schema[cell(index)] != pl.String:
            continue
        head = table.frame.select(LINE, pl.col(cell(index)).alias("text")).head(_SAMPLE)
        several = next(((line, text) for line, text in head.iter_rows() if text and _KEYED.search(text)), None)
        if several is not None:
            raise _of_baskets(table, roles, index, several, name)


def _of_baskets(table: RawTable, roles: Roles, index: int, several: tuple[int, str], name: str) -> FileRefusedError:
    line, text = several
    target = roles.of.get(words.UNITS, roles.of.get(SALES))
    counted = f", which {table.header[target]!r} counts together" if target is not None else ""
    return FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: {table.header[index]!r} lists several products in one cell (line {line}: {text[:60]!r}){counted}; "
        "export one line for each product of an order.",
    )
