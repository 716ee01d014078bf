"""Weeks and months written as bare numbers or as ranges, those of fiscal years, and periods that are too long."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, rows

_TEXT = "{};sku;units\n202405;A;5\n202406;A;6\n202407;A;7\n"


def test_bare_numbers_of_one_year_may_be_weeks_or_months_and_each_entry_settles_it(read: Read) -> None:
    verdict = read(_TEXT.format("Period")).verdict
    assert verdict.kind is Kind.REJECTED
    assert "reading.date_format = '%Y%m' or '%G%V'" in verdict.sentence
    months = rows(read(_TEXT.format("Period"), date_format="%Y%m"), "date")
    weeks = rows(read(_TEXT.format("Period"), date_format="%G%V"), "date")
    assert (months[0], weeks[0]) == (("2024-05-01",), ("2024-01-29",))


@pytest.mark.parametrize(
    ("header", "first"),
    [("Month", "2024-05-01"), ("Monat", "2024-05-01"), ("Jahr Monat", "2024-05-01"), ("Week", "2024-01-29"),
     ("Kalenderwoche", "2024-01-29")],
)  # fmt: skip
def test_the_name_of_the_column_tells_weeks_from_months(read: Read, header: str, first: str) -> None:
    assert rows(read(_TEXT.format(header)), "date")[0] == (first,)


def test_numbers_beyond_twelve_are_weeks_and_a_turn_of_the_year_shows_months(read: Read) -> None:
    text = "Period;sku;units\n202411;A;5\n202412;A;6\n{};A;7\n"
    assert rows(read(text.format("202413")), "date")[2] == ("2024-03-25",)
    assert rows(read(text.format("202501")), "date")[2] == ("2025-01-01",)


def test_weeks_of_a_fiscal_year_are_refused_until_the_entry_says_how_to_read_them(read: Read) -> None:
    text = "Fiscal Year;Week;sku;units\n2024;5;A;5\n2024;6;A;6\n"
    verdict = read(text).verdict
    assert verdict.notes[0].reason is Reason.AMBIGUOUS
    assert "'Fiscal Year' is called fiscal" in verdict.sentence
    assert "reading.date_format = '%G-W%V'" in verdict.sentence
    assert rows(read(text, date_format="%G-W%V"), "date") == [("2024-01-29",), ("2024-02-05",)]


def test_a_fiscal_week_that_is_named_as_the_date_is_none_of_the_calendar(read: Read) -> None:
    text = "WM Week,store,sku,POS Qty\n202405,1,A,5\n202406,1,A,6\n"
    assert "'WM Week'" in read(text).verdict.sentence
    named = {"date": "WM Week"}
    assert "reading.date_format = '%G%V'" in read(text, columns=named).verdict.sentence
    assert rows(read(text, columns=named, date_format="%G%V"), "date") == [("2024-01-29",), ("2024-02-05",)]


def test_a_day_in_a_fiscal_column_is_a_day(read: Read) -> None:
    text = "Fiscal Week Ending,sku,units\n2024-03-17,A,5\n2024-03-24,A,6\n"
    assert rows(read(text), "date") == [("2024-03-17",), ("2024-03-24",)]


@pytest.mark.parametrize(
    ("weeks", "form"),
    [
        (("01.01.2024 - 07.01.2024", "08.01.2024 - 14.01.2024"), "%d.%m.%Y - %d.%m.%Y"),
        (("01/01/2024 to 07/01/2024", "08/01/2024 to 14/01/2024"), "%d/%m/%Y - %d/%m/%Y"),
        (("2024-01-01/2024-01-07", "2024-01-08/2024-01-14"), "%Y-%m-%d - %Y-%m-%d"),
        (("01.01.24\u201307.01.24", "08.01.24\u201314.01.24"), "%d.%m.%y - %d.%m.%y"),
        (("1 Jan 2024 - 7 Jan 2024", "8 Jan 2024 - 14 Jan 2024"), "%d %b %Y - %d %b %Y"),
        (("2024-01-01 00:00 - 2024-01-07 23:59", "2024-01-08 00:00 - 2024-01-14 23:59"), "%Y-%m-%d - %Y-%m-%d"),
    ],
)  # fmt: skip
def test_a_range_of_seven_days_is_the_week_that_begins_on_the_first(
    read: Read, weeks: tuple[str, str], form: str
) -> None:
    reading = read("Period;sku;units\n" + "".join(f"{week};A;5\n" for week in weeks))
    assert rows(reading, "date") == [("2024-01-01",), ("2024-01-08",)]
    assert reading.verdict.dialect is not None
    assert reading.verdict.dialect.date_format == form
    assert rows(read(f"Period;sku;units\n{weeks[1]};A;5\n", date_format=form), "date") == [("2024-01-08",)]


def test_a_range_of_a_month_of_the_calendar_is_that_month_in_rows_and_across(read: Read) -> None:
    text = "Zeitraum;sku;Menge\n01.01.2024 - 31.01.2024;A;5\n01.02.2024 - 29.02.2024;A;6\n"
    assert rows(read(text), "date") == [("2024-01-01",), ("2024-02-01",)]
    across = "sku;01.01.2024 - 31.01.2024;01.02.2024 - 29.02.2024\nA;5;6\nB;1;2\n"
    assert rows(read(across), "date", "item_id", "units")[:2] == [("2024-01-01", "A", 5.0), ("2024-01-01", "B", 1.0)]


def test_a_broken_week_among_whole_ones_is_refused_with_how_long_it_is(read: Read) -> None:
    body = "".join(f"{7 * n + 1:02d}.01.2024 - {7 * n + 7:02d}.01.2024;A;5\n" for n in range(4))
    verdict = read(f"Woche;sku;Menge\n{body}29.01.2024 - 31.01.2024;A;2\n", max_refused_share=0.5).verdict
    assert [row.line for row in verdict.refusals] == [6]
    assert verdict.refusals[0].cure.startswith("this is a period of 3 days, and the other rows are like")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Period;sku;units\n2024-Q1;A;5\n2024-Q2;A;6\n", "'2024-Q1' in 'Period' is a quarter"),
        ("Trimestre;sku;units\n1T2024;A;5\n2T2024;A;6\n", "'1T2024' in 'Trimestre' is a quarter"),
        ("Quartal;sku;Menge\nII. Quartal 2024;A;5\n", "'II. Quartal 2024' in 'Quartal' is a quarter"),
        ("quarter,units\n2024-Q1,5\n2024-Q2,6\n", "'2024-Q1' in 'quarter' is a quarter"),
        ("Quarter;sku;units\nQ1;A;5\nQ2;A;6\n", "'Q1' in 'Quarter' is a quarter"),
        ("Year;Quarter;sku;units\n2024;1;A;5\n2024;2;A;6\n", "'Quarter' beside the year tells a quarter"),
        ("sku;Q1 2024;Q2 2024\nA;5;6\n", "The columns 'Q1 2024', 'Q2 2024' are each a quarter"),
        ("Period;sku;units\nH1 2024;A;5\n", "'H1 2024' in 'Period' is a half-year"),
        ("Year;sku;units\n2023;A;5\n2024;A;6\n", "'Year' tells the year alone (such as '2023')"),
        ("Period;sku;units\n01.01.2024 - 10.01.2024;A;5\n", "' in 'Period' is a period of 10 days"),
        ("sku;01.01.2024 - 14.01.2024;15.01.2024 - 28.01.2024\nA;5;6\n", "are each a period of 14 days"),
    ],
)  # fmt: skip
def test_periods_that_are_no_day_week_or_month_are_refused_by_name(read: Read, text: str, why: str) -> None:
    told = read(text).verdict.sentence
    assert why in told
    assert told.endswith("and sales are read by day, week or month; export one of these.")


@pytest.mark.parametrize(
    ("names", "ends", "why"),
    [
        ("Period Start,Period End", ("2024-01-01,2024-03-31", "2024-04-01,2024-06-30"), "is a period of 91 days"),
        ("Week End,Week Start", ("2024-01-10,2024-01-01", "2024-01-20,2024-01-11"), "is a period of 10 days"),
        ("Period Start,Period End", ("2024-01-01,2024-01-31", "2024-02-01,2024-02-29"), ""),
        ("Week Start,Week End", ("2024-03-11,2024-03-17", "2024-03-18,2024-03-24"), ""),
        ("Period Start,Promo End", ("2024-01-01,2024-03-31", "2024-01-02,2024-03-31"), ""),
    ],
)
def test_the_first_and_last_day_of_a_period_tell_how_long_it_is(
    read: Read, names: str, ends: tuple[str, str], why: str
) -> None:
    verdict = read(f"{names},sku,units\n{ends[0]},A,5\n{ends[1]},A,6\n").verdict
    assert (verdict.kind is Kind.REJECTED) == bool(why)
    assert why in verdict.sentence


def test_a_quarter_beside_a_day_and_a_code_like_a_quarter_are_nothing_of_the_kind(read: Read) -> None:
    assert rows(read("Quarter,Date,sku,units\n2024-Q1,2024-03-13,T101,5\n"), "date") == [("2024-03-13",)]
    assert "quarter" not in read("Shelf;sku;units\nT101;A;5\nT124;A;6\n").verdict.sentence


def test_of_several_days_one_that_may_be_of_the_sale_is_offered(read: Read) -> None:
    text = "settlement-start-date,deposit-date,posted-date,sku,qty\n2024-03-01,2024-03-17,2024-03-13,A,2\n"
    assert (
        "reading.columns.date = 'posted-date'" in read(text + "2024-03-01,2024-03-17,2024-03-14,A,3\n").verdict.sentence
    )


def test_lines_of_one_sale_are_told_before_the_day_that_is_not_known(read: Read) -> None:
    head = "deposit-date,posted-date,order-id,amount-type,sku,quantity-purchased\n"
    rows = [f"2024-03-17,2024-03-13,1,{kind},A,2\n" for kind in ("ItemPrice", "ItemFees")]
    assert "'amount-type' makes several lines of one sale" in read(head + "".join(rows)).verdict.sentence


def test_weeks_across_without_a_year_are_refused_with_how_to_write_them(read: Read) -> None:
    sentence = read("Store,SKU,W01,W02,W03\n1,A,5,6,7\n1,B,1,2,3\n").verdict.sentence
    assert "'W01', 'W02', 'W03' are weeks without a year; write it into their names, as '2024-W01'" in sentence


def test_fiscal_weeks_that_are_no_dates_are_refused_for_it(read: Read) -> None:
    text = "fiscal_week,store,upc,qty\n202410,S1,0001,5\n202411,S1,0001,6\n"
    assert (
        "'fiscal_week' is called fiscal, and on which day that year begins is not told" in read(text).verdict.sentence
    )


@pytest.mark.parametrize(
    "text",
    ["Item,P1 FY24,P2 FY24\nTea,10,12\nBun,5,6\n", "Item,FY2024 P01,FY2024 P02\nTea,10,12\nBun,5,6\n",
     "Period,Item,Units\nP1 FY24,Tea,10\nP2 FY24,Tea,12\n"],
)  # fmt: skip
def test_periods_of_a_fiscal_year_are_refused_for_their_unknown_days(read: Read, text: str) -> None:
    sentence = read(text).verdict.sentence
    assert "periods of a fiscal year, and on which day each begins is not told" in sentence
    for period, month in (("P1 FY24", "2024-02"), ("P2 FY24", "2024-03"), ("FY2024 P01", "2024-02")):
        text = text.replace(period, month)
    table = rows(read(text.replace("FY2024 P02", "2024-03")), "date", "units")
    assert {("2024-02-01", 10.0), ("2024-03-01", 12.0)} <= {*table}


def test_weeks_of_a_year_are_known_by_more_names(read: Read) -> None:
    text = "article;week_of_year;year_of_calendar;qty\nA;26;2019;1\nA;1;2020;2\n"
    assert sorted(rows(read(text), "date", "units")) == [("2019-06-24", 1.0), ("2019-12-30", 2.0)]
