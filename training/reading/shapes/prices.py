"""Lists of prices: what an item costs, and nothing of what was sold of it."""

import re
from datetime import date
from typing import Final

import polars as pl

from core.contracts.sales import DATE, ITEM, STORE
from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.roles import Roles
from training.reading.shapes.across import numbering_column
from training.reading.shapes.contents import SALES
from training.reading.shapes.meaning import PLAN, Meaning, is_numeric
from training.reading.shapes.widenames import known_word, starts_as_store
from training.reading.tables import RawTable

_SOLD: Final = (words.UNITS, SALES, words.MONEY, words.DOCUMENT, words.CUSTOMER)
_PLANNED: Final = (words.PROMO, words.OPEN, words.CLOSED)
_TRADED: Final = tuple(frozenset(words.WORDS[word]) for word in ("highest", "lowest", "at_an_edge"))
_CURE: Final = "Upload what was sold; prices known ahead are a plan, with a row for each day and item."


def check_prices(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where items have prices, and neither a day on which they hold nor a quantity sold."""
    price = _price(table, roles)
    if price is None or words.ITEM not in roles or any(role in roles for role in _SOLD):
        return
    index = roles.of.get(words.DATE)
    dated = index is not None or words.YEAR in roles or numbering_column(table, roles) is not None
    holds = [at for at, header in enumerate(table.header) if naming.holds_from(header) and at != price]
    if dated and index not in holds:
        return
    why = "no column is known as a day or a quantity"
    if holds:
        why = f"{table.header[holds[0]]!r} is a day from or to which it holds, and no column is known as a quantity"
    raise _refused(
        f"{name}: {table.header[price]!r} is the price of each {table.header[roles.of[words.ITEM]]!r}, and {why}"
    )


def check_quotes(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where columns are the highest, the lowest and the last price of one day: what was traded is no sale."""
    counted = any((words.UNITS, 0) in words.roles_of(header) for header in table.header)
    bare = [re.sub(r" (?:price|kurs|preis|usd|eur)$", "", words.fold(header)) for header in table.header]
    found = [next((at for at, text in enumerate(bare) if text in told), None) for told in _TRADED]
    of_a_day = [at for at in found if at is not None and is_numeric(table, at)]
    if words.UNITS in roles.configured or counted or len(of_a_day) < len(_TRADED):
        return
    shown = ", ".join(repr(table.header[at]) for at in sorted(of_a_day))
    cure = "upload what was sold"
    if words.UNITS in roles:
        cure += f", or set reading.columns.units = '{table.header[roles.of[words.UNITS]]}' to read it on purpose"
    raise FileRefusedError(
        Reason.NOT_A_TABLE, f"{name}: {shown} are prices of a day's trading at an exchange, and no sales; {cure}."
    )


def check_catalogue(table: RawTable, roles: Roles, named: list[int], name: str) -> None:
    """Raise where columns beside a price would be taken for stores, though each item stands once."""
    price = _price(table, roles)
    if price is None or words.ITEM not in roles or any(starts_as_store(table.header[index]) for index in named):
        return
    items = table.frame[cell(roles.of[words.ITEM])]
    if items.n_unique() == items.len():
        item = table.header[roles.of[words.ITEM]]
        raise _refused(
            f"{name}: each {item!r} stands once, with its {table.header[price]!r} and "
            f"{', '.join(repr(table.header[index]) for index in named[:3])}, and no column is known as a quantity"
        )


def check_plan(meaning: Meaning, lines: pl.DataFrame, latest: date, name: str) -> None:
    """Raise where a plan tells nothing but one price of each item, on days of which some are before ``latest``.

    So does a number that may be what was sold, where all days are before it.
    """
    if meaning.shape == PLAN:
        _check_unknown_numbers(meaning, lines, latest, name)
    price = meaning.index(words.PRICE)
    told = [index for index in meaning.covariates if known_word(meaning.table.header[index])]
    others = [index for index in told if not naming.is_priced(meaning.table.header[index])]
    if meaning.shape != PLAN or price is None or others or any(meaning.index(role) is not None for role in _PLANNED):
        return
    first = lines.sort(DATE, LINE).row(0, named=True) if lines.height else None
    several = lines.select(pl.struct(STORE, ITEM).is_duplicated().any()).item()
    if first is None or several or first[DATE] >= latest:
        return
    raise _refused(
        f"{name}: {meaning.table.header[price]!r} is one price of each item, on days that are not ahead (line "
        f"{first[LINE]}: {first[DATE]}), and no column is known as a quantity"
    )


def _check_unknown_numbers(meaning: Meaning, lines: pl.DataFrame, latest: date, name: str) -> None:
    """Raise where such a number stands under a name that tells nothing, and no day is ahead."""
    if not lines.height or lines.select(pl.col(DATE).max()).item() >= latest:
        return
    unknown = [index for index in meaning.covariates if index not in meaning.roles.renamed]
    unknown = [index for index in unknown if is_numeric(meaning.table, index)]
    headers = [meaning.table.header[index] for index in unknown]
    header = next((text for text in headers if not (known_word(text) or naming.is_priced(text))), None)
    if not header or words.roles_of(header):
        return
    key = words.snake(header) if header.isascii() else "known"  # bare keys of TOML are ASCII
    raise FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: {header!r} may be the quantity sold, as no day is ahead and no column is known as one; set "
        f"reading.columns.units = '{header}' if it is, or reading.columns.{key} = '{header}' to keep it "
        "beside what was known of these days.",
    )


def _price(table: RawTable, roles: Roles) -> int | None:
    """The column of the price, known by its role or by a part of its name."""
    index = roles.of.get(words.PRICE)
    return index if index is not None else next((i for i, h in enumerate(table.header) if naming.is_priced(h)), None)


def _refused(told: str) -> FileRefusedError:
    return FileRefusedError(Reason.COLUMNS_MISSING, f"{told}: this is a list of prices and no sales. {_CURE}")
