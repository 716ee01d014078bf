"""The vocabulary of ``words.toml``: which role a column's name may have, and what words in cells mean."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final

DATE, STORE, ITEM, UNITS, SALES, MONEY = "date", "store_id", "item_id", "units", "sales", "money"
PRICE, PROMO, OPEN, CLOSED, STOCK = "price", "promo", "open", "closed", "stock"
DOCUMENT, LINE, STATUS, TIME, CUSTOMER = "document", "line", "status", "time", "customer"
TYPE = "type"
YEAR, MONTH, DAY, WEEK = "year", "month", "day", "week"

_FILE: Final = tomllib.loads((files("training.reading") / "words.toml").read_text("utf-8"))
_COLUMNS: Final[dict[str, list[list[str]]]] = _FILE["columns"]
WORDS: Final[dict[str, list[str]]] = _FILE["words"]

CALENDAR: Final = frozenset(WORDS["calendar"])
KNOWN_AHEAD: Final = frozenset(WORDS["known_ahead"])
TOTAL_WORDS: Final = frozenset(WORDS["total"])
TOTAL_PREFIXES: Final = frozenset(WORDS["total_prefix"])
CLOSED_WORDS: Final = frozenset(WORDS["closed"])
RETURN_WORDS: Final = frozenset(WORDS["returned"])
_RECEIVED, _BOUGHT = frozenset(WORDS["received"]), frozenset(WORDS["bought"])
_SOLD, _SHIPPED = frozenset(WORDS["sold"]), frozenset(WORDS["shipped"])
_NET, _GROSS, _BACK = frozenset(WORDS["net"]), frozenset(WORDS["gross"]), frozenset(WORDS["given_back"])
_COUNTED, _BESIDE = frozenset(WORDS["counted"]), frozenset(WORDS["beside_counted"])
_QUANTITY, _OTHER = frozenset(WORDS["quantity"]), frozenset(WORDS["other_quantity"])
CANCELLED_WORDS: Final = frozenset(WORDS["cancelled"])
LINE_KINDS, _CHARGES = frozenset(WORDS["line_kinds"]), frozenset(WORDS["charges"])
MISSING_WORDS: Final = frozenset(WORDS["missing"])
_NOT_SOLD_ON, _PERSONAL = frozenset(WORDS["not_sold_on"]), frozenset(WORDS["personal"])
_PERSON, _NAME = frozenset(WORDS["person"]), frozenset(WORDS["name"])
_DESCRIBES, _FISCAL = frozenset(WORDS["describes_sale"]), frozenset(WORDS["fiscal"])
TRUE_WORDS: Final = frozenset(WORDS["yes"])
FALSE_WORDS: Final = frozenset(WORDS["no"])
WEEKDAYS: Final = frozenset(WORDS["weekdays"])
MONTH_OF: Final[dict[str, int]] = {word: int(n) for n, words in _FILE["months"].items() for word in words}

_DATE_WORDS: Final = frozenset({"date", "datum", "fecha", "data", "dt"})
_CODES: Final = (("si", "sc"), ("re", "gs"), ("inv", "crn"))  # of invoices and credit notes
_ROLLING: Final = re.compile(r"\b[lr]\d{1,2} ?[dwm]\b")  # "Units L4W"
_LAST_YEAR: Final = frozenset({"last", "year"})
_ON_CREDIT: Final = frozenset({"credit", "abono"})
_OFF: Final = frozenset(WORDS["called_off"])
_OF_SALES: Final = frozenset({"sales", "sale", "customer", "order", "item", "pos", "line", "posted"})
_ITEM_NOUN, _BESIDE_ITEM = frozenset(WORDS["item_noun"]), frozenset(WORDS["beside_item"])
KINDS_OF_QUANTITY: Final = frozenset(
    {*_SOLD, *_SHIPPED, *_NET, *_GROSS, *_BACK, *_COUNTED, *_BESIDE, *_QUANTITY, *_OTHER, *WORDS["kinds_of_quantity"]}
)
UNIT_OF_MEASURE: Final = frozenset(WORDS["unit_of_measure"])
COUNTED_IN: Final = frozenset(WORDS["counted_in"])
NOT_OF_SALES: Final = frozenset(WORDS["not_of_sales"])
MEASURE_KINDS: Final = frozenset(WORDS["measure_kinds"])
OF_AN_ITEM: Final = frozenset(WORDS["of_an_item"])
_PRICED, _HOLDS_FROM = frozenset(WORDS["priced"]), frozenset(WORDS["holds_from"])
QUALIFIERS: Final = frozenset(WORDS["qualifiers"])
LEVELS: Final = frozenset(WORDS["levels"])
ACCOUNT_SIDES: Final = frozenset(WORDS["account_sides"])
ROW_KINDS: Final = frozenset(WORDS["row_kinds"])
_NO_SALES, _BESIDE_NO_SALES = frozenset(WORDS["no_sales"]), frozenset(WORDS["beside_no_sales"])
_BEFORE_INVOICES, _INVOICES = frozenset(WORDS["before_invoices"]), frozenset(WORDS["invoices"])
_FOOTFALL: Final = frozenset(WORDS["footfall"])
_BOUGHT_KINDS, _SALE_KINDS = frozenset(WORDS["bought_kinds"]), frozenset(WORDS["sale_kinds"])
OF_RETURNS: Final = frozenset(WORDS["of_returns"])
REVERSALS: Final = frozenset(WORDS["reversals"])
WHOLES: Final = frozenset(WORDS["wholes"])
PACK_SIZES: Final = frozenset(WORDS["pack_sizes"])
BARE_CODES: Final = frozenset(WORDS["bare_code"])
ITEM_NAMES: Final = 3
"""Rank from which names of items stand, no longer codes."""
QUANTITY, BARE = "quantity", "bare"
SIGNS: Final = frozenset("$\u20ac\u00a3\u00a5")
_NET_RANK: Final = -2  # before any other quantity

_ID_TAILS: Final = (
    "id|no|nr|n|nbr|num|number|code|key|nummer|numero|codigo|codice|cod|kode|ident|identifier|index|ref|sk|pk|gln"
)
_COMPOUND: Final = re.compile(r"(?:nummer|nr|code|kode|id|kennung|schlussel|schluessel|no)$")  # filialnummer, winkelnr
_TAIL: Final = re.compile(rf"^(?:(?:{_ID_TAILS})\s+)?(.*?)(?:\s+(?:{_ID_TAILS}))?$")
_LINE_ITEM: Final = re.compile(r"^line ?item (.+)$")
_NOUNS: Final = {  # roles whose best words may carry "id", "no", "code", ... before or after
    **{(role, 0): frozenset(_COLUMNS[role][0]) for role in (STORE, ITEM, DOCUMENT, CUSTOMER)},
    (STORE, 1): frozenset(_COLUMNS[STORE][1]),  # "Location ID", "Lagernummer"
}


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """``InvoiceNo.`` -> ``invoice no``; ``Stückzahl`` -> ``stuckzahl``."""
    name = name.replace("ß", "ss").replace("º", "o").replace("№", " no ")
    name = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])", " ", name)
    name = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))


def snake(name: str) -> str:
    """Column name of a covariate: ``SchoolHoliday`` -> ``school_holiday``."""
    return fold(name).replace(" ", "_") or "column"


def _table() -> dict[str, list[tuple[str, int]]]:
    table: dict[str, list[tuple[str, int]]] = {}
    for role, ranks in _COLUMNS.items():
        for rank, names in enumerate(ranks):
            for name in names:
                table.setdefault(name, []).append((role, rank))
    return table


_TABLE: Final = _table()
_JOINED: Final = {name.replace(" ", ""): claims for name, claims in _TABLE.items() if " " in name}


@lru_cache(maxsize=4096)
def roles_of(name: str) -> tuple[tuple[str, int], ...]:
    """Roles a column name may stand for, with ranks; best first.

    Tried in turn: the whole name, the name without what stands in brackets, and for ids the
    noun with ``id``, ``no``, ``code`` and the like taken away.
    """
    found: dict[str, int] = {}
    short = fold(re.sub(r"[\(\[].*?[\)\]]", " ", name))
    for text in dict.fromkeys((fold(name), short, fold(name.rsplit("/", 1)[-1]))):  # "Order Lines/Product"
        joined = text.replace(" ", "")  # "QUANTITYORDERED", "Stueck zahl"
        for role, rank in (*_TABLE.get(text, ()), *_TABLE.get(joined, ()), *_JOINED.get(joined, ())):
            found.setdefault(role, rank)
        for noun in _nouns(text):
            for (role, rank), nouns in _NOUNS.items():
                if noun in nouns:
                    found.setdefault(role, rank)
    if inner := _LINE_ITEM.match(short):  # "lineitem sku" beside the order's own name
        for role, rank in roles_of(inner[1]):
            found.setdefault(role, rank - 1)
    if is_net(name):
        found = {UNITS: _NET_RANK}
    if name.strip() in SIGNS:
        found = {MONEY: 0}
    rolling = _ROLLING.search(short)
    if not found and not rolling and (rank := _quantity_rank(set(short.split()))) is not None:
        found[UNITS] = rank
    tokens = set(short.split())
    if not found and tokens & _ITEM_NOUN and tokens <= _ITEM_NOUN | _BESIDE_ITEM:  # "Item Lookup Code"
        found[ITEM] = 1
    return tuple(sorted(found.items(), key=lambda entry: entry[1]))


@lru_cache(maxsize=65536)
def measure_of(text: str) -> str | None:
    """``UNITS`` for ``Qty sold``, ``PRICE`` for ``Preis``: of whole names alone; None for what is no measure."""
    roles = [role for role, _ in sorted(_TABLE.get(fold(text), ()), key=lambda entry: entry[1])]
    return next((role for role in roles if role in (UNITS, PRICE, MONEY, STOCK)), None)


def begins(role: str, stem: str) -> bool:
    """``stor`` of ``stores``, ``fili`` of ``Filialen``: a word of a role begins so."""
    return any(name.startswith(stem) for rank in _COLUMNS[role] for name in rank)


def is_line_item(folded: str) -> bool:
    """``lineitem sku``: of a line, where bare names are the order's own."""
    return _LINE_ITEM.match(folded) is not None


