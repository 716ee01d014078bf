"""Two lines of names above each column: stores over items, as merged cells are exported."""

from pathlib import Path

import openpyxl
import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import TODAY, Read, note, rows
from training.reading import read_file

_BODY = "2025-03-13,10,5,7,3\n2025-03-14,11,6,8,4\n"
_SOLD = {"13": [("North", "Coffee", 5.0), ("North", "Tea", 10.0), ("South", "Coffee", 3.0), ("South", "Tea", 7.0)]}
_SOLD["14"] = [(store, item, units + 1) for store, item, units in _SOLD["13"]]
_FOUND = [(f"2025-03-{day}", *sold) for day, found in _SOLD.items() for sold in found]


@pytest.mark.parametrize(
    "head",
    [
        ",North,,South,\nDate,Tea,Coffee,Tea,Coffee\n",
        "Date,North,,South,\n,Tea,Coffee,Tea,Coffee\n",
        "Date,North,North,South,South\n,Tea,Coffee,Tea,Coffee\n",
        "Sales by shop,,,,\n\n,North,,South,\nDate,Tea,Coffee,Tea,Coffee\n",
        "Store,North,,South,\nItem,Tea,Coffee,Tea,Coffee\n",
        "store,North,North,South,South\nitem,Tea,Coffee,Tea,Coffee\ndate,,,,\n",
    ],
    ids=["above", "below", "repeated", "under a title", "named", "pandas"],
)
def test_stores_over_items_are_read_as_both(read: Read, head: str) -> None:
    reading = read(head + _BODY)
    assert rows(reading) == _FOUND
    assert "of which the upper ones are stores: 'North', 'South'" in note(reading.verdict, Reason.TITLE_READ).sentence


def test_merged_cells_of_a_workbook_are_read_alike(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        [None, "North", None, "South"],
        ["Date", "Tea", "Coffee", "Tea", "Coffee"],
        ["2025-03-13", 10, 5, 7, 3],
    ):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("D1:E1")
    book.save(tmp_path / "sales.xlsx")
    assert rows(read_file(tmp_path / "sales.xlsx", today=TODAY)) == _FOUND[:4]


def test_items_over_stores_totals_and_stores_of_one_item_are_told_apart(read: Read) -> None:
    turned = ",Tea,,Coffee,\nDate,North,South,North,South\n2025-03-13,10,7,5,3\n2025-03-14,11,8,6,4\n"
    assert sorted(rows(read(turned))) == _FOUND
    total = "Date,North,,South,,Total,\n,Tea,Coffee,Tea,Coffee,Tea,Coffee\n2025-03-13,10,5,7,3,17,8\n"
    assert rows(read(total)) == _FOUND[:4]
    text = ";Berlin;;;Hamburg;\nDatum;Brot;Kuchen;Summe;Brot;Summe\n13.03.2025;10;5;15;7;7\n14.03.2025;;;;6;6\n"
    found = [("Berlin", "Brot", 10.0), ("Berlin", "Kuchen", 5.0), ("Hamburg", "Brot", 7.0), ("Hamburg", "Brot", 6.0)]
    assert rows(read(text), "store_id", "item_id", "units") == found


def test_names_of_which_none_is_a_place_are_settled_by_an_entry(read: Read) -> None:
    text = ",Ada,,Bob,\nDate,Tea,Coffee,Tea,Coffee\n" + _BODY
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert "such as 'Ada' over 'Tea' (lines 1 and 2), and whether the upper ones are stores" in verdict.sentence
    assert rows(read(text, side_by_side="stores"), "store_id", "item_id")[0] == ("Ada", "Coffee")
    assert rows(read(text, side_by_side="items"), "store_id", "item_id")[0] == ("Coffee", "Ada")


@pytest.mark.parametrize("upper", [",Nord Plan,,Nord Ist,", ",Sold,,Returned,", ",North LY,,North TY,", ",2024,,2025,"])
def test_figures_of_other_kinds_are_no_stores(read: Read, upper: str) -> None:
    assert read(f"{upper}\nDate,Tea,Coffee,Tea,Coffee\n{_BODY}").verdict.kind is Kind.REJECTED


def test_kinds_of_items_above_columns_of_items_are_no_stores(read: Read) -> None:
    text = ",Drinks,,Bakery,\nDate,Tea,Coffee,Bread,Rolls\n" + _BODY
    assert {store for (store,) in rows(read(text), "store_id")} == {"all"}
    shops = text.replace("Drinks", "Store 1").replace("Bakery", "Store 2")
    assert {store for (store,) in rows(read(shops), "store_id")} == {"Store 1", "Store 2"}
