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

_PLAIN: Final = str.maketrans({
    "ß": "ss", "º": "o", "№": " no ", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "\u0131": "i",
    "æ": "ae", "Æ": "Ae", "œ": "oe",
})  # fmt: skip
"""Letters that are no other letter with a mark."""


_SUB: Final = re.compile(r"\b[\u015e\u015f]ub\b", re.IGNORECASE)
"""February, in short, in Turkish; without the mark of its first letter it may be a sandwich."""


def _bare(text: str) -> str:
    """Letters without their marks, and syllables of Hangul in parts, as cells are compared."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """``InvoiceNo.`` -> ``invoice no``; ``Stückzahl`` -> ``stuckzahl``."""
    name = _SUB.sub("subat", name)
    name = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])", " ", name)
    name = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    plain = _bare(name.translate(_PLAIN))
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))


_FILE: Final = tomllib.loads((files("training.reading") / "words.toml").read_text("utf-8"))
_COLUMNS: Final[dict[str, list[list[str]]]] = _FILE["columns"]
WORDS: Final[dict[str, list[str]]] = _FILE["words"]

CALENDAR: Final = frozenset(WORDS["calendar"])
KNOWN_AHEAD: Final = frozenset(WORDS["known_ahead"])
KNOWN_IN_GOODS, BESIDE_KNOWN = frozenset(WORDS["known_in_goods"]), frozenset(WORDS["beside_known"])
TOTAL_WORDS: Final = frozenset(map(fold, WORDS["total"]))
TOTAL_PREFIXES: Final = frozenset(WORDS["total_prefix"])
CLOSED_WORDS: Final = frozenset(WORDS["closed"])
RETURN_WORDS: Final = frozenset(WORDS["returned"])
SOLD, SHIPPED = frozenset(WORDS["sold"]), frozenset(WORDS["shipped"])
_NET, GROSS, GIVEN_BACK = frozenset(WORDS["net"]), frozenset(WORDS["gross"]), frozenset(WORDS["given_back"])
COUNTED, BESIDE_COUNTED = frozenset(WORDS["counted"]), frozenset(WORDS["beside_counted"])
_QUANTITY, OTHER_QUANTITY = frozenset(WORDS["quantity"]), frozenset(WORDS["other_quantity"])
CANCELLED_WORDS: Final = frozenset(form for word in WORDS["cancelled"] for form in (word, _bare(word)))
LINE_KINDS: Final = frozenset(WORDS["line_kinds"])
MISSING_WORDS: Final = frozenset(WORDS["missing"])
TRUE_WORDS: Final = frozenset(WORDS["yes"])
FALSE_WORDS: Final = frozenset(WORDS["no"])
_WEEKDAYS: Final[dict[int, frozenset[str]]] = {int(n): frozenset(found) for n, found in _FILE["days_of_week"].items()}
WEEKDAYS: Final = frozenset(WORDS["weekdays"]).union(*_WEEKDAYS.values())
CROATIAN: Final[dict[str, int]] = {word: int(n) for n, words in _FILE["croatian_months"].items() for word in words}
MONTHS: Final[dict[str, int]] = {word: int(n) for n, words in _FILE["months"].items() for word in words}
"""Months of all languages but Croatian."""
MONTH_OF: Final[dict[str, int]] = CROATIAN | MONTHS
_OF_LISTOPAD: Final[dict[bool, frozenset[str]]] = {
    True: frozenset(_FILE["languages"]["croatian"]), False: frozenset(_FILE["languages"]["polish_czech"])
}  # fmt: skip

_OF_SALES: Final = frozenset({"sale", "sales", "ventes", "ventas", "vendas", "vendite"})
_ROLLING: Final = re.compile(r"\b[lr]\d{1,2} ?[dwm]\b")  # "Units L4W"
_LAST_YEAR: Final = frozenset({"last", "year"})
ITEM_NOUN, _BESIDE_ITEM = frozenset(WORDS["item_noun"]), frozenset(WORDS["beside_item"])
_ITEM_NAME, GOODS = frozenset(WORDS["item_name"]), frozenset(WORDS["goods"])
KINDS_OF_QUANTITY: Final = (
    SOLD
    | SHIPPED
    | _NET
    | GROSS
    | GIVEN_BACK
    | COUNTED
    | BESIDE_COUNTED
    | _QUANTITY
    | OTHER_QUANTITY
    | {*WORDS["kinds_of_quantity"]}
)
_NO_QUANTITY: Final = frozenset(WORDS["no_quantity"])
UNIT_OF_MEASURE: Final = frozenset(WORDS["unit_of_measure"])
NOTES: Final = frozenset(WORDS["notes"])
COMPONENTS, COMPOSED = frozenset(WORDS["components"]), frozenset(WORDS["composed"])
MOVED_FROM, MOVED_TO = frozenset(WORDS["moved_from"]), frozenset(WORDS["moved_to"])
COUNTED_IN, VESSELS = frozenset(WORDS["counted_in"]), frozenset(WORDS["vessels"])
PLANNED, AIMS = frozenset(WORDS["planned"]), frozenset(WORDS["aims"])
STATISTICS: Final = frozenset(WORDS["statistics"])
BESIDE_COLUMNS: Final = frozenset(WORDS["beside_columns"])
NOT_OF_SALES: Final = frozenset(WORDS["not_of_sales"])
MEASURE_KINDS: Final = frozenset(WORDS["measure_kinds"])
OF_AN_ITEM: Final = frozenset(WORDS["of_an_item"])
QUALIFIERS: Final = frozenset(WORDS["qualifiers"])
WIDE_AREAS: Final = frozenset(WORDS["wide_areas"])
AREAS, OF_NAMES = frozenset(WORDS["areas"]), frozenset(WORDS["of_names"])
PLACES: Final = frozenset(WORDS["places"])
LEVELS: Final = frozenset(WORDS["levels"])
ACCOUNT_SIDES: Final = frozenset(WORDS["account_sides"])
ROW_KINDS: Final = frozenset(WORDS["row_kinds"])
OF_RETURNS: Final = frozenset(WORDS["of_returns"])
REVERSALS: Final = frozenset(WORDS["reversals"])
LOST: Final = frozenset(WORDS["lost"])
WHOLES: Final = frozenset(WORDS["wholes"])
PACK_SIZES: Final = frozenset(WORDS["pack_sizes"])
BARE_CODES: Final = frozenset(map(fold, WORDS["bare_code"]))
ITEM_NAMES: Final = 3
"""Rank from which names of items stand, no longer codes."""
_CURRENCIES: Final = frozenset(WORDS["currencies"])
SIGNS: Final = frozenset("$\u20ac\u00a3\u00a5\u20b9")
"""Of currencies."""
REFUNDS: Final = frozenset({"refund", "refunds"})
_NAMED: Final = frozenset({*WORDS["name"], "adi", "nazwa", "nazev", "neve", "namn", "navn", "bezeichnung", "libelle"})
_NAME_OF: Final = re.compile(r"(?<=\w{3})(?:s?naam|name|bezeichnung)$")
_OF: Final = frozenset({"de", "do", "da", "del", "du", "di", "der", "des", "la", "van"})
_NAME_RANK: Final = 2  # where names of stores stand in the table
_NET_RANK: Final = -2  # before any other quantity

_ID_TAILS: Final = (
    "id|no|nr|n|nbr|num|number|code|key|nummer|numero|codigo|codice|cod|kode|kod|kodu|koodi|numarasi|numer|cislo|код|номер|ident|"
    "identifier|index|ref|sk|pk|gln"
)
_COMPOUND: Final = re.compile(r"(?:nummer|nr|code|kode|id|kennung|schlussel|schluessel|no)$")  # filialnummer, winkelnr
_TAIL: Final = re.compile(rf"^(?:(?:{_ID_TAILS})\s+)?(.*?)(?:\s+(?:{_ID_TAILS}))?$")
_PLURAL: Final = re.compile(r"^(product|item|article|store|order)s ")  # "Products Name"
_VIEW: Final = re.compile(r"^(\w{3,})s (?=\1 )")  # "Stores Store ID", as explorers of tables write it
_WRITTEN_AS: Final = re.compile(r" (?:as|in|format) (?:d{1,2}|m{1,2}|y{2,4}) (?:[dmyhs]{1,4} ?)+$")
"""Of "Order Date as dd/mm/yyyy hh:MM:SS": how a day is written."""
_NUMERO: Final = re.compile(r"^n [oa] ")  # "N.\u00ba de venda"
_LESS: Final = re.compile(
    r"[\(\[]\s*(?:[-\u2013\u2212]|(?:less|minus|net of|abzgl\.?|abz\u00fcglich|moins|menos|meno)\s)\s*(\w+)\s*[\)\]]",
    re.IGNORECASE,
)
"""``(- Refund)``, ``(less returns)`` after the name of a quantity."""
_LINE_ITEM: Final = re.compile(r"^line ?item (.+)$")
_SHORT: Final = {"dt": "date", "cd": "code"}
_OF_ORDER: Final = re.compile(r"^(\w+(?: \w+)?) order (?:id|no|nr|nbr|number)$")
_OTHER_ORDERS: Final = frozenset(WORDS["other_orders"]) | ITEM_NOUN
_SUM: Final = re.compile(r"^\s*=?\s*(?:sum|total|summe|somme|suma|soma|somma|som)\s*\(\s*(.*?)\s*\)\s*$", re.IGNORECASE)
_NOUNS: Final = {  # roles whose best words may carry "id", "no", "code", ... before or after
    **{(role, 0): frozenset(map(fold, _COLUMNS[role][0])) for role in (STORE, ITEM, DOCUMENT, CUSTOMER)},
    (STORE, 1): frozenset(map(fold, _COLUMNS[STORE][1])),  # "Location ID", "Lagernummer"
}
_NOUNS[CUSTOMER, 0] |= {"member", "membership", "user", "buyer", "shopper", "household", "loyalty card"}
_NOUNS[DOCUMENT, 0] |= frozenset(WORDS["documents"])  # "Check #", "Sale No"
_NOUNS[ITEM, 0] |= GOODS | {f"{noun} name" for noun in GOODS | ITEM_NOUN}  # "Pizza ID", "Product Name ID"


def days_of_week(word: str) -> frozenset[int]:
    """0 for Monday; ``Mar`` is a Tuesday, ``So`` a Sunday; none for other words, several where languages differ."""
    folded = fold(word)
    return frozenset(day for day, found in _WEEKDAYS.items() if folded in found)


def is_croatian(texts: Iterable[str]) -> bool | None:
    """True where names are Croatian, False where they are Polish or Czech; None where both or neither is told."""
    tokens = {token for text in texts for token in fold(text).split()}
    told = [language for language, found in _OF_LISTOPAD.items() if not found.isdisjoint(tokens)]
    return told[0] if len(told) == 1 else None


def snake(name: str) -> str:
    """Column name of a covariate: ``SchoolHoliday`` -> ``school_holiday``."""
    return fold(name).replace(" ", "_") or "column"


def _table() -> dict[str, list[tuple[str, int]]]:
    table: dict[str, list[tuple[str, int]]] = {}
    for role, ranks in _COLUMNS.items():
        for rank, names in enumerate(ranks):
            for name in dict.fromkeys(map(fold, names)):
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
    if (summed := _SUM.match(name)) and (told := roles_of(summed[1].strip("[]"))):  # "Sum(Qty)", as reports write it
        return told
    if "%" in name:  # "Units %", "Sales % chg": a share or a change
        return tuple(claim for claim in roles_of(name.replace("%", " ")) if claim[0] not in (UNITS, SALES, MONEY))
    found: dict[str, int] = {}
    short = fold(re.sub(r"[\(\[].*?[\)\]]", " ", name))
    for text in _forms(name, short):
        joined = text.replace(" ", "")  # "QUANTITYORDERED", "Stueck zahl"
        for role, rank in (*_TABLE.get(text, ()), *_TABLE.get(joined, ()), *_JOINED.get(joined, ())):
            found.setdefault(role, rank)
        for noun in _nouns(text):
            for (role, rank), nouns in _NOUNS.items():
                if noun in nouns:
                    found.setdefault(role, rank)
    if STORE not in found and (rank := _store_rank(short)) is not None:
        found[STORE] = rank
    if inner := _LINE_ITEM.match(short):  # "lineitem sku" beside the order's own name
        for role, rank in roles_of(inner[1]):
            found.setdefault(role, rank - 1)
    found = {UNITS: _NET_RANK} if is_net(name) else {MONEY: 0} if name.strip() in SIGNS else found
    found = _as_money(name, found or _by_parts(short))
    return tuple(sorted(found.items(), key=lambda entry: entry[1]))


def _as_money(name: str, found: dict[str, int]) -> dict[str, int]:
    """``Sales ($)``, ``sales_usd``: what may be units or money is money where the name tells a currency."""
    if SALES not in found or not (SIGNS.intersection(name) or _CURRENCIES.intersection(fold(name).split())):
        return found
    return {MONEY: 0, **{role: rank for role, rank in found.items() if role not in (SALES, MONEY)}}


def _forms(name: str, short: str) -> list[str]:
    """The name as it may stand in the table: whole, without brackets, the last of a path, in the singular."""
    whole = fold(name)
    forms = [whole, short, fold(name.rsplit("/", 1)[-1])]  # "Order Lines/Product"
    forms += [_PLURAL.sub(r"\1 ", whole), _VIEW.sub("", whole), _NUMERO.sub("no ", whole)]
    if name.rstrip().endswith("#"):  # "Check #"
        forms.append(f"{whole} number")
    forms.append(_WRITTEN_AS.sub("", whole))
    written = [_SHORT.get(token, token) for token in whole.split()]
    if len(written) > 1:  # "sale_dt", "prod_cd"
        forms.append(" ".join(written))
    return list(dict.fromkeys(forms))


def _by_parts(short: str) -> dict[str, int]:
    """Roles of a name that stands in no list, by its words: ``boxes shipped``, ``Item Lookup Code``, ``SKU Desc``."""
    tokens = set(short.split())
    if (order := _OF_ORDER.match(short)) and _OTHER_ORDERS.isdisjoint(order[1].split()):  # "amazon order id"
        return {DOCUMENT: 1}
    if not _ROLLING.search(short) and (rank := _quantity_rank(tokens)) is not None:
        return {UNITS: rank}
    if tokens & ITEM_NOUN and tokens <= ITEM_NOUN | _BESIDE_ITEM:
        return {ITEM: 1}
    if tokens & ITEM_NOUN and tokens & _ITEM_NAME and tokens <= ITEM_NOUN | _ITEM_NAME:
        return {ITEM: ITEM_NAMES}
    return {}


@lru_cache(maxsize=65536)
def measure_of(text: str) -> str | None:
    """``UNITS`` for ``Qty sold``, ``PRICE`` for ``Preis``: of whole names alone; None for what is no measure."""
    roles = [role for role, _ in sorted(_TABLE.get(fold(text), ()), key=lambda entry: entry[1])]
    return next((role for role in roles if role in (UNITS, PRICE, MONEY, STOCK)), None)


def is_unit_of_measure(name: str) -> bool:
    """``UoM``, ``Unit of Measure Code``, ``Erfassungsmengeneinh.``: in what each quantity is counted."""
    folded = fold(name)
    compound = any(token.startswith("mengeneinh") or "smengeneinh" in token for token in folded.split())
    short = "uom" in folded.split() or folded.endswith("uo m")  # "UoM" is cut between small and capital letters
    return folded in UNIT_OF_MEASURE or "unit of measure" in folded or short or compound


def begins(role: str, stem: str) -> bool:
    """``stor`` of ``stores``, ``fili`` of ``Filialen``: a word of a role begins so."""
    return any(name.startswith(stem) for rank in _COLUMNS[role] for name in rank)


def is_line_item(folded: str) -> bool:
    """``lineitem sku``: of a line, where bare names are the order's own."""
    return _LINE_ITEM.match(folded) is not None


