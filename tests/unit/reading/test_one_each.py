"""Lines of sales whose units nobody counts, exports of shops on the web, and stock that is no sale."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, rows

_LINES = (
    "Line Item Date,Order ID,Item Name,Item Revenue,Total Revenue\n03-Jan-2024 05:34 PM EST,A1,Cup,18.25,18.25\n"
    "03-Jan-2024 05:34 PM EST,A1,Cup,18.25,18.25\n14-Jan-2024 09:00 AM EST,A2,Kettle,79.00,79.00\n"
)


def test_lines_with_money_alone_are_one_unit_each_where_the_configuration_says_so(read: Read) -> None:
    assert "set reading.one_each = true if each line is one unit, or add the quantity" in read(_LINES).verdict.sentence
    reading = read(_LINES, one_each=True)
    assert rows(reading) == [("2024-01-03", "all", "Cup", 2.0), ("2024-01-14", "all", "Kettle", 1.0)]


def test_the_entry_is_no_entry_for_a_file_with_a_quantity(read: Read) -> None:
    verdict = read("date,item,qty\n2024-03-13,Tea,2\n", one_each=True).verdict
    assert verdict.notes[0].reason is Reason.CONFIG_INVALID
    assert "'qty' is a quantity (line 1); drop that entry, or the column" in verdict.sentence
    money = "date,item,sales\n2024-03-13,Tea,2.50\n2024-03-13,Tea,2.50\n"
    assert rows(read(money, one_each=True), "units") == [(2.0,)]


def test_rows_of_sales_and_of_returns_are_lines_though_no_column_is_a_document(read: Read) -> None:
    text = "No;Date;Item;Qty;Type\n1;2024-03-13;A;3;Sale\n2;2024-03-13;A;2;Sale\n3;2024-03-13;A;1;Return\n"
    reading = read(text)
    assert rows(reading) == [("2024-03-13", "all", "A", 4.0)]
    assert read(text.replace("Return", "Sale")).verdict.kind is Kind.REJECTED


def test_one_row_written_twice_leaves_nothing_to_tell_apart(read: Read) -> None:
    text = "date,flavour,qty\n2024-03-13,Vanilla,5\n2024-03-13,Vanilla,5\n2024-03-14,Lemon,7\n2024-03-15,Lemon,7\n"
    assert rows(read(text), "date", "units") == [("2024-03-13", 5.0), ("2024-03-14", 7.0), ("2024-03-15", 7.0)]


@pytest.mark.parametrize("beside", ["Items viewed", "Items added to cart", "Item revenue"])
def test_what_is_purchased_beside_carts_and_revenue_is_what_customers_bought(read: Read, beside: str) -> None:
    text = f"Date,Item name,{beside},Items purchased\n20240313,Mug,120,5\n20240314,Mug,110,4\n"
    assert rows(read(text), "item_id", "units") == [("Mug", 5.0), ("Mug", 4.0)]
    assert "may be what customers bought or" in read(text.replace(beside, "Unit cost")).verdict.sentence


def test_stock_alone_is_told_as_such_and_read_on_purpose(read: Read) -> None:
    text = "date,store,sku,on_hand\n2024-03-13,N,Tea,40\n2024-03-14,N,Tea,38\n"
    assert "'on_hand' is what is in stock, and no column holds what was sold" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": "on_hand"}), "units") == [(40.0,), (38.0,)]


def test_where_each_line_is_one_unit_models_are_the_items(read: Read) -> None:
    cars = "id;date;location;modell\n712;2024-03-13;Hessen;A4\n641;2024-03-14;Bayern;A8\n712;2024-03-15;Bayern;A4\n"
    assert rows(read(cars, one_each=True), "item_id", "units") == [("A4", 1.0), ("A8", 1.0), ("A4", 1.0)]


def test_a_count_that_numbers_the_rows_is_no_quantity(read: Read) -> None:
    lines = [f"{row},2024-03-{row // 3 + 1:02d},{'ABC'[row % 3]}\n" for row in range(1, 40)]
    assert read("Count,Date,Product\n" + "".join(lines)).verdict.kind is Kind.REJECTED
    priced = "".join(line.replace("\n", ",2.50\n") for line in lines)
    assert read(f"Count,Date,Product,Price\n{priced}").verdict.kind is Kind.REJECTED
    counted = [line.replace(f"{row},", "7,", 1) for row, line in enumerate(lines, 1)]
    assert {units for (units,) in rows(read("Count,Date,Product\n" + "".join(counted)), "units")} == {7.0}


def test_kilos_are_named_as_what_may_be_the_quantity(read: Read) -> None:
    text = "fecha,producto,kilos,precio_kilo,subtotal\n2026-04-18,Lomo,2.5,30,75\n2026-04-18,Costilla,3,18,54\n"
    assert "set reading.columns.units = 'kilos' if that is it, or else name it" in read(text).verdict.sentence
    told = rows(read(text, columns={"units": "kilos"}), "item_id", "units")
    assert sorted(told) == [("Costilla", 3.0), ("Lomo", 2.5)]
