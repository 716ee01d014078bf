"""Rows of one day that only a text of unknown meaning tells apart, where no column is known as the item."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, rows

_LONG = "date,flavour,qty\n2024-03-13,Vanilla,5\n2024-03-13,Lemon,6\n2024-03-14,Lemon,7\n"
_ORDERS = "order,date,flavour,qty\n1,2024-03-13,Vanilla,5\n1,2024-03-13,Lemon,6\n2,2024-03-14,Lemon,7\n"
_SINGLE = "order,date,flavour,qty\n1,2024-03-13,Vanilla,5\n2,2024-03-13,Lemon,6\n3,2024-03-14,Lemon,7\n"
_HOURS = "time,flavour,qty\n2024-03-13 10:00,Vanilla,5\n2024-03-13 11:00,Lemon,6\n2024-03-14 10:00,Lemon,7\n"


@pytest.mark.parametrize("text", [_LONG, _ORDERS, _SINGLE, _HOURS], ids=["rows", "orders", "orders of one", "hours"])
def test_what_may_be_the_item_is_named_and_each_entry_settles_it(read: Read, text: str) -> None:
    date = {"date": "time"} if text is _HOURS else {}
    verdict = read(text, columns=date).verdict
    assert verdict.kind is Kind.REJECTED
    assert verdict.notes[0].reason is Reason.AMBIGUOUS
    assert "differ in 'flavour' (line 2: 'Vanilla', line 3: 'Lemon')" in verdict.sentence
    assert "reading.columns.item_id = 'flavour', or store_id," in verdict.sentence
    assert "reading.duplicates = 'sum'" in verdict.sentence
    items = rows(read(text, columns={**date, "item_id": "flavour"}), "date", "item_id", "units")
    assert sorted(items) == [("2024-03-13", "Lemon", 6.0), ("2024-03-13", "Vanilla", 5.0), ("2024-03-14", "Lemon", 7.0)]
    stores = rows(read(text, columns={**date, "store_id": "flavour"}), "store_id", "item_id", "units")
    assert sorted(stores)[0] == ("Lemon", "all", 6.0)
    summed = rows(read(text, columns=date, duplicates="sum"), "date", "item_id", "units")
    assert summed == [("2024-03-13", "all", 11.0), ("2024-03-14", "all", 7.0)]


def test_a_column_without_a_name_is_told_by_its_place(read: Read) -> None:
    sentence = read(_LONG.replace("flavour", "")).verdict.sentence
    assert "rows of one day differ in column 2" in sentence
    assert "write its name into the header" in sentence


def test_beside_stores_it_may_only_be_the_item(read: Read) -> None:
    text = "date,store,flavour,qty\n2024-03-13,S,Vanilla,5\n2024-03-13,S,Lemon,6\n2024-03-13,T,Lemon,7\n"
    sentence = read(text).verdict.sentence
    assert "o column is known as the item, and" in sentence
    assert "store_id" not in sentence


@pytest.mark.parametrize("header", ["payment method", "Pays", "Kassierer", "Salesman", "Customer Name", "status"])
def test_what_tells_how_or_by_whom_it_was_sold_is_no_item(read: Read, header: str) -> None:
    text = f"order,date,store,{header},qty\n1,2024-03-13,S,ann,5\n2,2024-03-13,S,bob,6\n3,2024-03-14,S,ann,7\n"
    assert rows(read(text), "item_id", "units") == [("all", 11.0), ("all", 7.0)]


def test_what_is_the_same_on_all_lines_of_an_order_is_no_item(read: Read) -> None:
    text = "order,date,mood,qty\n1,2024-03-13,glad,5\n1,2024-03-13,glad,1\n2,2024-03-13,sad,6\n2,2024-03-13,sad,2\n"
    assert rows(read(text), "item_id", "units") == [("all", 14.0)]


def test_a_text_of_each_day_is_no_item(read: Read) -> None:
    assert rows(read("date,mood,qty\n2024-03-13,glad,5\n2024-03-14,sad,6\n"), "item_id") == [("all",), ("all",)]


def test_few_rows_of_one_day_are_refused_by_themselves(read: Read) -> None:
    days = "".join(f"2024-03-{day:02},{'glad' if day % 2 else 'sad'},{day}\n" for day in range(1, 31))
    verdict = read(f"date,mood,qty\n{days}2024-03-30,wild,7\n", max_refused_share=0.1).verdict
    assert verdict.kind is Kind.QUARANTINED
    assert {refused.reason for refused in verdict.refusals} == {Reason.DUPLICATE_CONFLICT}


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("PO Number,PO Date,Supplier,SKU,Qty Ordered,Qty Received", "'Qty Received' and 'PO Number' (line 1)"),
        (
            "Bestellung,Datum,Lieferant,Artikel,Menge,Menge erhalten",
            "'Menge erhalten' and 'Lieferant' (line 1)",
        ),
    ],
)
def test_what_came_in_from_suppliers_is_no_sale_until_the_entry_says_so(read: Read, header: str, told: str) -> None:
    text = f"{header}\nP1,2024-03-13,Acme,A,50,48\nP2,2024-03-14,Acme,A,45,44\n"
    assert f"{told} say that this was bought, not sold" in read(text).verdict.sentence
    units = header.split(",")[4]
    assert f"reading.columns.units = '{units}'" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": units}), "units") == [(50,), (45,)]


@pytest.mark.parametrize(
    "header", ["Order,Date,Vendor,SKU,Qty,Received by", "PO Number,Date,Supplier,SKU,Qty Sold,Qty Received"]
)
def test_sales_may_name_suppliers_and_what_was_received(read: Read, header: str) -> None:
    text = f"{header}\nP1,2024-03-13,Acme,A,50,48\nP2,2024-03-14,Acme,A,45,44\n"
    assert sorted(rows(read(text), "units")) == [(45,), (50,)]
