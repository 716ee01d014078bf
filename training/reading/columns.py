"""Gives each column of a raw table its role, by the configuration, its name and its content."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dateforms import EXCEL, readings, split_time
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.tables import RawTable
from training.reading.totals import looks_total

SALES: Final = "sales"
_SAMPLE: Final = 200
_MOSTLY: Final = 0.5
_COUNTING: Final = frozenset({"item", "items", "artikel", "position", "line", "no", "nr", "num", "number", "id"})
_HOURS: Final = frozenset({"hour", "stunde", "heure", "hora", "ora", "uur"})
_HOURS_OF_A_DAY: Final = 24
_CURRENCY: Final = re.compile(
    r"[$\u20ac\u00a3\u00a5\u20b9]|\b(?:USD|EUR|GBP|CHF|BRL|SEK|NOK|DKK|PLN|INR|JPY|CNY|AUD|CAD|MXN)\b", re.I
)
_BARE_NUMBER: Final = re.compile(r"^\d+(?:\.\d+)?$")
_CONFIGURABLE: Final = (
    words.DATE, words.STORE, words.ITEM, words.UNITS, words.PRICE, words.PROMO, words.OPEN, words.STOCK,
    words.DOCUMENT, words.STATUS, words.CUSTOMER, words.TIME, words.LINE,
)  # fmt: skip
_SINGLE: Final = (
    words.STORE, words.DOCUMENT, words.ITEM, words.UNITS, SALES, words.MONEY, words.PRICE, words.STOCK, words.PROMO,
    words.OPEN, words.CLOSED, words.STATUS, words.TYPE, words.TIME, words.CUSTOMER, words.LINE,
)  # fmt: skip


@dataclass
class Roles:
    """Column index of each role; ``others`` are the columns without one, ``renamed`` configured covariates."""

    of: dict[str, int] = field(default_factory=dict)
    others: list[int] = field(default_factory=list)
    renamed: dict[int, str] = field(default_factory=dict)
    configured: set[str] = field(default_factory=set)

    def __contains__(self, role: str) -> bool:
        return role in self.of


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
    for role in _SINGLE:
        _name_role(table, roles, taken, role, name)
    roles.others += [index for index in range(len(table.header)) if index not in taken]
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
            taken.update(index for _, index in claims[1:] if not _is_number_column(table, index))
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
        if index not in taken and not words.is_other_day(header) and holds_dates(table, index, strict=True)
    ]
    if not dated:  # bare numbers such as 20240313, in a column that calls itself a date
        dated = [
            index
            for index, header in enumerate(table.header)
            if index not in taken and words.is_date_name(header) and holds_dates(table, index, days_only=True)
        ]
    if len(dated) == 1:
        _take(roles, taken, words.DATE, dated[0])


def _order_name(table: RawTable, roles: Roles, taken: set[int]) -> None:
    """Beside ``Lineitem sku`` a bare ``Name`` is the order's own number."""
    names = [words.fold(header) for header in table.header]
    if words.DOCUMENT in roles or not any(words.is_line_item(name) for name in names) or "name" not in names:
        return
    if names.index("name") not in taken:
        _take(roles, taken, words.DOCUMENT, names.index("name"))


def _name_role(table: RawTable, roles: Roles, taken: set[int], role: str, name: str) -> None:
    if role in roles:
        return
    claims = [
        (rank, index)
        for rank, _, index in sorted(
            (rank, "/" in header, index)  # the last part of a path such as "Invoice/Item Number" after a whole name
            for index, header in enumerate(table.header)
            if index not in taken
            for found, rank in _roles_of(table, index)
            if found == role and _content_fits(table, index, role)
        )
    ]
    if not claims:
        return
    if role == words.ITEM and len(claims) > 1:
        claims = [claim for claim in claims if not _numbers_lines(table, roles, claim[1])] or claims
        claims = _codes_first(table, claims)
    if role == words.ITEM and claims[0][0] >= words.ITEM_NAMES:
        claims = _code_beside(table, claims, taken)
    if role == words.UNITS:
        _check_one_quantity(table, claims, name)
    _take(roles, taken, role, claims[0][1])


def _roles_of(table: RawTable, index: int) -> tuple[tuple[str, int], ...]:
    """Roles by name; ``sales`` and whatever is not plainly called a quantity is money where cells bear a currency."""
    named = words.roles_of(table.header[index])
    open_names = {(role, rank) for role, rank in named if role == SALES or (role == words.UNITS and rank > 0)}
    if not open_names or not _bears_currency(_texts(table, index)):
        return named
    return tuple((words.MONEY, 0) if claim in open_names else claim for claim in named)


def _bears_currency(sample: list[str]) -> bool:
    filled = [text for text in sample if any(c.isdigit() for c in text)]
    return bool(filled) and sum(bool(_CURRENCY.search(text)) for text in filled) >= _MOSTLY * len(filled)


