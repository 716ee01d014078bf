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


def test_days_below_the_name_of_their_month_are_read(read: Read) -> None:
    text = "Coffee sales,,,\nMay 2024,Espresso,Latte,Total\n1,20,31,51\n2,18,28,46\nTotal,38,59,97\n"
    assert rows(read(text), "date", "item_id", "units") == [
        ("2024-05-01", "Espresso", 20.0), ("2024-05-01", "Latte", 31.0),
        ("2024-05-02", "Espresso", 18.0), ("2024-05-02", "Latte", 28.0),
    ]  # fmt: skip


def test_weeks_of_short_years_are_read_from_names_of_columns(read: Read) -> None:
    text = "Artikel;KW 18/24;KW 19/24\nSaft;120;135\n"
    assert rows(read(text), "date", "units") == [("2024-04-29", 120.0), ("2024-05-06", 135.0)]


@pytest.mark.parametrize("names", ["Paris;Lyon;Nantes", "North;South;East", "Berlin Mitte;Hamburg;Airport"])
def test_columns_of_places_are_stores(read: Read, names: str) -> None:
    text = f"Date;{names};Total\n2024-05-06;12;8;5;25\n2024-05-07;14;9;4;27\n"
    assert [store for (store,) in rows(read(text), "store_id")][:3] == sorted(names.split(";"))


def test_measures_under_merged_days_are_read_beside_names_of_the_upper_line(read: Read) -> None:
    text = "Filiale,Artikel,06.05.2024,,07.05.2024,\n,,Menge,Umsatz,Menge,Umsatz\nMitte,Brot,12,36.0,10,30.0\n"
    found = [("2024-05-06", "Mitte", "Brot", 12.0), ("2024-05-07", "Mitte", "Brot", 10.0)]
    assert rows(read(text)) == found


def test_small_quantities_below_months_are_no_days(read: Read) -> None:
    for labels in ("Item,", "Artikel,"):
        text = f"{labels}Jan 2024,Feb 2024,Mar 2024,Apr 2024\nA,1,2,3,4\nB,5,6,7,8\n"
        assert rows(read(text), "date", "units")[:2] == [("2024-01-01", 1.0), ("2024-01-01", 5.0)], labels
