"""Printed lists whose columns are set apart by spaces."""

import pytest

from core.contracts.verdict import Reason
from tests.unit.reading.conftest import Read, rows

TABLE = """\
Date        Item          Qty   Price
2024-05-06  Green tea       4    1.50
2024-05-06  Ice             6    1.20
2024-05-07                 13
2024-05-17  Green tea   1 213   11.50
"""
FOUND = [("2024-05-06", "Green tea", 4.0), ("2024-05-06", "Ice", 6.0), ("2024-05-17", "Green tea", 1213.0)]


def test_columns_that_line_up_on_every_line_are_read(read: Read) -> None:
    reading = read(TABLE, max_refused_share=0.5)
    assert rows(reading, "date", "item_id", "units") == FOUND
    assert [refusal.line for refusal in reading.verdict.refusals] == [4]
    assert reading.verdict.dialect is not None
    assert "price" in reading.verdict.dialect.columns
    assert Reason.ALIGNED in {note.reason for note in reading.verdict.notes}


def test_titles_rules_and_totals_of_a_printed_list_are_left_out(read: Read) -> None:
    lines = TABLE.replace("2024-05-07                 13\n", "").splitlines()
    head, rule, total = lines[0], "----------  ---------  ------   -----", "Total                   1 223"
    text = "\n".join(["DAILY SALES REPORT", "Store: 12", "", head, rule, *lines[1:], rule, total, ""])
    reading = read(text)
    assert rows(reading, "date", "item_id", "units") == FOUND
    assert rows(reading, "store_id")[0] == ("12",)
    counts = reading.verdict.counts
    assert counts.read == counts.kept + counts.left_out


@pytest.mark.parametrize(
    "line", ["2024-05-18  A very long name of an item   7    1.00", "2024-05-18  Red  tea   7    1.00"]
)
def test_a_line_that_does_not_line_up_refuses_the_list(read: Read, line: str) -> None:
    reading = read(f"{TABLE}{line}\n")
    assert "A space, though not all into the same number of them, seems to divide its lines" in reading.verdict.sentence


def test_words_of_a_name_and_parts_of_a_day_are_not_columns(read: Read) -> None:
    text = "Date         Item     Units Sold\n"
    text += "06 May 2024  Red tea           4\n07 May 2024  Ice mix          13\n"
    assert rows(read(text), "date", "item_id", "units") == [
        ("2024-05-06", "Red tea", 4.0),
        ("2024-05-07", "Ice mix", 13.0),
    ]


def test_cells_that_may_be_of_either_neighbour_are_not_read(read: Read) -> None:
    text = "Date       Item Qty\n" + "".join(f"2024-05-0{day} Tea1 7 {day}1\n" for day in range(1, 8))
    assert not read(text).verdict.kind.merged


def test_columns_of_items_may_line_up_too(read: Read) -> None:
    text = "Day        Burgers  Pizzas\n--------------------------\n"
    text += "2024-05-06      31      22\n2024-05-17      40      30\n"
    assert rows(read(text), "item_id", "units")[:2] == [("Burgers", 31.0), ("Pizzas", 22.0)]
