"""Sheets laid out for people: a row for each measure, the days of a month that has begun."""

from pathlib import Path

import openpyxl
import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import TODAY, Read, note, rows
from training.reading import read_file

_MEASURES = "Item,Measure,2024-01,2024-02\nTea,Units,10,12\nTea,Revenue,30.5,36.5\nBun,Units,5,6\nBun,Revenue,9,9\n"


@pytest.mark.parametrize(
    "text",
    [_MEASURES, _MEASURES.replace("Measure", ""), _MEASURES.replace("Tea,Rev", ",Rev").replace("Bun,Rev", ",Rev")],
    ids=["named", "under no name", "items on the first row"],
)
def test_rows_of_the_quantity_are_read_where_each_measure_has_a_row_of_its_own(read: Read, text: str) -> None:
    reading = read(text)
    found = [("2024-01-01", "Bun", 5.0), ("2024-01-01", "Tea", 10.0), ("2024-02-01", "Bun", 6.0)]
    assert rows(reading, "date", "item_id", "units") == [*found, ("2024-02-01", "Tea", 12.0)]
    assert "calls 'Revenue' are of other measures" in note(reading.verdict, Reason.NO_ITEM).sentence


def test_two_quantities_among_measures_leave_the_file_refused(read: Read) -> None:
    assert read(_MEASURES.replace("Revenue", "Units ordered")).verdict.kind is Kind.REJECTED


def _month(days: int, title: str = "") -> str:
    body = f"Item,{','.join(map(str, range(1, days + 1)))}\nTea,{','.join(map(str, range(days)))}\n"
    return f"{title}{',' * days}\n{body}" if title else body


@pytest.mark.parametrize("title", ["Sales March 2025", "Umsatz März 2025", "Sales 03/2025"])
def test_days_of_a_month_that_has_begun_get_the_month_of_the_title(read: Read, title: str) -> None:
    table = rows(read(_month(17, title)), "date", "units")
    assert (len(table), table[0], table[-1]) == (17, ("2025-03-01", 0.0), ("2025-03-17", 16.0))


@pytest.mark.parametrize("name", ["sales_2025-03.csv", "2025_March.csv", "Sales Mar 2025.csv"])
@pytest.mark.parametrize("days", [17, 31])
def test_days_of_a_month_get_that_of_the_name_of_the_file(tmp_path: Path, name: str, days: int) -> None:
    path = tmp_path / name
    path.write_text(_month(days))
    reading = read_file(path, today=TODAY)
    assert rows(reading, "date")[-1] == (f"2025-03-{days}",)
    assert "the month of each day is that of the name" in note(reading.verdict, Reason.TITLE_READ).sentence
    stock = path.rename(tmp_path / f"stock {name}")
    assert read_file(stock, today=TODAY).verdict.kind is Kind.REJECTED


@pytest.mark.parametrize("days", [5, 12, 24])
def test_few_numbers_and_those_of_hours_are_days_only_where_it_is_said(read: Read, days: int) -> None:
    sentence = read(_month(days, "Sales March 2025")).verdict.sentence
    assert "may be days of a month or of another kind" in sentence
    assert "reading.date_format = '1 = 2024-01-01'" in sentence
    assert len(rows(read(_month(days, "Daily sales March 2025")))) == days
    settled = rows(read(_month(days), date_format="1 = 2025-03-01"), "date")
    assert (settled[0], settled[-1]) == (("2025-03-01",), (f"2025-03-{days:02d}",))


def test_sheets_of_a_month_each_are_one_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for month, days in (("January 2025", 31), ("February 2025", 28), ("March 2025", 17)):
        sheet = book.create_sheet(month)
        sheet.append(["Item", *range(1, days + 1), "Total"])
        sheet.append(["Tea", *[1] * days, days])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "sales.xlsx")
    table = rows(read_file(tmp_path / "sales.xlsx", today=TODAY), "date", "units")
    assert (len(table), table[0], table[-1]) == (76, ("2025-01-01", 1.0), ("2025-03-17", 1.0))


def _weeks(first: str, second: str, days: str = "Item,Mon,Tue,Wed,Thu,Fri,Sat,Sun") -> str:
    tail = "," * days.count(",")
    return f"{first}{tail}\n{days}\nTea,1,2,3,4,5,6,7\n{tail}\n{second}{tail}\n{days}\nTea,11,12,13,14,15,16,17\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Week of 3 March 2025", "Week of 10 March 2025"),
        ("Week commencing 03/03/2025", "Week commencing 10/03/2025"),
        ("W/C 2025-03-03", "W/C 2025-03-10"),
        ("KW 10/2025", "KW 11/2025"),
        ("Semaine du 3 mars 2025", "Semaine du 10 au 16 mars 2025"),
        ("Week ending 9 March 2025", "Week ending 16 March 2025"),
        ("Week 03/03/2025 - 09/03/2025", "Week 10/03/2025 - 16/03/2025"),
    ],
)
def test_blocks_of_weekdays_get_their_days_from_the_line_of_their_week(read: Read, first: str, second: str) -> None:
    table = rows(read(_weeks(first, second)), "date", "units")
    days = [(f"2025-03-{day:02d}", float(day - 2 if day < 10 else day + 1)) for day in range(3, 17)]
    assert table == days
    lines = _weeks(first, second).splitlines()
    once = "\n".join([lines[1], lines[0], lines[2], *lines[4:5], lines[6]])
    assert rows(read(once), "date", "units") == days


@pytest.mark.parametrize(
    ("days", "start"),
    [
        ("Produit,Lun,Mar,Mer,Jeu,Ven,Sam,Dim", 3),
        ("Artikel,Mo,Di,Mi,Do,Fr,Sa,So", 3),
        ("Item,Sun,Mon,Tue,Wed,Thu,Fri,Sat", 2),
    ],
)
def test_weeks_begin_with_the_day_of_their_first_column(read: Read, days: str, start: int) -> None:
    text = _weeks(f"Week of {start} March 2025", f"Week of {start + 7} March 2025", days)
    assert rows(read(text), "date")[0] == (f"2025-03-{start:02d}",)
    sentence = read(text.replace(f"Week of {start} March", "Week of 5 March")).verdict.sentence
    assert "2025-03-05 is a Wednesday, and their first column is" in sentence


def test_a_week_that_cannot_be_read_or_is_not_told_is_refused_by_its_line(read: Read) -> None:
    text = _weeks("Week of 3 March 2025", "Week of 1O March 2025")
    assert "Line 5 ('Week of 1O March 2025') tells the week of the rows below it, and no" in read(text).verdict.sentence
    untold = _weeks("Week of 3 March 2025", "second block")
    assert "the block whose header is line 6 has no such title" in read(untold).verdict.sentence
