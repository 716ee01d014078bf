"""Reports that write a day, a store or an item on the first row of its group only."""

from pathlib import Path

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import TODAY, Read, note, rows
from training.reading import read_file

_SALES = [
    ("2024-03-13", "1", "A", 5.0), ("2024-03-13", "1", "B", 6.0), ("2024-03-13", "2", "A", 7.0),
    ("2024-03-14", "1", "A", 8.0), ("2024-03-14", "1", "B", 9.0), ("2024-03-14", "2", "B", 3.0),
]  # fmt: skip


def _report(order: tuple[int, ...]) -> str:
    """The sales grouped by the columns of ``order``, each written where it or one before it changes."""
    names = ("date", "store", "item")
    lines, last = [",".join([*(names[i] for i in order), "units"])], ["", "", ""]
    for row in sorted(_SALES, key=lambda row: [row[i] for i in order]):
        cells = [str(row[i]) for i in order]
        same = [cells[: i + 1] == last[: i + 1] for i in range(2)]
        shown = ["" if same[i] else cells[i] for i in range(2)]
        lines.append(",".join([*shown, cells[2], str(row[3])]))
        last = cells
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1), (1, 2, 0)])
def test_what_stands_on_the_first_row_of_its_group_holds_for_the_group(read: Read, order: tuple[int, ...]) -> None:
    reading = read(_report(order))
    assert sorted(rows(reading)) == _SALES
    assert note(reading.verdict, Reason.FILLED_DOWN).count > 0


def test_cells_that_are_blank_on_the_same_rows_belong_to_the_same_groups(read: Read) -> None:
    reading = read("Date,Store,Item,Qty\n2024-03-13,S1,A,5\n,,B,2\n2024-03-14,S1,A,6\n,,B,3\n")
    assert rows(reading, "date", "store_id", "item_id") == [
        ("2024-03-13", "S1", "A"), ("2024-03-13", "S1", "B"), ("2024-03-14", "S1", "A"), ("2024-03-14", "S1", "B"),
    ]  # fmt: skip


NESTED = "Store,Item,Date,Qty\nS1,Mug,2024-03-13,5\n,,2024-03-14,6\n,Cup,2024-03-13,1\nS2,Mug,2024-03-13,7\n"


def test_groups_lie_in_groups(read: Read) -> None:
    reading = read(NESTED + ",Cup,2024-03-14,2\n")
    assert {(row[1], row[2]) for row in rows(reading)} == {("S1", "Mug"), ("S1", "Cup"), ("S2", "Mug"), ("S2", "Cup")}


def test_a_blank_within_a_group_of_which_other_rows_repeat_what_stands_above_is_refused(read: Read) -> None:
    verdict = read(NESTED + ",Mug,2024-03-14,2\n,,2024-03-15,2\n", max_refused_share=0.5).verdict
    assert [(row.column, row.reason) for row in verdict.refusals] == [("Item", Reason.ID_MISSING)] * 2


def test_totals_between_the_groups_are_left_out(read: Read) -> None:
    text = "Date,Item,Units\n2024-03-13,A,5\n,B,6\n,Total,11\n2024-03-14,A,7\n,B,8\n,Total,15\n"
    assert rows(read(text), "date", "item_id", "units") == [
        ("2024-03-13", "A", 5.0),
        ("2024-03-13", "B", 6.0),
        ("2024-03-14", "A", 7.0),
        ("2024-03-14", "B", 8.0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "date,item,units\n2024-03-13,A,5\n2024-03-14,A,6\n,A,7\n2024-03-16,A,8\n",  # a day lost in a daily series
        "date,item,units\n2024-03-13,A,5\n2024-03-13,B,6\n,C,7\n2024-03-14,A,8\n",  # days are written on all rows
        "date,item,units\n,A,5\n2024-03-13,B,6\n,C,7\n2024-03-14,A,8\n",  # no day above the first row
        "date,units\n2024-03-13,5\n,6\n2024-03-14,7\n,8\n",  # nothing tells the rows of a group apart
    ],
)
def test_a_blank_day_that_no_group_explains_is_refused(read: Read, text: str) -> None:
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert verdict.refusals[0].reason is Reason.DATE_MISSING


@pytest.mark.parametrize(
    ("text", "against"),
    [
        (
            "date,item,units\n2024-03-13,A,5\n,A,6\n2024-03-14,A,7\n,B,8\n",
            "line 3 would be a second row of 'A' in its group",
        ),
        ("date,item,units\n2024-03-13,A,5\n,B,6\n2024-03-13,C,7\n,D,8\n", "line 4 repeats '2024-03-13'"),
        ("date,item,units\n2024-03-13,A,5\n,B,\n2024-03-14,A,7\n,B,8\n", "line 3 has no quantity"),
    ],
)
def test_what_is_against_the_groups_of_a_report_is_told_with_the_cure(read: Read, text: str, against: str) -> None:
    cure = read(text).verdict.refusals[0].cure
    assert cure.startswith("write it on each row; it was not taken from the row above")
    assert against in cure


