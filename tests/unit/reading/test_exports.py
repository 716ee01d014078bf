"""Exports of tills and web shops, as they write them."""

import pytest

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


def test_variants_of_one_item_are_told_apart_by_their_codes(read: Read) -> None:
    text = "Date,Item,Qty,SKU,Event Type\n2024-03-13,Latte,1.0,LAT-S,Payment\n2024-03-13,Latte,2.0,LAT-L,Payment\n"
    assert rows(read(text), "item_id", "units") == [("LAT-L", 2.0), ("LAT-S", 1.0)]
    assert rows(read(text.replace("LAT-L", "").replace("13,Latte,2", "14,Latte,2")), "item_id")[0] == ("Latte",)


def test_a_whole_name_is_believed_before_the_last_part_of_a_path(read: Read) -> None:
    text = "Invoice/Item Number,Date,Store Number,Item Number,Bottles Sold,Sale (Dollars)\n"
    reading = read(f"{text}INV-1,03/13/2024,2190,38176,12,171.00\nINV-2,03/14/2024,2190,38178,6,112.50\n")
    assert rows(reading, "item_id", "units") == [("38176", 12.0), ("38178", 6.0)]


def test_a_part_of_the_quantity_and_money_are_no_rivals_of_it(read: Read) -> None:
    head = "Date,Ordered Product Sales,Units Ordered,Units Ordered \u2013 B2B\n"
    text = f'{head}3/13/24,"$1,204.50",41,3\n3/14/24,"$1,104.00",37,0\n'
    assert rows(read(text), "units") == [(41.0,), (37.0,)]
    more = read(text.replace(",37,0", ",37,40")).verdict
    assert more.kind is Kind.REJECTED
    assert "reading.columns.units" in more.sentence


def test_sales_that_bear_a_currency_are_money(read: Read) -> None:
    verdict = read("date,item,sales\n2024-03-13,A,$12.50\n2024-03-14,A,$9.00\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "'sales' is money" in verdict.sentence


@pytest.mark.parametrize("total", ["S1 Total", "Total for S1", "Total S1", "Summe S1"])
def test_the_total_of_a_group_that_is_named_is_left_out(read: Read, total: str) -> None:
    wide = (
        f"Store,Item,2024-03-13,2024-03-14,Grand Total\nS1,A,1,2,3\n,B,3,4,7\n{total},,4,6,10\nS2,A,5,6,11\n,B,7,8,15\n"
    )
    assert {row[1:3] for row in rows(read(wide))} == {("S1", "A"), ("S1", "B"), ("S2", "A"), ("S2", "B")}
    long = f"date,store,item,qty\n2024-03-13,S1,A,1\n2024-03-13,S1,B,2\n2024-03-13,{total},,3\n2024-03-13,S2,A,5\n"
    reading = read(long)
    assert [row[2] for row in rows(reading)] == ["A", "B", "A"]
    assert note(reading.verdict, Reason.TOTAL_ROW).sentence == "a row of totals was left out"


def test_an_item_called_total_beside_another_is_an_item_where_its_row_is_whole(read: Read) -> None:
    text = "date,item,qty\n2024-03-13,Colgate,1\n2024-03-13,Colgate Total,2\n2024-03-14,Colgate,3\n"
    assert [row[2] for row in rows(read(text))] == ["Colgate", "Colgate Total", "Colgate"]


def test_quantities_with_the_unit_of_a_ledger_are_read(read: Read) -> None:
    text = "Kalendertag;Artikel;Absatzmenge\n13.03.2024;4711;5 ST\n14.03.2024;4711;1.000 ST\n"
    assert rows(read(f"{text}15.03.2024;4711;2,5 ST\n"), "units") == [(5.0,), (1000.0,), (2.5,)]


def test_cells_that_list_a_whole_basket_are_refused(read: Read) -> None:
    text = 'Date,Order #,Product(s),Items sold\n2024-03-13,101,"2\u00d7 Mug, 1\u00d7 Tee",3\n'
    verdict = read(f"{text}2024-03-13,102,1\u00d7 Mug,1\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "line 2" in verdict.sentence
    assert "'Items sold' counts together" in verdict.sentence


def test_several_columns_of_dates_are_named_where_none_is_known(read: Read) -> None:
    verdict = read("posted;deposited;sku;qty\n2024-03-13;2024-03-17;A;5\n2024-03-14;2024-03-17;A;6\n").verdict
    assert "'posted', 'deposited' hold dates" in verdict.sentence
    assert "reading.columns.date = 'posted'" in verdict.sentence


def test_a_foot_below_a_blank_line_is_a_note_and_a_broken_row_is_not(read: Read) -> None:
    text = "no,date,item,title,qty\n1,2024-03-13,A,Lamp,1\n2,2024-03-14,B,Clock,2\n{}"
    reading = read(text.format("\n2,record(s) downloaded,from ,2024-03-13, to ,2024-03-14\nSeller ID : shop\n"))
    assert [row[2] for row in rows(reading)] == ["A", "B"]
    assert note(reading.verdict, Reason.PREAMBLE).lines == (5, 6)
    assert read(text.format("\n3,2024-03-15,C,Vase\n"), max_refused_share=0.5).verdict.refusals[0].line == 5
    assert read(text.format("\nA,2024-03-15,7\n"), max_refused_share=0.5).verdict.refusals[0].line == 5
    assert read(text.format("2,record(s) downloaded,from \n"), max_refused_share=0.5).verdict.refusals[0].line == 4


def test_a_quantity_less_refunds_is_the_net_one(read: Read) -> None:
    text = "order number,order date,sku,quantity,Quantity (- Refund)\n1,2024-03-13,A,3,2\n2,2024-03-14,B,1,1\n"
    assert rows(read(text), "item_id", "units") == [("A", 2.0), ("B", 1.0)]
    german = text.replace("quantity,Quantity (- Refund)", "Menge,Menge (abzgl. Retouren)")
    assert rows(read(german), "units") == [(2.0,), (1.0,)]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("注文ステータス", "キャンセル"),
        ("주문상태", "취소"),
        ("订单状态", "已取消"),
        ("Estado de la orden", "Cancelada"),
    ],
)
def test_a_cancelled_order_is_known_under_the_state_of_its_language(read: Read, state: str, said: str) -> None:
    reading = read(f"order id,date,sku,qty,{state}\n1,2024-03-13,A,2,ok\n2,2024-03-14,A,3,{said}\n")
    assert rows(reading, "units") == [(2.0,)]
    assert note(reading.verdict, Reason.CANCELLED).lines == (3,)