def is_net(name: str) -> bool:
    """``Net Units``, ``Nettomenge``, ``cantidad neta``: what was sold less what came back."""
    tokens = set(fold(name).split())
    alone = bool(tokens & {"nettomenge", "nettoabsatz"})
    return bool(tokens & _NET) and tokens <= _NET | _COUNTED | _BESIDE and (alone or bool(tokens & _COUNTED))


def is_gross(name: str) -> bool:
    """``Gross qty``: what was sold before anything came back."""
    return not _GROSS.isdisjoint(fold(name).split())


def given_back(name: str) -> str | None:
    """``QUANTITY`` for ``Units Returned``, ``BARE`` for ``Returns``, which may be money; None for other names."""
    tokens = set(re.sub(r"(\w)(menge|stuck|stueck|anzahl|aantal)$", r"\1 \2", fold(name)).split())
    if not tokens & _BACK or not tokens <= _BACK | _COUNTED | _BESIDE:
        return None
    return QUANTITY if tokens & _COUNTED else BARE


def counted_as(name: str) -> frozenset[str]:
    """``units`` of ``Units Returned``: the words by which a quantity says what it counts."""
    return frozenset(fold(name).split()) & _COUNTED


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
    if any(parts & _SOLD or parts & {"sales", "pos"} for parts in tokens.values()):
        return None
    received = next((name for name, parts in tokens.items() if parts & _RECEIVED and parts & _COUNTED), None)
    bought = next((name for name, parts in tokens.items() if parts & _BOUGHT), None)
    return None if received is None or bought is None else (received, bought)


