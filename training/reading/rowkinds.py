"""What cells say of the kind of a row: a return, no sale, a document whose goods stand in another."""

from collections.abc import Iterable
from typing import Final

from training.reading.vocabulary import (
    CANCELLED_WORDS,
    COMPONENTS,
    COMPOSED,
    LINE_KINDS,
    PLANNED,
    REFUNDS,
    RETURN_WORDS,
    ROW_KINDS,
    TYPE,
    WORDS,
    fold,
    roles_of,
)

_NO_SALES: Final = frozenset(WORDS["no_sales"])
_VOIDS: Final = frozenset(WORDS["voids"])
_NO_SALE_TEXTS: Final = frozenset(WORDS["no_sale_texts"]) | frozenset(WORDS["own_use"])
_OWN_USE: Final = frozenset(WORDS["own_use"])
_BESIDE_NO_SALES: Final = frozenset(WORDS["beside_no_sales"])
_BEFORE_INVOICES: Final = frozenset(WORDS["before_invoices"])
_INVOICES: Final = frozenset(WORDS["invoices"])
_BOUGHT_KINDS: Final = frozenset(WORDS["bought_kinds"])
_SALE_KINDS: Final = frozenset(WORDS["sale_kinds"])
_GIVEN, _BESIDE_GIVEN = frozenset(map(fold, WORDS["given_kinds"])), frozenset(WORDS["beside_given"])
_GIFTS, _REASONS = frozenset(WORDS["gifts"]), frozenset(WORDS["reasons"])
_OF_SALES_NAMES: Final = frozenset(WORDS["of_sales"])
_CHARGES: Final = frozenset(WORDS["charges"])
_CODES: Final = (
    ("si", "sc"), ("re", "gs"), ("inv", "crn"), ("fa", "nc"), ("ft", "nc"), ("fr", "nc"), ("fac", "nc"), ("fa", "av"),
)  # fmt: skip
"""Of invoices and credit notes."""
_SOLD_CODES: Final = frozenset(
    {"fa", "ft", "fr", "fs", "fac", "fv", "fc", "pa", "par", "inv", "si", "re", "rg", "rv", "tk", "vd", "bon", "rec"}
)
_OF_DOCUMENTS: Final = frozenset(
    {
        "doc",
        "document",
        "documento",
        "dokument",
        "dokumentu",
        "belegart",
        "belegtyp",
        "piece",
        "fkart",
        "auart",
        "sivtyp",
    }
    | {"soptype", "sop", "billing"}
)
_SHORT: Final = 4
_MOVED_IN, _MOVED_OUT = frozenset(WORDS["moved_in"]), frozenset(WORDS["moved_out"])
_FEW_KINDS: Final = 8
_FEW_WORDS: Final = 3
_ACTUAL: Final = frozenset({"actual", "actuals", "act", "ist", "reel", "real", "reale", "realisiert", "werkelijk"})
_ON_CREDIT: Final = frozenset({"credit", "abono"})
_OF_SALES: Final = frozenset({"sales", "sale", "customer", "order", "item", "pos", "line", "posted", "payment"})
_NO_REFUND: Final = frozenset(
    {"no", "not", "pending", "requested", "rejected", "denied", "shipping", "tax", "fee", "tip"}
)
_BESIDE_SOLD: Final = frozenset(
    {"customer", "customers", "to", "from", "goods", "stock", "pos", "retail", "online", "por", "de"}
)
_SOLD_WORDS: Final = _SALE_KINDS | _INVOICES
_SALES_OR_BACK: Final = _SOLD_WORDS | (RETURN_WORDS - _ON_CREDIT)
_OF_A_SALE: Final = _SALE_KINDS | _INVOICES | {"debit", "order", "payment", "charge"}


def returned_kinds(texts: Iterable[str]) -> set[str]:
    """Kinds of documents that take goods back; codes such as SC say so only beside the code of an invoice."""
    folded = {text: fold(text) for text in texts}
    codes = {back for sold, back in _CODES if sold in folded.values()}
    short = {text: " ".join(token for token in word.split() if token not in _OF_SALES) for text, word in folded.items()}
    told = RETURN_WORDS - _ON_CREDIT  # a "credit sale" is one that is paid later
    beside_sales = any(not _OF_A_SALE.isdisjoint(word.split()) for word in folded.values())
    whole = (RETURN_WORDS if beside_sales else told) | codes  # "Credit" beside "Cash" is how it was paid
    named = {text for text, word in folded.items() if _ends_as_refund(word.split())}
    return named | {text for text, word in folded.items() if word in whole or short[text] in told}


