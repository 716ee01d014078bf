"""Kinds of rows, columns and letters that are easily taken for what they are not."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

_THREE = "06.05.2024;Ser;12;3,99\n07.05.2024;Cukier;8;2,49\n13.05.2024;Ser;7;4,09\n"


@pytest.mark.parametrize("kind", ["receive", "Goods In", "putaway", "return to vendor", "open", "count"])
def test_movements_of_stock_that_no_word_calls_a_sale_are_none(read: Read, kind: str) -> None:
    text = f"item_id,movement_type,quantity,day\nA,sale,3,2024-05-06\nB,{kind},4,2024-05-07\n"
    assert f"'movement_type' says {kind!r} of line 3, which " in read(text).verdict.sentence
    assert len(rows(read(text, columns={"kind": "movement_type"}))) == 2
    assert len(rows(read(text.replace(kind, "issue")))) == 2


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("morning,afternoon,evening", "times of the day"), ("AM,PM,Night", "times of the day"),
        ("Frühschicht,Spätschicht,Nachtschicht", "times of the day"), ("Shift 1,Shift 2,Shift 3", "times of the day"),
        ("red,dark blue,green", "colours"), ("small,medium,large", "sizes"),
        ("Breakfast,Lunch,Dinner", "times of the day"),
        ("before,after,left over", "other figures of an item"), ("Till 1,Till 2,Till 3", "other figures of an item"),
    ],
)  # fmt: skip
def test_what_parts_the_sales_of_an_item_names_no_stores(read: Read, names: str, told: str) -> None:
    text = f"date,item,{names}\n2024-05-06,A,3,2,1\n2024-05-07,A,1,4,0\n2024-05-08,B,1,4,2\n"
    assert f"are named by {told}, and not by items or stores" in read(text).verdict.sentence


def test_stores_may_have_short_names(read: Read) -> None:
    for names in ("A,B", "1,2", "N,S", "North,South", "Bonn,Ulm", "CA_1,CA_2"):
        text = f"date,item,{names}\n2024-05-06,X,3,2\n2024-05-07,X,1,4\n2024-05-08,Y,1,4\n"
        assert {store for (store,) in rows(read(text), "store_id")} == set(names.split(","))


def test_colours_alone_may_be_items(read: Read) -> None:
    for names in ("red,white", "Hot,Cold"):
        assert len(rows(read(f"date,{names}\n2024-05-06,3,2\n2024-05-07,1,4\n"))) == 4


def test_a_number_of_unknown_name_beside_the_price_of_days_gone_by_may_be_the_quantity(read: Read) -> None:
    text = "date,item,price,zzz\n2024-05-06,A,3.5,2\n2024-05-07,A,3.9,4\n2024-05-08,B,1.2,4\n"
    assert "'zzz' may be the quantity sold, as no day is ahead" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": "zzz"}), "units") == [(2.0,), (4.0,), (4.0,)]
    assert read(text, columns={"zzz": "zzz"}).is_plan
    assert read(text.replace("2024", "2026").replace("-05-", "-07-")).is_plan


def test_lines_of_one_moment_under_one_id_are_those_of_a_receipt(read: Read) -> None:
    lines = "1,2024-05-06,10:00,A,3.5\n2,2024-05-06,10:02,A,3.5\n2,2024-05-06,10:02,B,4\n3,2024-05-07,11:00,A,3.5\n"
    wanted = [("2024-05-06", "A", 2.0), ("2024-05-06", "B", 1.0), ("2024-05-07", "A", 1.0)]
    assert rows(read(f"id,date,time,name,price\n{lines}"), "date", "item_id", "units") == wanted
    bare = "".join(f"{line.split(',', 1)[1]}\n" for line in lines.splitlines())
    assert "holds the quantity sold" in read(f"date,time,name,price\n{bare}").verdict.sentence


def test_orders_counted_beside_money_are_no_units(read: Read) -> None:
    text = "Month,Orders,Revenue\n2024-01,1400,572713.89\n2024-02,987,569445.04\n"
    assert "'Orders' counts orders, each of which may be of several units" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": "Orders"}), "units") == [(1400.0,), (987.0,)]
    assert len(rows(read("Month,Orders\n2024-01,1400\n2024-02,987\n"))) == 2


@pytest.mark.parametrize("header", ["Ilość", "Sprzedaż", "Količina"])
def test_a_known_word_of_several_letters_tells_the_encoding(read: Read, header: str) -> None:
    reading = read(f"Data;Towar;{header};Cena\n{_THREE}", encoding="cp1250")
    assert f"read as cp1250, which names {header!r}" in reading.verdict.sentence
    assert sorted(rows(reading, "units")) == [(7.0,), (8.0,), (12.0,)]


def test_a_sign_that_another_script_has_as_a_letter_tells_no_encoding(read: Read) -> None:
    reading = read("N\u00b0 de commande;Date;R\u00e9f;Quantit\u00e9\n1;2024-05-06;A;5\n", encoding="cp1252")
    assert rows(reading, "item_id", "units") == [("A", 5.0)]


def test_a_greek_letter_within_a_word_is_of_another_encoding(read: Read) -> None:
    reading = read("Data;Towar;Sztuk\n06.05.2024;Mąka;5\n07.05.2024;Żurek;6\n", encoding="cp1250")
    assert "read as cp1250, for cp1252 gives 'M¹ka'" in reading.verdict.sentence
    assert rows(reading, "item_id") == [("Mąka",), ("Żurek",)]


@pytest.mark.parametrize(
    "days", [("Mo, 06.05.24", "Mo, 13.05.24"), ("2024-05-06T08:12:00-05:00[America/Chicago]", "2024-05-13T09:00Z[UTC]")]
)
def test_weekdays_before_short_days_and_zones_after_times_are_read(read: Read, days: tuple[str, str]) -> None:
    text = "\n".join(["Datum;Artikel;Menge", *(f"{day};A;{at}" for at, day in enumerate(days))])
    assert rows(read(text), "date") == [("2024-05-06",), ("2024-05-13",)]


def test_days_may_stand_under_no_name(read: Read) -> None:
    assert len(rows(read(",Tea,Coffee\n2024-05-06,3,2\n2024-05-07,1,4\n"))) == 4
    reading = read(",units\n2024-05-06,3\n2024-05-07,1\n")
    assert reading.verdict.kind is Kind.ACCEPTED
    assert rows(reading, "units") == [(3.0,), (1.0,)]


def test_a_table_of_another_kind_below_one_of_sales_is_told_as_such(read: Read) -> None:
    text = "Date,Item,Sold\n06/05/2024,A,7\n13/05/2024,B,3\n\nDate,Item,Counted\n13/05/2024,A,48\n"
    told = read(text).verdict.sentence
    assert "table under line 5 ('Date', 'Item', 'Counted') has not the columns of sales" in told
    assert "leave it out, or upload it by itself" in told


def test_postal_codes_are_no_days_below_a_header(read: Read) -> None:
    text = "Name,City,Code\nAnn,Bonn,S-958\nBob,Ulm,68306\nCyd,Kiel,12209\n"
    assert "(line 1: 'Name,City,Code')" in read(text).verdict.sentence


@pytest.mark.parametrize("name", ["Ware", "Gericht", "plato", "Sorte"])
def test_goods_by_further_names_are_items(read: Read, name: str) -> None:
    text = f"Datum;{name};Anzahl\n06.05.2024;A;3\n07.05.2024;B;2\n13.05.2024;A;1\n"
    assert rows(read(text), "item_id") == [("A",), ("B",), ("A",)]
    beside = text.replace(f";{name};", f";Artikel;{name};").replace(";A;", ";X;A;").replace(";B;", ";X;B;")
    assert rows(read(beside), "item_id") == [("X",)] * 3


def test_a_total_that_may_be_the_quantity_is_offered_as_one(read: Read) -> None:
    text = "Date,AverageCost,TotalVolume\n2024-05-06,0.9,50\n2024-05-07,0.8,46\n"
    assert "or name the column that is the quantity as reading.columns.units" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": "TotalVolume"}), "units") == [(50.0,), (46.0,)]


@pytest.mark.parametrize(
    "name", ["Customers", "No. of customers", "Gäste", "Takings (£)", "Umsatz", "Waste", "% of week"]
)
def test_rows_of_other_figures_among_items_are_told(read: Read, name: str) -> None:
    wide = f"Item,2024-05-06,2024-05-07\nBread,30,25\n{name},90,80\n"
    assert f"'Item' says {name!r} on line 3, which is named like a figure" in read(wide).verdict.sentence
    long = f"date,item,qty\n2024-05-06,Bread,30\n2024-05-06,{name},90\n"
    assert f"'item' says {name!r} on line 3" in read(long).verdict.sentence
    assert len(rows(read(wide.replace(name, "Milk 3.5%")))) == 4


@pytest.mark.parametrize("remark", ["VOID", "cancelled", "own use", "Storniert"])
def test_a_remark_that_only_calls_its_line_off_is_told(read: Read, remark: str) -> None:
    text = f"date,item,qty,note\n2024-05-06,A,3,\n2024-05-07,A,2,{remark}\n2024-05-08,A,2,late\n"
    assert f"'note' says {remark!r} of line 3, which may be no sale" in read(text).verdict.sentence
    assert len(rows(read(text, columns={"kind": "note"}))) == 3
    assert len(rows(read(text.replace(remark, f"nobody {remark} it")))) == 3


def test_discounts_among_the_items_of_a_long_list_are_told(read: Read) -> None:
    text = "Date;Libellé;Qté\n06/05/2024;Baguette;40\n06/05/2024;Remise;1\n13/05/2024;Baguette;38\n"
    reading = read(text)
    assert len(rows(reading)) == 3
    assert "though they look like charges: 'Remise'" in note(reading.verdict, Reason.CHARGES_KEPT).sentence
