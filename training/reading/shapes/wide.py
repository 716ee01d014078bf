"""Tables with one column for each item or store."""

import re
from collections.abc import Callable
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import sample_of
from training.reading.shapes.meaning import (
    MOSTLY,
    WIDE_ITEMS,
    WIDE_STORES,
    Meaning,
    is_numeric,
)
from training.reading.tables import RawTable
from training.reading.totals import looks_total

_SIZE: Final = re.compile(r"^\s*(?:size\s*|gr\.?\s*)?(?:\d?x{0,4}[sl]|m|one ?size|os)\s*$", re.IGNORECASE)
_TIME_OF_DAY: Final = re.compile(
    r"^\s*(?:\d{1,2}[:.h]\d{2}|\d{1,2}\s*(?:[ap]\.?m\.?|h|uhr))(?:\s*[-\u2013].*)?\s*(?:[ap]m|uhr)?\s*$", re.IGNORECASE
)

_SIZED: Final = re.compile(r"\d+(?:[.,]\d+)?\s*(?:ml|cl|dl|l|oz|pk|x)?\b", re.IGNORECASE)
_QUANTITY: Final = "; or name the column that is the quantity of the items as reading.columns.units"
_VALUES: Final = frozenset(
    {"value", "values", "wert", "valeur", "valor", "valore", "waarde", "amt", "eur", "usd", "gbp", "rs"}
)
_DAYPARTS: Final = frozenset(words.WORDS["dayparts"])


def wide_values(table: RawTable, roles: Roles, named: list[int], fresh: list[int]) -> Meaning:
    """One column for each item or store."""
    headers = [table.header[index] for index in named]
    stores = words.ITEM in roles or sum(bool(starts_as_store(name)) for name in headers) > MOSTLY * len(headers)
    stores |= all(words.PLACES.issuperset(words.fold(name).split()) for name in headers)
    chosen = set(named)
    covariates = [index for index in roles.others if index not in chosen and index not in fresh]
    ignored = [index for index in fresh if index not in chosen]
    shape = WIDE_STORES if stores else WIDE_ITEMS
    return Meaning(table, shape, roles, values=named, covariates=covariates, ignored=ignored)


def of_one_measure(table: RawTable, named: list[int]) -> list[int]:
    """The columns but ``Tea value`` beside ``Tea``, which is the money of the same."""
    told = {" ".join(sorted(words.fold(table.header[index]).split())) for index in named}
    return [index for index in named if not _is_money_of(words.fold(table.header[index]).split(), told)]


def _is_money_of(tokens: list[str], told: set[str]) -> bool:
    edges = [at for at in (0, len(tokens) - 1) if len(tokens) > 1 and _is_money(tokens[at])]
    return any(" ".join(sorted(tokens[:at] + tokens[at + 1 :])) in told for at in edges)


def _is_money(token: str) -> bool:
    return token in _VALUES or words.measure_of(token) in (words.MONEY, words.PRICE)


def check_texts(table: RawTable, roles: Roles, named: list[int], name: str) -> None:
    """Raise where a text of unknown meaning differs from row to row: it may be the item, and a column the quantity.

    In a table of which no word is known, not even that of the date, a text that is the same on all rows may be it too.
    """
    unknown = [i for i in roles.others if i not in named and i not in roles.renamed]
    texts = [i for i in unknown if table.frame[cell(i)].dtype == pl.String and not is_numeric(table, i)]
    foreign = words.DATE in roles and not words.roles_of(table.header[roles.of[words.DATE]])
    fewest = 0 if foreign and words.DATE not in roles.configured else 1
    texts = [i for i in texts if words.NOTES.isdisjoint(words.fold(table.header[i]).split())]
    texts = [i for i in texts if not known_word(table.header[i]) and table.frame[cell(i)].n_unique() > fewest]
    texts = [i for i in texts if table.header[i] or any(c.isalpha() for text in sample_of(table, i) for c in text)]
    if not texts or words.ITEM in roles:
        return
    likely = [table.header[i] for i in named if not naming.is_key(table.header[i])] or [table.header[i] for i in named]
    columns = ", ".join(map(repr, likely[:5]))
    telling = [
        i for i in texts if not naming.is_personal(table.header[i]) and not naming.describes_sale(table.header[i])
    ]
    if not telling:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {columns} may be the quantity or an item, and nothing is known as one; name the quantity as "
            "reading.columns.units, and the item as reading.columns.item_id.",
        )
    header = table.header[telling[0]]
    told = repr(header) if header else f"column {telling[0] + 1}"
    cure = "name them as" if header else "write its name into the header, name them as"
    raise FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: {columns} may each be an item, or one of them the quantity of the items in {told}; {cure} "
        f"reading.columns.units and reading.columns.item_id, or leave {told} out.",
    )


