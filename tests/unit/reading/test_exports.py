"""Exports of tills and web shops, as they write them."""

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows


def test_the_items_of_an_order_are_named_by_the_line_item_and_not_by_the_order(read: Read) -> None:
    reading = read(
        "Name,Financial Status,Subtotal,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
        "Cancelled at\n"
        "#1001,paid,30.00,2024-03-01 10:02:10 +0100,2,Blue Mug,10.00,MUG-BL,\n"
        "#1001,,,2024-03-01 10:02:10 +0100,1,Red Mug,10.00,MUG-RD,\n"
        "#1002,refunded,10.00,2024-03-02 10:59:00 +0100,1,Blue Mug,10.00,MUG-BL,2024-03-03 09:00:00 +0100\n"
        "#1003,paid,20.00,2024-03-13 10:59:00 +0100,2,Blue Mug,10.00,MUG-BL,\n"
    )
    assert rows(reading, "date", "item_id", "units", "price") == [
        ("2024-03-01", "MUG-BL", 2.0, 10.0),
        ("2024-03-01", "MUG-RD", 1.0, 10.0),
        ("2024-03-13", "MUG-BL", 2.0, 10.0),
    ]
    assert note(reading.verdict, Reason.CANCELLED).lines == (4,)


def test_whole_numbers_written_with_a_point_leave_the_comma_of_the_prices(read: Read) -> None:
    header = "date,ticket_number,article,Quantity,unit_price\n"
    reading = read(f'{header}2021-01-02,150040.0,BAGUETTE,1.0,"0,90 €"\n2021-01-02,150041.0,PAIN,3.0,"1,20 €"\n')
    assert rows(reading, "item_id", "units", "price") == [("BAGUETTE", 1.0, 0.9), ("PAIN", 3.0, 1.2)]
    assert reading.verdict.dialect is not None
    assert reading.verdict.dialect.decimal == ","


def test_whole_numbers_with_a_point_prove_it_where_nothing_else_shows_a_mark(read: Read) -> None:
    text = "date;item;qty;price\n2024-01-01;A;1.0;1.234\n2024-01-02;A;2.0;2.345\n"
    assert rows(read(text), "units", "price") == [(1.0, 1.234), (2.0, 2.345)]


def test_fractions_in_both_styles_are_still_refused(read: Read) -> None:
    verdict = read("date;item;qty;price\n2024-01-01;A;1.5;1,25\n2024-01-02;A;2.5;2,35\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert verdict.notes[0].reason is Reason.AMBIGUOUS


def test_a_till_report_of_payments_and_refunds_is_netted(read: Read) -> None:
    reading = read(
        "Date,Time,Category,Item,Qty,Gross Sales,Transaction ID,Event Type,Location\n"
        "2024-03-01,10:02:11,Coffee,Latte,2.0,$9.00,tx1,Payment,Downtown\n"
        "2024-03-01,10:05:00,Coffee,Latte,-1.0,($4.50),tx2,Refund,Downtown\n"
    )
    assert rows(reading) == [("2024-03-01", "Downtown", "Latte", 1.0)]
