"""Columns of money beside those of units, and orders told by the way they were sold."""

import pytest

from tests.unit.reading.conftest import Read, rows


@pytest.mark.parametrize("value", ["{} value", "{} Umsatz"])
def test_the_money_of_a_column_is_no_item_beside_it(read: Read, value: str) -> None:
    head = f"Date,Store,Tea,Coffee,{value.format('Tea')},{value.format('Coffee')}\n"
    text = f"{head}2024-03-13,N,3,4,9.0,12.0\n2024-03-14,N,2,5,6.0,15.0\n"
    assert rows(read(text), "item_id", "units") == [("Coffee", 4.0), ("Tea", 3.0), ("Coffee", 5.0), ("Tea", 2.0)]


def test_delivery_is_a_way_of_sale_beside_others_and_a_charge_beside_sales(read: Read) -> None:
    lines = "1,2024-03-13,Rice,2,Dine In\n2,2024-03-13,Rice,1,Delivery\n3,2024-03-14,Rice,1,Pickup\n"
    text = f"bill,date,item,qty,type\n{lines}"
    assert rows(read(text), "units") == [(3.0,), (1.0,)]
    charged = text.replace("Dine In", "sale").replace("Pickup", "sale")
    assert rows(read(charged), "units") == [(2.0,), (1.0,)]