def starts_as_store(name: str) -> bool:
    """``Store 12``, ``Filiale Nord``."""
    first = words.fold(name).split()[:1]
    return bool(first) and any(role == words.STORE for role, _ in words.roles_of(first[0]))


def is_word_name(header: str) -> bool:
    """``Walmart``, ``Trader Joe's``: a word or two, each with a capital letter."""
    parts = header.split()
    return 0 < len(parts) <= 3 and all(part[0].isupper() and not part.isupper() for part in parts)  # noqa: PLR2004


def known_word(name: str) -> bool:
    """``Holiday``, ``Day of week``: named after the calendar or what is known ahead."""
    tokens = words.fold(name).split()
    calendar = not (words.CALENDAR | {"number", "no"}).isdisjoint(tokens) and all(
        token in words.CALENDAR or token in ("of", "name", "number", "no", "is") for token in tokens
    )
    return (
        calendar
        or (any(token in words.KNOWN_AHEAD for token in tokens) and not _are_goods(tokens))
        or words.fold(name).replace(" ", "") in words.KNOWN_AHEAD
    )


def _is_amount(header: str) -> bool:
    """``gmv_lcy``, ``tot_revenue_net``: named like an amount of money; not ``Price Chopper``, nor ``CA_1``."""
    tokens = [token for token in words.fold(header).split() if len(token) > 2]  # noqa: PLR2004 - "ca" is California, too
    named = is_word_name(header) or looks_total(re.sub(r"\([^)]*\)\s*$", "", header))
    return not named and any(words.measure_of(token) in (words.MONEY, words.PRICE) for token in tokens)


def _are_goods(tokens: list[str]) -> bool:
    """``Rain Jacket``, ``Olive Oil``; not ``Rain mm``, ``Fuel price``."""
    known = words.KNOWN_AHEAD.intersection(tokens)
    others = [token for token in tokens if token not in known and token not in words.CALENDAR and token.isalpha()]
    return known <= words.KNOWN_IN_GOODS and any(token not in words.BESIDE_KNOWN for token in others)


def check_names(headers: list[str], name: str, *, of_items: bool = False) -> None:
    """Raise where columns are named by what is neither an item nor a store, or several by one name.

    ``of_items`` says that a column of items stands beside them, so that what parts an item has are no items.
    """
    again = next((header for at, header in enumerate(headers) if header in headers[:at]), None)
    if again is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: several columns are named {again!r}, and what tells them apart is no part of their names; write "
            "one row for each day, store and item, or give each column a name of its own.",
        )
    key = next((header for header in headers if naming.is_key(header)), None)
    if key is not None:
        shown = ", ".join(map(repr, headers[:4]))
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {key!r} is named like a key, and not by an item or a store, so which of {shown} is the "
            "quantity is not told; name it as reading.columns.units.",
        )
    person = next((header for header in headers if naming.is_footfall(header)), None)
    if person is not None:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {person!r} is named by what is counted beside sales, and not by an item or a store; leave it "
            f"out, set reading.columns.{words.snake(person)} = '{person}' where the others are items or stores, or "
            "name the one that counts as reading.columns.units.",
        )
    other = next((header for header in headers if naming.counts_other(header)), None)
    if other is not None:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {other!r} is named by a quantity of something else than sales, and not by an item or a store; "
            "leave it out, or name the quantity sold as reading.columns.units.",
        )
    neither = (*_NEITHER, *_NO_STORES) if of_items else _NEITHER
    what = next((told for told, is_named in neither if all(is_named(header) for header in headers)), None)
    what = "what is counted in" if what is None and _are_counted_in(headers) else what
    if what is not None:
        shown = ", ".join(map(repr, headers[:4]))
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: the columns {shown} are named by {what}, and not by items or stores; write one row for each day "
            "and item with one quantity, or name the one that counts as reading.columns.units.",
        )
    beside = next((header for header in headers if words.fold(header) in words.BESIDE_COLUMNS), None)
    if beside is None and of_items:
        beside = next(filter(_is_amount, headers), None)
    if beside is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {beside!r} is named like a figure beside sales, and not by an item or a store; leave it out, set "
            f"reading.columns.{words.snake(beside)} = '{beside}' to keep it beside them, or where it is the name of an "
            f"item or a store, write more of it{_QUANTITY if of_items else ''}.",
        )
    expected = next((header for header in headers if naming.is_predicted(header)), None)
    if expected is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {expected!r} is named by what is expected, and not by an item or a store, and sales are what was "
            f"sold; leave such columns out, or set reading.columns.{words.snake(expected)} = '{expected}' to keep it "
            "beside what was sold.",
        )


