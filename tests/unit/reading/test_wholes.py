"""Columns of a wide table that are the total of those beside them are left out, or refused where that is not sure."""

import pytest

from core.contracts.verdict import Kind
from tests.unit.reading.conftest import Read, rows

ROWS = "2024-03-13,5,6,11\n2024-03-14,1,2,3\n"


@pytest.mark.parametrize("whole", ["All", "Alle", "Tous", "All Items", "Total", "All products"])
def test_a_column_of_all_items_is_no_item(read: Read, whole: str) -> None:
    assert rows(read(f"Date,Mug,Cup,{whole}\n{ROWS}"), "item_id", "units") == [
        ("Cup", 6.0), ("Mug", 5.0), ("Cup", 2.0), ("Mug", 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize("whole", ["All", "All Stores", "Todas"])
def test_a_column_of_all_stores_is_no_store(read: Read, whole: str) -> None:
    reading = read(f"Date,SKU,Store 1,Store 2,{whole}\n" + ROWS.replace(",5", ",A,5").replace(",1,", ",A,1,"))
    assert {row[0] for row in rows(reading, "store_id")} == {"Store 1", "Store 2"}


def test_a_column_called_all_that_is_no_sum_is_refused_with_its_line(read: Read) -> None:
    verdict = read("Date,Mug,Cup,All\n" + ROWS.replace(",3\n", ",9\n")).verdict
    assert verdict.kind is Kind.REJECTED
    assert "'All' may be the total of the columns beside it, and is not their sum (line 3)" in verdict.sentence


def test_a_total_of_some_columns_is_refused_unless_it_is_named_as_something_else(read: Read) -> None:
    text = "Date,Mug,Small Bags,Large Bags,Total Bags\n2024-03-13,5,6,1,7\n2024-03-14,1,2,3,5\n"
    assert "'Total Bags' is called a total" in read(text).verdict.sentence
    kept = read(text, columns={"total_bags": "Total Bags"})
    assert {row[0] for row in rows(kept, "item_id")} == {"Mug", "Small Bags", "Large Bags"}


def test_items_whose_names_all_begin_so_are_items(read: Read) -> None:
    reading = read("Date,Total Bran,Total Corn\n2024-03-13,5,6\n2024-03-14,1,2\n")
    assert {row[0] for row in rows(reading, "item_id")} == {"Total Bran", "Total Corn"}


def test_a_row_called_all_that_is_the_sum_of_the_others_is_refused_however_few_days_there_are(read: Read) -> None:
    text = "Store,2024-03-13,2024-03-14\nNorth,5,1\nSouth,6,2\nAll,11,{}\n"
    assert "line 4 ('All') is the sum of all others" in read(text.format(3)).verdict.sentence
    assert len(rows(read(text.format(4)))) == 6


def test_rows_of_all_channels_are_offered_to_be_left_out(read: Read) -> None:
    text = "Date,Channel,Item,Qty\n2024-03-13,Web,A,5\n2024-03-13,Shop,A,2\n2024-03-13,All,A,7\n"
    assert "leave out the rows of 'All' in 'Channel' if they sum up others" in read(text).verdict.sentence
