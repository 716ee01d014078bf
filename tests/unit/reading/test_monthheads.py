"""Months above the numbers of their days, weeks from one day to another, and titles of markets and daily sales."""

import pytest

from tests.unit.reading.conftest import Read, rows


def test_days_under_merged_months_are_read(read: Read) -> None:
    text = "Item,January 2024,,,February 2024,,\n,1,2,3,1,2,3\nCoffee,4,5,6,7,8,9\nTea,1,2,3,4,5,6\n"
    found = rows(read(text), "date", "item_id", "units")
    assert found[:2] == [("2024-01-01", "Coffee", 4.0), ("2024-01-01", "Tea", 1.0)]
    assert found[-1] == ("2024-02-03", "Tea", 6.0)
    assert not read(text.replace(",1,2,3,1,2,3", ",1,2,3,1,2,31")).verdict.kind.merged


def test_a_week_may_be_told_from_its_first_day_to_its_last(read: Read) -> None:
    text = "Vendas - Semana 06/05/2024 a 12/05/2024;;\nProduto;seg;ter;qua\nCoxinha;40;38;45\n"
    assert rows(read(text), "date", "units") == [("2024-05-06", 40.0), ("2024-05-07", 38.0), ("2024-05-08", 45.0)]


@pytest.mark.parametrize(
    "title", ["Wochenmarkt 04.05.2024", "The Crown - daily food sales\nDate: 04.05.2024", "Ventes du jour : 04.05.2024"]
)
def test_the_day_of_a_market_or_of_daily_sales_is_that_of_its_title(read: Read, title: str) -> None:
    assert rows(read(f"{title}\nItem,Sold\nJam,28\nHoney,3\n"), "date", "units") == [
        ("2024-05-04", 3.0),
        ("2024-05-04", 28.0),
    ]


def test_serial_days_may_bear_a_time_under_the_name_of_one(read: Read) -> None:
    text = "SaleTime,SKU,Qty\n45418.395833,A1,2\n45418.604167,A2,1\n45429.5,A1,4\n"
    assert rows(read(text), "date", "units") == [("2024-05-06", 2.0), ("2024-05-06", 1.0), ("2024-05-17", 4.0)]
