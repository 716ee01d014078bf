"""Columns that a quick reader takes for items, stores or quantities sold, and a careful one does not."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows


@pytest.mark.parametrize(
    ("header", "line", "what"),
    [
        ("Week starting,Mon,Tue,Wed,Thu,Fri,Sat,Sun", "2024-03-{:02d},1,2,3,4,5,6,7", "days of the week"),
        ("Woche ab;Montag;Dienstag;Mittwoch", "{:02d}.03.2024;1;2;3", "days of the week"),
        ("Date,Item,08:00,09:00,10:00", "2024-03-{:02d},Bun,1,2,3", "times of the day"),
        ("Date,Item,8 am,9 am,1 pm", "2024-03-{:02d},Bun,1,2,3", "times of the day"),
        ("Date,SKU,Cases,Eaches", "2024-03-{:02d},A,2,24", "what is counted in"),
        ("Date,SKU,Online,Wholesale", "2024-03-{:02d},A,2,24", "kinds of a quantity"),
        ("Datum,Artikel,Zugang,Abgang", "2024-03-{:02d},A,2,24", "kinds of a quantity"),
    ],
)
def test_columns_named_by_what_is_neither_item_nor_store_are_refused(
    read: Read, header: str, line: str, what: str
) -> None:
    text = "\n".join([header, *(line.format(day) for day in range(1, 29))])
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert f"named by {what}" in note(verdict, Reason.COLUMNS_MISSING).sentence


@pytest.mark.parametrize(
    "name",
    [
        "Cumulative Units",
        "YTD Qty",
        "Units L4W",
        "Rolling Units",
        "Units Index",
        "Kumulierte Menge",
        "Unidades acumuladas",
    ],
)
def test_a_running_total_is_no_quantity_of_a_day(read: Read, name: str) -> None:
    verdict = read(f"Date,Item,{name}\n2024-03-01,A,10\n2024-03-02,A,20\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert rows(read(f"Date,Item,Units,{name}\n2024-03-01,A,10,10\n2024-03-02,A,5,15\n"))[1][3] == 5


@pytest.mark.parametrize("name", ["Average Units", "Mean qty", "Durchschnittliche Menge"])
def test_an_average_is_no_quantity_sold(read: Read, name: str) -> None:
    assert read(f"Date,Item,{name}\n2024-03-01,A,10\n2024-03-02,A,20\n").verdict.kind is Kind.REJECTED


@pytest.mark.parametrize("back", ["Refunded Qty", "Sku Quantity of return", "Qty of items returned"])
def test_what_came_back_is_taken_off_whatever_its_column_is_called(read: Read, back: str) -> None:
    assert rows(read(f"Order,Date,SKU,Item Qty,{back}\n1,2024-03-13,A,3,1\n2,2024-03-14,A,4,0\n")) == [
        ("2024-03-13", "all", "A", 2.0), ("2024-03-14", "all", "A", 4.0),
    ]  # fmt: skip


def test_bare_ordered_and_fulfilled_are_two_quantities_and_no_order_is_one_unit(read: Read) -> None:
    text = "Order,Created,SKU,Ordered,Fulfilled\n1,2024-03-13,A,3,2\n2,2024-03-14,A,4,4\n"
    verdict = read(text).verdict
    assert "reading.columns.units = 'Ordered' or 'Fulfilled'" in note(verdict, Reason.AMBIGUOUS).sentence
    assert [row[3] for row in rows(read(text, columns={"units": "Fulfilled"}))] == [2.0, 4.0]


def test_the_day_on_which_it_was_ordered_is_no_quantity(read: Read) -> None:
    text = "Order,Ordered,SKU,Qty\n1,2024-03-13,A,3\n"
    assert rows(read(text, columns={"date": "Ordered"})) == [("2024-03-13", "all", "A", 3.0)]


def test_one_item_in_several_units_is_refused_unless_the_quantity_is_named_on_purpose(read: Read) -> None:
    text = "Date,SKU,Qty,UOM\n2024-03-13,A,2,CS\n2024-03-14,A,24,EA\n"
    assert "('A' in 'CS', 'EA')" in note(read(text).verdict, Reason.AMBIGUOUS).sentence
    assert [row[3] for row in rows(read(text, columns={"units": "Qty"}))] == [2.0, 24.0]


def test_items_in_a_unit_each_are_sales_of_each(read: Read) -> None:
    assert len(rows(read("Date,SKU,Qty,UOM\n2024-03-13,A,2,KG\n2024-03-13,B,24,EA\n"))) == 2


def test_months_across_without_a_year_are_refused_with_how_to_write_them(read: Read) -> None:
    verdict = read("Product,Jan,Feb,Mar,Total\nSoap,10,11,12,33\n").verdict
    assert "'Jan 2024'" in note(verdict, Reason.COLUMNS_MISSING).sentence


@pytest.mark.parametrize("text", ["1704153600", "1704153600000"])
def test_instants_are_refused_as_the_day_in_the_store_is_not_told(read: Read, text: str) -> None:
    verdict = read(f"timestamp,sku,qty\n{text},A,1\n").verdict
    assert "seconds since 1970" in note(verdict, Reason.COLUMNS_MISSING).sentence


def test_instants_with_a_fraction_are_seconds(read: Read) -> None:
    sentence = note(read("timestamp,sku,qty\n1704153600.0,A,1\n").verdict, Reason.COLUMNS_MISSING).sentence
    assert "counts seconds since 1970" in sentence


def test_names_above_repeated_measures_are_those_of_the_items(read: Read) -> None:
    text = "Date,Coffee,,Tea,\n,units,price,units,price\n" + "".join(
        f"2024-03-{day:02d},5,2.50,3,1.80\n" for day in range(1, 20)
    )
    reading = read(text)
    assert rows(reading, "item_id", "units", "price")[:2] == [("Coffee", 5.0, 2.5), ("Tea", 3.0, 1.8)]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Market,UPC,Period,Unit Sales\nDallas,0001,1 W/E 01/13/24,5\n", ("2024-01-08", "Dallas", "0001", 5.0)),
        ("Data sprzedaży;Sygnatura;Ilość\n13.03.2024;K1;5\n", ("2024-03-13", "all", "K1", 5.0)),
        ("Fecha de venta;SKU;Unidades\n13 de marzo de 2024 10:05 hs.;K1;5\n", ("2024-03-13", "all", "K1", 5.0)),
    ],
)
def test_words_of_panels_and_market_places_are_known(read: Read, text: str, row: tuple[object, ...]) -> None:
    assert rows(read(text)) == [row]


def test_names_that_are_run_together_are_names(read: Read) -> None:
    text = "ORDERNUMBER,QUANTITYORDERED,PRICEEACH,SALES,ORDERDATE,PRODUCTCODE\n10107,30,95.7,2871,2/24/2003 0:00,S10\n"
    assert rows(read(text), "item_id", "units", "price") == [("S10", 30.0, 95.7)]


@pytest.mark.parametrize("header", ["No", "Number", "Day of week", "Week number"])
def test_a_number_of_the_row_or_of_the_calendar_is_no_item(read: Read, header: str) -> None:
    text = f"Date,Mug,Cup,{header}\n2024-03-13,5,6,3\n2024-03-14,1,2,4\n2024-03-15,1,3,5\n"
    assert {row[2] for row in rows(read(text))} == {"Mug", "Cup"}


@pytest.mark.parametrize(
    "header",
    ["Check #", "Sale No.", "NF-e", "Nr paragonu", "amazon-order-id", "Číslo dokladu", "Tilausnumero", "Vorgangsnr.",
     "Bestell-Nr.", "ID da transação", "Nº Documento", "Sipariş No", "Számlaszám"],
)  # fmt: skip
def test_lines_of_one_day_and_item_are_summed_under_more_names_of_documents(read: Read, header: str) -> None:
    text = f"{header};date;item;qty\n11;2024-03-13;A;1\n12;2024-03-13;A;1\n13;2024-03-13;A;2\n"
    assert rows(read(text), "units") == [(4.0,)]


def test_orders_that_are_none_of_customers_are_no_documents(read: Read) -> None:
    text = "Work order number,date,item,qty\n11,2024-03-13,A,1\n12,2024-03-13,A,1\n"
    assert read(text).verdict.kind is Kind.REJECTED


def test_keys_of_a_table_without_a_quantity_are_no_items(read: Read) -> None:
    text = "\n".join(["date,Agency_ID,Route_ID,pieces_out", *(f"2024-03-{day:02d},7,9,{day}" for day in range(1, 20))])
    assert "'Agency_ID' is named like a key" in read(text).verdict.sentence
    assert len(rows(read(text, columns={"units": "pieces_out"}), "units")) == 19


def test_rents_of_each_hour_are_counted_and_not_their_parts_and_the_weather(read: Read) -> None:
    head = "datetime,season,workingday,temp,atemp,casual,registered,count"
    text = "\n".join([head, *(f"2024-03-13 {hour:02d}:00:00,1,0,9.8,14.4,3,13,16" for hour in range(24))])
    assert rows(read(text, duplicates="sum")) == [("2024-03-13", "all", "all", 384.0)]


def test_names_stand_for_items_where_many_lines_have_no_code(read: Read) -> None:
    head = "Name,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n"
    text = f"{head}#1,2024-03-13,2,Blue Mug,9.5,MUG\n#2,2024-03-13,1,Tea Towel,5,\n#3,2024-03-14,1,Blue Mug,9.5,{{}}\n"
    assert rows(read(text.format("MUG")), "item_id") == [("Blue Mug",), ("Tea Towel",), ("Blue Mug",)]


def test_a_blank_column_of_units_is_no_quantity(read: Read) -> None:
    head = "Order ID,Order Date,Item Name,Unit,Price,Item Total\n"
    text = f"{head}1,2024-03-13,Bagel,,2.5,2.5\n2,2024-03-13,Bagel,,2.5,2.5\n"
    assert rows(read(text), "item_id", "units") == [("Bagel", 2.0)]


def test_columns_are_offered_as_stores_or_items_only_where_no_column_names_these(read: Read) -> None:
    text = "Date,SKU,Store Units,Web Units\n2024-03-13,A,5,1\n2024-03-14,A,6,2\n"
    assert "reading.side_by_side = 'stores'." in read(text).verdict.sentence
    assert rows(read(text, side_by_side="stores"), "store_id")[:2] == [("Store",), ("Web",)]


def test_tables_of_two_years_side_by_side_are_refused_as_such(read: Read) -> None:
    text = "2023,,,2024,\nMonth,Units,,Month,Units\nJanuary,5,,January,6\nFebruary,7,,February,8\n"
    assert "as tables of two years side by side do" in read(text).verdict.sentence


def test_statements_of_a_database_are_told_as_such(read: Read) -> None:
    text = "-- dump\nCREATE TABLE `sales` (`d` date, `qty` int);\nINSERT INTO `sales` VALUES ('2024-03-13', 5);\n"
    assert "looks like SQL (line 2" in read(text).verdict.sentence.lower().replace("sql", "SQL")
