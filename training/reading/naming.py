"""What the name of a column says beside its role: gross or net, due or sold, of persons or of items."""

import re
from collections.abc import Iterable
from typing import Final

from training.reading.vocabulary import (
    BESIDE_COUNTED,
    COUNTED,
    CUSTOMER,
    GIVEN_BACK,
    GROSS,
    ITEM_NOUN,
    KNOWN_AHEAD,
    MONEY,
    MOVED_FROM,
    MOVED_TO,
    OF_AN_ITEM,
    OTHER_QUANTITY,
    PLANNED,
    PRICE,
    REFUNDS,
    SHIPPED,
    SOLD,
    STORE,
    WORDS,
    fold,
    roles_of,
)

COUNTED_BACK: Final = COUNTED | {*WORDS["quantity"], "un", "q", "ta", "nb", "adedi", "miktari"}
"""Words by which a quantity of what came back counts."""
QUANTITY, BARE = "quantity", "bare"

_BY_CUSTOMERS: Final = frozenset(
    {"customer", "customers", "client", "clients", "cliente", "clientes", "kunden", "klant", "klanten"}
)
_RECEIVED: Final = frozenset(WORDS["received"])
_BOUGHT: Final = frozenset(WORDS["bought"])
_SUPPLIERS: Final = frozenset(WORDS["suppliers"])
_COSTS: Final = tuple(WORDS["cost_of_buying"])
_OFFERS: Final = frozenset(WORDS["offers"])
_PURCHASE_ORDER: Final = frozenset({"po", "einkaufsbeleg", "inkooporder"})
_OF_A_PACK, _ON_PROMOTION = frozenset(WORDS["of_a_pack"]), frozenset(WORDS["on_promotion"])
_PURCHASED: Final = frozenset(WORDS["purchased"])
_OFF: Final = frozenset(WORDS["called_off"])
_DESCRIBES: Final = frozenset(WORDS["describes_sale"])
_FISCAL: Final = frozenset(WORDS["fiscal"])
_PRICED: Final = frozenset(WORDS["priced"])
_HOLDS_FROM: Final = frozenset(WORDS["holds_from"])
_FOOTFALL: Final = frozenset(WORDS["footfall"])
_OF_SHOPPERS: Final = frozenset(WORDS["of_shoppers"])
_FIRST_OR_LAST, _OF_A_LIFE = frozenset(WORDS["first_or_last"]), frozenset(WORDS["of_a_life"])
_UNTIL: Final = (["best", "before"], ["use", "by"], ["ship", "by"], ["pay", "by"], ["as", "of"])
_NOT_SOLD_ON: Final = frozenset(WORDS["not_sold_on"]) | frozenset(WORDS["written_on"])
_CAME_IN_ON: Final = frozenset(WORDS["came_in_on"]) | frozenset(WORDS["keyed_in_on"])
_ORDERS_IN: Final = frozenset(WORDS["orders_in"])
_PREDICTED: Final = frozenset(WORDS["predicted"])
_PERSONAL: Final = frozenset(WORDS["personal"])
_PERSON: Final = frozenset(WORDS["person"])
_NAME: Final = frozenset(WORDS["name"])
_CODE_NOUNS: Final = frozenset({"sku", "plu", "upc", "ean", "gtin", "asin", "barcode"})
_NUMBERS: Final = frozenset({"no", "nr", "num", "nbr", "number", "nummer", "code", "id", "numero", "codigo", "codice"})
_DOCUMENTS: Final = frozenset({"order", "invoice", "transaction", "receipt", "ticket", "bill"})
_LINES: Final = frozenset({"line", "lines", "item", "items", "detail", "details", "lineitem"})
_LISTED: Final = frozenset({"order", "line", "invoice", "transaction", "receipt", "ticket"})
_NOT_A_CODE: Final = COUNTED | KNOWN_AHEAD | OF_AN_ITEM | (OTHER_QUANTITY - _NUMBERS) | _PRICED | {*WORDS["no_code"]}
_QUANTITY_WORDS: Final = frozenset(WORDS["quantity"])
_NO_DATES: Final = frozenset({"update", "candidate", "mandate", "validate"})
_DATE_WORDS: Final = frozenset({"date", "datum", "fecha", "data", "dt"})


def counts_other(name: str) -> bool:
    """``Produzierte Menge``, ``Qty Wasted``: a quantity of something else than sales, and no item."""
    tokens = set(fold(name).split())
    return bool(tokens & _QUANTITY_WORDS) and bool(tokens & OTHER_QUANTITY) and not tokens & SOLD


def is_gross(name: str) -> bool:
    """``Gross qty``: what was sold before anything came back."""
    return not GROSS.isdisjoint(fold(name).split())


