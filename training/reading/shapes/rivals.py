"""Several columns whose names promise one role: which of them has it."""

import math
import re
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.sides import sides
from training.reading.tables import RawTable

_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_FEWEST_DAYS: Final = 5
_MOSTLY: Final = 0.5
"""Share of rows that are the same in a quantity and in that of it that was delivered."""
_COUNTING: Final = frozenset({"item", "items", "artikel", "position", "line", "no", "nr", "num", "number", "id"})
_MANY_LINES: Final = 20


def may_be_position(table: RawTable, roles: Roles, index: int) -> bool:
    """``Pos`` beside a document: a line of it, or a point of sale."""
    return words.DOCUMENT in roles and words.fold(table.header[index]) == "pos"


def is_position(table: RawTable, roles: Roles, index: int) -> bool:
    """Such a column that differs between the lines of one document."""
    if not may_be_position(table, roles, index):
        return False
    own = pl.col(cell(index)).cast(pl.String).str.strip_chars()
    return bool((table.frame.group_by(cell(roles.of[words.DOCUMENT])).agg(own.n_unique())[cell(index)] > 1).any())


def is_measured(table: RawTable, roles: Roles, index: int) -> bool:
    """``Café`` beside ``Tea``: numbers that differ, one on each day, in a table that names no item nor quantity.

    Rows of several stores would have several of one day; these are quantities of an item or a channel.
    """
    day, frame = roles.of.get(words.DATE), table.frame
    if day is None or frame.height < _FEWEST_DAYS or len(words.fold(table.header[index]).split()) != 1:
        return False
    named = {role for header in table.header for role, _ in words.roles_of(header)}
    if named & {words.UNITS, words.ITEM, words.DOCUMENT, words.MONEY, words.SALES}:
        return False
    one_each = frame[cell(day)].n_unique() == frame.height and frame[cell(index)].n_unique() > 1
    text = frame[cell(index)].cast(pl.String).fill_null("").str.strip_chars()
    return one_each and bool(text.str.contains(r"^\d*$").all()) and bool((text != "").any())


def numbers_lines(table: RawTable, roles: Roles, index: int) -> bool:
    """``Item`` beside ``Material`` or ``SKU`` counts the lines of each document: 1, 2, 3 or 10, 20, 30."""
    document = roles.of.get(words.DOCUMENT)
    if document is None or not _COUNTING.issuperset(words.fold(table.header[index]).split()):
        return False
    cells = {name: pl.col(cell(at)).cast(pl.String).str.strip_chars() for name, at in (("d", document), ("n", index))}
    lines = table.frame.select(**cells).with_columns(pl.col("n").cast(pl.Int64, strict=False)).drop_nulls("d")
    if not lines.height or lines["n"].null_count() or lines["n"].n_unique() == lines.height:
        return False
    counted = lines.group_by("d").agg(pl.col("n").min().alias("first"), pl.len(), pl.col("n").max().alias("last"))
    step = counted["first"][0]
    return (
        step in (1, 10)
        and counted.select(((pl.col("first") == step) & (pl.col("last") == pl.col("len") * step)).all()).item()
    )


def _may_count(header: str) -> bool:
    """``item_id``, and ``pizza_id``: an id of goods, and no code that they bear."""
    tokens = words.fold(header).split()
    return _COUNTING.issuperset(tokens) or (tokens[-1:] == ["id"] and words.GOODS.issuperset(tokens[:-1]))


def names_each_line(table: RawTable, roles: Roles, index: int, others: list[int]) -> bool:
    """``item_id`` 1, 2, 3, ... through all documents, beside an ``sku`` of which one comes again."""
    if words.DOCUMENT not in roles or not _may_count(table.header[index]):
        return False
    numbers = table.frame[cell(index)].cast(pl.String).str.strip_chars().cast(pl.Int64, strict=False)
    if numbers.null_count() or not bool((numbers.diff().drop_nulls() > 0).all()):
        return False
    columns = [table.frame[cell(other)] for other in others if other != index]
    return any(column.n_unique() < column.len() and column.null_count() == 0 for column in columns)


def stands_once(table: RawTable, index: int, claims: list[tuple[int, int]]) -> bool:
    """``item_nr`` of which none comes again, beside a ``partner_sku`` of which most do: a number of the line."""
    column = table.frame[cell(index)]
    if column.len() < _MANY_LINES or column.n_unique() < column.len():
        return False
    codes = [table.frame[cell(other)] for rank, other in claims if other != index and rank < words.ITEM_NAMES]
    return any(2 * code.n_unique() <= code.len() and code.null_count() == 0 for code in codes)


