"""Refusals that tell all that is to be settled, lists whose quantity counts their parts, and makes of cars."""

import pytest

from core.contracts.verdict import Kind
from tests.unit.reading.conftest import Read, rows

_LISTS = ("Tea, Milk", "Tea, Milk, Bread", "Coffee, Milk", "Coffee, Sugar, Bread")
_LEDGER = "Date,FNSKU,MSKU,Title,Event Type,Reference ID,Quantity,Disposition\n"


def test_two_quantities_of_a_file_without_a_day_are_told_with_what_else_it_lacks(read: Read) -> None:
    text = "ASIN,Product Title,Ordered Units,Shipped Units\n" + "".join(f"B0{n},Mug {n},5,4\n" for n in range(20))
    sentence = read(text).verdict.sentence
    assert "reading.columns.units = 'Ordered Units' or 'Shipped Units'. Besides: no column of the header" in sentence


def test_two_quantities_by_numbered_weeks_are_told_with_the_entry_of_the_first(read: Read) -> None:
    text = "STORE,UPC,WEEK,MOVE,QTY,PRICE\n" + "".join(f"2,11926,{week},{week % 5},1,2.59\n" for week in range(1, 12))
    sentence = read(text).verdict.sentence
    assert "reading.columns.units = 'MOVE' or 'QTY'. Besides: 'WEEK' numbers the weeks" in sentence
    assert "reading.date_format = 'WEEK 1 = 2024-01-01'" in sentence
    table = rows(read(text, columns={"units": "MOVE"}, date_format="WEEK 1 = 1989-09-14"))
    assert table[0] == ("1989-09-14", "2", "11926", 1.0)


def test_two_quantities_alone_are_told_alone(read: Read) -> None:
    text = "Date,SKU,Ordered Units,Shipped Units\n" + "".join(f"2024-03-{n:02d},A,5,4\n" for n in range(1, 20))
    sentence = read(text).verdict.sentence
    assert sentence.endswith("settle it with reading.columns.units = 'Ordered Units' or 'Shipped Units'.")


def _ledger(read: Read, kinds: str, quantities: tuple[int, ...]) -> list[tuple[object, ...]]:
    named = kinds.split("/")
    body = [f"2024-03-{n + 1:02d},X1,S1,Mug,{named[n % 4]},R{n},{quantities[n % 4]},SELLABLE" for n in range(16)]
    return rows(read(_LEDGER + "\n".join(body)))


@pytest.mark.parametrize("quantities", [(-2, -3, 20, 1), (2, 3, 20, 1)])
def test_what_a_warehouse_of_a_marketplace_ships_is_sold_less_what_came_back(
    read: Read, quantities: tuple[int, ...]
) -> None:
    found = _ledger(read, "Shipments/Shipments/Receipts/CustomerReturns", quantities)
    assert [row[3] for row in found[:3]] == [2.0, 3.0, -1.0]
    assert len(found) == 12


@pytest.mark.parametrize("kinds", ["Shipments/Other/Receipts/WhseTransfers"])
def test_movements_of_unknown_kinds_beside_receipts_are_refused(read: Read, kinds: str) -> None:
    body = "\n".join(
        f"2024-03-{n + 1:02d},X1,S1,Mug,{kinds.split('/')[n % 4]},R{n},{n + 1},SELLABLE" for n in range(16)
    )
    assert "says 'Receipts' of line 4, which is no sale" in read(_LEDGER + body).verdict.sentence


def test_lists_of_as_many_parts_as_the_quantity_counts_are_no_items(read: Read) -> None:
    body = [f'2024-03-{n:02d},{n},"{_LISTS[n % 4]}",{_LISTS[n % 4].count(",") + 1}' for n in range(1, 20)]
    text = "\n".join(["Date,Order,Item,Quantity", *body])
    sentence = read(text).verdict.sentence
    assert "'Item' lists several items in a cell (line 2: 'Tea, Milk, Bread'), as many as 'Quantity' counts" in sentence
    assert len(rows(read(text, columns={"item_id": "Item"}))) == len(body)


@pytest.mark.parametrize("quantity", ["{0}", "3"])
def test_names_with_commas_are_items_where_the_quantity_counts_something_else(read: Read, quantity: str) -> None:
    body = [
        f'2024-03-{n:02d},{n},"Shirt, {("red", "blue")[n % 2]}, {("L", "M")[n % 3 % 2]}",{quantity.format(n)}'
        for n in range(1, 20)
    ]
    assert len(rows(read("\n".join(["Date,Order,Item,Quantity", *body])))) == len(body)


def test_the_make_of_a_car_is_the_item_where_no_model_is_told(read: Read) -> None:
    body = [f"2024-03-{n // 2 + 1:02d},{('VW', 'BMW')[n % 2]},{('Golf', 'X5')[n % 2]},{n}" for n in range(1, 20)]
    assert {row[2] for row in rows(read("\n".join(["Date,Make,Model,Units", *body])))} == {"Golf", "X5"}
    makes = [
        ",".join(cells) for day, make, _, units in (line.split(",") for line in body) for cells in [(day, make, units)]
    ]
    assert {row[2] for row in rows(read("\n".join(["Date,Make,Units", *makes])))} == {"VW", "BMW"}


def test_where_codes_are_blank_the_names_are_offered_instead(read: Read) -> None:
    names = ("Tea", "Milk", "Bread")
    body = [f"2024-03-{n:02d},{f'S{n % 3}' if n % 3 else ''},{names[n % 3]},{n}" for n in range(1, 20)]
    text = "\n".join(["Date,SKU,Product Name,Units", *body])
    reading = read(text)
    assert reading.verdict.kind is Kind.REJECTED
    assert (
        "write the id, or set reading.columns.item_id = 'Product Name' to name items by that"
        in reading.verdict.sentence
    )
    assert {row[2] for row in rows(read(text, columns={"item_id": "Product Name"}))} == set(names)
