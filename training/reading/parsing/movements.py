"""Ledgers of stock movements, in which what leaves for customers is the sale."""

from collections.abc import Collection, Iterable
from typing import Final

import polars as pl

from core.contracts.sales import UNITS
from core.contracts.verdict import Reason
from training.reading import rowkinds
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, Ledger, cell
from training.reading.shapes.meaning import Meaning

_HEADERS: Final = frozenset(
    {"movement type", "bewegungsart", "entry type", "postenart", "bwart", "mvt", "activity code", "mvt type", "bewart",
     "item ledger entry type", "event type", "artikelpostenart", "clase de movimiento", "clase mov", "code mouvement",
     "posttype", "varepostart", "artikeltransaktionstyp", "type ecriture article", "tipo mov producto",
     "tipo movimento articolo"}
)  # fmt: skip
_SOLD: Final = frozenset(
    {"251", "601", "salg", "forsaljning", "sprzedaz", "prodej",
     "sale", "verkauf", "vente", "venta", "vendita", "verkoop", "venda", "qs", "shipments",
     "customer shipments"}
)  # fmt: skip
"""SAP's issues to customers, entries of sale elsewhere, X12 852, and ledgers of warehouses of marketplaces."""
_UNDONE: Final = frozenset({"252", "602", "customer returns"})
_OTHER: Final = frozenset(
    {"101", "102", "201", "261", "301", "311", "501", "561", "701", "702", "purchase", "transfer", "consumption",
     "output", "positive adjmt", "negative adjmt", "einkauf", "umlagerung",
     "kob", "inkop", "kjop", "zakup", "nakup", "opregulering", "nedregulering", "overforsel", "overforing", "forbrug",
     "qa", "qb", "qc", "qo", "qp", "qr", "qt", "achat", "compra", "acquisto", "inkoop",
     "receipts", "adjustments", "whse transfers", "warehouse transfers", "vendor returns", "transfers"}
)  # fmt: skip

_OF_STOCK: Final = frozenset(
    {"movement type", "stock movement type", "inventory movement type", "movement kind", "movement", "stock movement",
     "bewegungsart", "tipo movimiento", "tipo de movimiento", "tipo movimento", "type mouvement", "mouvement"}
)  # fmt: skip
"""Names of columns of kinds that are of movements of stock for certain."""

_SHOWN: Final = 5


def check_reversals(meaning: Meaning, lines: pl.DataFrame) -> None:
    """Raise where a kind of line is a reversal and its quantity bears no sign.

    Raises:
        FileRefusedError: it may call off that line itself, or take an earlier one back.
    """
    for index, header in enumerate(meaning.table.header):
        if words.TYPE not in {role for role, _ in words.roles_of(header)} or cell(index) not in lines.columns:
            continue
        said = lines[cell(index)].cast(pl.String).drop_nulls().unique().sort().to_list()
        kinds = [text for text in said if words.fold(text) in words.REVERSALS]
        hit = lines.filter(pl.col(cell(index)).cast(pl.String).is_in(kinds)) if kinds else lines.clear()
        if hit.height and bool((hit[UNITS] > 0).all()):
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{header!r} says {kinds[0]!r} of line {hit[LINE][0]} with a positive quantity, so whether it was "
                "called off itself or takes an earlier line back is not told; write what is taken back as negative "
                "quantities, and leave out what was called off.",
            )


def tells_movements(header: Iterable[str]) -> bool:
    """Is one of the columns named as ledgers name their kinds of movement?"""
    return any(map(_is_of_movements, header))


def is_known(text: str) -> bool:
    """A kind of movement of a ledger: a sale, what takes it back, or another."""
    return words.fold(text) in _SOLD | _UNDONE | _OTHER


def _is_of_movements(name: str) -> bool:
    """``BwArt`` and ``Bew.-Art``, too."""
    folded = words.fold(name)
    return folded in _HEADERS or folded.replace(" ", "") in _HEADERS


