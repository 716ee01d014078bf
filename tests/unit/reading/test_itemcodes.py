"""The code of an item stands for it, whatever its column is called, before its name."""

import pytest

from tests.unit.reading.conftest import Read, rows


@pytest.mark.parametrize(
    "column", ["articleOrderNumber", "Seller sku input.", "UPC / Barcode value", "Produkt interne Nr"]
)
def test_a_column_whose_name_says_that_it_holds_the_code_is_taken_before_the_name(read: Read, column: str) -> None:
    text = f"order,date,{column},product name,qty\n1,2024-03-13,SW10,Mug,2\n2,2024-03-14,SW11,Mug,1\n"
    text += "3,2024-03-15,SW10,Mug,4\n"
    assert rows(read(text), "item_id", "units") == [("SW10", 2.0), ("SW11", 1.0), ("SW10", 4.0)]


@pytest.mark.parametrize("column", ["Product line id", "Article order number"])
def test_a_number_that_never_comes_again_though_names_do_is_no_code(read: Read, column: str) -> None:
    text = f"order,date,{column},product name,qty\n1,2024-03-13,7004,Mug,2\n2,2024-03-14,7002,Mug,1\n"
    assert rows(read(text), "item_id", "units") == [("Mug", 2.0), ("Mug", 1.0)]


def test_a_code_that_is_blank_where_the_name_is_filled_is_not_taken(read: Read) -> None:
    text = "date,Seller sku input,product name,qty\n2024-03-13,A,Mug,2\n2024-03-14,,Cup,1\n"
    assert rows(read(text), "item_id") == [("Mug",), ("Cup",)]


def test_names_in_capitals_beside_codes_are_names(read: Read) -> None:
    text = "Products,UPC,Sales Units W/E 01/06/24,Sales Units W/E 01/13/24\nMUG BLUE,0001,12,13\nCUP,0002,2,3\n"
    assert rows(read(text), "item_id", "units") == [("0001", 12.0), ("0002", 2.0), ("0001", 13.0), ("0002", 3.0)]


@pytest.mark.parametrize("column", ["SKU price", "SKU rank", "Product code total", "SKU of the bundle", "ASIN reviews"])
def test_what_is_told_of_an_item_is_no_code_of_it(read: Read, column: str) -> None:
    text = f"date,product name,{column},qty\n2024-03-13,Mug,10,2\n2024-03-14,Cup,12,1\n2024-03-15,Mug,10,4\n"
    assert rows(read(text), "item_id") == [("Mug",), ("Cup",), ("Mug",)]


def test_the_only_code_of_an_item_stands_for_it_where_no_column_is_known(read: Read) -> None:
    text = "business_date,store_nbr,catalog_item_id,pos_qty\n2024-03-13,100,55,5\n2024-03-13,100,56,6\n"
    assert rows(read(text)) == [("2024-03-13", "100", "55", 5.0), ("2024-03-13", "100", "56", 6.0)]
    counted = read(text.replace(",55,", ",1,").replace("2024-03-13,100,56", "2024-03-14,100,2"))
    assert rows(counted, "item_id") == [("all",), ("all",)]


_GROUPED = (
    "tanggal,waktu,jenis,kode item,nama item,jumlah\n2025-11-26,21:33:51,Minuman,1,Espresso,4\n"
    "2025-11-26,21:35:37,Minuman,5,Caramel Macchiato,2\n2025-11-27,15:42:54,Minuman,1,Espresso,2\n"
    "2025-11-27,15:44:56,Minuman,1,Espresso,1\n2025-11-27,15:54:03,Biji Kopi,1,Arabica Gayo,30\n"
)


def test_codes_that_begin_again_in_each_group_are_none_and_sales_at_a_time_are_lines(read: Read) -> None:
    told = rows(read(_GROUPED), "item_id", "units")
    assert sorted(told) == [("Arabica Gayo", 30.0), ("Caramel Macchiato", 2.0), ("Espresso", 3.0), ("Espresso", 4.0)]


def test_a_code_that_got_another_name_in_its_group_stays_the_item(read: Read) -> None:
    renamed = _GROUPED.replace("Biji Kopi,1,Arabica Gayo", "Minuman,1,Espresso Kecil")
    assert {item for (item,) in rows(read(renamed), "item_id")} == {"1", "5"}


def test_another_name_of_what_came_back_leaves_the_code_the_item(read: Read) -> None:
    text = "date,type,code,item name,qty\n2024-03-13,Sale,1,Mug,4\n2024-03-13,Return,1,Mug back,-1\n"
    assert rows(read(text), "item_id", "units") == [("1", 3.0)]
