"""Gives each column of a raw table its role, by the configuration, its name and its content."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming, rowkinds
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.areas import area_of_rows
from training.reading.shapes.contents import (
    SALES,
    content_fits,
    holds_dates,
    is_number_column,
    roles_of_column,
    sample_of,
)
from training.reading.shapes.itemcodes import (
    code_alone,
    code_beside,
    code_of_text,
    codes_first,
    names_alone,
    names_for_blank_codes,
    names_of_groups,
)
from training.reading.shapes.rivals import (
    check_one_quantity,
    is_measured,
    is_position,
    names_each_line,
    numbers_lines,
    stands_once,
)
from training.reading.tables import RawTable

_CONFIGURABLE: Final = (
    words.DATE, words.STORE, words.ITEM, words.UNITS, words.PRICE, words.PROMO, words.OPEN, words.STOCK,
    words.DOCUMENT, words.STATUS, words.CUSTOMER, words.TIME, words.LINE,
)  # fmt: skip
_SINGLE: Final = (
    words.DOCUMENT, words.STORE, words.ITEM, words.UNITS, SALES, words.MONEY, words.PRICE, words.STOCK, words.PROMO,
    words.OPEN, words.CLOSED, words.STATUS, words.TYPE, words.TIME, words.CUSTOMER, words.LINE,
)  # fmt: skip
_DAY_IN_DIGITS: Final = re.compile(r"^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")


def find_roles(table: RawTable, wanted: Mapping[str, str], name: str, *, valued: Iterable[int] = ()) -> Roles:
    """Roles of a table's columns but those of ``valued``, which hold the values of a wide table.

    Raises:
        FileRefusedError: a configured column is not in the file, or two columns claim to be the quantity.
    """
    roles = Roles()
    taken = set(valued)
    for role, column in wanted.items():
        index = _configured(table, column, role, name)
        taken.add(index)
        roles.configured.add(role)
        if role in _CONFIGURABLE:
            roles.of[role] = index
        else:
            roles.renamed[index] = role
            roles.others.append(index)
    _date_roles(table, roles, taken)
    _order_name(table, roles, taken)
    _document_of_lines(table, roles, taken)
    for role in _SINGLE:
        _name_role(table, roles, taken, role, name)
    roles.others += [index for index in range(len(table.header)) if index not in taken]
    if (area := area_of_rows(table, roles)) is not None:
        roles.others.remove(area)
        roles.of[words.STORE] = area
    return roles


def _configured(table: RawTable, column: str, role: str, name: str) -> int:
    names = [header.casefold() for header in table.header]
    for exact in (column, column.strip()):
        if exact.casefold() in names:
            return names.index(exact.casefold())
    raise FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: reading.columns.{role} = {column!r}, but the header on line {table.header_line} has "
        f"{', '.join(repr(header) for header in table.header[:30])}; correct the entry.",
    )


def _date_roles(table: RawTable, roles: Roles, taken: set[int]) -> None:
    if words.DATE not in roles:
        claims = sorted(
            (rank, index)
            for index, name in enumerate(table.header)
            if index not in taken
            for role, rank in words.roles_of(name)
            if role == words.DATE and holds_dates(table, index, days_only=rank > 1)
        )
        if claims:
            _take(roles, taken, words.DATE, claims[0][1])
            taken.update(index for _, index in claims[1:] if not is_number_column(table, index))
    if words.DATE not in roles:
        for role in (words.YEAR, words.MONTH, words.DAY, words.WEEK):
            found = [i for i, n in enumerate(table.header) if i not in taken and role in dict(words.roles_of(n))]
            if found:
                _take(roles, taken, role, found[0])
        if words.YEAR not in roles or not (words.MONTH in roles or words.WEEK in roles):
            for role in (words.MONTH, words.DAY, words.WEEK):
                if role in roles:
                    taken.discard(roles.of.pop(role))
            if words.YEAR in roles and not _has_months(table):
                taken.discard(roles.of.pop(words.YEAR))
            _date_by_content(table, roles, taken)


def _has_months(table: RawTable) -> bool:
    return sum(words.fold(header) in words.MONTH_OF for header in table.header) > 2  # noqa: PLR2004


def _date_by_content(table: RawTable, roles: Roles, taken: set[int]) -> None:
    """The only column whose every cell is a full date, whatever its name."""
    dated = [
        index
        for index, header in enumerate(table.header)
        if index not in taken and not naming.is_other_day(header) and holds_dates(table, index, strict=True)
    ]
    if not dated:  # bare numbers such as 20240313, in a column that calls itself a date
        dated = [
            index
            for index, header in enumerate(table.header)
            if index not in taken and naming.is_date_name(header) and holds_dates(table, index, days_only=True)
        ]
    if not dated:  # or under any name, where each of them is a day
        dated = [
            index for index in range(len(table.header)) if index not in taken and _are_days_in_digits(table, index)
        ]
    if len(dated) == 1 or (dated and all(say_the_same(table, dated[0], other) for other in dated)):
        _take(roles, taken, words.DATE, dated[0])


def say_the_same(table: RawTable, one: int, other: int) -> bool:
    """``Begin Date`` and ``End Date`` of rows of one day each."""
    first, second = (table.frame[cell(at)].cast(pl.String).fill_null("").str.strip_chars() for at in (one, other))
    return first.equals(second)


def _are_days_in_digits(table: RawTable, index: int) -> bool:
    """``20240313`` in every cell of a column of several days that is called nothing that is known."""
    sample, header = sample_of(table, index), table.header[index]
    several = len(set(sample)) > 1 and all(map(_DAY_IN_DIGITS.match, sample)) and not words.roles_of(header)
    return several and not naming.is_other_day(header) and holds_dates(table, index, days_only=True)


def _order_name(table: RawTable, roles: Roles, taken: set[int]) -> None:
    """Beside ``Lineitem sku`` a bare ``Name`` is the order's own number."""
    names = [words.fold(header) for header in table.header]
    if words.DOCUMENT in roles or not any(words.is_line_item(name) for name in names) or "name" not in names:
        return
    if names.index("name") not in taken:
        _take(roles, taken, words.DOCUMENT, names.index("name"))


