"""Totals that stand beside their parts, goods named like the weather, sheets named like stores and totals."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import TODAY, Read, note, rows
from training.reading import read_file


def test_parts_of_a_day_beside_their_total_make_it_the_quantity(read: Read) -> None:
    text = "Data;Produto;Manhã;Tarde;Noite;Total\n13/03/2024;Pão;3;2;1;6\n14/03/2024;Pão;4;0;2;6\n"
    assert rows(read(text), "item_id", "units") == [("Pão", 6.0), ("Pão", 6.0)]
    wrong = read(text.replace("4;0;2;6", "4;0;2;7"))
    assert "named by times of the day" in wrong.verdict.sentence


def test_the_total_of_all_dishes_tells_that_guests_are_none(read: Read) -> None:
    text = "Data;Coperti;Pasta;Rain Cake;Totale piatti\n13/03/2024;40;3;2;5\n14/03/2024;38;4;1;5\n"
    assert rows(read(text), "item_id", "units") == [
        ("Pasta", 3.0),
        ("Rain Cake", 2.0),
        ("Pasta", 4.0),
        ("Rain Cake", 1.0),
    ]
    assert read(text.replace("4;1;5", "4;1;6")).verdict.kind is Kind.REJECTED


def test_goods_named_with_a_word_of_the_weather_are_items(read: Read) -> None:
    text = "date,Rain Jacket,Olive Oil,rain_mm,Sun hours\n2024-03-13,4,5,0.2,3\n2024-03-14,2,6,1.4,1\n"
    assert {item for (item,) in rows(read(text), "item_id")} == {"Rain Jacket", "Olive Oil"}


def test_a_bare_word_that_may_be_goods_is_told(read: Read) -> None:
    reading = read("date,Bread,Milk,Oil\n2024-03-13,4,5,6\n2024-03-14,2,6,3\n")
    assert "'Oil' was taken for what is known of each day" in note(reading.verdict, Reason.TAKEN_AS).sentence


def test_a_product_of_two_columns_is_no_store(read: Read) -> None:
    first, then = ("13,Tea,2,1.90,3.80", "13,Mug,3,2.50,7.50"), ("14,Tea,4,1.90,7.60", "14,Mug,5,2.50,12.50")
    text = "date,item,aa,bb,cc\n" + "".join(f"2024-03-{line}\n" for line in (*first, *then))
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert "'aa' times 'bb' is 'cc' on each line" in verdict.sentence
    assert rows(read(text, columns={"units": "aa"}), "units") == [(3.0,), (2.0,), (5.0,), (4.0,)]


def test_what_runs_up_over_days_is_no_quantity_of_one(read: Read) -> None:
    text = "fecha,producto,ventas acumuladas\n2024-03-13,Pan,120\n2024-03-14,Pan,245\n"
    assert "'ventas acumuladas' runs up over several days" in read(text).verdict.sentence


def test_rows_of_a_kind_nobody_knows_are_named_where_they_share_a_key(read: Read) -> None:
    text = "date,item,qty,kind\n2024-03-13,Tea,3,sale\n2024-03-13,Tea,1,tester\n2024-03-14,Tea,2,sale\n"
    assert "or set reading.states = { \"tester\" = 'no_sale' } where what 'kind' says" in read(text).verdict.sentence
    assert rows(read(text, states={"tester": "no_sale"}), "units") == [(3.0,), (2.0,)]


@pytest.mark.parametrize("text", ["8.01.2024 r.", "08.01.2024 \u0433."])
def test_days_that_end_in_the_word_for_year_are_read(read: Read, text: str) -> None:
    assert rows(read(f"dzień;towar;sprzedano\n{text};Chleb;5\n"), "date", "units") == [("2024-01-08", 5.0)]


def test_the_way_a_day_is_written_may_stand_in_its_name(read: Read) -> None:
    text = "Order Date as dd/mm/yyyy hh:MM:SS,sku,qty,Dispatch Date\n13/03/2024 10:00:00,A,5,14/03/2024 10:00:00\n"
    assert rows(read(text), "date", "units") == [("2024-03-13", 5.0)]


def test_cells_of_orders_on_their_first_line_are_told_by_any_number_of_theirs(read: Read) -> None:
    text = (
        '"ID","Date","Customer","Item","Quantity"\n"S1","2024-03-13","Ann","Tea","2"\n"","","","Mug","1"\n'
        '"S2","2024-03-13","Bob","Tea","1"\n"S3","2024-03-14","Ann","Tea","4"\n"","","","Mug","1"\n'
    )
    found = [("2024-03-13", "Mug", 1.0), ("2024-03-13", "Tea", 3.0), ("2024-03-14", "Mug", 1.0)]
    assert rows(read(text), "date", "item_id", "units") == [*found, ("2024-03-14", "Tea", 4.0)]


def _book(path: Path, *names: str) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for at, name in enumerate(names):
        sheet = book.create_sheet(name)
        sheet.append(["Datum", "Tee", "Brot"])
        for day in (13, 14):
            sheet.append([date(2024, 3, day), at + 1, day])
    book.save(path / "sales.xlsx")
    return path / "sales.xlsx"


def test_sheets_named_like_stores_are_stores_and_their_total_is_none(tmp_path: Path) -> None:
    reading = read_file(_book(tmp_path, "Filiale Nord", "Filiale Süd", "Gesamt"), today=TODAY)
    assert {store for (store,) in rows(reading, "store_id")} == {"Filiale Nord", "Filiale Süd"}
    assert "sheets of totals, by their names, were not read: 'Gesamt'" in reading.verdict.sentence
    assert "the store of each row is that of its sheet's name" in note(reading.verdict, Reason.TITLE_READ).sentence


def test_sheets_named_like_months_are_no_stores(tmp_path: Path) -> None:
    reading = read_file(_book(tmp_path, "Filiale März", "Filiale April"), today=TODAY)
    assert reading.verdict.kind is Kind.REJECTED


def test_all_goods_of_a_shop_are_columns_of_items_whatever_else_their_words_may_say(read: Read) -> None:
    text = "date,Open Sandwich,Bank Note Wallet,Flyer Holder,avg temp\n2024-03-13,4,5,3,9\n2024-03-14,2,6,4,8\n"
    assert len({item for (item,) in rows(read(text), "item_id")}) == 3


def test_one_quantity_in_two_units_is_no_pair_of_stores(read: Read) -> None:
    text = "date,item code,9L Cases,Bottles\n2024-03-13,A,1.5,18\n2024-03-14,A,2,24\n"
    assert "'9L Cases', 'Bottles' are named by what is counted in" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": "Bottles"}), "units") == [(18.0,), (24.0,)]


def test_lines_of_orders_with_a_state_are_no_table_of_stores(read: Read) -> None:
    head = "partner,item_nr,sku,status,offer_price,gmv_lcy,ordered_timestamp,delivered_timestamp\n"
    lines = [f"12,N{n},{'AB'[n % 2]},Delivered,4,4,2024-03-{n},\n" for n in range(10, 31)]
    verdict = read(head + "".join(lines)).verdict
    assert "set reading.one_each = true if each line is one unit" in verdict.sentence
    found = rows(read(head + "".join(lines), one_each=True), "item_id", "units")
    assert found[:2] == [("A", 1.0), ("B", 1.0)]


def test_a_column_beside_an_item_that_is_named_like_money_is_no_store(read: Read) -> None:
    text = "date,item,tot_gmv,other\n2024-03-13,Tea,3,4\n2024-03-14,Mug,5,6\n"
    assert "'tot_gmv' is named like a figure beside sales" in read(text).verdict.sentence


def test_two_columns_of_the_same_days_are_one(read: Read) -> None:
    text = "SKU,Units,Begin Date,End Date\nA,3,2024-03-13,2024-03-13\nA,4,2024-03-14,2024-03-14\n"
    assert rows(read(text), "date", "units") == [("2024-03-13", 3.0), ("2024-03-14", 4.0)]
    assert read(text.replace("14,2024-03-14", "14,2024-03-15")).verdict.kind is Kind.REJECTED


def test_a_title_of_sales_may_tell_the_week_of_the_days_across(read: Read) -> None:
    text = "Verkoop week 2 - 2024\nArtikel,Ma,Di,Wo,Do,Vr,Za,Zo\nBrood,1,2,3,4,5,6,7\n"
    assert rows(read(text), "date", "units")[0] == ("2024-01-08", 1.0)


_SHORT = "date,sku,{}\n2024-03-13,A,3,4\n2024-03-13,B,5,2\n2024-03-14,A,2,3\n2024-03-14,B,6,1\n"


@pytest.mark.parametrize("names", ["sld,xyz", "Abg,Best"])
def test_short_names_beside_an_item_are_told_to_be_taken_for_stores(read: Read, names: str) -> None:
    reading = read(_SHORT.format(names))
    assert {store for (store,) in rows(reading, "store_id")} == set(names.split(","))
    assert "were each taken for a store of the items in 'sku'" in note(reading.verdict, Reason.TAKEN_AS).sentence
    first = names.partition(",")[0]
    assert rows(read(_SHORT.format(names), columns={"units": first}), "units") == [(3.0,), (5.0,), (2.0,), (6.0,)]


@pytest.mark.parametrize("names", ["Shop 1,Shop 2", "CA_1,TX_2", "101,102", "Leeds,London"])
def test_stores_that_are_named_so_are_not_asked_for(read: Read, names: str) -> None:
    told = [entry.reason for entry in read(_SHORT.format(names)).verdict.notes]
    assert Reason.TAKEN_AS not in told


@pytest.mark.parametrize("names", ["sld,onh", "entradas,salidas", "Beg,Sld"])
def test_what_came_in_or_is_left_is_no_store(read: Read, names: str) -> None:
    verdict = read(_SHORT.format(names)).verdict
    assert verdict.kind is Kind.REJECTED
    assert "as reading.columns.units" in verdict.sentence
