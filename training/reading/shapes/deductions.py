"""Finds quantities that stand apart from what was sold: what came back or was called off."""

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
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
    open_name = words.UNITS in roles and words.MONEY in roles and not words.is_gross(sold)
    found: list[int] = []
    for index in roles.others:
        column = table.header[index]
        kind = words.given_back(column)
        if kind is None or index in roles.renamed or not _is_counted(table, index):
            continue
        if kind == words.BARE and open_name:
            if not _is_whole(table, index):
                continue
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{column!r} may be units to take off {sold!r} or money; name it for what it is, such as "
                f"'{column} qty', or set reading.columns.units = '{sold}' to count what was sold alone.",
            )
        found.append(index)
    roles.others = [index for index in roles.others if index not in found]
    return found


def _is_counted(table: RawTable, index: int) -> bool:
    """Numbers for the most part, and more than the 0 and 1 of a flag, unless the name says quantity."""
    texts = _texts(table, index)
    if 2 * sum(any(c.isdigit() for c in text) for text in texts) < len(texts) or not texts:
        return False
    return words.given_back(table.header[index]) == words.QUANTITY or not texts <= {"0", "1", "0.0", "1.0"}


def _is_whole(table: RawTable, index: int) -> bool:
    return all(text.lstrip("-").removesuffix(".0").isdigit() for text in _texts(table, index))


def _texts(table: RawTable, index: int) -> set[str]:
    column = table.frame[cell(index)].cast(pl.String, strict=False).drop_nulls().str.strip_chars()
    return {text for text in column.unique().head(1000).to_list() if text.casefold() not in words.MISSING_WORDS}
