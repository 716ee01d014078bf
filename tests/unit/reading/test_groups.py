"""Reports that write a day, a store or an item on the first row of its group only."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

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


def test_a_long_report_of_groups_is_filled_across_its_blocks(read: Read) -> None:
    days = [f"2024-{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 29)]
    text = "date,item,units\n" + "".join(f"{day},A,1\n,B,2\n,C,3\n" for day in days)
    table = read(text).table
    assert table is not None
    assert table.height == 3 * len(days)