def _ends_as_refund(tokens: list[str]) -> bool:
    """``Partial refund``, ``eBay Refund``; not ``Shipping refund``, which takes no goods back."""
    return bool(tokens) and tokens[-1] in REFUNDS and len(tokens) <= _FEW_WORDS and _NO_REFUND.isdisjoint(tokens)


def tells_kind(name: str) -> bool:
    """``Transaction Type``, ``Version``, ``Reason``: may say of each row whether it is a sale."""
    folded = fold(name)
    return folded in LINE_KINDS | ROW_KINDS or TYPE in {role for role, _ in roles_of(name)}


def kinds_given(texts: Iterable[str], name: str) -> list[str]:
    """``Exchange``, ``Free sample``, ``Deposit``: kinds of row that may be no sales, in a column called ``name``.

    They are beside sales, or in a column that is called after sales or orders; elsewhere a ``Gift`` is a kind of goods.
    """
    tokens = {text: set(fold(text).split()) for text in texts}
    given = _GIVEN
    if not any(found & _SALE_KINDS and not found & _GIVEN for found in tokens.values()):
        of_reasons = tells_kind(name) and not _REASONS.isdisjoint(fold(name).split())
        given = _GIVEN - _GIFTS if of_reasons else _GIVEN if _is_of_sales(name) else frozenset()
    return sorted(text for text, found in tokens.items() if found & given and found <= given | _BESIDE_GIVEN)


def _is_of_sales(name: str) -> bool:
    """``Order Type``, ``Transaction Type``; not ``Item Type``, and not the document itself."""
    folded = fold(name)
    return tells_kind(name) and not _OF_SALES_NAMES.isdisjoint(folded.split()) and "item" not in folded.split()


def codes_unknown(texts: Iterable[str], name: str) -> list[str]:
    """``ORC`` beside ``FA``, ``4`` beside ``3``: codes of documents, in a column called so, that may be none."""
    folded = {text: fold(text) for text in texts if text.strip()}
    coded = len(folded) > 1 and all(text.strip().isalnum() and len(text.strip()) <= _SHORT for text in folded)
    of_documents = TYPE in {role for role, _ in roles_of(name)} and not _OF_DOCUMENTS.isdisjoint(fold(name).split())
    if not coded or not of_documents:
        return []
    known = _SOLD_CODES | RETURN_WORDS | {back for sold, back in _CODES if sold in folded.values()}
    return sorted(text for text, word in folded.items() if word not in known)


def are_codes_of_sales(texts: Iterable[str]) -> bool:
    """``FA``, ``NC``: codes of documents of sales, and of what takes some of them back, and none that is unknown."""
    return {fold(text) for text in texts} <= _SOLD_CODES | {code for codes in _CODES for code in codes}


def kinds_of_no_sale(texts: Iterable[str]) -> list[str]:
    """``Transfer Out``, ``Waste``, ``Budget``, and beside sales ``Purchase``: kinds of row that are no sales."""
    tokens = {text: set(fold(text).split()) for text in texts}
    if moved_in := _came_in(tokens):
        return moved_in
    beside_sales = any(found & _SALE_KINDS for found in tokens.values())
    none = _NO_SALES | _BOUGHT_KINDS if beside_sales else _NO_SALES
    told = {text for text, found in tokens.items() if found & none and found <= none | _BESIDE_NO_SALES}
    return sorted(told | {text for text in tokens if fold(text) in _NO_SALE_TEXTS})


def calls_off(text: str) -> bool:
    """``Cancelled``, ``VOID``, ``own use``: a remark that is nothing else."""
    folded = fold(text)
    return folded in CANCELLED_WORDS or folded in _VOIDS or folded in _NO_SALE_TEXTS


def is_own_use(text: str) -> bool:
    """``Staff meal``, ``Eigenverbrauch``: what the shop itself ate or used."""
    return fold(text) in _OWN_USE