def is_net(name: str) -> bool:
    """``Net Units``, ``Nettomenge``, ``cantidad neta``, ``Quantity (- Refund)``: what was sold less what came back."""
    if (less := _LESS.search(name)) and fold(less[1]) in GIVEN_BACK | {"refund", "refunds"}:
        rest = set(fold(_LESS.sub(" ", name)).split())
        return bool(rest & COUNTED) and rest <= COUNTED | BESIDE_COUNTED
    tokens = set(fold(name).split())
    alone = bool(tokens & {"nettomenge", "nettoabsatz"})
    return bool(tokens & _NET) and tokens <= _NET | COUNTED | BESIDE_COUNTED and (alone or bool(tokens & COUNTED))


def _quantity_rank(tokens: set[str]) -> int | None:
    """``boxes shipped`` and ``total qty pcs`` are quantities; ``qty on hand`` is one of another kind."""
    if tokens & (OTHER_QUANTITY | GIVEN_BACK | _NO_QUANTITY) or tokens >= _LAST_YEAR or len(tokens) < 2:  # noqa: PLR2004 - a word alone stands in the table
        return None
    if tokens & _OF_SALES and tokens <= _OF_SALES | COUNTED | VESSELS:
        return 1
    if "sales" in tokens and not tokens & COUNTED:  # "Ordered Product Sales"
        return None
    return 1 if tokens & SOLD else 2 if tokens & (SHIPPED | _QUANTITY) else None


def _store_rank(text: str) -> int | None:
    """``nombre de sucursal``, ``filialbezeichnung``, ``site name``: names of stores, which stand after codes."""
    words = [word for word in text.split() if word not in _OF]
    bare = [_NAME_OF.sub("", word) for word in words]
    if bare == words and not _NAMED.intersection(words):
        return None
    rest = " ".join(word for word in bare if word and word not in _NAMED)
    return _NAME_RANK if any(rest in _NOUNS[STORE, rank] for rank in (0, 1)) else None


def _nouns(text: str) -> set[str]:
    """``id loja`` -> ``loja``; ``filialnummer`` -> ``filial``."""
    bare = re.sub(r"^(?:de|do|da|del|du) ", "", _TAIL.sub(r"\1", text))
    return {bare, _COMPOUND.sub("", text)} - {text, ""}
