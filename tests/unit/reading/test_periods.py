"""Weeks and months written as bare numbers, and those of fiscal years."""

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