def not_known_as_sale(texts: Iterable[str]) -> list[str]:
    """``Receive``, ``Putaway``, ``Open``: kinds of movement that no word calls a sale, a return or an issue."""
    sold = _SOLD_WORDS | _SALES_OR_BACK | _MOVED_OUT | _OF_A_SALE
    folded = {text: fold(text) for text in texts}
    told = (text for text, word in folded.items() if word in sold or _is_of(word.split(), sold))
    known = {text for text in told if folded[text] not in _MOVED_IN}
    return sorted(text for text, word in folded.items() if word and text not in known)


def _is_of(tokens: list[str], sold: frozenset[str]) -> bool:
    """``Customer return``, ``Salida por venta``; not ``Return to vendor``."""
    return not sold.isdisjoint(tokens) and sold.union(_BESIDE_SOLD).issuperset(tokens)


def _came_in(texts: Iterable[str]) -> list[str]:
    """``IN`` beside ``OUT``, ``Buy`` beside ``Sell``: what of a few kinds brings stock in."""
    folded = {text: fold(text) for text in texts}
    told = {word for word in folded.values() if word}
    if len(told) > _FEW_KINDS or _MOVED_OUT.isdisjoint(told):
        return []
    return sorted(text for text, word in folded.items() if word in _MOVED_IN)


def tell_kinds(texts: Iterable[str]) -> bool:
    """Are these kinds of rows, whatever the name of their column: ``Actual`` and ``Forecast``, ``IN`` and ``OUT``?

    Either may stand alone among the first rows.
    """
    said = list(texts)
    moved = {fold(text) for text in said} - {""}
    told = are_actual_and_planned(said) or bool(_came_in(said)) or (bool(moved) and moved <= _MOVED_IN | _MOVED_OUT)
    given = bool(moved & _SALE_KINDS) and len(moved) <= _FEW_KINDS and moved <= _SALE_KINDS | _GIVEN
    return told or given or are_sales_or_returns(said)


def are_sales_or_returns(texts: Iterable[str]) -> bool:
    """``Vendita``, ``Reso``: one of them or both, and nothing else but what was given away."""
    folded = {fold(text) for text in texts} - {""}
    return not folded.isdisjoint(_SALES_OR_BACK) and folded <= _SALES_OR_BACK | _GIVEN


def are_sales_and_returns(texts: Iterable[str]) -> bool:
    """``Vendita`` beside ``Reso``, under whatever name: the second takes goods back."""
    folded = {fold(text) for text in texts} - {""}
    back = folded & (_SALES_OR_BACK - _SOLD_WORDS)
    return are_sales_or_returns(folded) and bool(back) and not folded.isdisjoint(_SOLD_WORDS)


def are_actual_and_planned(texts: Iterable[str]) -> bool:
    """``Actual`` alone, or beside ``Forecast``: what was and what should be, under whatever name."""
    folded = {fold(text) for text in texts} - {""}
    return not _ACTUAL.isdisjoint(folded) and folded <= _ACTUAL | PLANNED


def may_be_returns(texts: Iterable[str]) -> bool:
    """``S`` and ``R`` alone: sales and returns, or retail and service."""
    return {fold(text) for text in texts} - {""} == {"r", "s"}


def told_twice(texts: Iterable[str]) -> tuple[str, str] | None:
    """``Order`` and ``Invoice``: kinds of documents in which the same goods may stand."""
    folded = {fold(text): text for text in sorted(texts)}
    before = next((text for word, text in folded.items() if word in _BEFORE_INVOICES), None)
    invoice = next((text for word, text in folded.items() if word in _INVOICES), None)
    return None if before is None or invoice is None else (before, invoice)


def told_in_parts(texts: Iterable[str]) -> tuple[str, str] | None:
    """``Bundle`` and ``Component``, or ``Bundle component`` beside whatever: a line, and lines that are its parts."""
    folded = {fold(text): text for text in sorted(texts) if text}
    part = next((text for word, text in folded.items() if word in COMPONENTS), None)
    others = {word: text for word, text in folded.items() if word not in COMPONENTS}
    whole = next((text for word, text in others.items() if not COMPOSED.isdisjoint(word.split())), None)
    if part is not None and whole is None and not COMPOSED.isdisjoint(fold(part).split()):
        whole = next(iter(others.values()), None)
    return None if part is None or whole is None else (whole, part)


def is_charge(text: str) -> bool:
    """``POST``, ``Frais de port``, ``Gift Card``, ``Versandposition``: named like what is no item."""
    folded = fold(text)
    return folded in _CHARGES or folded.removesuffix("position").removesuffix(" line").strip() in _CHARGES