def given_back(name: str) -> str | None:
    """``QUANTITY`` for ``Units Returned``, ``BARE`` for ``Returns``, which may be money; None for other names."""
    tokens = set(re.sub(r"(\w)(menge|stuck|stueck|anzahl|aantal)$", r"\1 \2", fold(name)).split())
    if tokens & COUNTED_BACK:  # "Refund Qty"; bare "Refund" is money
        tokens = {"returned" if token in REFUNDS else token for token in tokens}
    if not tokens & GIVEN_BACK or not tokens <= GIVEN_BACK | COUNTED_BACK | BESIDE_COUNTED | _BY_CUSTOMERS:
        return None
    return QUANTITY if tokens & COUNTED_BACK else BARE


def counted_as(name: str) -> frozenset[str]:
    """``units`` of ``Units Returned``: the words by which a quantity says what it counts."""
    return frozenset(fold(name).split()) & COUNTED


def is_off(name: str) -> bool:
    """``Units Cancelled``: called off before it was sold, and not taken back after."""
    return not _OFF.isdisjoint(fold(name).split())


def describes_sale(name: str) -> bool:
    """``Payment method``, ``Ville``, ``Kassierer``: how, where or by whom it was sold, and not what."""
    return not _DESCRIBES.isdisjoint(fold(name).split())


def is_fiscal(name: str) -> bool:
    """``Fiscal Week``, ``WM Week``: of a year that begins on a day of its own."""
    return not _FISCAL.isdisjoint(fold(name).split())


def tells_of_buying(names: Iterable[str]) -> tuple[str, str] | None:
    """``Qty Received`` and ``PO Number``: the names by which a table is of what was bought, where none says sold."""
    tokens = {name: set(fold(name).split()) for name in names}
    if any(parts & SOLD or parts & {"sales", "pos"} for parts in tokens.values()):
        return None
    received = next((name for name, parts in tokens.items() if parts & _RECEIVED and parts & COUNTED), None)
    bought = next((name for name, parts in tokens.items() if parts & _BOUGHT), None)
    if received is None:  # "PO Number" beside "Supplier"
        received = next((name for name, parts in tokens.items() if parts & _PURCHASE_ORDER), None)
        bought = next((name for name, parts in tokens.items() if parts & (_BOUGHT - _PURCHASE_ORDER)), None)
    if received is None and not any(map(_is_of_selling, tokens)):  # "EK-Preis" beside "Lieferant", and no other price
        received = next(filter(_is_cost, tokens), None)
        bought = next((name for name, parts in tokens.items() if parts & _SUPPLIERS), None)
    return None if received is None or bought is None else (received, bought)


def _is_cost(name: str) -> bool:
    """``EK-Preis``, ``Prix d'achat HT``, ``Purchase price``: what an item costs to buy."""
    return any(f" {cost} " in f" {fold(name)} " for cost in _COSTS)


def _is_of_selling(name: str) -> bool:
    """A price, an amount or a buyer: what a table of sales has and one of goods that came in has not."""
    told = {role for role, _ in roles_of(name)} & {PRICE, MONEY, CUSTOMER}
    return (bool(told) or is_priced(name)) and not _is_cost(name)


def is_of_offer(name: str) -> bool:
    """``Estimate Date``, ``Angebotsnr.``, ``Quote``: of what was offered, and not yet sold."""
    return not _OFFERS.isdisjoint(fold(name).split())


def places_of_moves(names: Iterable[str]) -> tuple[str, str] | None:
    """``From Store`` and ``To Store``: the names by which goods are moved between places of one's own."""
    tokens = {name: fold(name).split() for name in names}

    def found(side: frozenset[str]) -> str | None:
        for name, parts in tokens.items():
            rest = " ".join(token for token in parts if token not in side)
            if rest and not side.isdisjoint(parts) and any(role == STORE and rank < 2 for role, rank in roles_of(rest)):  # noqa: PLR2004 - a name of stores stands in a list
                return name
        return None

    sent, came = found(MOVED_FROM), found(MOVED_TO)
    return None if sent is None or came is None or sent == came else (sent, came)


def is_priced(name: str) -> bool:
    """``Wholesale Price``, ``VK-Preis``, ``Verkaufspreis``, ``UVP``: what one of an item costs."""
    tokens = fold(name).split()
    return not _PRICED.isdisjoint(tokens) or any(token.endswith(("preis", "prijs")) for token in tokens)


def holds_from(name: str) -> bool:
    """``Valid From``, ``Effective date``, ``gültig ab``: a day from or to which a price holds."""
    return not _HOLDS_FROM.isdisjoint(fold(name).split())


