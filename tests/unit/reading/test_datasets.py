"""Columns as public sets of sales and reports name them: the quantity, the item, the line of a document."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

_DAYS = range(1, 29)


@pytest.mark.parametrize("name", ["Sum(Qty)", "SUM([Units Sold])", "Summe(Menge)", "sale_bottles", "Sales Cases"])
def test_a_sum_of_a_quantity_and_what_is_sold_in_vessels_are_quantities(read: Read, name: str) -> None:
    text = f'date,item,"{name}"\n2024-03-13,A,5\n2024-03-14,B,6\n'
    assert rows(read(text)) == [("2024-03-13", "all", "A", 5.0), ("2024-03-14", "all", "B", 6.0)]


@pytest.mark.parametrize("name", ["Invoice/Item Number", "invoice_line_no", "Order Item ID", "receipt_detail_id"])
def test_where_nothing_else_names_the_document_the_number_of_its_line_does(read: Read, name: str) -> None:
    text = f"{name},date,item code,qty\nI-1,2024-03-13,A,5\nI-2,2024-03-13,A,6\nI-3,2024-03-14,A,1\n"
    found = read(text)
    assert rows(found) == [("2024-03-13", "all", "A", 11.0), ("2024-03-14", "all", "A", 1.0)]
    assert note(found.verdict, Reason.LINES_SUMMED).count == 2


@pytest.mark.parametrize("name", ["Part", "Part No.", "SKU Desc", "Menu Item Name", "pizza_name_id", "Drug Code"])
def test_further_names_of_items(read: Read, name: str) -> None:
    assert rows(read(f"date,{name},qty\n2024-03-13,A1,5\n2024-03-13,B2,6\n"))[1] == ("2024-03-13", "all", "B2", 6.0)


def test_an_id_that_numbers_the_lines_is_not_the_item(read: Read) -> None:
    text = "pizza_id,order_id,pizza_name_id,quantity,order_date,pizza_name\n" + "".join(
        f"{day},{day},{'ham_m' if day % 2 else 'ham_l'},1,2024-03-{day:02d},Ham\n" for day in _DAYS
    )
    assert {row[2] for row in rows(read(text))} == {"ham_m", "ham_l"}


def test_items_that_are_names_are_items_and_counted_ones_are_none(read: Read) -> None:
    names = "TransactionNo,Items,DateTime\n1,Bread,2024-03-13 09:58\n2,Bread,2024-03-13 10:05\n2,Tea,2024-03-13 10:05\n"
    assert rows(read(names)) == [("2024-03-13", "all", "Bread", 2.0), ("2024-03-13", "all", "Tea", 1.0)]
    assert read("TransactionNo,Items,DateTime\n1,3,2024-03-13\n2,4,2024-03-14\n").verdict.kind is Kind.REJECTED


def test_lines_of_baskets_of_customers_are_one_unit_each(read: Read) -> None:
    lines = ("1,13-03-2024,milk", "1,13-03-2024,buns", "2,13-03-2024,milk", "2,14-03-2024,milk")
    text = "\n".join(["Member_number,Date,itemDescription", *lines])
    assert rows(read(text)) == [
        ("2024-03-13", "all", "buns", 1.0), ("2024-03-13", "all", "milk", 2.0), ("2024-03-14", "all", "milk", 1.0),
    ]  # fmt: skip
    single = "member,date,product\n1,13-03-2024,loan\n2,13-03-2024,loan\n3,14-03-2024,card\n"
    assert read(single).verdict.kind is Kind.REJECTED


@pytest.mark.parametrize(
    ("header", "line", "quantity"),
    [
        ("order_id,date,item,bottles", "{0},2024-03-{0:02d},A,{1}", "bottles"),
        ("order_id,date,item,No. of cups", "{0},2024-03-{0:02d},A,{1}", "No. of cups"),
        ("order_id,date,item,unit price,n,total", "{0},2024-03-{0:02d},A,2.50,{1},{2:.2f}", "n"),
    ],
)
def test_what_may_be_the_quantity_of_each_line_is_not_taken_for_one(
    read: Read, header: str, line: str, quantity: str
) -> None:
    text = "\n".join([header, *(line.format(day, day % 4 + 1, 2.5 * (day % 4 + 1)) for day in _DAYS)])
    assert f"{quantity!r} may be the quantity of each line" in read(text).verdict.sentence


@pytest.mark.parametrize("code", ["Part", "kenn"])
def test_the_only_other_column_of_a_table_of_dates_names_its_rows(read: Read, code: str) -> None:
    text = f"{code},Jan-23,Feb-23\n21012212,1,2\n21029627,3,4\n"
    assert rows(read(text)) == [
        ("2023-01-01", "all", "21012212", 1.0), ("2023-01-01", "all", "21029627", 3.0),
        ("2023-02-01", "all", "21012212", 2.0), ("2023-02-01", "all", "21029627", 4.0),
    ]  # fmt: skip


@pytest.mark.parametrize("stamp", ["2024-03-13 {:02d}:00", "2024-03-13,{:02d}"])
def test_hours_of_a_day_are_summed_in_tables_with_a_column_for_each_item(read: Read, stamp: str) -> None:
    head = "date,hour,tea,coffee" if "," in stamp else "date,tea,coffee"
    text = "\n".join([head, *(f"{stamp.format(hour)},{hour},1.5" for hour in range(8, 12))])
    assert rows(read(text)) == [("2024-03-13", "all", "coffee", 6.0), ("2024-03-13", "all", "tea", 38.0)]


@pytest.mark.parametrize("form", ["{}年{}月{}日", "{}년 {}월 {}일", "{:04d}年{:02d}月{:02d}日"])
def test_days_in_chinese_japanese_and_korean(read: Read, form: str) -> None:
    text = "\n".join(["date,item,qty", *(f"{form.format(2024, 3, day)},A,{day}" for day in _DAYS)])
    assert rows(read(text))[12] == ("2024-03-13", "all", "A", 13.0)


@pytest.mark.parametrize("name", ["Rank", "Price", "Margin", "Week day"])
def test_a_rank_or_a_price_beside_columns_of_dates_names_no_rows(read: Read, name: str) -> None:
    verdict = read(f"{name},Jan-23,Feb-23\n1,1,2\n2,3,4\n").verdict
    assert {refused.reason for refused in verdict.refusals} == {Reason.DUPLICATE_CONFLICT}


def test_the_number_of_a_box_is_not_what_was_sold(read: Read) -> None:
    text = "\n".join(["order,date,item,Box number", *(f"{day},2024-03-{day:02d},A,{day % 4 + 1}" for day in _DAYS)])
    assert {row[3] for row in rows(read(text))} == {1.0}
