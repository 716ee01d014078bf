"""The code of an item, which stands for it before its name."""

import re
from typing import Final

import polars as pl

from training.reading import naming, outcomes, rowkinds
from training.reading import vocabulary as words
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import are_names, is_filled, sample_of
from training.reading.shapes.rivals import numbers_lines
from training.reading.tables import RawTable

_LOOKED_AT: Final = 600
_GROUPED: Final = 20_000
_TEXTS: Final = frozenset({"text", "popis", "opis", "tekst", "texte", "texto", "testo", "text polozky"})
"""Names of columns that may describe anything, and beside a code what it stands for."""
_FEW_BLANK: Final = 0.05
_FRACTION: Final = re.compile(r"^-?\d+[.,]\d{1,2}$")


def codes_first(table: RawTable, claims: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """``SKU`` before an ``Item`` or ``Product`` of which the cells are names: several codes may share one."""
    best = [claim for claim in claims if claim[0] <= claims[0][0]]
    first = best[0][1]
    codes = [claim for claim in best if is_filled(table, claim[1], first) and not _holds_names(table, claim[1])]
    return claims if not codes or not _holds_names(table, first) else codes


def names_for_blank_codes(table: RawTable, claims: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """``Lineitem name``, which stands on all lines, before a ``Lineitem sku`` that many of them lack.

    Where gift cards or other goods have no code, their names alone say of each line what was sold.
    """
    first = claims[0][1]
    if not words.is_line_item(words.fold(table.header[first])) or _holds_names(table, first):
        return claims
    lines = table.frame.head(_LOOKED_AT)
    counted = [at for at, name in enumerate(table.header) if words.UNITS in dict(words.roles_of(name))]
    blank = {at: pl.col(cell(at)).cast(pl.String).fill_null("").str.strip_chars() == "" for _, at in claims}
    sold = [pl.col(cell(at)).cast(pl.String).fill_null("").str.strip_chars() != "" for at in counted]
    lines = lines.filter(pl.any_horizontal(sold)) if sold else lines
    lacking = lines.select(expr.sum().alias(str(at)) for at, expr in blank.items()).row(0, named=True)
    if lacking[str(first)] <= _FEW_BLANK * lines.height:
        return claims
    whole = [claim for claim in claims[1:] if claim[0] <= words.ITEM_NAMES and not lacking[str(claim[1])]]
    return [claim for claim in whole if _holds_names(table, claim[1])] or claims


def names_of_groups(table: RawTable, claims: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Names before a code that begins again in each group of goods: 1 is an espresso, and a bag of beans.

    A code that got another name stays in its group.
    """
    code = claims[0][1]
    names = [claim for claim in claims[1:] if claim[0] == words.ITEM_NAMES and _holds_names(table, claim[1])]
    groups = [at for at in range(len(table.header)) if at != code and _is_group(table, at)]
    if not names or not groups or _holds_names(table, code):
        return claims
    columns = [pl.col(cell(at)).cast(pl.String).str.strip_chars() for at in range(len(table.header))]
    rows = table.frame.head(_GROUPED).select(columns[code].alias("code"), columns[names[0][1]].alias("name"), *columns)
    rows = rows.filter((pl.col("code") != "") & (pl.col("name") != ""))
    several = rows.filter(pl.col("name").n_unique().over("code") > 1)
    told = (several.group_by("code", cell(at)).agg(pl.col("name").n_unique().alias("n")) for at in groups)
    return names if several.height and any((found["n"] == 1).all() for found in told) else claims


def _is_group(table: RawTable, index: int) -> bool:
    """``Category``, ``Jenis``: of which group or kind the goods of a row are, and not whether they were sold."""
    header = table.header[index]
    if dict(words.roles_of(header)).get(words.ITEM) == words.ITEM_NAMES + 1:
        return True
    said = set(sample_of(table, index)) if rowkinds.tells_kind(header) else set()
    return bool(said) and not rowkinds.returned_kinds(said) and not any(map(outcomes.is_row_of_sales, said))


def _holds_names(table: RawTable, index: int) -> bool:
    """Names, also in capitals alone: ``MUG BLUE``, ``CUP`` under a word for the item itself."""
    sample = sample_of(table, index)
    worded = any(" " in text for text in sample) and not any(c.isdigit() for text in sample for c in text)
    return are_names(sample) or (worded and naming.is_item_itself(table.header[index]))


def code_beside(table: RawTable, roles: Roles, claims: list[tuple[int, int]], taken: set[int]) -> list[tuple[int, int]]:
    """A bare ``Code`` right beside the name of the item is its code, unless it counts the lines.

    So is one that follows the kind of each line: ``Type, No., Variant, Description``, and one whose name says that it
    is an item's: ``articleOrderNumber``, ``Seller SKU input``.
    """
    name = claims[0][1]
    of_kind = [at + 1 for at, header in enumerate(table.header) if words.fold(header) in words.LINE_KINDS]
    for index in (name - 1, name + 1, *of_kind):
        within = 0 <= index < len(table.header) and index not in taken
        if not within or words.fold(table.header[index]) not in words.BARE_CODES or not is_filled(table, index, name):
            continue
        if not numbers_lines(table, roles, index) and not _counts_rows(table, index, name):
            return [(claims[0][0], index)]
    named = (at for at, header in enumerate(table.header) if at not in taken and naming.is_code_of_item(header))
    own = next((at for at in named if _tells_items(table, at, name)), None)
    return claims if own is None else [(claims[0][0], own)]


def code_alone(table: RawTable, taken: set[int]) -> list[tuple[int, int]]:
    """Where no column is known as the item, the only one whose name says that it is an item's code."""
    named = [at for at, header in enumerate(table.header) if at not in taken and naming.is_code_of_item(header)]
    if len(named) != 1:
        return []
    sample = sample_of(table, named[0])
    counted = sample == [str(number) for number in range(1, len(sample) + 1)] and len(sample) > 1
    return [] if are_names(sample) or counted or any(map(_FRACTION.match, sample)) else [(0, named[0])]


def code_of_text(table: RawTable, taken: set[int]) -> list[tuple[int, int]]:
    """Where no column is known as the item, a bare ``Code`` each of which has one ``Text``, as invoices write it."""
    free = [at for at in range(len(table.header)) if at not in taken]
    codes = [at for at in free if words.fold(table.header[at]) in words.BARE_CODES]
    texts = [at for at in free if words.fold(table.header[at]) in _TEXTS and are_names(sample_of(table, at))]
    if len(codes) != 1 or len(texts) != 1 or are_names(sample_of(table, codes[0])):
        return []
    pairs = table.frame.head(_LOOKED_AT).select(cell(codes[0]), cell(texts[0])).unique()
    return [(0, codes[0])] if pairs.height == pairs[cell(codes[0])].n_unique() > 1 else []


def names_alone(table: RawTable, taken: set[int]) -> list[tuple[int, int]]:
    """Where no column is known as the item, ``Items`` of which the cells are names; numbers count them."""
    plural = (at for at, header in enumerate(table.header) if at not in taken and _is_plural(header))
    return [(words.ITEM_NAMES, at) for at in plural if are_names(sample_of(table, at))][:1]


def _is_plural(header: str) -> bool:
    """``Items``, ``Articles``, ``Item(s)``."""
    noun, _, plural = words.fold(header).rpartition("s")
    return not plural and noun.strip() in words.ITEM_NOUN


def _tells_items(table: RawTable, index: int, name: int) -> bool:
    """Codes, one wherever the name is, that come again where names do, as no number of a line does."""
    sample = sample_of(table, index)
    if are_names(sample) or any(_FRACTION.match(text) for text in sample) or not is_filled(table, index, name):
        return False
    head = table.frame.head(_LOOKED_AT)
    codes, names = (head[cell(at)].cast(pl.String).str.strip_chars() for at in (index, name))
    again = codes.n_unique() < codes.len() or names.n_unique() == names.len()
    return again and not _counts_rows(table, index, name)


def _counts_rows(table: RawTable, index: int, name: int) -> bool:
    """1, 2, 3, ... down the first rows, beside names of which one comes again.

    Or most have several names, and most names several of them: it begins again on each day or page.
    """
    pair = [pl.col(cell(at)).cast(pl.String).str.strip_chars().alias(key) for at, key in ((index, "n"), (name, "of"))]
    rows = table.frame.head(_LOOKED_AT).select(pair).filter(pl.col("n") != "")
    distinct = rows.unique()
    both_ways = all(2 * int(distinct[key].is_duplicated().sum()) > distinct.height for key in distinct.columns)
    numbers = rows["n"].cast(pl.Int64, strict=False)
    if numbers.null_count() or not rows.height:
        return False
    counted = numbers.to_list() == list(range(1, len(numbers) + 1))
    return both_ways or (counted and rows["of"].n_unique() < len(numbers))
