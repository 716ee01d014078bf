"""Days without a year: read by the title above them where it tells the year, and else refused with what they are."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

_CELLS = "\nA,1,2,3\nB,4,5,6\n"


def test_the_year_of_a_title_is_that_of_columns_of_days(read: Read) -> None:
    found = read(f"Sales 2023,,,\nItem,30-Mar,31-Mar,1-Apr{_CELLS}")
    assert rows(found)[0] == ("2023-03-30", "all", "A", 1.0)
    assert rows(found)[-1] == ("2023-04-01", "all", "B", 6.0)
    assert "the year of each day is that of the title above: 2023" in note(found.verdict, Reason.TITLE_READ).sentence


def test_the_year_of_a_title_is_that_of_a_column_of_days(read: Read) -> None:
    days = ("Wed 1 Mar", "Thu 2 Mar", "Fri 3 Mar")
    text = "\n".join(["Units 2023,,", "Date,Milk,Bread", *(f"{day},5,6" for day in days)])
    assert rows(read(text))[-1] == ("2023-03-03", "all", "Milk", 5.0)
    assert read(text.replace("2023", "2022")).verdict.kind is Kind.REJECTED  # 1 March 2022 was a Tuesday


@pytest.mark.parametrize(
    "above",
    ["Printed 2023,,,", "Sales 2022 and 2023,,,", "Sales 05/01/2023,,,", "FY 2023,,,", "Sales 2023 vs 2022,,,"],
)
def test_other_titles_tell_no_year(read: Read, above: str) -> None:
    verdict = read(f"{above}\nItem,30-Mar,31-Mar,1-Apr{_CELLS}").verdict
    assert "'30-Mar', '31-Mar', '1-Apr' are days without a year" in verdict.sentence


def test_days_that_go_on_into_a_further_year_are_not_of_the_title_alone(read: Read) -> None:
    assert read(f"Sales 2023,,,\nItem,30-Dec,31-Dec,1-Jan{_CELLS}").verdict.kind is Kind.REJECTED


@pytest.mark.parametrize("week", ["W{}", "KW {}", "Week 0{}", "Semaine {}"])
def test_the_year_of_a_title_is_that_of_columns_of_weeks(read: Read, week: str) -> None:
    header = ",".join(["Item", *(week.format(number) for number in (1, 2, 3))])
    found = rows(read(f"Sales 2024,,,\n{header}{_CELLS}"))
    assert [(day, units) for day, _, item, units in found if item == "A"] == [
        ("2024-01-01", 1.0), ("2024-01-08", 2.0), ("2024-01-15", 3.0),
    ]  # fmt: skip


def _month(title: str, days: int = 31) -> str:
    return f"{title}\nItem,{','.join(map(str, range(1, days + 1)))}\nA,{','.join(['2'] * days)}\n"


@pytest.mark.parametrize("title", ["Sales May 2024", "Mai 2024", "Ventas de mayo 2024", "MAY 2024"])
def test_the_month_of_a_title_is_that_of_columns_1_to_31(read: Read, title: str) -> None:
    found = read(_month(title))
    assert rows(found)[0] == ("2024-05-01", "all", "A", 2.0)
    assert (len(rows(found)), rows(found)[-1][0]) == (31, "2024-05-31")
    told = note(found.verdict, Reason.TITLE_READ).sentence
    assert "the month of each day is that of the title above: 2024-05" in told


@pytest.mark.parametrize(
    "title",
    ["June 2024", "Sales 2024", "Printed May 2024", "3 May 2024", "May 2024 vs May 2023", "May 2024 to June 2024"],
)
def test_other_titles_tell_no_month_of_columns_1_to_31(read: Read, title: str) -> None:
    assert "are days of a month, and no columns of the year and the month" in read(_month(title)).verdict.sentence


def test_days_of_a_month_beside_columns_of_the_year_and_the_month(read: Read) -> None:
    header = ",".join(["Store", "Item", "Year", "Month", *map(str, range(1, 32))])
    march = ",".join(["S1", "A", "2023", "3", *map(str, range(1, 32))])
    april = ",".join(["S1", "A", "2023", "4", *map(str, range(101, 131)), ""])
    found = rows(read(f"{header}\n{march}\n{april}\n"))
    assert (len(found), found[30], found[31]) == (
        61, ("2023-03-31", "S1", "A", 31.0), ("2023-04-01", "S1", "A", 101.0),
    )  # fmt: skip
    named = rows(read(f"{header}\n{march.replace(',3,1,', ',March,1,')}\n"))
    assert named[30] == ("2023-03-31", "S1", "A", 31.0)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Item,Mon,Tue,Wed", "are days of the week, and no column tells which"),
        ("Item,1-Jan,2-Jan,3-Jan", "are days without a year"),
        ("Item,Mon 06/03,Tue 07/03,Wed 08/03", "are days without a year"),
        ("Item,Jan,Feb,Mar", "are months without a year"),
        ("Day,Jan,Feb,Mar", "are months without a year"),
        ("Item,W1,W2,W3", "are weeks without a year"),
        ("Item,d_1,d_2,d_3", "count days without saying from which"),
        ("Item," + ",".join(map(str, range(1, 31))), "are days of a month, and no columns of the year and the month"),
    ],
)
def test_columns_of_no_year_are_told_as_what_they_are(read: Read, header: str, told: str) -> None:
    width = header.count(",")
    cells = "\n".join(f"{row},{','.join(map(str, range(1, width + 1)))}" for row in ("1", "2"))
    assert told in read(f"{header}\n{cells}\n").verdict.sentence


def test_the_year_of_a_title_is_that_of_columns_of_months(read: Read) -> None:
    found = read("Sales 2023,,,\nItem,Jan,Feb,Mar\nA,1,2,3\nB,4,5,6\n")
    assert rows(found)[0] == ("2023-01-01", "all", "A", 1.0)
    assert read("Sales 2023,,,\nItem,Nov,Dec,Jan\nA,1,2,3\nB,4,5,6\n").verdict.kind is Kind.REJECTED


def test_a_column_of_days_without_a_year_is_said_to_lack_it(read: Read) -> None:
    told = read("Date,Item,Qty\n01-Jan,A,3\n02-Jan,A,4\n").verdict.sentence
    assert "he days of 'Date' tell no year (line 2: '01-Jan'); write it into them, as '01-Jan 2024'" in told
    assert rows(read("Date,Item,Qty\n01-Jan 2024,A,3\n02-Jan 2024,A,4\n"))[0] == ("2024-01-01", "all", "A", 3.0)