def of_no_sale(header: str, texts: Iterable[str]) -> list[str]:
    """Kinds of stock movements that nothing calls a sale; none of a ledger of which all kinds are known."""
    if words.fold(header) not in _OF_STOCK:
        return []
    folded = {text: words.fold(text) for text in texts if text.strip()}
    if _tells_sales(folded.values()):
        return []
    known = _SOLD | _UNDONE
    return rowkinds.not_known_as_sale(text for text, word in folded.items() if word not in known)


def to_customers(meaning: Meaning, lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Of a movement ledger, the sales and their reversals; receipts, transfers and the like are left out."""
    index = _column(meaning)
    if index is None or not lines.height:
        return lines
    kinds, known = _kinds(lines, index)
    others = sorted(text for text, folded in known.items() if folded in _OTHER)
    if not others or not _tells_sales(known.values()):
        return lines
    hit = kinds.is_in(others)
    told = ", ".join(map(repr, others[:_SHOWN]))
    column = meaning.table.header[index]
    ledger.leave_out(Reason.NO_ITEM, lines[LINE].filter(hit), f"movements that {column!r} calls {told} are no sales")
    return lines.filter(~hit)


def _column(meaning: Meaning) -> int | None:
    """The column of kinds of movements."""
    return next((i for i, header in enumerate(meaning.table.header) if _is_of_movements(header)), None)


def _kinds(lines: pl.DataFrame, index: int) -> tuple[pl.Series, dict[str, str]]:
    """The kind of each line, and how each is folded."""
    kinds = lines[cell(index)].cast(pl.String).fill_null("").str.strip_chars()
    return kinds, {text: words.fold(text) for text in kinds.unique().to_list()}


def _tells_sales(folded: Collection[str]) -> bool:
    """Are all kinds known, and sales among them?"""
    return not _SOLD.isdisjoint(folded) and set(folded) <= _SOLD | _UNDONE | _OTHER


def takes_back(meaning: Meaning, lines: pl.DataFrame) -> bool:
    """Is it such a ledger with sales that came back among its movements, whose signs ``sold`` proves?"""
    index = _column(meaning)
    known = {} if index is None or not lines.height else _kinds(lines, index)[1]
    return _tells_sales(known.values()) and not _UNDONE.isdisjoint(known.values()) and _is_ledger(known.values())


def _is_ledger(folded: Collection[str]) -> bool:
    """Sales and what takes them back alone."""
    return _OTHER.isdisjoint(folded)


def sold(meaning: Meaning, lines: pl.DataFrame) -> pl.DataFrame:
    """The units of a movement ledger as sales: issues count, their reversals are taken off.

    Raises:
        FileRefusedError: issues and reversals have no sign of their own.
    """
    index = _column(meaning)
    if index is None or not lines.height:
        return lines
    kinds, known = _kinds(lines, index)
    if not _tells_sales(known.values()) or not _is_ledger(known.values()):
        return lines
    column = meaning.table.header[index]
    folded = kinds.replace_strict(known, return_dtype=pl.String)
    undone, units = folded.is_in(list(_UNDONE)), lines[UNITS].fill_null(0)
    codes = all(text.isdigit() for text in known.values()) or bool(undone.any())
    if codes and bool((units.filter(undone) >= 0).all()) and bool((units.filter(~undone) >= 0).all()):
        signed = pl.when(undone).then(-pl.col(UNITS)).otherwise(pl.col(UNITS))
        return lines.with_columns(signed.alias(UNITS))
    if codes and not (bool((units.filter(undone) >= 0).all()) and bool((units.filter(~undone) <= 0).all())):
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"goods issues have both signs under {column!r}, so which are sales is not told; "
            "export issues as negative and reversals as positive quantities.",
        )
    if codes or 2 * int((units < 0).sum()) > units.len():
        return lines.with_columns((-pl.col(UNITS)).alias(UNITS))
    return lines