def test_a_flag_of_voids_may_be_one_word(read: Read) -> None:
    text = "STORE|BUSDATE|TRANS|PLU|QTY|VOIDFLAG\n1|20240313|9|A|2|N\n1|20240314|10|A|3|Y\n"
    reading = read(text)
    assert rows(reading) == [("2024-03-13", "1", "A", 2.0)]
    assert note(reading.verdict, Reason.CANCELLED).lines == (3,)


def test_several_days_without_marks_are_named_where_none_is_that_of_the_sale(read: Read) -> None:
    verdict = read(
        "store,upc,XQ Start Date,XQ End Date,qty\n1,A,20240310,20240316,2\n1,A,20240317,20240323,3\n"
    ).verdict
    assert verdict.kind is Kind.REJECTED
    assert "'XQ Start Date', 'XQ End Date' hold dates" in verdict.sentence


def test_an_apostrophe_tells_a_spreadsheet_that_an_id_is_a_text(read: Read) -> None:
    text = "date,store,upc,units\n2024-03-13,'0012,'00417,2\n2024-03-14,'0012,o'clock,3\n"
    assert rows(read(text)) == [("2024-03-13", "0012", "00417", 2.0), ("2024-03-14", "0012", "o'clock", 3.0)]


def test_a_dash_may_stand_between_the_day_and_the_time(read: Read) -> None:
    text = "Date created;Order number;Offer SKU;Quantity\n13/03/2024 - 16:49:15;1;A;2\n14/03/2024 - 09:00:01;2;A;1\n"
    assert rows(read(text), "date", "units") == [("2024-03-13", 2.0), ("2024-03-14", 1.0)]


def test_what_was_returned_beside_what_was_sold_is_no_flag(read: Read) -> None:
    text = "date,store,sku,Received,Sold,Returned\n2024-03-13,S1,A,0,4,1\n2024-03-14,S1,A,0,3,0\n"
    assert rows(read(text), "units") == [(3.0,), (3.0,)]


def test_positions_of_shipping_are_no_items(read: Read) -> None:
    head = "Auftragsnummer;Datum;Positionstyp;Artikelnummer;Menge\n"
    reading = read(f"{head}1;13.03.2024;Artikel;A;2\n1;13.03.2024;Versandposition;;1\n")
    assert rows(reading, "item_id", "units") == [("A", 2.0)]
    assert note(reading.verdict, Reason.NO_ITEM).lines == (3,)


def test_a_count_of_records_below_the_rows_is_a_note(read: Read) -> None:
    text = (
        "order,date,sku,buyer,qty\n1,2024-03-13,A,x,2\n2,2024-03-14,A,y,3\n\n2,record(s) downloaded\nSeller ID : shop\n"
    )
    reading = read(text)
    assert rows(reading, "units") == [(2.0,), (3.0,)]
    assert reading.verdict.counts.refused == 0


def test_a_restaurant_is_a_store(read: Read) -> None:
    text = "Restaurant,Order ID,Order Date,Item Name,Item Count\nNorth,1,2024-03-13,Soup,2\nSouth,2,2024-03-13,Soup,3\n"
    assert rows(read(text)) == [("2024-03-13", "North", "Soup", 2.0), ("2024-03-13", "South", "Soup", 3.0)]


def test_lists_of_products_with_keys_are_refused_in_whatever_column_they_stand(read: Read) -> None:
    cells = "Product ID: 77, Product Qty: 2, Product SKU: A|Product ID: 78, Product Qty: 1, Product SKU: B"
    verdict = read(f'order id,order date,total quantity,product details\n1,2024-03-13,3,"{cells}"\n').verdict
    assert verdict.kind is Kind.REJECTED
    assert "'product details' lists several products in one cell" in verdict.sentence


@pytest.mark.parametrize(
    "name", ["Site Name", "Filialbezeichnung", "Marktname", "Nombre de sucursal", "Nome da filial", "Vestigingsnaam"]
)
def test_a_column_of_the_names_of_stores_tells_stores_apart(read: Read, name: str) -> None:
    text = f"order id,date,{name},sku,qty\n1,2024-03-13,North,A,2\n2,2024-03-13,South,A,3\n"
    assert rows(read(text)) == [("2024-03-13", "North", "A", 2.0), ("2024-03-13", "South", "A", 3.0)]


@pytest.mark.parametrize("name", ["Date Sold", "Order Placed Date", "Closed at", "Fecha de emisión"])
def test_the_day_of_a_sale_is_known_beside_the_day_it_is_due(read: Read, name: str) -> None:
    text = f"{name},Exported,sku,qty\n2024-03-13,2024-04-01,A,2\n2024-03-14,2024-04-01,A,3\n"
    assert rows(read(text), "date", "units") == [("2024-03-13", 2.0), ("2024-03-14", 3.0)]
