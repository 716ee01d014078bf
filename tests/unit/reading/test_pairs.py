"""Measures of several items or stores side by side, one row a day."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

UNITS = [("2024-03-13", "all", "Coffee", 5.0), ("2024-03-13", "all", "Tea", 3.0)]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Date,Coffee units,Tea units", "2024-03-13,5,3"),
        ("Date,Units Coffee,Units Tea", "2024-03-13,5,3"),
        ("Date,Coffee Qty,Coffee Revenue,Tea Qty,Tea Revenue", "2024-03-13,5,12.50,3,5.40"),
        ("Datum;Coffee Stück;Tea Stück", "13.03.2024;5;3"),
        ("Fecha;Unidades vendidas Coffee;Unidades vendidas Tea", "13/03/2024;5;3"),
        ("Date,coffee_units,tea_units,Total units", "2024-03-13,5,3,8"),
    ],
)
def test_each_named_quantity_is_that_of_an_item(read: Read, header: str, line: str) -> None:
    reading = read(f"{header}\n{line}\n")
    found = [(day, store, str(item).capitalize(), units) for day, store, item, units in rows(reading)]
    assert found == UNITS
    assert reading.verdict.dialect is not None
    assert reading.verdict.dialect.shape == "wide_items"


@pytest.mark.parametrize(
    ("header", "line", "prices"),
    [
        ("Date,Coffee units,Coffee price,Tea units,Tea price", "2024-03-13,5,2.50,3,1.80", [2.5, 1.8]),
        ("Date,Coffee (units),Coffee (price),Tea (units),Tea (price)", "2024-03-13,5,2.50,3,1.80", [2.5, 1.8]),
        ("Datum;Menge Coffee;Preis Coffee;Menge Tea;Preis Tea", "13.03.2024;5;2,50;3;1,80", [2.5, 1.8]),
        ("Date,Coffee units,Coffee price,Tea units", "2024-03-13,5,2.50,3", [2.5, None]),
        ("Date,Coffee units,Tea units,Tea price", "2024-03-13,5,3,1.80", [None, 1.8]),
    ],
)
def test_each_item_has_the_price_that_stands_beside_its_quantity(
    read: Read, header: str, line: str, prices: list[float | None]
) -> None:
    reading = read(f"{header}\n{line}\n")
    assert rows(reading) == UNITS
    assert reading.table is not None
    assert reading.table["price"].to_list() == prices


def test_stores_may_stand_side_by_side_and_a_blank_cell_is_no_row(read: Read) -> None:
    lines = "2024-03-13,A,5,3\n2024-03-13,B,,4\n"
    assert rows(read(f"Date,Item,Store 1 units,Store 2 units\n{lines}")) == [
        ("2024-03-13", "Store 1", "A", 5.0), ("2024-03-13", "Store 2", "A", 3.0), ("2024-03-13", "Store 2", "B", 4.0),
    ]  # fmt: skip


def test_places_beside_items_are_stores_only_when_the_configuration_says_so(read: Read) -> None:
    text = "Date,Item,Berlin units,Hamburg units\n2024-03-13,A,5,3\n2024-03-14,A,6,4\n"
    refused = read(text).verdict
    assert refused.kind is Kind.REJECTED
    assert "reading.side_by_side = 'stores'." in note(refused, Reason.AMBIGUOUS).sentence
    assert rows(read(text, side_by_side="stores"))[:2] == [
        ("2024-03-13", "Berlin", "A", 5.0), ("2024-03-13", "Hamburg", "A", 3.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header",
    ["Date,Base units,Promo units", "Date,Online units,Wholesale units", "Date,Ordered qty,Delivered qty",
     "Datum,Menge geplant,Menge Ist"],
)  # fmt: skip
def test_kinds_of_one_quantity_are_never_taken_for_items(read: Read, header: str) -> None:
    reading = read(f"{header}\n2024-03-13,5,3\n2024-03-14,6,4\n")
    assert reading.table is None or set(reading.table["item_id"]) == {"all"}


def test_the_configuration_says_that_what_looks_like_kinds_are_items(read: Read) -> None:
    reading = read("Date,Regular units,Decaf units\n2024-03-13,5,3\n", side_by_side="items")
    assert rows(reading) == [("2024-03-13", "all", "Decaf", 3.0), ("2024-03-13", "all", "Regular", 5.0)]


def test_a_quantity_that_cannot_be_read_is_refused_with_its_cell(read: Read) -> None:
    lines = "".join(f"2024-03-{day:02d},5,2.50,3\n" for day in range(1, 29))
    verdict = read(f"Date,Coffee units,Coffee price,Tea units\n{lines}2024-03-29,5,2.50,x\n").verdict
    assert [(cell.line, cell.column, cell.value) for cell in verdict.refusals] == [(30, "Tea", "x")]
    assert verdict.counts.read == verdict.counts.kept + verdict.counts.refused == 58


def test_a_refused_row_keeps_all_cells_of_its_line_also_those_of_the_other_items(read: Read) -> None:
    lines = "".join(f"2024-03-{day:02d},5,2.50,3,1.5,4.5\n" for day in range(1, 9))
    lines += "2024-03-09,x,2.50,3,y,4.5\n2024-03-02,5,2.50,3,1.5,9\n"
    head = "Date,Coffee units,Coffee price,Tea units,Tea price,Tea revenue\n"
    reading = read(head + lines, max_refused_share=0.5)
    assert reading.quarantine is not None
    assert [line.split(",", 3)[0::3] for line in reading.quarantine.decode().splitlines()[1:]] == [
        ["3", "2024-03-02,2.50,1.5,4.5,2.50,Coffee,5"],
        ["3", "2024-03-02,2.50,1.5,4.5,1.5,Tea,3"],
        ["10", "2024-03-09,2.50,y,4.5,2.50,Coffee,x"],
        ["10", "2024-03-09,2.50,y,4.5,y,Tea,3"],
        ["11", "2024-03-02,2.50,1.5,9,2.50,Coffee,5"],
        ["11", "2024-03-02,2.50,1.5,9,1.5,Tea,3"],
    ]