def is_priced(name: str) -> bool:
    """``Wholesale Price``, ``VK-Preis``, ``Verkaufspreis``, ``UVP``: what one of an item costs."""
    tokens = fold(name).split()
    return not _PRICED.isdisjoint(tokens) or any(token.endswith(("preis", "prijs")) for token in tokens)


def holds_from(name: str) -> bool:
    """``Valid From``, ``Effective date``, ``gültig ab``: a day from or to which a price holds."""
    return not _HOLDS_FROM.isdisjoint(fold(name).split())


def is_shipped(name: str) -> bool:
    """``Shipped Units``: what left the shop, which is not what was ordered of it."""
    return not _SHIPPED.isdisjoint(fold(name).split())


def returned_kinds(texts: Iterable[str]) -> set[str]:
    """Kinds of documents that take goods back; codes such as SC say so only beside the code of an invoice."""
    folded = {text: fold(text) for text in texts}
    codes = {back for sold, back in _CODES if sold in folded.values()}
    short = {text: " ".join(token for token in word.split() if token not in _OF_SALES) for text, word in folded.items()}
    told = RETURN_WORDS - _ON_CREDIT  # a "credit sale" is one that is paid later
    return {text for text, word in folded.items() if word in RETURN_WORDS | codes or short[text] in told}