def is_shipped(name: str) -> bool:
    """``Shipped Units``: what left the shop, which is not what was ordered of it."""
    return not SHIPPED.isdisjoint(fold(name).split())


def is_of_a_pack(name: str) -> bool:
    """``Case Qty``: what a case holds, or how many cases; not ``Cases Sold`` nor ``Case Qty Shipped``."""
    tokens = set(fold(re.sub(r"[(\[].*?[)\]]", " ", name)).split())
    return bool(tokens & _OF_A_PACK) and bool(tokens & COUNTED) and not tokens & (SOLD | SHIPPED | {"sales"})


def is_on_promotion(name: str) -> bool:
    """``Promo Units``: a part of what was sold."""
    return not _ON_PROMOTION.isdisjoint(fold(name).split())


def is_purchased(name: str) -> bool:
    """``Purchased Qty``: by customers, or from suppliers."""
    return not _PURCHASED.isdisjoint(fold(name).split())


def is_planned(name: str) -> bool:
    """``Forecast``, ``Budget 2024.csv``: a file or sheet of what was planned; ``Target`` alone is a shop."""
    tokens = fold(name).split()
    return tokens != ["target"] and not PLANNED.isdisjoint(tokens)


def is_predicted(name: str) -> bool:
    """``yhat_lower``, ``y_pred``, ``Forecast units``: what a model expects, and no item."""
    folded = fold(name)
    return folded.startswith("y hat") or not _PREDICTED.isdisjoint(folded.split())


def is_footfall(name: str) -> bool:
    """``Visitors``, ``Bounce rate``: counts who came, and no item."""
    return not _FOOTFALL.isdisjoint(fold(name).split())


def is_of_shoppers(name: str) -> bool:
    """``Items viewed``, ``Added to cart``, ``Item revenue``: of customers, where what suppliers sent has a cost."""
    return not _OF_SHOPPERS.isdisjoint(fold(name).split())


def is_date_name(name: str) -> bool:
    """``SHOP_DATE``, ``BUSDATE``: calls itself a date, and of no day on which something is due."""
    tokens = fold(name).split()
    ends = any(token.endswith(("date", "datum")) and token not in _NO_DATES for token in tokens)
    return (ends or not _DATE_WORDS.isdisjoint(tokens)) and not is_other_day(name)


def is_key(name: str) -> bool:
    """``TrackId``, ``StyleKey``: calls itself the key of something that has no role."""
    tokens = fold(name).split()
    return (
        not roles_of(name) and tokens[-1:] in (["id"], ["key"]) and tokens[-2:-1] not in (["line"], ["detail"], ["row"])
    )


def is_other_day(name: str) -> bool:
    """``shipping_limit_date``, ``Last sold``, ``Export date``: a day of another event than the sale of the row."""
    tokens = fold(name).split()
    of_all = not _FIRST_OR_LAST.isdisjoint(tokens) and not _OF_A_LIFE.isdisjoint(tokens)
    came_in = not _CAME_IN_ON.isdisjoint(tokens) and _ORDERS_IN.isdisjoint(tokens)  # orders come in when they are made
    return of_all or came_in or not _NOT_SOLD_ON.isdisjoint(tokens) or tokens[:2] in _UNTIL


def is_personal(name: str) -> bool:
    """``Shipping Phone``, ``E-Mail``, ``Customer Name``: what tells who somebody is."""
    tokens = set(fold(name).split())
    named = bool(tokens & _NAME and tokens & _PERSON) or "kundenname" in tokens
    return named or not _PERSONAL.isdisjoint(tokens)


def is_line_of_document(name: str) -> bool:
    """``Invoice/Item Number``, ``order_line_id``: numbers the lines of documents, none of which has another name."""
    tokens = set(fold(name).split())
    parts = (_DOCUMENTS, _LINES, _NUMBERS)
    return all(tokens & part for part in parts) and tokens <= {"and", "of"}.union(*parts)


def is_item_itself(name: str) -> bool:
    """``Products``, ``Artikel``: a word for the item, and none for its code."""
    return fold(name).rstrip("s") in ITEM_NOUN - _CODE_NOUNS


def is_code_of_item(name: str) -> bool:
    """``articleOrderNumber``, ``Seller SKU input``: names a code of items, and has no role of its own."""
    tokens = set(fold(name).split())
    numbered = bool(tokens & ITEM_NOUN) and bool(tokens & _NUMBERS) and not ("item" in tokens and tokens & _LISTED)
    return (numbered or bool(tokens & _CODE_NOUNS)) and not tokens & _NOT_A_CODE and not roles_of(name)
