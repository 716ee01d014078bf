"""Finds quantities that stand apart from what was sold: what came back or was called off."""

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
from training.reading.shapes.takenback import counts_units, is_net, numbers_of
from training.reading.tables import RawTable


def deductions(table: RawTable, roles: Roles) -> list[int]:
    """Columns to take off the quantity sold, where the file has no net one; they are no longer among the others.

    A bare ``Returns`` may be money where other columns are: it is a quantity beside a gross one, and beside ``sales``.

    Raises:
        FileRefusedError: the name leaves open whether the column is of units or of money.
    """
    target = roles.of.get(words.UNITS, roles.of.get(SALES))
    if target is None or words.UNITS in roles.configured or words.is_net(table.header[target]):
        return []
    sold = table.header[target]
    open_name = words.UNITS in roles and words.MONEY in roles and not naming.is_gross(sold)
    found: list[int] = []
    for index in roles.others:
        column = table.header[index]
        kind = naming.given_back(column)
        if kind is None or index in roles.renamed:
            continue
        proven = counts_units(table, roles, index, target)
        if not (proven or _is_counted(table, index, sold)) or is_net(table, index, target):
            continue
        if kind == naming.BARE and open_name and not proven:
            if not _is_whole(table, index):
                continue
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{column!r} may be units to take off {sold!r} or money; name it for what it is, such as "
                f"'{column} qty', or set reading.columns.units = '{sold}' to count what was sold alone.",
                units=sold,
            )
        found.append(index)
    roles.others = [index for index in roles.others if index not in found]
    return _once_each(table, found, sold)


def _once_each(table: RawTable, found: list[int], sold: str) -> list[int]:
    """Of several columns that say the same of what came back, as ``Items Refunded`` and ``Units Refunded``, one.

    It is the one that counts as the quantity sold does, or the first where all are equal.

    Raises:
        FileRefusedError: they differ on a row, and none of them counts as the quantity does.
    """
    kept: list[int] = []
    for index in found:
        twin = next((other for other in kept if _say_the_same(table, other, index)), None)
        if twin is None:
            kept.append(index)
            continue
        one, other = table.header[twin], table.header[index]
        if naming.counted_as(one) != naming.counted_as(other) and naming.counted_as(other) == naming.counted_as(sold):
            kept[kept.index(twin)] = index
        elif naming.counted_as(one) != naming.counted_as(sold) and not numbers_of(table, twin).equals(
            numbers_of(table, index)
        ):
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"both {one!r} and {other!r} may be what came back of {sold!r} and they differ; leave one of them out, "
                f"or set reading.columns.units = '{sold}' to count what was sold alone.",
                units=sold,
            )
    return kept


def _say_the_same(table: RawTable, one: int, other: int) -> bool:
    """Of one kind by their names, and filled on the same rows where both are at all."""
    if naming.is_off(table.header[one]) != naming.is_off(table.header[other]):
        return False
    first, second = numbers_of(table, one), numbers_of(table, other)
    return bool(((first != 0) & (second != 0)).any())


def _is_counted(table: RawTable, index: int, sold: str) -> bool:
    """Numbers for the most part, and more than the 0 and 1 of a flag, unless the name says quantity.

    ``Returned`` beside ``Sold`` is what came back of it, however little that was.
    """
    texts = _texts(table, index)
    if 2 * sum(any(c.isdigit() for c in text) for text in texts) < len(texts) or not texts:
        return False
    of_it = words.SOLD.issuperset(words.fold(sold).split())
    return of_it or naming.given_back(table.header[index]) == naming.QUANTITY or not texts <= {"0", "1", "0.0", "1.0"}


def _is_whole(table: RawTable, index: int) -> bool:
    return all(text.lstrip("-").removesuffix(".0").isdigit() for text in _texts(table, index))


def _texts(table: RawTable, index: int) -> set[str]:
    column = table.frame[cell(index)].cast(pl.String, strict=False).drop_nulls().str.strip_chars()
    return {text for text in column.unique().head(1000).to_list() if text.casefold() not in words.MISSING_WORDS}