def _codes_first(table: RawTable, claims: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """``SKU`` before an ``Item`` or ``Product`` of which the cells are names: several codes may share one."""
    best = [claim for claim in claims if claim[0] <= claims[0][0]]
    first = best[0][1]
    codes = [claim for claim in best if _is_filled(table, claim[1], first) and not _are_names(_texts(table, claim[1]))]
    return claims if not codes or not _are_names(_texts(table, first)) else codes


def _code_beside(table: RawTable, claims: list[tuple[int, int]], taken: set[int]) -> list[tuple[int, int]]:
    """A bare ``Code`` right beside the name of the item is its code."""
    name = claims[0][1]
    for index in (name - 1, name + 1):
        within = 0 <= index < len(table.header) and index not in taken
        if within and words.fold(table.header[index]) in words.BARE_CODES and _is_filled(table, index, name):
            return [(claims[0][0], index)]
    return claims


def _is_filled(table: RawTable, index: int, beside: int) -> bool:
    """Wherever the other column is, among the first rows."""
    pair = [pl.col(cell(at)).cast(pl.String).fill_null("").str.strip_chars() != "" for at in (index, beside)]
    return bool(table.frame.head(_SAMPLE * 3).select((pair[0] | ~pair[1]).all()).item())


def _are_names(sample: list[str]) -> bool:
    """Most are words: small letters without a digit, or several with letters."""
    named = [
        (any(c.islower() for c in text) and not any(c.isdigit() for c in text))
        or (" " in text and any(c.isalpha() for c in text))
        for text in sample
    ]
    return sum(named) > _MOSTLY * len(sample)


def _numbers_lines(table: RawTable, roles: Roles, index: int) -> bool:
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


def _check_one_quantity(table: RawTable, claims: list[tuple[int, int]], name: str) -> None:
    first_rank = claims[0][0]
    best = [index for rank, index in claims if rank == first_rank]
    if first_rank == 1 and not any(words.given_back(header) == words.QUANTITY for header in table.header):
        best += [index for rank, index in claims if rank > 1 and words.is_shipped(table.header[index])]
    first = table.frame[cell(best[0])]
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
            f"settle it with reading.columns.units = '{one}' or '{other}'.",
        )


def _is_part(table: RawTable, whole: int, index: int) -> bool:
    """``Units Ordered - B2B`` beside ``Units Ordered``: its name goes on from the other's, and it is never greater."""
    if not re.match(re.escape(table.header[whole]) + r"\s*[-\u2013\u2014(:]", table.header[index], re.IGNORECASE):
        return False
    pair = [
        pl.col(cell(at)).cast(pl.String).str.replace_all(r"[^\d-]", "").cast(pl.Int64, strict=False)
        for at in (whole, index)
    ]
    return bool(table.frame.select((pair[1].fill_null(0) <= pair[0]).fill_null(value=False).all()).item())


_FLAGS: Final = frozenset(
    {*words.TRUE_WORDS, *words.FALSE_WORDS, *words.MISSING_WORDS, *words.CLOSED_WORDS}
    | {"0", "1", "0.0", "1.0", "open", "offen", "abierto"}
)


def _content_fits(table: RawTable, index: int, role: str) -> bool:
    """Does what stands in the column bear out what its name promises?"""
    if words.fold(table.header[index]) == "id":
        column = table.frame[cell(index)]
        return (column.n_unique() == column.len()) == (role == words.LINE)
    sample = _texts(table, index)
    fits = True
    if role in (words.STORE, words.ITEM):
        fits = bool(sample) or not table.frame.height
    elif role in (words.OPEN, words.CLOSED):
        fits = all(text.casefold() in _FLAGS for text in sample)
    elif role in (words.UNITS, SALES, words.MONEY, words.PRICE, words.STOCK):
        fits = not sample or _numberish(sample)
    elif role == words.TYPE:
        said = table.frame[cell(index)].cast(pl.String, strict=False).unique().drop_nulls().head(_SAMPLE)
        fits = bool(words.returned_kinds(said.to_list()))
    elif role == words.TIME:
        hours = words.fold(table.header[index]).split()[0] in _HOURS
        fits = all(":" in text or text.isdigit() or "h" in text for text in sample)
        fits &= not hours or all(not text.isdigit() or int(text) <= _HOURS_OF_A_DAY for text in sample)
    return fits


def _numberish(sample: list[str]) -> bool:
    """Half of the cells have a digit: the rest may be dashes, words for closed, or damage."""
    filled = [text for text in sample if text.casefold() not in words.MISSING_WORDS]
    return not filled or sum(any(c.isdigit() for c in text) for text in filled) >= _MOSTLY * len(filled)


def holds_dates(table: RawTable, index: int, *, days_only: bool = False, strict: bool = False) -> bool:
    """Most cells of a column are dates. ``strict``: nearly all, and no bare numbers."""
    kind = table.frame.schema[cell(index)]
    if kind == pl.Date or isinstance(kind, pl.Datetime):
        return True
    sample = [
        text for text in _texts(table, index) if text.casefold() not in words.MISSING_WORDS and not looks_total(text)
    ]
    if not sample:
        return not strict and not days_only
    good = 0
    for text in sample:
        forms = [form for form, _ in readings(split_time(text)[0])]
        if strict:
            forms = [form for form in forms if form != EXCEL and not _BARE_NUMBER.match(text)]
        good += bool(forms)
    return good >= (0.95 if strict else _MOSTLY) * len(sample)


def _is_number_column(table: RawTable, index: int) -> bool:
    return all(text.replace(".", "", 1).isdigit() for text in _texts(table, index))


def _texts(table: RawTable, index: int) -> list[str]:
    column = table.frame[cell(index)]
    head = column.drop_nulls().head(_SAMPLE * 3).cast(pl.String).str.strip_chars()
    return [text for text in head.to_list() if text][:_SAMPLE]


def _take(roles: Roles, taken: set[int], role: str, index: int) -> None:
    roles.of[role] = index
    taken.add(index)
