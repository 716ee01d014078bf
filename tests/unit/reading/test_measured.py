"""Tables with a column for each day and measure, and panels that name their weeks by the last day."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, rows

_WANTED = [
    ("2024-03-13", "S1", "A", 5.0), ("2024-03-13", "S2", "A", 1.0), ("2024-03-14", "S1", "A", 6.0),
    ("2024-03-14", "S2", "A", 2.0),
]  # fmt: skip
_ROWS = "S1,A,5,10.00,6,12.00\nS2,A,1,2.00,2,4.00\n"


@pytest.mark.parametrize(
    "head",
    [
        "Store,Item,Units 2024-03-13,Revenue 2024-03-13,Units 2024-03-14,Revenue 2024-03-14",
        "Store,Item,2024-03-13 Sum of Qty,2024-03-13 Sum of Net,2024-03-14 Sum of Qty,2024-03-14 Sum of Net",
        "Store,Item,2024-03-13,Price 2024-03-13,2024-03-14,Price 2024-03-14",
        "store_id,item_id,units_2024-03-13,price_2024-03-13,units_2024-03-14,price_2024-03-14",
        "Filiale,Artikel,Menge 13.03.2024,Umsatz 13.03.2024,Menge 14.03.2024,Umsatz 14.03.2024",
        ",,2024-03-13,2024-03-13,2024-03-14,2024-03-14\nStore,Item,Units,Revenue,Units,Revenue",
        ",,13.03.2024,,14.03.2024,\nFiliale,Artikel,Menge,Umsatz,Menge,Umsatz",
        "Sales by day\n\n,,13 Mar 2024,,14 Mar 2024,\nStore,Item,Units,$,Units,$",
    ],
)
def test_of_several_measures_of_a_day_the_quantity_is_read(read: Read, head: str) -> None:
    reading = read(f"{head}\n{_ROWS}")
    assert rows(reading) == _WANTED
    assert reading.verdict.dialect is not None
    assert "columns not used" in "".join(reading.verdict.dialect.evidence)


def test_totals_beside_the_days_are_not_read(read: Read) -> None:
    text = ",,13.03.2024,,14.03.2024,,Total,\nFiliale,Artikel,Menge,Umsatz,Menge,Umsatz,Menge,Umsatz\n"
    assert rows(read(f"{text}S1,A,5,10.00,6,12.00,11,22.00\nS2,A,1,2.00,2,4.00,3,6.00\n")) == _WANTED


def test_measures_of_which_none_or_several_are_the_quantity_are_refused(read: Read) -> None:
    none = read(
        "Store,Item,Net sales 2024-03-13,Margin 2024-03-13,Net sales 2024-03-14,Margin 2024-03-14\n" + _ROWS
    ).verdict
    assert none.kind is Kind.REJECTED
    assert "'Net sales', 'Margin'" in none.sentence
    both = read("Store,Item,Units 2024-03-13,Qty 2024-03-13,Units 2024-03-14,Qty 2024-03-14\n" + _ROWS).verdict
    assert both.notes[0].reason is Reason.AMBIGUOUS


@pytest.mark.parametrize("week", ["1 W/E {}", "W/E {}", "Week Ending {}", "WE {}", "Wk Ending {}"])
def test_weeks_of_panels_that_are_named_by_their_last_day_stand_for_their_monday(read: Read, week: str) -> None:
    first, second = week.format("01/09/16"), week.format("01/16/16")
    wanted = [
        ("2016-01-04", "Albany", "012", 120.0), ("2016-01-04", "Boston", "012", 20.0),
        ("2016-01-11", "Albany", "012", 131.0), ("2016-01-11", "Boston", "012", 31.0),
    ]  # fmt: skip
    wide = f"Markets,UPC,Units {first},$ {first},Units {second},$ {second}\n"
    assert rows(read(f"{wide}Albany,012,120,240.5,131,260\nBoston,012,20,40,31,60\n")) == wanted
    wide = f"Markets,UPC,{first},{second}\nAlbany,012,120,131\nBoston,012,20,31\n"
    assert rows(read(wide)) == wanted
    long = "Geography,UPC,Time,Unit Sales,Dollar Sales\n"
    long += f"Albany,012,{first},120,240.5\nAlbany,012,{second},131,260\n"
    long += f"Boston,012,{first},20,40\nBoston,012,{second},31,60\n"
    assert rows(read(long)) == wanted


def test_periods_of_several_weeks_are_no_weeks(read: Read) -> None:
    wide = "Markets,UPC,4 W/E 01/09/16,4 W/E 02/06/16\nAlbany,012,120,131\nBoston,012,20,31\n"
    assert "'4 W/E 01/09/16' is a period of 4 weeks" in read(wide).verdict.sentence
    long = "Markets,UPC,Periods,Units\nAlbany,012,4 W/E 01/09/16,120\nAlbany,012,4 W/E 02/06/16,131\n"
    assert "'4 W/E 01/09/16' is a period of 4 weeks" in read(long).verdict.sentence
    mixed = wide.replace("4 W/E 01", "1 W/E 01").replace(",4 W/E 02/06/16", ",1 W/E 01/16/16,52 W/E 02/06/16")
    assert [row[3] for row in rows(read(mixed.replace(",131", ",131,999").replace(",31\n", ",31,999\n")))] == [
        120.0,
        20.0,
        131.0,
        31.0,
    ]


def test_a_measure_that_is_blank_on_all_rows_is_not_the_item(read: Read) -> None:
    head = "Revenue 2024-03-13,Units 2024-03-13,Revenue 2024-03-14,Units 2024-03-14,what\n"
    assert rows(read(f"{head},5,,6,Tea\n,3,,4,Fig\n"))[:2] == [
        ("2024-03-13", "all", "Fig", 3.0), ("2024-03-13", "all", "Tea", 5.0),
    ]  # fmt: skip


def test_weeks_that_end_on_a_sunday_stand_for_the_monday_before_it_and_the_verdict_says_so(read: Read) -> None:
    text = "Period,UPC,Unit Sales\nWeek Ending 01-14-24,0001,5\nWeek Ending 01-21-24,0001,6\n"
    for reading in (read(text), read(text, date_format="Week Ending %m-%d-%y")):
        assert rows(reading, "date") == [("2024-01-08",), ("2024-01-15",)]
        assert reading.verdict.dialect is not None
        told = "a week named by its last day stands for the Monday in it: 2024-01-08"
        assert any(told in line for line in reading.verdict.dialect.evidence)