def _document_of_lines(table: RawTable, roles: Roles, taken: set[int]) -> None:
    """Where no column names the document, ``Invoice/Item Number`` names each line of one."""
    if words.DOCUMENT in roles or any(
        role == words.DOCUMENT
        for index, header in enumerate(table.header)
        if index not in taken
        for role, _ in words.roles_of(header)
    ):
        return
    named = [at for at, header in enumerate(table.header) if at not in taken and naming.is_line_of_document(header)]
    if named:
        _take(roles, taken, words.DOCUMENT, named[0])


def _name_role(table: RawTable, roles: Roles, taken: set[int], role: str, name: str) -> None:
    if role in roles:
        return
    claims = [
        (rank, index)
        for rank, _, index in sorted(
            (rank, "/" in header, index)  # the last part of a path such as "Invoice/Item Number" after a whole name
            for index, header in enumerate(table.header)
            if index not in taken
            for found, rank in roles_of_column(table, index)
            if found == role and content_fits(table, index, role)
        )
    ]
    if not claims and role == words.ITEM:
        claims = code_alone(table, taken) or code_of_text(table, taken) or names_alone(table, taken)
    if not claims and role == words.TYPE:
        claims = _kinds_by_content(table, taken)
    if not claims:
        return
    claims = [claim for claim in claims if sample_of(table, claim[1])] or claims  # a blank column is nothing
    if role == words.STORE:
        claims = [
            claim
            for claim in claims
            if not is_position(table, roles, claim[1]) and not is_measured(table, roles, claim[1])
        ]
        if not claims:
            return
    if role == words.ITEM and len(claims) > 1:
        others = [index for _, index in claims]
        claims = [
            claim
            for claim in claims
            if not numbers_lines(table, roles, claim[1])
            and not names_each_line(table, roles, claim[1], others)
            and not stands_once(table, claim[1], claims)
        ] or claims
        claims = names_of_groups(table, names_for_blank_codes(table, codes_first(table, claims)))
    if role == words.ITEM and claims[0][0] >= words.ITEM_NAMES:
        claims = code_beside(table, roles, claims, taken)
    if role == words.UNITS:
        check_one_quantity(table, roles, claims, name)
    _take(roles, taken, role, claims[0][1])


def _kinds_by_content(table: RawTable, taken: set[int]) -> list[tuple[int, int]]:
    """A column of ``Sale`` and ``Return`` alone tells the kind of each row, whatever its name."""
    told = (at for at in range(len(table.header)) if at not in taken)
    likely = (at for at in told if rowkinds.are_sales_or_returns(sample_of(table, at)))
    said = ((at, table.frame[cell(at)].cast(pl.String).drop_nulls().unique().to_list()) for at in likely)
    return [(0, at) for at, texts in said if rowkinds.are_sales_and_returns(texts)][:1]


def _take(roles: Roles, taken: set[int], role: str, index: int) -> None:
    roles.of[role] = index
    taken.add(index)
