"""Rows that name several items: in numbered columns, in columns that come twice, in a list in one cell."""

import pytest

from core.contracts.verdict import Kind
from tests.unit.reading.conftest import Read, rows

_DAYS = range(1, 20)


def _csv(header: str, line: str, texts: tuple[str, ...] = ("A",)) -> str:
    return "\n".join([header, *(line.format(day, texts[day % len(texts)]) for day in _DAYS)])


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Order,Date,Item 1,Qty 1,Item 2,Qty 2", "{0},2024-03-{0:02d},Tea,1,Milk,2"),
        ("Date,Product_1,Qty_1,Product_2,Qty_2", "2024-03-{0:02d},Tea,1,Milk,2"),
        ("Date,SKU1,SKU2,Qty", "2024-03-{0:02d},T1,M2,2"),
    ],
)
def test_numbered_columns_of_items_are_several_on_each_row(read: Read, header: str, line: str) -> None:
    verdict = read(_csv(header, line)).verdict
    assert verdict.kind is Kind.REJECTED
    assert "name several items on each row" in verdict.sentence


def test_numbered_columns_of_quantities_and_of_categories_are_none(read: Read) -> None:
    assert {row[2] for row in rows(read(_csv("Date,Item 1,Item 2", "2024-03-{0:02d},5,6")))} == {"Item 1", "Item 2"}
    described = _csv("date,Product Category 1,Product Category 2,sku,qty", "2024-03-{0:02d},a,b,X,5")
    assert {row[2] for row in rows(read(described))} == {"X"}


def test_an_item_and_its_quantity_that_stand_twice_in_the_header_are_refused(read: Read) -> None:
    text = _csv("Date,Item,Qty,Item,Qty", "2024-03-{0:02d},Tea,1,Milk,1")
    assert "names 'Item', 'Qty' twice" in read(text).verdict.sentence


@pytest.mark.parametrize("mark", [", ", ";", " | ", " + "])
def test_lists_of_what_stands_alone_elsewhere_are_no_items(read: Read, mark: str) -> None:
    texts = ("Tea", "Milk", f"Tea{mark}Milk", f"Milk{mark}Tea")
    text = _csv("order\tdate\titems", "{0}\t2024-03-{0:02d}\t{1}", texts)
    assert "'items' lists several items in a cell (line 3: " in read(text).verdict.sentence
    assert len(rows(read(text, columns={"item_id": "items"}))) == len(_DAYS)


@pytest.mark.parametrize(
    "texts",
    [
        ("SKU1;SKU2", "SKU3;SKU4", "SKU7"),
        ("A-1, B-2", "C-3, D-4"),
        ("Tea; Milk", "Milk; Bread", "Bread; Salt", "Salt; Tea"),
        ("2x A, 1x B", "C", "3x D, 2x E", "F", "G"),
    ],
)
def test_lists_of_what_stands_alone_nowhere_are_no_items(read: Read, texts: tuple[str, ...]) -> None:
    text = _csv("order\tdate\titem\tqty", "{0}\t2024-03-{0:02d}\t{1}\t5", texts)
    assert "'item' lists several" in read(text).verdict.sentence


@pytest.mark.parametrize(
    "texts",
    [
        ("ST100;CO5", "ST101;CO6", "ST102;CO5"),
        ("AB12+CD34", "EF56+GH78"),
        ("Shirt|red|M", "Shirt|blue|M", "Hat|red|L"),
        ("Milk, whole", "Chocolate, milk", "Milk, skimmed"),
        ("1001;38", "1001;40"),
    ],
)
def test_a_style_and_its_colour_are_one_item(read: Read, texts: tuple[str, ...]) -> None:
    assert {row[2] for row in rows(read(_csv("date\titem\tqty", "2024-03-{0:02d}\t{1}\t5", texts)))} == {*texts}


def test_names_with_commas_are_items(read: Read) -> None:
    texts = ("Book, red", "Book, blue", "Pen")
    assert {row[2] for row in rows(read(_csv("date\titem\tqty", "2024-03-{0:02d}\t{1}\t5", texts)))} == {*texts}


def test_two_numbers_in_a_cell_are_not_taken_for_a_misread_one(read: Read) -> None:
    text = _csv("date,item,qty", "2024-03-{0:02d},A,5") + "\n2024-03-28,A,1|2"
    assert read(text).verdict.refusals[0].cure == "these are 2 numbers in one cell: write one"
