"""Columns of numbers among those of days or items: of none of them is what it sold lost in silence."""

import pytest

from tests.unit.reading.conftest import Read, rows


def _wide(*names: str) -> str:
    line = ",".join(str(at + 1) for at in range(len(names)))
    return f"Item,{','.join(names)}\nA,{line}\nB,{line}\n"


@pytest.mark.parametrize(
    ("names", "lost"),
    [
        (("Jan 2024", "Feb 2024", "Mrch 2024", "Apr 2024"), "Mrch 2024"),
        (("Xyz.24", "Mar.24", "May.24"), "Xyz.24"),
        (("2024-01-01", "2024-01-02", "3rd", "2024-01-04"), "3rd"),
    ],
)
def test_a_column_among_days_that_is_read_as_none_is_not_lost(read: Read, names: tuple[str, ...], lost: str) -> None:
    reading = read(_wide(*names))
    assert f"{lost!r} stands among columns of days (line 1) and is read as none" in reading.verdict.sentence
    kept = reading.verdict.sentence.split("set reading.columns.")[1].split(" = ")[0]
    others = len(names) - 1
    assert len(rows(read(_wide(*names), columns={kept: lost}))) == 2 * others


@pytest.mark.parametrize("name", ["Q1 2024", "Total", "Week 1", "Subtotal", "Diff", "Growth %", "Stock", "1st Quarter"])
def test_sums_and_figures_beside_sales_may_stand_among_days(read: Read, name: str) -> None:
    assert len(rows(read(_wide("Jan 2024", "Feb 2024", name, "Apr 2024")))) == 6


def test_numbers_without_a_name_among_others_are_not_lost(read: Read) -> None:
    told = "olumn 3 has numbers (such as '2') and no name (line 1), and stands among others"
    assert told in read(_wide("2024-01-01", "", "2024-01-03")).verdict.sentence
    text = "Date,Milk,,Bread\n2024-03-13,1,2,3\n2024-03-14,1,2,3\n"
    assert told in read(text).verdict.sentence
    assert len(rows(read(text.replace(",2,", ",,")))) == 4


@pytest.mark.parametrize(
    "months",
    [
        "jan feb mars april maj juni juli augusti sept okt nov dec",
        "sty lut mar kwi maj cze lipiec sie wrz paz lis gru",
        "januar februar marts april maj juni juli august september oktober november desember",
        "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
    ],
)
def test_months_of_further_languages(read: Read, months: str) -> None:
    named = [f"{month} 2023" for month in months.split()]
    found = rows(read(_wide(*named)))
    assert [(day, units) for day, _, item, units in found if item == "A"] == [
        (f"2023-{at:02}-01", float(at)) for at in range(1, 13)
    ]
