"""Quantities sold, quantities returned, and the net of both."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows


@pytest.mark.parametrize("name", ["Net Units", "Nettomenge", "Cantidad neta", "Quantité nette", "Net Qty Sold"])
def test_the_net_quantity_is_the_target_where_there_is_one(read: Read, name: str) -> None:
    text = f"date,item,Units Sold,Units Returned,{name}\n2024-03-13,A,10,3,7\n2024-03-14,A,8,0,8\n"
    assert rows(read(text), "units") == [(7.0,), (8.0,)]


@pytest.mark.parametrize(
    ("sold", "back"),
    [
        ("Units Sold", "Units Returned"), ("gross qty", "returns"), ("Menge", "Retourenmenge"),
        ("Verkaufte Menge", "Retournierte Menge"), ("Quantité vendue", "Quantité retournée"),
        ("Unidades vendidas", "Unidades devueltas"), ("Qtd vendida", "Qtd devolvida"),
        ("Quantità venduta", "Quantità resa"),
        ("Aantal verkocht", "Aantal geretourneerd"), ("qty_ordered", "qty_refunded"), ("sales", "returns"),
    ],
)  # fmt: skip
def test_what_came_back_is_taken_off_what_was_sold_and_told(read: Read, sold: str, back: str) -> None:
    reading = read(f"date;item;{sold};{back}\n2024-03-13;A;10;3\n2024-03-14;A;8;\n2024-03-15;A;2;4\n")
    assert rows(reading, "units") == [(7.0,), (8.0,), (-2.0,)]
    told = note(reading.verdict, Reason.RETURNS_NETTED)
    assert (told.count, told.lines) == (2, (2, 4))
    assert f"reading.columns.units = '{sold}'" in told.sentence
    assert reading.verdict.kind is Kind.REPAIRED
    assert rows(read(f"date;item;{sold};{back}\n2024-03-13;A;10;3\n", columns={"units": sold}), "units") == [(10.0,)]


def test_returns_written_as_negative_quantities_are_taken_off_as_well(read: Read) -> None:
    text = "date,item,units sold,units returned\n2024-03-13,A,10,-3\n2024-03-14,A,8,{}\n"
    assert rows(read(text.format("-1")), "units") == [(7.0,), (7.0,)]
    assert read(text.format("1")).verdict.notes[0].reason is Reason.AMBIGUOUS


def test_returns_beside_money_are_money_unless_they_could_be_units(read: Read) -> None:
    text = "date,item,qty,gross sales,returns\n2024-03-13,A,10,99.50,{}\n2024-03-14,A,8,80.00,0\n"
    assert rows(read(text.format("19.90")), "units") == [(10.0,), (8.0,)]
    verdict = read(text.format("20")).verdict
    assert verdict.kind is Kind.REJECTED
    assert "reading.columns.units = 'qty'" in verdict.sentence


def test_net_sales_are_still_money(read: Read) -> None:
    assert rows(read("date,item,qty,net sales\n2024-03-13,A,10,99.50\n"), "units") == [(10.0,)]


def test_a_returned_quantity_that_is_no_number_refuses_its_row(read: Read) -> None:
    lines = "".join(f"2024-03-{day},A,{day},1\n" for day in range(10, 31))
    verdict = read(f"date,item,units sold,units returned\n{lines}2024-04-01,A,3,two\n").verdict
    assert verdict.kind is Kind.QUARANTINED
    assert (verdict.refusals[0].line, verdict.refusals[0].column) == (23, "units returned")


def test_units_ordered_and_units_shipped_are_two_readings_unless_what_was_called_off_is_told(read: Read) -> None:
    head = "Date,ASIN,Ordered Units,Shipped Units"
    verdict = read(f"{head}\n2024-03-13,B1,120,110\n2024-03-14,B2,20,10\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "reading.columns.units = 'Ordered Units' or 'Shipped Units'" in verdict.sentence
    text = "created_at,sku,qty_ordered,qty_shipped,qty_canceled\n2024-03-13,B1,5,3,2\n2024-03-14,B1,4,4,0\n"
    assert rows(read(text), "units") == [(3.0,), (4.0,)]


def test_items_and_units_that_came_back_are_taken_off_once_as_the_quantity_counts(read: Read) -> None:
    text = "Date,SKU,{0} Sold,Items Refunded,Units Refunded\n2024-03-13,A,5,1,2\n2024-03-14,A,3,0,0\n"
    assert rows(read(text.format("Items")), "units") == [(4.0,), (3.0,)]
    assert rows(read(text.format("Units")), "units") == [(3.0,), (3.0,)]
    verdict = read(text.format("Pieces")).verdict
    assert "both 'Items Refunded' and 'Units Refunded' may be what came back" in verdict.sentence


def test_what_was_called_off_and_what_came_back_are_both_taken_off(read: Read) -> None:
    text = "Date,SKU,Units Sold,Units Returned,Units Cancelled\n2024-03-13,A,5,1,1\n"
    assert rows(read(text), "units") == [(3.0,)]
