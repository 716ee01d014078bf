"""Lists of reports: lines drawn under headers, quantities proven by their sums, names that repeat that of a view."""

import pytest

from core.contracts.verdict import Reason
from tests.unit.reading.conftest import Read, note, rows

_LIST = (
    "Liste Fakturen\n{rule}\n|   Faktura|Fakt.dat. |Material|Fkt.Menge|\n{rule}\n"
    "|   9001004|03.01.2024|KETL    |     20 |\n|   9001005|04.01.2024|TEE     |      1-|\n{rule}\n"
)


@pytest.mark.parametrize("rule", ["-" * 41, "|" + "-" * 39 + "|", "=" * 41])
def test_lines_drawn_under_a_header_are_none_of_its_rows(read: Read, rule: str) -> None:
    reading = read(_LIST.format(rule=rule))
    assert rows(reading) == [("2024-01-03", "all", "KETL", 20.0), ("2024-01-04", "all", "TEE", -1.0)]


def test_a_quantity_in_units_of_stock_is_proven_by_the_sum_of_each_line(read: Read) -> None:
    text = "Item Code,Invoice,Posting Date,Stock Qty,Stock UOM,Rate,Amount\n"
    reading = read(f"{text}A,1,13-03-2024,2,Nos,4.5,9.0\nB,1,13-03-2024,3,Nos,2.0,6.0\n")
    assert rows(reading) == [("2024-03-13", "all", "A", 2.0), ("2024-03-13", "all", "B", 3.0)]
    refused = read(f"{text}A,1,13-03-2024,2,Nos,4.5,4.5\nB,1,13-03-2024,3,Nos,2.0,6.0\n")
    assert "'Stock Qty' is taken for what is in stock" in refused.verdict.sentence


def test_a_column_named_after_its_view_is_the_column(read: Read) -> None:
    reading = read("Orders Created Date,Stores Store ID,Products SKU,Qty\n2024-03-13,S1,A,2\n2024-03-13,S2,A,3\n")
    assert rows(reading) == [("2024-03-13", "S1", "A", 2.0), ("2024-03-13", "S2", "A", 3.0)]


def test_a_column_without_a_name_is_offered_as_no_store(read: Read) -> None:
    reading = read(",date,sku,qty,Rack\nr1,2024-03-13,A,2,N\nr2,2024-03-13,A,3,S\nr3,2024-03-13,A,4,W\n")
    assert "where one tells them apart ('Rack'?)" in reading.verdict.sentence


def test_the_head_of_a_package_is_no_line_of_it(read: Read) -> None:
    reading = read(
        "N.º de venda,Data da venda,SKU,Unidades,Receita por produtos (BRL)\n"
        "1,5 de janeiro de 2024 14:32 hs.,,,\n2,5 de janeiro de 2024 14:32 hs.,A,1,9.00\n"
        "3,5 de janeiro de 2024 14:32 hs.,B,2,8.00\n4,6 de janeiro de 2024 10:00 hs.,A,1,9.00\n"
    )
    assert rows(reading, "date", "item_id", "units") == [
        ("2024-01-05", "A", 1.0), ("2024-01-05", "B", 2.0), ("2024-01-06", "A", 1.0),
    ]  # fmt: skip
    assert note(reading.verdict, Reason.NO_ITEM).lines == (2,)


@pytest.mark.parametrize(
    ("header", "where"),
    [
        ("Учетный день;Торговое предприятие;Блюдо;Количество блюд", "S"),
        ("Дата;Заведение;Товар;Кол-во", "S"),
        ("Принят в обработку;Магазин;Артикул;Количество", "S"),
        ("Fecha;Cod. Centro;Artículo;Unidades", "S"),
        ("Business Date;Revenue Center;Menu Item;Sales Qty", "S"),
    ],
)
def test_places_of_tills_and_chains_are_stores(read: Read, header: str, where: str) -> None:
    reading = read(f"{header}\n13.03.2024;S;Tee;2\n14.03.2024;T;Tee;3\n")
    assert rows(reading) == [("2024-03-13", where, "Tee", 2.0), ("2024-03-14", "T", "Tee", 3.0)]


def test_kinds_of_rows_of_a_settlement_in_russian_are_told(read: Read) -> None:
    text = "Артикул;Тип документа;Обоснование для оплаты;Дата продажи;Кол-во;Srid\n"
    reading = read(
        f"{text}A;Продажа;Продажа;2024-03-13;1;x1\nA;;Логистика;2024-03-13;0;x1\nA;Продажа;Продажа;2024-03-13;1;x2\n"
        "A;Возврат;Возврат;2024-03-14;1;x1\n"
    )
    assert rows(reading, "date", "units") == [("2024-03-13", 2.0), ("2024-03-14", -1.0)]


@pytest.mark.parametrize(
    ("header", "sold", "back"),
    [
        ("Causale", "VENDITA", "RESO"),
        ("Operazione", "Vendita", "Reso"),
        ("Was", "Verkauf", "Retoure"),
        ("K", "Sale", "Return"),
    ],
)
def test_a_column_of_sales_and_returns_tells_them_whatever_its_name(
    read: Read, header: str, sold: str, back: str
) -> None:
    text = f"Order No;Date;SKU;Qty;{header}\n1;2024-03-13;A;3;{sold}\n2;2024-03-13;A;1;{back}\n"
    assert rows(read(text), "units") == [(2.0,)]
    assert rows(read(text.replace(f";1;{back}", f";-1;{back}")), "units") == [(2.0,)]
    assert rows(read(text.replace(back, "Other")), "units") == [(4.0,)]


def test_codes_between_commas_that_stand_alone_in_other_cells_are_lists(read: Read) -> None:
    text = "Order ID;Sale Date;SKU;Number of Items\n1;03/13/24;T-M,KETL;2\n2;03/14/24;KETL;1\n3;03/14/24;T-M;1\n"
    sentence = read(f"{text}4;03/15/24;KETL,T-M;2\n").verdict.sentence
    assert "'SKU' lists several items in a cell (line 2: 'T-M,KETL'), which stand alone in others" in sentence


def test_the_header_proves_the_turkish_encoding(read: Read) -> None:
    head = "Fatura Tarihi;Fatura No;\u015eube;Malzeme Kodu;Malzeme A\u00e7\u0131klamas\u0131;Miktar\n"
    reading = read(f"{head}13.03.2024;F1;Kad\u0131k\u00f6y;A;\u00c7ay;2\n", encoding="cp1254")
    assert rows(reading) == [("2024-03-13", "Kad\u0131k\u00f6y", "A", 2.0)]


@pytest.mark.parametrize("state", ["Awaiting Payment", "Unpaid", "Pendiente de pago"])
def test_an_invoice_that_is_not_paid_yet_is_a_sale_on_account(read: Read, state: str) -> None:
    text = "InvoiceNumber,InvoiceDate,SKU,Quantity,Status\nI1,13/03/2024,A,2,Paid\nI2,14/03/2024,A,3,{}\n"
    text += "I3,14/03/2024,A,5,Voided\nI4,14/03/2024,A,5,Draft\n"
    assert rows(read(text.format(state)), "units") == [(2.0,), (3.0,)]
    assert rows(read(text.format(state), columns={"payment_state": "Status"}), "units") == [(2.0,), (13.0,)]
