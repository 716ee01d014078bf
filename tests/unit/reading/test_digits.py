"""Digits of other scripts are read as the digits they are; ids stay as written."""

import pytest

from tests.unit.reading.conftest import Read, rows

_TEXT = "date,sku,qty,price\n2024-03-13,A1,12,2.5\n2024-03-14,A1,-3,3.75\n"


@pytest.mark.parametrize("zero", ["\u0660", "\u06f0", "\uff10", "\u0966"])
def test_days_and_numbers_in_digits_of_other_scripts_are_read(read: Read, zero: str) -> None:
    text = _TEXT.translate({ord("0") + digit: ord(zero) + digit for digit in range(10)})
    item = f"A{chr(ord(zero) + 1)}"
    assert rows(read(text), "date", "item_id", "units", "price") == [
        ("2024-03-13", item, 12.0, 2.5),
        ("2024-03-14", item, -3.0, 3.75),
    ]


def test_marks_of_other_scripts_are_decimal_and_of_thousands(read: Read) -> None:
    text = "date;sku;qty\n2024-03-13;A;\u0661\u066c\u0662\u0663\u0664\u066b\u0665\n2024-03-14;A;\uff11\uff0e\uff15\n"
    assert rows(read(text), "units") == [(1234.5,), (1.5,)]


def test_a_small_raised_digit_is_no_digit(read: Read) -> None:
    verdict = read("date,sku,qty\n2024-03-13,A,5\n2024-03-14,A,5\u00b2\n", max_refused_share=0.5).verdict
    assert [(row.line, row.value) for row in verdict.refusals] == [(3, "5\u00b2")]