def are_parts_of_one(headers: list[str]) -> bool:
    """``Morning``, ``Evening``; ``S``, ``M``, ``L``: what was sold of one item on one day, in parts."""
    told = dict(_NEITHER)
    return any(all(map(told[what], headers)) for what in ("times of the day", "sizes"))


def _is_counted_in(header: str) -> bool:
    """``Cases``, ``9L Cases``; ``Bottles`` are beside them, and alone may be goods."""
    return words.COUNTED_IN.issuperset(_unsized(header))


def _are_counted_in(headers: list[str]) -> bool:
    """``9L Cases`` and ``Bottles``: one quantity in two units."""
    units = words.COUNTED_IN | words.VESSELS
    return any(map(_is_counted_in, headers)) and all(units.issuperset(_unsized(header)) for header in headers)


def _unsized(header: str) -> list[str]:
    """The words of a name without those of a size, of which one is left at least."""
    return words.fold(_SIZED.sub("", header)).split() or words.fold(header).split() or [""]


def _is_kind(header: str) -> bool:
    return words.KINDS_OF_QUANTITY.issuperset(words.fold(header).split())


def _is_of_an_item(header: str) -> bool:
    return not words.OF_AN_ITEM.isdisjoint(words.fold(header).split())


def _is_statistic(header: str) -> bool:
    named = [token for token in words.fold(header).split() if not token.isdigit()]
    return bool(named) and words.STATISTICS.issuperset(named)


_NEITHER: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("days of the week", lambda header: words.fold(header) in words.WEEKDAYS),
    ("times of the day", lambda header: _TIME_OF_DAY.match(header) is not None or _is_part_of_day(header)),
    ("what is counted in", _is_counted_in),
    ("sizes", lambda header: _SIZE.match(header) is not None),
    ("kinds of a quantity", _is_kind),
    ("what an item has", _is_of_an_item),
    ("statistics", _is_statistic),
)
_PARTS_OF_DAY, _BESIDE_PARTS = frozenset(words.WORDS["parts_of_day"]), frozenset(words.WORDS["beside_parts_of_day"])
_COLOURS, _SIZES, _BESIDE_AN_ITEM = (frozenset(words.WORDS[told]) for told in ("colours", "sizes", "beside_an_item"))
_NO_STORES: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("colours", lambda header: _COLOURS.issuperset(words.fold(header).split())),
    ("sizes", lambda header: _SIZES.issuperset(words.fold(header).split())),
    ("other figures of an item", lambda header: _BESIDE_AN_ITEM.issuperset(_unnumbered(header))),
)
"""What tells parts of the items of a column beside them."""


def _is_part_of_day(header: str) -> bool:
    """``Morning``, ``Frühschicht``, ``Shift 2``."""
    tokens = words.fold(header).split()
    shift = any(token in _PARTS_OF_DAY for token in tokens) and all(
        token in _PARTS_OF_DAY or token in _BESIDE_PARTS or token.isdigit() for token in tokens
    )
    return shift or words.fold(header) in _DAYPARTS


def _unnumbered(header: str) -> list[str]:
    """The words of ``Till 2`` and ``Supplier A`` without what counts them; alone, that may name a store."""
    return [token for token in words.fold(header).split() if len(token) > 1 and not token.isdigit()] or [header]