def tells_kind(name: str) -> bool:
    """``Transaction Type``, ``Version``, ``Reason``: may say of each row whether it is a sale."""
    folded = fold(name)
    return folded in LINE_KINDS | ROW_KINDS or TYPE in {role for role, _ in roles_of(name)}


def kinds_of_no_sale(texts: Iterable[str]) -> list[str]:
    """``Transfer Out``, ``Waste``, ``Budget``, and beside sales ``Purchase``: kinds of row that are no sales."""
    tokens = {text: set(fold(text).split()) for text in texts}
    beside_sales = any(found & _SALE_KINDS for found in tokens.values())
    none = _NO_SALES | _BOUGHT_KINDS if beside_sales else _NO_SALES
    return sorted(text for text, found in tokens.items() if found & none and found <= none | _BESIDE_NO_SALES)


def may_be_returns(texts: Iterable[str]) -> bool:
    """``S`` and ``R`` alone: sales and returns, or retail and service."""
    return {fold(text) for text in texts} - {""} == {"r", "s"}


def told_twice(texts: Iterable[str]) -> tuple[str, str] | None:
    """``Order`` and ``Invoice``: kinds of documents in which the same goods may stand."""
    folded = {fold(text): text for text in sorted(texts)}
    before = next((text for word, text in folded.items() if word in _BEFORE_INVOICES), None)
    invoice = next((text for word, text in folded.items() if word in _INVOICES), None)
    return None if before is None or invoice is None else (before, invoice)


def is_footfall(name: str) -> bool:
    """``Visitors``, ``Bounce rate``: counts who came, and no item."""
    return not _FOOTFALL.isdisjoint(fold(name).split())


def is_date_name(name: str) -> bool:
    """``SHOP_DATE``: calls itself a date, and of no day on which something is due."""
    return not _DATE_WORDS.isdisjoint(fold(name).split()) and not is_other_day(name)


def is_key(name: str) -> bool:
    """``TrackId``, ``StyleKey``: calls itself the key of something that has no role."""
    tokens = fold(name).split()
    return (
        not roles_of(name) and tokens[-1:] in (["id"], ["key"]) and tokens[-2:-1] not in (["line"], ["detail"], ["row"])
    )


def is_charge(text: str) -> bool:
    """``POST``, ``Frais de port``, ``Gift Card``: named like what is no item."""
    return fold(text) in _CHARGES


def is_other_day(name: str) -> bool:
    """``shipping_limit_date``: a day on which something is due or ends, not the one it was sold on."""
    return not _NOT_SOLD_ON.isdisjoint(fold(name).split())


def is_personal(name: str) -> bool:
    """``Shipping Phone``, ``E-Mail``, ``Customer Name``: what tells who somebody is."""
    tokens = set(fold(name).split())
    named = bool(tokens & _NAME and tokens & _PERSON) or "kundenname" in tokens
    return named or not _PERSONAL.isdisjoint(tokens)


def _quantity_rank(tokens: set[str]) -> int | None:
    """``boxes shipped`` and ``total qty pcs`` are quantities; ``qty on hand`` is one of another kind."""
    if tokens & (_OTHER | _BACK) or tokens >= _LAST_YEAR or len(tokens) < 2:  # noqa: PLR2004 - a word alone stands in the table
        return None
    if "sales" in tokens and not tokens & _COUNTED:  # "Ordered Product Sales"
        return None
    return 1 if tokens & _SOLD else 2 if tokens & (_SHIPPED | _QUANTITY) else None


def _nouns(text: str) -> set[str]:
    """``id loja`` -> ``loja``; ``filialnummer`` -> ``filial``."""
    bare = re.sub(r"^(?:de|do|da|del|du) ", "", _TAIL.sub(r"\1", text))
    return {bare, _COMPOUND.sub("", text)} - {text, ""}