def may_number_lines(table: RawTable, roles: Roles) -> bool:
    """Could a column that calls itself the item number the lines of a file that begins so?"""
    named = [
        at for at, header in enumerate(table.header) if any(role == words.ITEM for role, _ in words.roles_of(header))
    ]
    if words.DOCUMENT not in roles or len(named) < 2:  # noqa: PLR2004 - the only item is it
        return False
    counting = [at for at in named if _may_count(table.header[at])]
    whole = [table.frame[cell(at)].str.strip_chars().cast(pl.Int64, strict=False) for at in counting]
    return any(not numbers.null_count() for numbers in whole)


def check_one_quantity(table: RawTable, roles: Roles, claims: list[tuple[int, int]], name: str) -> None:
    """Raise where two columns of different numbers have an equal claim to be the quantity."""
    first_rank = claims[0][0]
    best = [index for rank, index in claims if rank == first_rank]
    if first_rank == 1 and not any(naming.given_back(header) == naming.QUANTITY for header in table.header):
        best += [index for rank, index in claims if rank > 1 and naming.is_shipped(table.header[index])]
    first = table.frame[cell(best[0])]
    best += _delivered(table, best[0])
    others = [index for index in best[1:] if not _is_part(table, best[0], index)]
    rival = next((index for index in others if not first.equals(table.frame[cell(index)])), None)
    if rival is not None:
        one, other = table.header[best[0]], table.header[rival]
        if one == other:
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{name}: columns {best[0] + 1} and {rival + 1} are both named {one!r} and differ; rename one of them.",
            )
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: both {one!r} and {other!r} could be the quantity sold and they differ; "
            f"settle it with reading.columns.units = '{one}' or '{other}'{_or_sides(roles, one, other)}.",
            units=one,
        )


def _delivered(table: RawTable, quantity: int) -> list[int]:
    """``Entregada`` beside ``Cant``: what was delivered of what was ordered, mostly all and never more.

    A net quantity beside one that was ordered is less what came back.
    """
    if naming.is_shipped(table.header[quantity]) or words.is_net(table.header[quantity]):
        return []
    named = [index for index, header in enumerate(table.header) if index != quantity and naming.is_shipped(header)]
    return [
        index
        for index in named
        if {role for role, _ in words.roles_of(table.header[index])} <= {words.UNITS}
        and _is_of(_numbers(table, quantity), _numbers(table, index))
    ]


def _numbers(table: RawTable, index: int) -> pl.Series:
    """Null for an empty cell, NaN for one that is no number."""
    text = pl.col(cell(index)).cast(pl.String).str.strip_chars().str.replace(",", ".")
    number = pl.when(text != "").then(text.cast(pl.Float64, strict=False).fill_null(math.nan))
    return table.frame.select(number).to_series()


def _is_of(one: pl.Series, other: pl.Series) -> bool:
    """Are these numbers, one of which is the other or a part of it, and mostly the other?"""
    gap = (one - other).drop_nulls().to_numpy()
    same_side = (gap >= 0).all() or (gap <= 0).all()
    return bool(len(gap) and same_side and (gap == 0).mean() >= _MOSTLY)


def _or_sides(roles: Roles, one: str, other: str) -> str:
    """A further entry, where the names may be of two items or stores that no column names, on the days of the rows."""
    found = sides([one, other])
    series = {side.series for side in found.values()}
    if len(series) < 2 or any(map(_YEAR.fullmatch, series)):  # noqa: PLR2004 - of one series they are two measures
        return ""
    free = [kinds for role, kinds in ((words.ITEM, "items"), (words.STORE, "stores")) if role not in roles]
    if words.DOCUMENT in roles or not (words.DATE in roles or words.YEAR in roles):
        return ""
    both, entries = f"{found[0].series!r} and {found[1].series!r}", " or ".join(f"'{kinds}'" for kinds in free)
    return f", or where {both} are {' or '.join(free)}, reading.side_by_side = {entries}" if free else ""


def _is_part(table: RawTable, whole: int, index: int) -> bool:
    """``Units Ordered - B2B`` beside ``Units Ordered``: its name goes on from the other's, and it is never greater."""
    if not re.match(re.escape(table.header[whole]) + r"\s*[-\u2013\u2014(:]", table.header[index], re.IGNORECASE):
        return False
    pair = [
        pl.col(cell(at)).cast(pl.String).str.replace_all(r"[^\d-]", "").cast(pl.Int64, strict=False)
        for at in (whole, index)
    ]
    return bool(table.frame.select((pair[1].fill_null(0) <= pair[0]).fill_null(value=False).all()).item())
