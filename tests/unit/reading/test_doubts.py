"""Columns and states that may be something else than they were taken for: the verdict says so."""

from pathlib import Path

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows
from tests.unit.reading.test_stream import assert_same, both
from training.reading import Reading


def _reasons(reading: Reading) -> set[Reason]:
    return {each.reason for each in reading.verdict.notes}


@pytest.mark.parametrize("state", ["pending", "authorized", "partially_paid", "Ausstehend", "En attente", "Pendiente"])
def test_orders_that_wait_for_a_payment_count_and_are_told(read: Read, state: str) -> None:
    text = f"order id,date,sku,qty,Financial Status\n1,2024-03-13,A,2,paid\n2,2024-03-14,A,5,{state}\n"
    reading = read(text)
    assert rows(reading, "units") == [(2.0,), (5.0,)]
    assert reading.verdict.kind is Kind.ACCEPTED
    told = note(reading.verdict, Reason.UNSETTLED)
    assert told.lines == (3,)
    assert "reading.columns.payment_state = 'Financial Status'" in told.sentence
    assert Reason.UNSETTLED not in _reasons(read(text, columns={"payment_state": "Financial Status"}))
    for other in (text.replace("order id", "invoice no"), text.replace("Financial", "Fulfillment")):
        assert Reason.UNSETTLED not in _reasons(read(other))


def test_sales_with_cents_may_be_money(read: Read) -> None:
    text = "date,item,Weekly_Sales\n2024-03-13,A,24924.50\n2024-03-14,A,46039.49\n2024-03-15,A,41595.5\n"
    told = note(read(text).verdict, Reason.TAKEN_AS).sentence
    assert "'Weekly_Sales' has cents in most cells and may be money" in told
    assert _reasons(read(text, columns={"units": "Weekly_Sales"})) == set()
    for plain in (text.replace("Weekly_Sales", "demand"), text.replace(".", ""), text.replace("\n2", "1\n2")):
        assert Reason.TAKEN_AS not in _reasons(read(plain))


@pytest.mark.parametrize(
    ("header", "items"),
    [("Product", ("Tea, Milk", "Tea", "Milk", "Bread")), ("Items", ("Tea, Milk", "Bread; Mug", "Cake + Pie", "Tea"))],
)
def test_a_text_that_may_name_several_items_is_told(read: Read, header: str, items: tuple[str, ...]) -> None:
    text = f"date,{header},qty\n" + "".join(f'2024-03-1{at},"{item}",2\n' for at, item in enumerate(items))
    reading = read(text)
    assert len(rows(reading)) == len(items)
    told = note(reading.verdict, Reason.TAKEN_AS).sentence
    assert f"{header!r} may name several items in a cell (line 2: 'Tea, Milk')" in told
    assert _reasons(read(text, columns={"item_id": header})) == set()


def test_honest_names_with_marks_are_not_told(read: Read) -> None:
    items = ("Salt, fine 500 g", "Salt, coarse 500 g", "Tea, green", "Mug, blue", "Bread")
    text = "date,Product,qty\n" + "".join(f'2024-03-1{at},"{item}",2\n' for at, item in enumerate(items))
    assert _reasons(read(text)) == set()


def test_columns_named_like_items_beside_a_quantity_are_told(read: Read) -> None:
    text = "Date,Mug,Cup,Quantity\n" + "".join(
        f"2024-03-1{day},{day + 1},{9 - day},{20 + 3 * day}\n" for day in range(9)
    )
    reading = read(text)
    assert rows(reading, "units")[0] == (20.0,)
    told = note(reading.verdict, Reason.TAKEN_AS).sentence
    assert "'Quantity' was counted, and 'Mug', 'Cup' beside it, which may each be an item" in told
    assert rows(read(text, columns={"quantity": "Quantity"}), "item_id", "units")[:2] == [("Cup", 9.0), ("Mug", 1.0)]
    assert _reasons(read(text, columns={"units": "Quantity"})) == set()


def test_doubts_of_a_file_in_blocks_are_those_of_the_whole(tmp_path: Path) -> None:
    lines = [f"{at},2024-01-{at % 28 + 1:02d},A,{at % 7}.25,{'pending' if at > 700 else 'paid'}" for at in range(900)]
    text = "order id,date,sku,sales,payment status\n" + "\n".join(lines) + "\n"
    parts, whole, _ = both(tmp_path / "sales.csv", text)
    assert_same(parts, whole)
    assert {Reason.UNSETTLED, Reason.TAKEN_AS} <= _reasons(whole)
