"""One quantity a day beside a column of numbers for each item or store: their total, or something else of the day."""

from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
from training.reading.shapes.meaning import Meaning, is_numeric
from training.reading.shapes.multiples import check_multiples_across
from training.reading.shapes.wholes import check_totals
from training.reading.shapes.wide import wide_values
from training.reading.shapes.widenames import check_names, is_word_name, known_word, starts_as_store
from training.reading.tables import RawTable
from training.reading.totals import is_total

_LOOKED_AT: Final = 30
_PIECE: Final = 1 << 16
_CLOSE: Final = 1e-6
_FEWEST: Final = 3
"""Rows that bear out a sum, on which more than one part is something."""
_FEWEST_PARTS: Final = 2


def total_of_columns(table: RawTable, roles: Roles, name: str) -> Meaning | None:
    """The table as one of columns of items or stores, where its only quantity is their sum on every row; else None.

    Raises:
        FileRefusedError: the quantity is no such sum, and by its name may be another figure of the day.
    """
    role = words.UNITS if words.UNITS in roles else SALES
    target = roles.of.get(role)
    of_lines = {words.ITEM, words.DOCUMENT, words.CUSTOMER, words.TIME} & roles.of.keys()
    if target is None or of_lines or role in roles.configured or words.is_net(table.header[target]):
        return None
    parts = [index for index in roles.others if index not in roles.renamed and _may_be_part(table, index)]
    counted = [index for index in parts if not _is_flag(table, index)]
    if len(counted) < _FEWEST_PARTS:
        return None
    line = 0
    for some in (parts, counted) if len(parts) > len(counted) else (parts,):
        line = no_sum(table, target, some)
        if not line and _are_series(table, some, name):
            del roles.of[role]
            return wide_values(table, roles, some, [*some, target])
        if not line:
            return None
    if role == SALES and words.MONEY not in roles:
        _check_open(table, target, counted, f"{name}: line {line}")
    return None


def _are_series(table: RawTable, parts: list[int], name: str) -> bool:
    """Are the parts named like items or stores, and not like sizes, hours or days of the week?"""
    headers = [table.header[part] for part in parts]
    check_multiples_across(headers, name)
    try:
        check_names(headers, name)
        check_totals(headers, name)
    except FileRefusedError:
        return False  # the total of such columns is what was sold on the day
    return True


def no_sum(table: RawTable, target: int, parts: list[int]) -> int:
    """The first line on which the target is not the sum of the parts; 0 where it is on all.

    The first rows are looked at before all: where few of them have several parts, nothing is borne out.
    """
    found = 0
    several = pl.sum_horizontal((pl.col(cell(part)) != 0).cast(pl.Int32) for part in parts) > 1
    for mark in numbers.MARKS:
        head = _read(table.frame.head(_LOOKED_AT), [target, *parts], mark)
        line = _off(head, target, parts)
        if not line and int(head.select(several.sum()).item()) < _FEWEST:
            line = int(head[LINE][0])
        if not line:
            frame = table.frame.select(LINE, *(cell(index) for index in (target, *parts)))
            pieces = (_read(piece, [target, *parts], mark) for piece in frame.iter_slices(_PIECE))
            line = next((line for piece in pieces if (line := _off(piece, target, parts))), 0)
        if not line:
            return 0
        found = found or line
    return found


def _read(frame: pl.DataFrame, columns: list[int], mark: numbers.Decimal) -> pl.DataFrame:
    read = (numbers.numbers(frame[cell(index)], mark)[0].fill_null(0.0).alias(cell(index)) for index in columns)
    return pl.DataFrame([frame[LINE], *read])


def _off(read: pl.DataFrame, target: int, parts: list[int]) -> int:
    """The first line that is no sum, 0 for none."""
    total = pl.sum_horizontal(cell(part) for part in parts)
    lines = read.filter((total - pl.col(cell(target))).abs() > _CLOSE)[LINE]
    return int(lines[0]) if lines.len() else 0


def _may_be_part(table: RawTable, index: int) -> bool:
    """Numbers under a name that is none of a figure, a price or the calendar."""
    header = table.header[index]
    tokens = set(words.fold(header).split())
    told = (
        known_word(header), naming.is_footfall(header), naming.describes_sale(header), naming.is_key(header),
        naming.is_priced(header), naming.is_planned(header), naming.is_date_name(header), is_total(header),
        words.fold(header) in words.BESIDE_COLUMNS, bool(tokens & words.OF_AN_ITEM), tokens <= words.KINDS_OF_QUANTITY,
    )  # fmt: skip
    named = starts_as_store(header) or not words.roles_of(header)
    return named and not any(told) and naming.given_back(header) is None and is_numeric(table, index)


def _is_flag(table: RawTable, index: int) -> bool:
    head = table.frame[cell(index)].head(_LOOKED_AT).cast(pl.String).str.strip_chars()
    return {"0", "1", ""}.issuperset(head.drop_nulls())


def may_be_items(table: RawTable, roles: Roles) -> list[str]:
    """Columns of whole numbers beside a quantity that are named like items or stores, where no column names either."""
    of_lines = {words.ITEM, words.DOCUMENT, words.CUSTOMER, words.TIME} & roles.of.keys()
    target = roles.of.get(words.UNITS)
    if target is None or of_lines or words.UNITS in roles.configured:
        return []
    parts = [
        at for at in roles.others if at not in roles.renamed and _may_be_part(table, at) and not _is_flag(table, at)
    ]
    if len(parts) < _FEWEST_PARTS or not _are_open(table, target, parts) or not _are_series(table, parts, ""):
        return []
    return [table.header[part] for part in parts]


def _are_open(table: RawTable, target: int, parts: list[int]) -> bool:
    """Are all parts whole numbers, and named like items, or like words and within the target?"""
    head, headers = table.frame.head(_LOOKED_AT), [table.header[part] for part in parts]
    whole = pl.all_horizontal(
        pl.col(cell(part)).cast(pl.String).fill_null("").str.strip_chars().str.contains(r"^\d*$") for part in parts
    )
    within = pl.sum_horizontal(cell(part) for part in parts) <= pl.col(cell(target))
    plain = all(len(words.fold(header).split()) == len(header.split()) for header in headers)  # no "StoreDistance"
    named = all(map(starts_as_store, headers)) or (plain and all(map(is_word_name, headers)))
    lone = plain and all(header.isalpha() for header in headers)
    return bool(head.select(whole.all()).item()) and (
        named or (lone and bool(_read(head, [target, *parts], ".").select(within.all()).item()))
    )


def _check_open(table: RawTable, target: int, parts: list[int], where: str) -> None:
    """Raise where the parts may be what was sold of each item or store."""
    if not _are_open(table, target, parts):
        return
    headers = [table.header[part] for part in parts]
    header, shown = table.header[target], ", ".join(map(repr, headers[:3]))
    stores = all(map(starts_as_store, headers))
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{where}: {header!r} is not the sum of {shown}, so these may each be {'a store' if stores else 'an item'} "
        f"beside it, or describe it; set reading.columns.units = {header!r} to count it, or reading.columns."
        f"{words.snake(header)} = {header!r} to count them.",
        units=header,
    )
