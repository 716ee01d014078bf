"""Tables of what was bought, moved, or came back, and was not sold."""

from collections.abc import Callable
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES, sample_of
from training.reading.tables import RawTable

_ORDERS: Final = frozenset({"orders", "num orders"})
_OF_MONEY: Final = frozenset(
    {"total", "toplam", "общии", "value", "cost", "amount", "wert", "kosten", "valor", "valore", "waarde", "gesamt",
     "totale", "montant", "importe", "wartosc", "celkem", "сумма", "tutar", "tutari", "summe", "betrag"}
)  # fmt: skip
_OF_PROFIT: Final = frozenset({"profit", "gain", "gewinn", "win", "weight", "rate", "p"})


def check_bought(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a table is of what came in from suppliers, and not of what was sold."""
    told = naming.tells_of_buying(table.header)
    if told is None or words.UNITS in roles.configured:
        return
    units = table.header[roles.of[words.UNITS]] if words.UNITS in roles else told[0]
    raise FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: {told[0]!r} and {told[1]!r} (line {table.header_line}) say that this was bought, not sold; upload "
        f"what was sold, or set reading.columns.units = '{units}' to read it as sales on purpose.",
    )


def check_moved(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where two columns tell from which store to which goods were moved."""
    told = naming.places_of_moves(table.header)
    if told is None or words.UNITS not in roles or words.UNITS in roles.configured:
        return
    units = table.header[roles.of[words.UNITS]]
    raise FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: {told[0]!r} and {told[1]!r} (line {table.header_line}) say that goods were moved between stores, not "
        f"sold; upload what was sold, or set reading.columns.units = '{units}' to read it as sales on purpose.",
    )


def check_lost(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a column tells what the quantity of each row cost when it was lost, and none what it was sold for."""
    index = roles.of.get(words.UNITS)
    if index is None or words.UNITS in roles.configured or words.MONEY in roles:
        return
    units = table.header[index]
    tokens = set(words.fold(units).split())
    lost = [at for at in range(len(table.header)) if at != index and _tells_loss(table, at)]
    if not lost or tokens & words.SOLD:
        return
    raise FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: {table.header[lost[0]]!r} (line {table.header_line}) says that this was lost or written off, not "
        f"sold; upload what was sold, or set reading.columns.units = '{units}' to read it as sales on purpose.",
    )


def _tells_loss(table: RawTable, index: int) -> bool:
    """``Total loss``, and no ``Profit or loss``: money, not how many of what was made were thrown away."""
    tokens = set(words.fold(table.header[index]).split())
    return bool(tokens & words.LOST) and bool(tokens & _OF_MONEY) and not tokens & _OF_PROFIT


def check_offered(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the day or the document of each row is that of an offer."""
    told = [table.header[roles.of[role]] for role in (words.DATE, words.DOCUMENT) if role in roles]
    offer = next(filter(naming.is_of_offer, told), None)
    if offer is None or words.UNITS not in roles or {words.DATE, words.UNITS} & roles.configured:
        return
    units = table.header[roles.of[words.UNITS]]
    raise FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: {offer!r} (line {table.header_line}) says that this was offered, not sold; upload the orders or "
        f"invoices that came of it, or set reading.columns.units = '{units}' to read it as sales on purpose.",
    )


def check_published(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where rows are pages of a shop, with the day each was written and what it has sold since: ``Post type``."""
    kinds = next((at for at, header in enumerate(table.header) if words.fold(header) == "post type"), None)
    day = table.header[roles.of[words.DATE]] if words.DATE in roles else ""
    if kinds is None or not words.fold(day).startswith("post") or words.DATE in roles.configured:
        return
    said = table.frame[cell(kinds)].cast(pl.String).fill_null("").str.to_lowercase()
    if said.str.contains("order").any():
        return
    raise FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: {table.header[kinds]!r} says that the rows are pages of a shop, and {day!r} is the day each of them "
        "was written, so what was sold on which day is not told; upload the lines of the orders.",
    )


def check_other_quantity(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the only quantity may be that of a pack, is a part of what was sold, or may have been bought in."""
    index = roles.of.get(words.UNITS)
    if index is None or words.UNITS in roles.configured:
        return
    units = table.header[index]
    what = next((told for told, is_named in _OTHERS if is_named(units)), None)
    if what is None and naming.is_purchased(units) and not _tells_customers(table, roles):
        what = "what customers bought or what was bought from suppliers"
    if what is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {units!r} (line {table.header_line}) may be {what}, and no other column is known as the quantity "
            f"sold; add that, or set reading.columns.units = '{units}' if it is all that was sold.",
            units=units,
        )


_OTHERS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("what one pack holds or how many packs there were", naming.is_of_a_pack),
    ("only what was sold on promotion", naming.is_on_promotion),
)


def _tells_customers(table: RawTable, roles: Roles) -> bool:
    """Do other columns tell how, where or to whom each row was sold, of which order it is, or how many looked at it?"""
    told = {words.DOCUMENT, words.CUSTOMER} & roles.of.keys()
    return bool(told) or any(naming.describes_sale(name) or naming.is_of_shoppers(name) for name in table.header)


def check_returned(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the day of each row is one on which goods came back, and no quantity is negative."""
    index, units = roles.of.get(words.DATE), roles.of.get(words.UNITS)
    if index is None or units is None or {words.DATE, words.UNITS} & roles.configured:
        return
    day, sold = table.header[index], table.header[units]
    back = not words.OF_RETURNS.isdisjoint(words.fold(day).split())
    if back and not any("-" in text or "(" in text for text in sample_of(table, units)):
        raise FileRefusedError(
            Reason.NOT_A_TABLE,
            f"{name}: {day!r} (line {table.header_line}) is a day on which goods came back, so these are returns, "
            f"not sales; write them into the sales as negative quantities, or set reading.columns.units = '{sold}' to "
            "read them as sales on purpose.",
        )


def check_counted(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where orders alone are counted, beside money: of how many units each is, is not told."""
    index = roles.of.get(SALES)
    if index is None or words.UNITS in roles or words.MONEY not in roles:
        return
    header, money = table.header[index], table.header[roles.of[words.MONEY]]
    if words.fold(header) in _ORDERS:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {header!r} counts orders, each of which may be of several units, and {money!r} is money; add the "
            f"quantity sold, or set reading.columns.units = '{header}' to forecast how many orders there are.",
        )
