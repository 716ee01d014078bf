"""What columns mean in exports whose names alone would mislead."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

_ORDERS = "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem price,Lineitem sku,Cancelled at\n"


def test_an_order_cancelled_on_its_first_line_is_cancelled_on_all(read: Read) -> None:
    reading = read(
        f"{_ORDERS}#1,a@b.example,paid,2024-03-01 10:00:00 +0100,2,10.00,MUG,\n"
        "#1,a@b.example,,2024-03-01 10:00:00 +0100,3,10.00,CUP,\n"
        "#2,c@b.example,refunded,2024-03-13 11:00:00 +0100,1,10.00,MUG,2024-03-14 15:00:00 +0100\n"
        "#2,c@b.example,,2024-03-13 11:00:00 +0100,1,10.00,CUP,\n"
    )
    assert rows(reading) == [("2024-03-01", "all", "CUP", 3.0), ("2024-03-01", "all", "MUG", 2.0)]
    assert note(reading.verdict, Reason.CANCELLED).lines == (4, 5)


def test_a_cancelled_order_whose_first_line_cannot_be_read_is_cancelled_all_the_same(read: Read) -> None:
    reading = read(
        f"{_ORDERS}#1,a@b.example,paid,2024-03-01 10:00:00 +0100,2,10.00,MUG,\n"
        "#1,a@b.example,,2024-03-01 10:00:00 +0100,3,10.00,CUP,\n"
        "#2,c@b.example,refunded,2024-13-13 11:00:00 +0100,1,10.00,MUG,2024-03-14 15:00:00 +0100\n"
        "#2,c@b.example,,2024-03-13 11:00:00 +0100,1,10.00,CUP,\n"
    )
    assert rows(reading, "units") == [(3.0,), (2.0,)]


def test_a_line_cancelled_alone_leaves_the_others_of_its_order(read: Read) -> None:
    reading = read(
        "order id,date,sku,qty,cancelled at\n1,2024-03-13,A,2,2024-03-14\n1,2024-03-13,B,3,\n2,2024-03-15,A,1,\n"
        "2,2024-03-15,B,4,\n"
    )
    assert rows(reading, "item_id", "units") == [("B", 3.0), ("A", 1.0), ("B", 4.0)]


@pytest.mark.parametrize("due", ["shipping_limit_date", "due date", "Vencimiento", "estimated_delivery_date"])
def test_a_day_on_which_something_is_due_is_not_the_day_of_the_sale(read: Read, due: str) -> None:
    text = f"order_id,order_item_id,product_id,{due},price\no1,1,A,2024-03-13,5.00\no2,1,B,2024-03-14,6.00\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert f"reading.columns.date = '{due}'" in verdict.sentence
    assert rows(read(text, columns={"date": due}), "item_id", "units") == [("A", 1.0), ("B", 1.0)]


_NUMBERED = "basket_id,DAY,product_id,quantity,store_id,week_no\n1,1,A,2,7,1\n2,15,A,1,7,3\n3,711,B,4,8,102\n"


def test_numbered_days_are_refused_with_the_entry_that_settles_them(read: Read) -> None:
    verdict = read(_NUMBERED).verdict
    assert verdict.kind is Kind.REJECTED
    assert "reading.date_format = 'DAY 1 = " in verdict.sentence
    reading = read(_NUMBERED, date_format="DAY 1 = 2024-01-01")
    assert rows(reading) == [
        ("2024-01-01", "7", "A", 2.0),
        ("2024-01-15", "7", "A", 1.0),
        ("2025-12-11", "8", "B", 4.0),
    ]


def test_numbered_weeks_are_settled_by_the_same_entry(read: Read) -> None:
    text = "store,upc,WEEK_NO,units\n1,111,1,5\n1,111,2,6\n1,111,104,7\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert "reading.date_format = 'WEEK_NO 1 = " in verdict.sentence
    reading = read(text, date_format="WEEK_NO 1 = 2024-01-01")
    assert rows(reading, "date", "units") == [("2024-01-01", 5.0), ("2024-01-08", 6.0), ("2025-12-22", 7.0)]


def test_what_tells_who_people_are_is_no_covariate(read: Read) -> None:
    reading = read(
        "date,store,item,units,Customer Name,E-Mail,Shipping Phone,Billing Address,weather\n"
        "2024-03-13,1,A,2,Ann,a@b.example,555,Elm 1,rain\n2024-03-14,1,A,3,Bob,b@b.example,556,Elm 2,sun\n"
    )
    assert reading.table is not None
    assert reading.table.columns[4:] == ["weather", "_source_line"]


_MOVES = "Material;Plant;Movement Type;Posting Date;Quantity;Material Document\n"


@pytest.mark.parametrize("sign", ["-", ""])
def test_goods_issued_to_customers_are_the_sales_and_reversals_are_taken_off(read: Read, sign: str) -> None:
    reading = read(
        f"{_MOVES}M1;10;601;02.01.2024;{sign}12;49001\nM1;10;602;13.01.2024;2;49002\n"
        f"M1;10;601;13.01.2024;{sign}9;49003\nM2;20;251;14.01.2024;{sign}7;49004\n"
    )
    assert rows(reading) == [
        ("2024-01-02", "10", "M1", 12.0),
        ("2024-01-13", "10", "M1", 7.0),
        ("2024-01-14", "20", "M2", 7.0),
    ]


def test_entries_of_sale_are_negative_in_a_ledger_of_items(read: Read) -> None:
    head = "Posting Date;Entry Type;Document No.;Item No.;Quantity\n2024-01-15;Sale;S1;A;-3\n2024-01-16;Sale;S2;A;-4\n"
    assert rows(read(head + "2024-01-17;Sale;C1;A;1\n"), "units") == [(3.0,), (4.0,), (-1.0,)]
    reading = read(head + "2024-01-17;Purchase;P1;A;50\n")
    assert rows(reading, "units") == [(3.0,), (4.0,)]
    assert "'Purchase'" in note(reading.verdict, Reason.NO_ITEM).sentence


@pytest.mark.parametrize(
    "said", ["wc-cancelled", "Commande annulée", "Cancelado pelo cliente", "Ordine annullato", "Bestellung storniert"]
)
def test_a_cancellation_is_known_in_the_words_of_its_shop(read: Read, said: str) -> None:
    text = f"order id,date,sku,qty,status\n1,2024-03-13,A,2,{said}\n2,2024-03-14,A,3,ok\n"
    assert rows(read(text), "units") == [(3.0,)]


_LEDGER = "RECEIPTID,STORE,TRANSDATE,ITEMID,QTY,PRICE\nR1,H,2024-03-13,1,-2,10.00\nR1,H,2024-03-13,2,-1,5.00\n"


def test_quantities_most_of_which_are_negative_are_sales_or_returns_by_the_entry(read: Read) -> None:
    text = f"{_LEDGER}R2,H,2024-03-14,1,-1,10.00\nR3,H,2024-03-14,3,1,4.00\n"
    some = read(f"{_LEDGER}R2,H,2024-03-14,1,-1,10.00\n")
    assert some.verdict.notes[0].reason is Reason.AMBIGUOUS
    assert "line 2 (-2) and line 3 (-1)" in some.verdict.sentence
    assert "reading.negative = 'sales' or 'returns'" in some.verdict.sentence
    assert rows(read(text, negative="sales"), "item_id", "units") == [("1", 2.0), ("2", 1.0), ("1", 1.0), ("3", -1.0)]
    assert rows(read(text, negative="returns"), "units") == [(-2.0,), (-1.0,), (-1.0,), (1.0,)]
    assert rows(read(f"{_LEDGER}R2,H,2024-03-14,1,5,10.00\n"), "units") == [(-2.0,), (-1.0,), (5.0,)]


def test_lines_of_amounts_each_with_the_quantity_of_its_sale_are_refused(read: Read) -> None:
    head = "order-id\tamount-type\tamount\tposted-date\tsku\tquantity-purchased\n"
    lines = "1\tItemPrice\t20.00\t2024-03-02\tA\t2\n1\tItemFees\t-3.00\t2024-03-02\tA\t2\n"
    sentence = read(head + lines, columns={"date": "posted-date"}).verdict.sentence
    assert "'amount-type' makes several lines of one sale ('ItemPrice', 'ItemFees')" in sentence


def test_a_quantity_of_words_is_named_with_its_first_cell(read: Read) -> None:
    sentence = read("date,item,qty\n2024-03-13,A,five\n2024-03-14,A,six\n").verdict.sentence
    assert "'qty' is called a quantity, and most of its cells are no numbers (line 2: 'five')" in sentence


def test_the_value_of_sales_is_money(read: Read) -> None:
    text = "Day,Store No,Product,Sales Value\n13/03/2024,2001,Mug,50\n14/03/2024,2001,Mug,60\n"
    assert "'Sales Value' is money and no column holds a quantity" in read(text).verdict.sentence
    text = text.replace("Sales Value", "Sales Value,Sales Singles").replace(",50", ",50,5").replace(",60", ",60,6")
    assert rows(read(text), "units") == [(5.0,), (6.0,)]


@pytest.mark.parametrize(
    "header", ["Sales ($)", "Sales (USD)", "Ventas €", "Sales £", "Weekly Sales (in EUR)", "Sales (Dollars)"]
)
def test_sales_of_which_the_name_tells_the_currency_are_money(read: Read, header: str) -> None:
    text = f"Date;Store;SKU;{header}\n2024-03-13;S1;A;105.50\n2024-03-14;S1;A;99.00\n"
    assert f"{header!r} is money and no column holds a quantity" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": header}), "units") == [(105.5,), (99.0,)]
