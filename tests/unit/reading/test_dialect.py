"""Dates and numbers: proven on the whole file, or refused with the lines and the cure."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, rows


def units(reading: object) -> list[object]:
    return [row[3] for row in rows(reading)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-01-31", "2024-01-31"),
        ("31/01/2024", "2024-01-31"),
        ("01/31/2024", "2024-01-31"),
        ("31.1.2024", "2024-01-31"),
        ("03.04.2024", "2024-04-03"),
        ("31-01-24", "2024-01-31"),
        ("20240131", "2024-01-31"),
        ("45322", "2024-01-31"),
        ("2024-01-31T23:30:00Z", "2024-01-31"),
        ("01/31/2024 11:05 PM", "2024-01-31"),
        ("31 Jan 2024", "2024-01-31"),
        ("Jan 31, 2024", "2024-01-31"),
        ("Wednesday, January 31, 2024", "2024-01-31"),
        ("31. März 2024", "2024-03-31"),
        ("31-août-2024", "2024-08-31"),
        ("31 de enero de 2024", "2024-01-31"),
        ("2024-W05", "2024-01-29"),
        ("KW 05/2024", "2024-01-29"),
        ("2024-05", "2024-05-01"),
        ("fev 2024", "2024-02-01"),
        ("gennaio 2024", "2024-01-01"),
        ("2024-031", "2024-01-31"),
        ("2024031", "2024-01-31"),
        ("31.01.2024.", "2024-01-31"),
        ("20240131101112", "2024-01-31"),
        ("2024M02", "2024-02-01"),
        ("mar. 30.01.2024", "2024-01-30"),
        ("mar 30/01/2024", "2024-01-30"),
        ("mar. 30 mars 2024", "2024-03-30"),
        ("mar-2024", "2024-03-01"),
        ("sabato, 13. gennaio 2024", "2024-01-13"),
    ],
)
def test_a_date_is_read_in_every_way_people_write_it(read: Read, written: str, day: str) -> None:
    assert rows(read(f'Datum;Menge\n"{written}";5\n'))[0][0] == day


def test_dates_that_fit_two_formats_throughout_are_refused_with_two_lines_and_the_cure(read: Read) -> None:
    text = "date,qty\n03/04/2024,5\n05/06/2024,6\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert [(r.line, r.value, r.reason) for r in verdict.refusals] == [
        (2, "03/04/2024", Reason.AMBIGUOUS),
        (3, "05/06/2024", Reason.AMBIGUOUS),
    ]
    assert "reading.date_format" in verdict.sentence
    assert rows(read(text, date_format="%d/%m/%Y"))[0][0] == "2024-04-03"
    assert rows(read(text, date_format="%m/%d/%Y"))[0][0] == "2024-03-04"


def test_one_row_proves_the_format_of_all(read: Read) -> None:
    assert [row[0] for row in rows(read("date,qty\n03/04/2024,5\n13/04/2024,6\n"))] == ["2024-04-03", "2024-04-13"]


def test_rows_that_contradict_each_other_never_swap_day_and_month(read: Read) -> None:
    verdict = read("date,qty\n13/04/2024,5\n04/13/2024,6\n03/04/2024,7\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "two ways" in verdict.sentence


def test_a_reading_in_the_future_is_out(read: Read) -> None:
    text = "date,qty\n03/01/19,5\n30/12/22,6\n"  # as yy/mm/dd the second would be 2030
    assert [row[0] for row in rows(read(text))] == ["2019-01-03", "2022-12-30"]


def test_typos_of_the_year_are_refused_row_by_row(read: Read) -> None:
    body = "".join(f"2024-01-{day:02d},{day}\n" for day in range(1, 29)) + "".join(
        f"2024-02-{day:02d},{day}\n" for day in range(1, 29)
    )
    reading = read(f"date,qty\n{body}2099-01-01,5\n1900-01-01,6\n")
    assert [(r.line, r.reason) for r in reading.verdict.refusals] == [
        (58, Reason.DATE_IMPLAUSIBLE),
        (59, Reason.DATE_IMPLAUSIBLE),
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.234,50", 1234.5),
        ("1,234.50", 1234.5),
        ("1 234,50", 1234.5),
        ("1\u00a0234,5", 1234.5),
        ("1'234.50", 1234.5),
        ("1.234.567", 1234567.0),
        ("12,34,567.5", 1234567.5),
        ("-5", -5.0),
        ("5-", -5.0),
        ("(5)", -5.0),
        ("\u22125", -5.0),
        ("0.500", 0.5),
        ("0,500", 0.5),
        ("€ 12,50", 12.5),
        ("-$5.25", -5.25),
        ("CHF 12.50", 12.5),
        ("5 Stk", 5.0),
        ("1.5e2", 150.0),
    ],
)
def test_a_number_is_read_in_every_way_people_write_it(read: Read, written: str, value: float) -> None:
    assert units(read(f"date;qty\n2024-01-01;{written}\n")) == [value]


def test_a_mark_that_may_be_decimal_or_thousands_is_refused_until_something_proves_it(read: Read) -> None:
    verdict = read("datum;menge\n2024-01-01;1.234\n2024-01-02;2.345\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert [r.line for r in verdict.refusals] == [2, 3]
    assert "reading.decimal" in verdict.sentence
    assert units(read("datum;menge\n2024-01-01;1.234\n", decimal=",")) == [1234.0]
    assert units(read("datum;menge\n2024-01-01;1.234\n", decimal=".")) == [1.234]
    by_the_price = "datum;menge;preis\n2024-01-01;1.234;2,50\n"
    assert units(read(by_the_price)) == [1234.0]
    by_another_row = "datum;menge\n2024-01-01;1.234\n2024-01-02;3.5\n"
    assert units(read(by_another_row)) == [1.234, 3.5]


def test_in_a_comma_divided_file_a_point_is_decimal(read: Read) -> None:
    assert units(read("date,qty\n2024-01-01,1.234\n")) == [1.234]


def test_words_and_infinities_are_no_numbers(read: Read) -> None:
    body = "".join(f"2024-01-{day:02d},{day}\n" for day in range(1, 29))
    for word in ("many", "inf", "1-2", "1,2,3", "0x10", "12abc"):
        reading = read(f'date,qty\n{body}2024-02-01,"{word}"\n')
        assert [r.reason for r in reading.verdict.refusals] == [Reason.UNITS_UNREADABLE], word


def test_a_weekday_or_month_beside_the_date_proves_its_reading(read: Read) -> None:
    assert rows(read("Date,Weekday,Units\n03/04/2024,Monday,1\n"))[0][0] == "2024-03-04"
    assert rows(read("Date,Month,Units\n03/04/2024,4,1\n"))[0][0] == "2024-04-03"


def test_a_doubt_in_a_covariate_leaves_out_the_covariate_and_not_the_file(read: Read) -> None:
    reading = read("date;qty;population\n2024-01-15;1;1.234\n2024-01-16;2;2.345\n")
    assert reading.table is not None
    assert "population" not in reading.table.columns
    assert reading.verdict.dialect is not None
    assert "columns not used: population" in reading.verdict.dialect.evidence


def test_quantity_times_price_proves_what_neither_column_can(read: Read) -> None:
    reading = read("datum;menge;preis;umsatz\n2024-01-01;1.234;2;2468\n2024-01-02;2.345;3;7035\n")
    assert units(reading) == [1234.0, 2345.0]
    assert reading.verdict.dialect is not None
    assert any("1.234 x 2 = 2468" in line for line in reading.verdict.dialect.evidence)


def test_a_percentage_is_no_quantity_and_may_be_a_covariate(read: Read) -> None:
    verdict = read("date;qty\n2024-01-01;5%\n").verdict
    assert [(r.value, r.reason) for r in verdict.refusals] == [("5%", Reason.UNITS_UNREADABLE)]
    assert "a share is no quantity" in verdict.refusals[0].cure
    assert units(read("date;qty;discount\n2024-01-01;5;10%\n")) == [5.0]


@pytest.mark.parametrize(
    ("first", "second"), [("13/03/24", "14/03/24"), ("24-03-13", "24-03-14"), ("13.03.24", "14.03.24")]
)
def test_days_in_a_row_are_no_yearly_ones(read: Read, first: str, second: str) -> None:
    text = f"date,item,qty\n{first},A,5\n{second},A,6\n"
    assert rows(read(text), "date") == [("2024-03-13",), ("2024-03-14",)]


def test_one_day_with_a_short_year_first_or_last_is_refused(read: Read) -> None:
    assert "'%d/%m/%y' or '%y/%m/%d'" in read("date,item,qty\n13/03/24,A,5\n13/03/24,B,6\n").verdict.sentence


@pytest.mark.parametrize(("day", "second"), [("2024.03.13.", "2024.03.14."), ("13.03.2024.", "14.03.2024.")])
def test_days_may_end_in_a_point(read: Read, day: str, second: str) -> None:
    assert rows(read(f"date;item;qty\n{day};A;5\n{second};A;6\n"), "date") == [("2024-03-13",), ("2024-03-14",)]


@pytest.mark.parametrize("blank", ["\u2205", "(null)", "(Leer)", "#NV"])
def test_what_reports_write_for_nothing_is_a_missing_quantity(read: Read, blank: str) -> None:
    verdict = read(f"date;item;qty\n2024-01-01;A;5\n2024-01-02;A;{blank}\n", max_refused_share=0.5).verdict
    assert [(row.value, row.reason) for row in verdict.refusals] == [(blank, Reason.UNITS_MISSING)]


@pytest.mark.parametrize(
    ("text", "sold"),
    [
        ("Item;2024-01-01;2024-01-08;Total\nA;1.200;800;2.000\nB;1.300;1.150;2.450\n", 4450.0),
        ("Date;A;B;Total\n2024-01-01;1.200;800;2.000\n2024-01-02;1.300;1.150;2.450\n", 4450.0),
        ("Item;2024-01-01;2024-01-08;Total\nA;1.250;10;11.250\nB;2.125;0.500;2.625\n", 13.875),
    ],
)
def test_the_total_of_a_row_proves_the_mark_of_its_cells(read: Read, text: str, sold: float) -> None:
    assert pytest.approx(sold) == sum(float(str(units)) for (units,) in rows(read(text), "units"))


def test_a_total_that_holds_under_both_marks_proves_none(read: Read) -> None:
    text = "Item;2024-01-01;2024-01-08;Total\nA;1.200;1.800;3.000\nB;1.300;1.150;2.450\n"
    assert "nothing in the file shows whether the mark is decimal or thousands" in read(text).verdict.sentence


def test_days_in_two_styles_are_not_said_to_fit_both_readings(read: Read) -> None:
    sentence = read("date,item,qty\n13-03-2015,A,1\n6/2/2015,A,2\n5/3/2015,A,3\n4/1/2015,A,4\n").verdict.sentence
    assert "others such as line 2 ('13-03-2015') neither" in sentence
    assert "Write all dates in one of them" in sentence


def test_days_as_scripts_of_browsers_write_them_are_read(read: Read) -> None:
    days = "".join(f"Mon Dec 1{n} 2023 10:27:56 GMT+0530 (India Standard Time),A,{n}\n" for n in (1, 8))
    assert rows(read("date,item,qty\n" + days), "date") == [("2023-12-11",), ("2023-12-18",)]
