"""Measures of several items or stores side by side: ``Coffee units, Coffee price, Tea units``, one row a day."""

from dataclasses import replace
from itertools import chain

import polars as pl

from core.contracts.dataset import Reading
from training.reading import vocabulary as words
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.columns import find_roles
from training.reading.shapes.contents import SALES
from training.reading.shapes.meaning import WIDE_ITEMS, WIDE_STORES, Meaning
from training.reading.shapes.sides import Side, of_kinds, sides
from training.reading.shapes.wide import check_texts
from training.reading.shapes.widenames import starts_as_store
from training.reading.tables import RawTable
from training.reading.totals import is_total, total_of

_OF_A_ROW = (words.PRICE, words.STOCK)


def pairs(table: RawTable, reading: Reading, name: str) -> Meaning | None:
    """The meaning of such a table; None for any other, and where what stands before the measures may be its kinds.

    Raises:
        FileRefusedError: a column of texts may be the item of each row.
    """
    found = {at: side for at, side in sides(table.header).items() if not is_total(side.series)}
    units = {at: side.series for at, side in found.items() if side.measure == words.UNITS}
    series = list(units.values())
    if len(series) < 2 or len({*series}) < len(series) or words.UNITS in reading.columns:  # noqa: PLR2004 - one is no side
        return None
    if reading.side_by_side is None and any(of_kinds(each) for each in series):
        return None
    beside = {at: side for at, side in found.items() if side.series in series and at not in units}
    totals = [at for at, column in enumerate(table.header) if at not in found and _is_total_of_all(column)]
    roles = find_roles(table, reading.columns, name, valued=(*units, *beside, *totals))
    shape = _shape(roles, reading, series)
    if shape is None:
        return None
    if reading.side_by_side is None:
        check_texts(table, roles, list(units), name)
    table, filled = _with_columns(table, roles, units, beside)
    used = {at for at in chain.from_iterable(filled.values()) if at is not None}
    covariates = [at for at in roles.others if at not in beside]
    ignored = sorted({*totals, *beside} - used)
    return Meaning(table, shape, roles, list(units), covariates, ignored, beside=filled, sided=True)


def _is_total_of_all(column: str) -> bool:
    """``Total units``, ``Total``: of the items or stores beside it."""
    whole = total_of(column) or ""
    return is_total(column) or words.measure_of(whole) is not None


def _shape(roles: Roles, reading: Reading, series: list[str]) -> str | None:
    """What stands side by side; None where the rows name it already or lack a day."""
    whole = (words.UNITS, SALES, words.DOCUMENT)
    if any(role in roles for role in whole) or not (words.DATE in roles or words.YEAR in roles):
        return None
    stores = {"items": False, "stores": True}.get(reading.side_by_side or "", all(map(starts_as_store, series)))
    taken = words.STORE if stores else words.ITEM
    if taken in roles:
        return None
    return WIDE_STORES if stores else WIDE_ITEMS


def _with_columns(
    table: RawTable, roles: Roles, units: dict[int, str], beside: dict[int, Side]
) -> tuple[RawTable, dict[int, list[int | None]]]:
    """The table with a blank column for the price and one for the stock of all series, and what fills each of them."""
    header = [units.get(at, column) for at, column in enumerate(table.header)]
    frame, filled = table.frame, dict[int, list[int | None]]()
    for role in _OF_A_ROW:
        of_series = {side.series: at for at, side in beside.items() if side.measure == role}
        if not of_series or role in roles:
            continue
        roles.of[role] = len(header)
        filled[len(header)] = [of_series.get(series) for series in units.values()]
        kinds = [frame.schema[cell(at)] for at in of_series.values()]
        kind = kinds[0] if len({*map(str, kinds)}) == 1 else pl.String()
        frame = frame.with_columns(pl.lit(None, dtype=kind).alias(cell(len(header))))
        header.append(table.header[next(iter(of_series.values()))])
    return replace(table, header=tuple(header), frame=frame), filled
