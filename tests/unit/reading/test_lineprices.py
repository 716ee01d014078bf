"""Columns named like prices that are the sums of their lines."""

import pytest

from tests.unit.reading.conftest import Read, rows

_SUMS = "order,date,sku,qty,{}\n1,2024-03-13,A,1,4.50\n1,2024-03-13,B,3,6.00\n2,2024-03-14,A,2,9.00\n" + (
    "2,2024-03-14,B,1,2.00\n3,2024-03-15,A,4,18.00\n"
)


@pytest.mark.parametrize("name", ["item-price", "Price", "Preis"])
def test_a_price_that_grows_with_the_quantity_is_the_sum_of_its_line(read: Read, name: str) -> None:
    reading = read(_SUMS.format(name))
    assert rows(reading) == [
        ("2024-03-13", "all", "A", 1.0), ("2024-03-13", "all", "B", 3.0), ("2024-03-14", "all", "A", 2.0),
        ("2024-03-14", "all", "B", 1.0), ("2024-03-15", "all", "A", 4.0),
    ]  # fmt: skip
    assert reading.table is not None
    assert "price" not in reading.table.columns
    assert reading.verdict.dialect is not None
    told = f"'{name}' grows with the quantity of one item: it is the sum of a line, and no price of one"
    assert told in reading.verdict.dialect.evidence


def test_a_price_that_stays_whatever_the_quantity_is_one_of_a_unit(read: Read) -> None:
    text = "order,date,sku,qty,Price\n1,2024-03-13,A,1,4.50\n2,2024-03-14,A,2,4.50\n3,2024-03-15,A,4,4.25\n"
    assert rows(read(text), "price") == [(4.5,), (4.5,), (4.25,)]


def test_a_price_that_the_configuration_names_is_taken_at_its_word(read: Read) -> None:
    reading = read(_SUMS.format("Price"), columns={"price": "Price"})
    assert rows(reading, "price") == [(4.5,), (6.0,), (9.0,), (2.0,), (18.0,)]


def test_few_lines_prove_no_sum(read: Read) -> None:
    text = "order,date,sku,qty,Price\n1,2024-03-13,A,1,4.50\n2,2024-03-14,A,2,9.00\n"
    assert rows(read(text), "price") == [(4.5,), (9.0,)]
