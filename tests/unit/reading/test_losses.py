"""What was lost or is in stock is no sale; lines of one amount each are."""

import pytest

from tests.unit.reading.conftest import Read, rows


@pytest.mark.parametrize(
    "text",
    ["Tarih,Ürün,Miktar,Birim Fiyat,Toplam Kay\u0131p\n06.05.2024,Simit,12,5.00,60.00\n17.05.2024,Simit,7,5.00,35.00\n",
     "Дата;Товар;Количество;Общий убыток\n06.05.2024;Молоко;3;180,00\n17.05.2024;Хлеб;5;150,00\n",
     "Date,Item,Qty,Total loss\n2024-05-06,Milk,3,9.00\n2024-05-17,Bread,5,7.50\n"],
)  # fmt: skip
def test_a_quantity_beside_what_its_loss_cost_is_no_sale(read: Read, text: str) -> None:
    assert "says that this was lost or written off, not sold" in read(text).verdict.sentence


def test_what_was_wasted_beside_what_was_sold_and_a_profit_or_loss_refuse_nothing(read: Read) -> None:
    text = "Date,Item,Sold,Wasted,Waste cost\n2024-05-06,Milk,3,1,2.00\n2024-05-17,Bread,5,0,0\n"
    assert rows(read(text), "units") == [(3.0,), (5.0,)]
    profit = "Date,Item,Qty,Total profit or loss\n2024-05-06,Milk,3,9.00\n2024-05-17,Bread,5,-7.50\n"
    assert rows(read(profit), "units") == [(3.0,), (5.0,)]


@pytest.mark.parametrize("names", ["Anfangsbestand;Zugang;Endbestand", "Opening;Received;Closing"])
def test_columns_of_stock_are_no_stores(read: Read, names: str) -> None:
    text = f"Datum;Artikel;{names}\n06.05.2024;Cola;48;24;50\n17.05.2024;Cola;50;0;22\n"
    assert not read(text).verdict.kind.merged


COFFEE = "card,Date,Time,coffee_name,money\n" + "".join(
    f"{how},2024-05-06,{hour}:15,{name},{paid}\n"
    for how, hour, name, paid in (
        ("card", 10, "Latte", "38.7"), ("cash", 11, "Latte", "40.0"),
        ("card", 12, "Tea", "24"), ("card", 13, "Tea", "24"),
    )
)  # fmt: skip


def test_lines_with_a_time_and_one_amount_for_each_item_are_one_unit_each(read: Read) -> None:
    assert rows(read(COFFEE), "item_id", "units") == [("Latte", 2.0), ("Tea", 2.0)]
    several = COFFEE.replace("13:15,Tea,24", "13:15,Tea,48")
    assert "'money' is money and no column holds a quantity" in read(several).verdict.sentence


def test_headings_that_no_total_closes_are_asked_for(read: Read) -> None:
    text = "Date,Item,Qty\nStarters,,\n2024-05-07,Soup,12\nMains,,\n2024-05-07,Fish,22\n2024-05-07,Pie,9\n"
    assert "whether the headings are stores is not told" in read(text).verdict.sentence
    grouped = read(text, columns={"group": "group heading"})
    assert rows(grouped, "item_id", "units") == [("Fish", 22.0), ("Pie", 9.0), ("Soup", 12.0)]
    stores = read(text, columns={"store_id": "group heading"})
    assert rows(stores, "store_id")[0] == ("Mains",)
