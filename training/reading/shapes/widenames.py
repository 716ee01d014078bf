"""What names of columns tell of a table that has one for each item or store, and which are names of neither."""

import re
from collections.abc import Callable
from typing import Final

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.totals import looks_total

_SIZE: Final = re.compile(r"^\s*(?:size\s*|gr\.?\s*)?(?:\d?x{0,4}[sl]|m|one ?size|os)\s*$", re.IGNORECASE)
_TIME_OF_DAY: Final = re.compile(
    r"^\s*(?:\d{1,2}[:.h]\d{2}|\d{1,2}\s*(?:[ap]\.?m\.?|h|uhr))(?:\s*[-\u2013].*)?\s*(?:[ap]m|uhr)?\s*$", re.IGNORECASE
)

_SIZED: Final = re.compile(r"\d+(?:[.,]\d+)?\s*(?:ml|cl|dl|l|oz|pk|x)?\b", re.IGNORECASE)
_QUANTITY: Final = "; or name the column that is the quantity of the items as reading.columns.units"
_DAYPARTS: Final = frozenset(words.WORDS["dayparts"])


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
    _check_repeated(headers, name)
    _check_counted(headers, name)
    _check_parts(headers, name, of_items=of_items)
    _check_beside(headers, name, of_items=of_items)
    _check_predicted(headers, name)


def _check_repeated(headers: list[str], name: str) -> None:
    again = next((header for at, header in enumerate(headers) if header in headers[:at]), None)
    if again is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: several columns are named {again!r}, and what tells them apart is no part of their names; write "
            "one row for each day, store and item, or give each column a name of its own.",
        )


def _check_counted(headers: list[str], name: str) -> None:
    """Raise where one is named by a key, by people who came, or by a quantity of something else."""
    key = next(filter(naming.is_key, headers), None)
    if key is not None:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {key!r} is named like a key, and not by an item or a store, so which of {_first_of(headers)} is "
            "the quantity is not told; name it as reading.columns.units.",
        )
    person = next(filter(naming.is_footfall, headers), None)
    if person is not None:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {person!r} is named by what is counted beside sales, and not by an item or a store; leave it "
            f"out, set reading.columns.{words.snake(person)} = '{person}' where the others are items or stores, or "
            "name the one that counts as reading.columns.units.",
        )
    other = next(filter(naming.counts_other, headers), None)
    if other is not None:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {other!r} is named by a quantity of something else than sales, and not by an item or a store; "
            "leave it out, or name the quantity sold as reading.columns.units.",
        )


def _check_parts(headers: list[str], name: str, *, of_items: bool) -> None:
    """Raise where all are named by parts of a quantity: days of the week, sizes, packs."""
    neither = (*_NEITHER, *_NO_STORES) if of_items else _NEITHER
    what = next((told for told, is_named in neither if all(map(is_named, headers))), None)
    what = "what is counted in" if what is None and _are_counted_in(headers) else what
    if what is not None:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: the columns {_first_of(headers)} are named by {what}, and not by items or stores; write one row "
            "for each day and item with one quantity, or name the one that counts as reading.columns.units.",
        )


def _check_beside(headers: list[str], name: str, *, of_items: bool) -> None:
    """Raise where one is named by a figure that stands beside sales."""
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


def _check_predicted(headers: list[str], name: str) -> None:
    expected = next(filter(naming.is_predicted, headers), None)
    if expected is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {expected!r} is named by what is expected, and not by an item or a store, and sales are what was "
            f"sold; leave such columns out, or set reading.columns.{words.snake(expected)} = '{expected}' to keep it "
            "beside what was sold.",
        )


def _first_of(headers: list[str]) -> str:
    return ", ".join(map(repr, headers[:4]))


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
