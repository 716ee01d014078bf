"""Rows of goods that were given away, exchanged, not yet handed over or not paid for, beside rows of sales."""

from pathlib import Path

import pytest

from core.contracts.verdict import Kind
from tests.unit.reading.conftest import Read, rows
from tests.unit.reading.test_stream import assert_same, both
from training.reading import Reading

_DAYS = range(1, 20)


def _sold(reading: Reading) -> float:
    assert reading.table is not None, reading.verdict.sentence
    return float(reading.table["units"].sum())


def _csv(name: str, kinds: str) -> str:
    parts = kinds.split("/")
    return "\n".join([f"Date,SKU,Quantity,{name}", *(f"2024-03-{day:02d},A,5,{parts[day % 2]}" for day in _DAYS)])


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Type", "Sale/Exchange"),
        ("Transaction Type", "Sale/Sample"),
        ("Kind", "sale/comp"),
        ("Order Type", "Standard/Warranty replacement"),
        ("Check Type", "Regular/Complimentary"),
        ("Transaction Type", "Sale/Deposit"),
        ("Mode", "Sale/Training"),
        ("Reason", "/Warranty"),
        ("Vorgangsart", "Verkauf/Umtausch"),
        ("Type de vente", "Vente/Échantillon"),
        ("Tipo", "Venta/Muestra gratis"),
        ("Tipo", "Vendita/Omaggio"),
        ("Tipo de documento", "Venda/Brinde"),
        ("Transactietype", "Verkoop/Proefmonster"),
    ],
)
def test_goods_given_away_or_exchanged_may_be_no_sales(read: Read, name: str, kinds: str) -> None:
    text = _csv(name, kinds)
    given = kinds.split("/")[1]
    assert f"{name!r} says {given!r} of line 2, which may be no sale" in read(text).verdict.sentence
    assert len(rows(read(text, columns={"kind": name}))) == len(_DAYS)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Type", "Gift/Toys"),
        ("Category", "Gift/Sample"),
        ("Product Type", "Training/Running"),
        ("Item Type", "Replacement/Original"),
        ("Reason", "Gift/Own use of home"),
        ("Order Type", "Dine-in/Takeaway"),
        ("Sale Type", "Retail/Wholesale"),
        ("Tipo", "Regalo/Juguetes"),
    ],
)
def test_words_of_goods_and_ways_of_selling_say_no_such_thing(read: Read, name: str, kinds: str) -> None:
    assert _sold(read(_csv(name, kinds))) == 5.0 * len(_DAYS)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("Status", "Paid/Unpaid"),
        ("Payment Status", "Paid/Not paid"),
        ("Zahlungsstatus", "bezahlt/Unbezahlt"),
        ("Etat", "payée/Impayée"),
        ("Estado", "Pagado/Sin pagar"),
        ("Stato", "pagato/Non pagato"),
    ],
)
def test_what_was_not_paid_may_be_sold_on_account_or_never(read: Read, name: str, states: str) -> None:
    text = _csv(name, states)
    unpaid = states.split("/")[1]
    sentence = read(text).verdict.sentence
    assert f"{name!r} says {unpaid!r} of line 2, which may have been sold on account or never" in sentence
    assert len(rows(read(text, columns={"payment_state": name}))) == len(_DAYS)


@pytest.mark.parametrize(
    "states", ["Paid/Awaiting payment", "paid/draft", "pago/Aguardando pagamento", "Invoiced/Proforma"]
)
def test_orders_that_wait_for_their_payment_are_left_out_and_counted(read: Read, states: str) -> None:
    reading = read(_csv("Status", states))
    assert _sold(reading) == 5.0 * 9
    assert reading.verdict.counts.left_out == 10


@pytest.mark.parametrize("states", ["Paid/Shipped", "paid/partially paid", "bezahlt/offen"])
def test_other_states_leave_sales_as_they_are(read: Read, states: str) -> None:
    assert _sold(read(_csv("Status", states))) == 5.0 * len(_DAYS)


def test_goods_given_away_are_seen_in_whichever_block_they_stand(tmp_path: Path) -> None:
    sold = [f"2024-{n // 28 + 1:02d}-{n % 28 + 1:02d},A,5,Sale" for n in range(300)]
    for last in ("2024-12-01,A,5,Sample", "2024-12-01,A,5,Sale"):
        parts, whole, _ = both(tmp_path / "sales.csv", "\n".join(["Date,SKU,Quantity,Kind", *sold, last]), 2000)
        assert_same(parts, whole)
        assert (parts.verdict.kind is Kind.REJECTED) == last.endswith("Sample")
