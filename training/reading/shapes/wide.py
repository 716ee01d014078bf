"""Tables with one column for each item or store."""

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
from training.reading.shapes.widenames import known_word, starts_as_store
from training.reading.tables import RawTable

_VALUES: Final = frozenset(
    {"value", "values", "wert", "valeur", "valor", "valore", "waarde", "amt", "eur", "usd", "gbp", "rs"}
)


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
