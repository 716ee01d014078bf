"""Lists of prices are no sales, and no plan unless they tell the days ahead."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SKU,Name,Price\nA,Mug,1.50\nB,Cup,2.50\n", "'Price' is the price of each 'SKU', and no column is known as"),
        ("SKU,Valid From,Price\nA,2024-03-13,10.0\nB,2024-03-14,20.0\n", "'Valid From' is a day from or to which it"),
        ("Artikelnr;VK-Preis;g\u00fcltig ab;g\u00fcltig bis\nA;1,5;1.1.2024;31.12.2024\n", "'g\u00fcltig ab' is a day"),
        ("Handle,Title,Variant SKU,Variant Price\nmug,Mug,A,10.00\ncup,Cup,B,20.00\n", "'Variant Price' is the price"),
        ("sku,name,created_at,price\nA,Mug,2024-03-13,1.5\nB,Cup,2024-03-13,2.5\n", "not ahead (line 2: 2024-03-13)"),
        ("Date,SKU,Cost,Weight,Price\n2024-03-13,A,1,20,3\n2024-03-13,B,2,30,4\n", "named by what an item has"),
        ("Date,SKU,Slots,Shelf,Price\n2024-03-13,A,1,20,3\n2024-03-13,B,2,30,4\n", "ach 'SKU' stands once, with its"),
    ],
)  # fmt: skip
def test_a_list_of_prices_is_refused_by_name(read: Read, text: str, why: str) -> None:
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert why in note(verdict, Reason.COLUMNS_MISSING).sentence


@pytest.mark.parametrize(
    "text",
    [
        "date,sku,price\n2026-06-02,A,10\n2026-06-02,B,12\n",
        "date,sku,price\n2024-03-13,A,10\n2024-03-14,A,12\n",
        "date,store,sku,price,promo\n2024-03-13,S1,A,10,0\n",
    ],
)
def test_prices_of_days_ahead_of_several_days_and_beside_promotions_are_a_plan(read: Read, text: str) -> None:
    reading = read(text)
    assert reading.is_plan
    assert reading.verdict.kind is Kind.ACCEPTED


@pytest.mark.parametrize(
    "header",
    [
        "Date,Open,High,Low,Close,Volume",
        "Datum,Eröffnung,Hoch,Tief,Schluss,Volumen",
        "date,open,high,low,adj close,volume_btc",
    ],
)
def test_what_is_traded_at_an_exchange_is_no_sale(read: Read, header: str) -> None:
    text = header + "\n2024-03-13,10.5,11.0,10.1,10.9,120000\n2024-03-14,10.9,11.2,10.5,11.1,130000\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert "prices of a day's trading" in verdict.sentence
    volume = header.rsplit(",", 1)[1]
    assert rows(read(text, columns={"units": volume}), "units") == [(120000.0,), (130000.0,)]


def test_the_highest_and_the_lowest_of_a_day_beside_a_quantity_are_no_matter(read: Read) -> None:
    text = "Date,Item,Qty,Opening,High,Low\n2024-03-13,A,5,9,9,4\n2024-03-14,A,6,9,9,3\n"
    assert rows(read(text), "units") == [(5.0,), (6.0,)]
