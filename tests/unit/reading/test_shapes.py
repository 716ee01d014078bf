"""Shapes of tables: long, transaction lines, wide, plan."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows


def test_a_long_file_is_taken_as_it_stands(read: Read) -> None:
    reading = read("date,store_id,item_id,units\n2024-01-01,S1,A,5\n2024-01-02,S1,A,0\n")
    assert reading.verdict.kind is Kind.ACCEPTED
    assert rows(reading) == [("2024-01-01", "S1", "A", 5.0), ("2024-01-02", "S1", "A", 0.0)]
    assert reading.verdict.counts.model_dump() == {
        "read": 2, "kept": 2, "merged": 0, "left_out": 0, "refused": 0, "canonical": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "Datum;Filialnummer;Artikel-Nr.;Verkaufte Menge",
        "Fecha;Cód. Tienda;Código de producto;Cantidad vendida",
        "Date;N° magasin;Référence;Qté",
        "Data;Loja;Produto;Quantidade",
        "Data;Negozio;Codice articolo;Quantità",
        "Datum;Winkelnr;Artikelcode;Aantal",
        "BusinessDate;StoreNbr;SKU;QtySold",
    ],
)
def test_columns_are_known_in_seven_languages(read: Read, header: str) -> None:
    reading = read(f"{header}\n2024-01-01;007;A-1;5\n")
    assert rows(reading) == [("2024-01-01", "007", "A-1", 5.0)]


def test_ids_stay_the_strings_they_were(read: Read) -> None:
    ids = ["00123", "1002.0", "1e5", "NA", "null", "nan", "TRUE", "a b"]
    reading = read("date,store,item,qty\n" + "".join(f"2024-01-01, {text} ,{text},1\n" for text in ids))
    assert {row[1] for row in rows(reading)} == set(ids)


def test_without_ids_there_is_one_store_and_one_item_named_all(read: Read) -> None:
    assert rows(read("Date,Sales\n2024-01-01,5\n")) == [("2024-01-01", "all", "all", 5.0)]


def test_quantity_wins_over_sales_and_money_is_no_quantity(read: Read) -> None:
    assert rows(read("date,item,sales,quantity\n2024-01-01,A,9.5,2\n"))[0][3] == 2.0
    verdict = read("date,item,revenue\n2024-01-01,A,9.5\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "reading.columns.units = 'revenue'" in verdict.sentence
    on_purpose = read("date,item,revenue\n2024-01-01,A,9.5\n", columns={"units": "revenue"})
    assert rows(on_purpose)[0][3] == 9.5


def test_covariates_are_kept_by_snake_case_names(read: Read) -> None:
    reading = read(
        "Date,Store,Sales,Open,Promo,StateHoliday,SchoolHoliday\n2015-07-31,1,5263,1,1,0,1\n2015-08-01,1,0,0,0,a,1\n"
    )
    assert rows(reading, "open", "promo", "state_holiday", "school_holiday") == [(True, 1, "0", 1), (False, 0, "a", 1)]
    assert reading.verdict.dialect is not None
    assert reading.verdict.dialect.covariates == ("state_holiday", "school_holiday")


def test_a_closed_day_is_a_fact_and_not_a_zero_sale(read: Read) -> None:
    flag = read("date,store,sales,open\n2024-01-01,1,,0\n2024-01-02,1,5,1\n")
    assert rows(flag, "units", "open") == [(None, False), (5.0, True)]
    word = read("Datum;Filiale;Menge\n01.01.2024;1;geschlossen\n13.01.2024;1;5\n")
    assert rows(word, "units", "open") == [(None, False), (5.0, True)]


@pytest.mark.parametrize("blank", ["", "-", "N/A", "null"])
def test_a_blank_quantity_is_refused_and_never_zero(read: Read, blank: str) -> None:
    body = "".join(f"2024-01-{day:02d},1,{day}\n" for day in range(1, 29))
    reading = read(f"date,store,qty\n{body}2024-02-01,1,{blank}\n")
    assert reading.verdict.kind is Kind.QUARANTINED
    assert [(r.line, r.column, r.reason) for r in reading.verdict.refusals] == [(30, "qty", Reason.UNITS_MISSING)]


def test_transaction_lines_are_summed_returns_netted_and_prices_weighted(read: Read) -> None:
    reading = read(
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice\n"
        "10001,A,3,2024-01-01 09:00,2.00\n10002,A,1,2024-01-01 10:00,4.00\n10003,A,-1,2024-01-01 11:00,2.00\n"
        "C10004,A,-3,2024-01-01 12:00,2.00\n10005,B,2,2024-01-02 09:00,1.50\n"
    )
    assert rows(reading, "date", "item_id", "units", "price") == [
        ("2024-01-01", "A", 3.0, 2.5),
        ("2024-01-02", "B", 2.0, 1.5),
    ]
    assert note(reading.verdict, Reason.CANCELLED).lines == (5,)
    assert note(reading.verdict, Reason.RETURNS_NETTED).count == 1
    counts = reading.verdict.counts
    assert (counts.kept, counts.merged, counts.left_out) == (1, 3, 1)


def test_a_cancelled_order_is_no_sale(read: Read) -> None:
    reading = read("Order ID,Date,Item,Qty,Status\n1,2024-01-01,A,3,Shipped\n2,2024-01-01,A,4,Cancelled\n")
    assert rows(reading)[0][3] == 3.0


def test_a_line_repeated_exactly_counts_once_with_a_quantity_and_twice_without(read: Read) -> None:
    with_quantity = read("order id,date,item,qty\n1,2024-01-01,A,3\n1,2024-01-01,A,3\n")
    assert rows(with_quantity)[0][3] == 3.0
    without = read("Date,Time,Transaction,Item\n2024-01-01,09:58,1,Bread\n2024-01-01,09:58,1,Bread\n")
    assert rows(without) == [("2024-01-01", "all", "Bread", 2.0)]


def test_rows_equal_in_every_column_are_one_and_different_ones_of_a_key_are_none(read: Read) -> None:
    body = "".join(f"2024-02-{day:02d},1,A,{day}\n" for day in range(1, 29)) * 2
    text = "date,store,item,qty\n2024-01-01,1,A,5\n2024-01-01,1,A,6\n" + body
    reading = read(text, max_refused_share=0.1)
    assert len(rows(reading)) == 28
    assert note(reading.verdict, Reason.DUPLICATE_EXACT).count == 28
    assert {r.line for r in reading.verdict.refusals} == {2, 3}
    assert rows(read(text, duplicates="sum"))[0][3] == 11.0
    assert rows(read(text, duplicates="last"))[0][3] == 6.0


def test_one_column_an_item(read: Read) -> None:
    reading = read("datum;M01AB;M01AE;Year;Weekday Name\n1/2/2014;0;3.67;2014;Thursday\n1/30/2014;8;;2014;Friday\n")
    assert rows(reading) == [
        ("2014-01-02", "all", "M01AB", 0.0),
        ("2014-01-02", "all", "M01AE", 3.67),
        ("2014-01-30", "all", "M01AB", 8.0),
    ]


def test_one_column_a_store_and_a_total_that_is_none(read: Read) -> None:
    reading = read("Date,Item,Store 1,Store 2,Total\n2024-01-01,A,5,6,11\n")
    assert rows(reading) == [("2024-01-01", "Store 1", "A", 5.0), ("2024-01-01", "Store 2", "A", 6.0)]


def test_one_column_a_date(read: Read) -> None:
    reading = read("store,item,13/01/2024,14/01/2024\nS1,A,5,6\nS1,B,,7\nTotal,,5,13\n")
    assert rows(reading) == [
        ("2024-01-13", "S1", "A", 5.0),
        ("2024-01-14", "S1", "A", 6.0),
        ("2024-01-14", "S1", "B", 7.0),
    ]
    assert note(reading.verdict, Reason.TOTAL_ROW).lines == (4,)


def test_months_beside_a_year_are_dates(read: Read) -> None:
    reading = read("Store,Year,Jan,Feb,Mar\n1,2023,4,5,6\n")
    assert [row[0] for row in rows(reading)] == ["2023-01-01", "2023-02-01", "2023-03-01"]


def test_numbered_days_need_their_first_day(read: Read) -> None:
    text = "item_id,store_id,d_1,d_2\nA,S1,4,5\n"
    assert "reading.date_format = 'd_1 = " in read(text).verdict.sentence
    assert [row[0] for row in rows(read(text, date_format="d_1 = 2024-02-28"))] == ["2024-02-28", "2024-02-29"]


def test_a_file_without_a_target_is_a_plan_and_may_lie_ahead(read: Read) -> None:
    reading = read("date,store_id,item_id,promo,price\n2027-01-01,S1,A,1,2.5\n")
    assert reading.is_plan
    assert reading.table is not None
    assert "units" not in reading.table.columns
    assert rows(reading, "date", "promo", "price") == [("2027-01-01", 1.0, 2.5)]


def test_year_and_month_columns_make_a_date(read: Read) -> None:
    assert rows(read("Year,Month,Store,Units\n2023,2,S1,5\n"))[0][0] == "2023-02-01"
    assert rows(read("Year,Week,Store,Units\n2024,2,S1,5\n"))[0][0] == "2024-01-08"


def test_configured_columns_win_and_a_wrong_one_is_named(read: Read) -> None:
    text = "a,b,c\n2024-01-01,X,5\n"
    assert rows(read(text, columns={"date": "a", "item_id": "b", "units": "c"})) == [("2024-01-01", "all", "X", 5.0)]
    verdict = read(text, columns={"date": "a", "units": "nope"}).verdict
    assert verdict.kind is Kind.REJECTED
    assert "reading.columns.units = 'nope'" in verdict.sentence


def test_the_better_word_wins_and_any_goods_may_be_sold(read: Read) -> None:
    assert rows(read("Date,Style,SKU,Qty\n2024-01-15,S,A-1,5\n"))[0][2] == "A-1"
    assert rows(read('Date,Product,Amount,Boxes Shipped\n15-Jan-24,A,"$5,320 ",180\n'))[0][3] == 180.0
    assert rows(read("Date,Item,Bottles Sold,Volume Sold (Liters)\n2024-01-15,A,12,9.5\n"))[0][3] == 12.0
    on_hand = read("Date,Item,Quantity On Hand,Sales\n2024-01-15,A,100,3\n")
    assert rows(on_hand, "units", "stock") == [(3.0, 100.0)]


def test_returns_said_by_a_column_of_kinds_are_taken_off(read: Read) -> None:
    reading = read("Date,Product,Type,Qty,Receipt\n2024-01-15,A,Sale,3,1\n2024-01-15,A,Return,1,2\n")
    assert rows(reading)[0][3] == 2.0


def test_an_unknown_number_beside_both_ids_is_no_plan(read: Read) -> None:
    verdict = read("date,store,item,xyz\n2024-01-15,S1,A,3\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "reading.columns.units" in verdict.sentence


def test_a_printed_list_with_rules_is_read(read: Read) -> None:
    reading = read(
        "Bericht: Absatz\n------\n|Kalendertag|Werk|Material|Menge|\n------\n|01.03.2024|1000|0012|1.250,000|\n"
        "|13.03.2024|1000|0012|250,000-|\n|Summe|||1.000,000|\n------\n"
    )
    assert [row[3] for row in rows(reading)] == [1250.0, -250.0]


def test_an_id_wrapped_for_spreadsheets_is_unwrapped(read: Read) -> None:
    assert rows(read('date,item,qty\n2024-01-15,="00123",5\n'))[0][2] == "00123"


def test_an_id_column_without_any_id_is_no_id_column(read: Read) -> None:
    assert rows(read("date,store,item,qty\n2024-01-15,,A,5\n"))[0][1] == "all"


def test_no_name_of_a_column_disturbs_the_reader(read: Read) -> None:
    reading = read("date,qty,c0,_c1,_name,date_2,units,_source_line\n2024-01-15,5,1,2,3,4,5,9\n")
    assert rows(reading, "units", "c0", "_source_line") == [(5.0, 1.0, 2)]


def test_one_row_a_key_of_a_plan_whatever_the_rule(read: Read) -> None:
    text = "date,store_id,promo\n2027-01-01,1,1\n2027-01-01,1,0\n2027-01-02,1,0\n"
    reading = read(text, duplicates="sum")
    assert rows(reading, "date", "promo") == [("2027-01-01", 0.0), ("2027-01-02", 0.0)]
    assert reading.verdict.kind is Kind.REPAIRED


_PIVOT = (
    "Row Labels,2024-03-13,2024-03-14,Grand Total\nS1,4,6,10\n  A,1,2,3\n  B,3,4,7\nS2,12,8,20\n  C,5,,5\n  D,7,8,15\n"
)


def test_a_compact_pivot_table_would_count_its_groups_twice(read: Read) -> None:
    verdict = read(f"{_PIVOT}Grand Total,16,14,30\n").verdict
    assert verdict.notes[0].reason is Reason.AMBIGUOUS
    assert "line 2 ('S1') is the sum of the rows below it, as is one more" in verdict.sentence.casefold().replace(
        "s1", "S1"
    )
    assert len(rows(read(_PIVOT.replace("S2,12", "S2,13")))) == 11


def test_the_answer_of_a_wide_table_is_the_same_each_time(read: Read) -> None:
    text = "Item,2024-03-13,2024-03-14,2024-03-15,2024-03-16\nA,1.5,2.5,3.5,4.5\nB,5.5,6.5,7.5,8.5\n"
    assert len({read(text).verdict.model_dump_json() for _ in range(10)}) == 1


def test_hours_of_a_day_are_summed_and_of_rows_of_several_measures_the_quantity_is_read(read: Read) -> None:
    hourly = "Date,Hour,Store,Item,Units\n2024-03-13,9,1,A,2\n2024-03-13,10,1,A,3\n2024-03-14,9,1,A,1\n"
    assert [row[3] for row in rows(read(hourly))] == [5.0, 1.0]
    tidy = "date,item,metric,value\n2024-03-13,A,units,5\n2024-03-13,A,revenue,50\n"
    assert [row[3] for row in rows(read(tidy))] == [5.0]
    unknown = read(tidy.replace("units", "boxes")).verdict
    assert "'metric' says what each 'value' is ('boxes', 'revenue')" in unknown.sentence


def test_a_table_in_words_that_nobody_knows_is_not_taken_for_one_column_an_item(read: Read) -> None:
    text = "Eguna;Denda;Artikulua;Kopurua\n2024-03-13;1;Tee;5\n2024-03-14;1;Kohv;6\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert (
        "'Denda', 'Kopurua' may each be an item, or one of them the quantity of the items in 'Artikulua'"
        in verdict.sentence
    )
    personal = read(text.replace("Artikulua", "E-Mail").replace("Tee", "a@b.c")).verdict
    assert "'Denda', 'Kopurua' may be the quantity or an item, and nothing is known as one" in personal.sentence
    known = read(text, columns={"store_id": "Denda", "item_id": "Artikulua", "units": "Kopurua"})
    assert rows(known) == [("2024-03-13", "1", "Tee", 5.0), ("2024-03-14", "1", "Kohv", 6.0)]


@pytest.mark.parametrize(
    "head",
    [
        "Data sprzedaży;Sklep;Towar;Ilość",
        "Päivä;Myymälä;Tuote;Kpl",
        "Dato;Butikk;Vare;Antall",
        "Tarih;Mağaza;Ürün;Adet",
    ],
)
def test_the_plainest_words_of_further_languages_are_known(read: Read, head: str) -> None:
    assert rows(read(f"{head}\n13.03.2024;1;A;5\n14.03.2024;1;A;6\n")) == [
        ("2024-03-13", "1", "A", 5.0),
        ("2024-03-14", "1", "A", 6.0),
    ]


def test_numbers_under_the_name_of_a_place_one_on_each_day_are_what_is_sold_and_no_stores(read: Read) -> None:
    text = "date,Caf\u00e9,Tea\n" + "".join(f"2024-03-1{day},{day + 3},{2 * day}\n" for day in range(8))
    assert rows(read(text), "store_id", "item_id", "units")[:2] == [("all", "Caf\u00e9", 3.0), ("all", "Tea", 0.0)]
    kept = read(
        text.replace("Tea", "Tea,Mug").replace("\n", ",1\n").replace("Mug,1", "Mug"), columns={"store_id": "Caf\u00e9"}
    )
    assert rows(kept, "store_id", "item_id")[:1] == [("3", "Mug")]
    channels = text.replace("Caf\u00e9,Tea", "Shop,Kiosk")
    assert rows(read(channels), "store_id", "item_id")[:2] == [("Kiosk", "all"), ("Shop", "all")]
    shared = "date,Store,Mug,Cup\n" + "".join(f"2024-03-1{day // 2},{day % 2},{day},5\n" for day in range(8))
    assert rows(read(shared), "store_id", "item_id")[:1] == [("0", "Cup")]