def test_a_long_report_of_groups_is_filled_across_its_blocks(read: Read) -> None:
    days = [f"2024-{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 29)]
    text = "date,item,units\n" + "".join(f"{day},A,1\n,B,2\n,C,3\n" for day in days)
    table = read(text).table
    assert table is not None
    assert table.height == 3 * len(days)


_LEDGER = """Sales by Product/Service Detail
"January 1-31, 2024"

,Date,Transaction Type,Num,Customer,Memo/Description,Qty,Sales Price,Amount
Stock,,,,,,,,
Hoses,,,,,,,,
,01/05/2024,Invoice,1001,Jane,Rubber hose,2.00,15.00,30.00
,01/16/2024,Invoice,1004,Bob,Rubber hose,1.00,15.00,15.00
Total for Hoses,,,,,,3.00,,$45.00
Pumps,,,,,,,,
,01/05/2024,Invoice,1001,Jane,Pond pump,1.00,80.00,80.00
,01/20/2024,Credit Memo,1007,Bob,Pond pump,-1.00,80.00,-80.00
Total for Pumps,,,,,,0.00,,$0.00
Total for Stock,,,,,,3.00,,$45.00
TOTAL,,,,,,3.00,,$45.00

"Accrual Basis Wednesday, January 31, 2024 10:12 AM GMT-05:00",,,,,,,,
"""


def test_rows_of_a_ledger_stand_under_the_heading_of_their_product(read: Read) -> None:
    reading = read(_LEDGER)
    assert rows(reading, "date", "item_id", "units") == [
        ("2024-01-05", "Hoses", 2.0),
        ("2024-01-05", "Pumps", 1.0),
        ("2024-01-16", "Hoses", 1.0),
        ("2024-01-20", "Pumps", -1.0),
    ]
    assert "'Stock', 'Hoses', 'Pumps'" in note(reading.verdict, Reason.TITLE_READ).sentence
    assert note(reading.verdict, Reason.TOTAL_ROW).count == 4


def test_a_heading_that_no_total_closes_heads_nothing(read: Read) -> None:
    verdict = read(_LEDGER.replace("Total for Pumps", "")).verdict
    assert verdict.kind is Kind.REJECTED
    assert verdict.refusals[0].line == 5


def test_headings_beside_a_column_of_items_may_be_stores_and_the_entry_says_so(read: Read) -> None:
    text = "Date,SKU,Qty\nDowntown,,\n2024-03-13,A,1\nTotal Downtown,,1\nHarbor,,\n2024-03-13,A,2\nTotal Harbor,,2\n"
    assert "reading.columns.store_id = 'group heading'" in read(text).verdict.sentence
    both = read(text, columns={"store_id": "group heading"})
    assert rows(both, "store_id", "units") == [("Downtown", 1.0), ("Harbor", 2.0)]
    assert read(text, columns={"group": "group heading"}).verdict.refusals[0].reason is Reason.DUPLICATE_CONFLICT


@pytest.mark.parametrize("totals", ["Summe Artikel {0};;{1}\n", ";Total:;{1}\n", ""])
def test_an_item_may_stand_in_a_title(read: Read, totals: str) -> None:
    blocks = [
        f"Artikel: {item};;\n13.03.2024;R1;5\n14.03.2024;R2;6\n{totals.format(item, 11)}"
        for item in ("4711 Schraube", "4712 Mutter")
    ]
    reading = read(f"Datum;Beleg;Menge\n{''.join(blocks)}")
    assert {row[2] for row in rows(reading)} == {"4711 Schraube", "4712 Mutter"}
    assert [row[3] for row in rows(reading)] == [5.0, 5.0, 6.0, 6.0]


def test_the_product_of_a_block_is_told_by_its_title_of_several_cells(read: Read) -> None:
    block = (
        "Product Code:,{},Description:,{},,\nNo,Type,Date,Ref,Qty,Price\n1,GO,13/03/2024,100,{},45.00\n,,,Total:,{},\n"
    )
    reading = read(f"Product Activity,,,,,\n{block.format('B1', 'Board', 2, 2)}{block.format('P1', 'Pen', 10, 10)}")
    assert rows(reading, "item_id", "units") == [("B1", 2.0), ("P1", 10.0)]


@pytest.mark.parametrize("heading", ["Hoses", "Artikel: 47", "Store 12"])
def test_headings_far_down_a_long_file_are_seen_block_by_block(tmp_path: Path, heading: str) -> None:
    days = "".join(f"2024-{m:02}-{d:02},R{n},1\n" for n in range(12) for m in range(1, 13) for d in range(1, 29))
    path = tmp_path / "sales.csv"
    path.write_text(f"date,note,qty\n{days}{heading},,\n2025-01-01,x,2\nTotal {heading},,2\n")
    whole, parts = (read_file(path, today=TODAY, block_bytes=size) for size in (1 << 24, 1 << 14))
    assert parts.verdict == whole.verdict


def test_headings_of_products_may_stand_below_titles_of_stores(read: Read) -> None:
    block = (
        "Hoses,,,\n2024-03-13,{0},2,30\nTotal for Hoses,,2,30\nPumps,,,\n2024-03-13,{0},1,80\nTotal for Pumps,,1,80\n"
    )
    text = f"Store: 101,,,\nDate,Doc,Qty,Amount\n{block.format(1)}Store: 102,,,\n{block.format(2)}Grand Total,,6,220\n"
    assert rows(read(text), "store_id", "item_id", "units") == [
        ("101", "Hoses", 2.0),
        ("101", "Pumps", 1.0),
        ("102", "Hoses", 2.0),
        ("102", "Pumps", 1.0),
    ]


def test_headings_and_totals_of_one_cell_without_delimiters_head_the_rows_below_them(read: Read) -> None:
    reading = read(
        "Item,Date,Type,Number,Qty,Amount\nHose\n,2024-03-13,Invoice,1,2,20.00\n,2024-03-14,Invoice,2,1,10.00\n"
        "Total - Hose,,,,3\nPump\n,2024-03-13,Invoice,1,4,40.00\nTotal - Pump,,,,4\nTotal,,,,7\n",
    )
    assert rows(reading, "date", "item_id", "units") == [
        ("2024-03-13", "Hose", 2.0),
        ("2024-03-13", "Pump", 4.0),
        ("2024-03-14", "Hose", 1.0),
    ]
    assert reading.verdict.counts.refused == 0
