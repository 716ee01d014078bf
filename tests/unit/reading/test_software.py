"""Exports of shop and ledger software, by the names and codes they use."""

import pytest

from core.contracts.verdict import Reason
from tests.unit.reading.conftest import Read, note, rows


@pytest.mark.parametrize(
    ("header", "price"),
    [
        ("Date BL;Dépôt;Réf. article;Désignation;Qté livrée;P.U. HT;Montant HT", 12.5),
        ("Data doc.;Cod. negozio;Cod. articolo;Descrizione;Q.tà venduta;Prezzo unit.;Importo", 12.5),
        ("Dt. Emissão;Cód. Filial;Cód. Produto;Descrição;Qtde. Vendida;Vlr. Unitário;Vlr. Total", 12.5),
        ("Verkoopdatum;Filiaalnr.;Artikelnr.;Omschrijving;Aantal verkocht;Stuksprijs;Omzet", 12.5),
        ("Fecha albarán;Almacén;Cód. artículo;Descripción;Uds. entregadas;Precio unit.;Importe", 12.5),
        ("Lieferdatum;Filialnr.;Artikelnr.;Bezeichnung;Absatz Stk;E-Preis;Betrag", 12.5),
    ],
)
def test_lists_of_ledger_software_are_read_in_their_languages(read: Read, header: str, price: float) -> None:
    reading = read(f"{header}\n13/03/2024;F1;P1;Stuhl;10;12,50;125,00\n14/03/2024;F1;P2;Tisch;4;200,00;800,00\n")
    assert rows(reading, "date", "store_id", "item_id", "units", "price")[0] == ("2024-03-13", "F1", "P1", 10.0, price)


def test_an_item_that_counts_the_lines_of_its_document_is_no_product(read: Read) -> None:
    text = "Sales Document;Item;Sold-to party;Document Date;Material;Order Quantity\n"
    reading = read(f"{text}1001;10;C1;13.03.2024;M1;5\n1001;20;C1;13.03.2024;M2;3\n1002;10;C2;14.03.2024;M1;2\n")
    assert rows(reading, "item_id", "units") == [("M1", 5.0), ("M2", 3.0), ("M1", 2.0)]


def test_a_product_reference_is_not_the_reference_of_the_order(read: Read) -> None:
    text = "id_order;reference;date_add;product_reference;product_quantity\n1;XKB;2024-03-13 10:00:00;mug;2\n"
    assert rows(read(text), "item_id") == [("mug",)]


def test_codes_of_credit_notes_take_goods_back_beside_those_of_invoices(read: Read) -> None:
    text = "Type,Date,Invoice Number,Product Code,Quantity\nSI,13/03/2024,1,P1,2\n{},15/03/2024,2,P1,1\n"
    assert rows(read(text.format("SC")), "units") == [(2.0,), (-1.0,)]
    assert rows(read(text.format("SI")), "units") == [(2.0,), (1.0,)]


def test_the_head_of_a_sale_beside_its_lines_is_no_item(read: Read) -> None:
    text = "Date,Receipt Number,Line Type,Quantity,Sku\n2024-03-13,1,Sale,3,\n2024-03-13,1,Sale Line,2,A\n"
    assert rows(read(f"{text}2024-03-13,1,Sale Line,1,B\n2024-03-13,1,Payment,,\n"), "item_id") == [("A",), ("B",)]


@pytest.mark.parametrize("flag", ["VOID_FLAG", "Is Voided", "Cancelled flag"])
def test_a_flag_of_voided_lines_is_believed(read: Read, flag: str) -> None:
    text = f"TRANS_NO|BUSINESS_DATE|UPC|QTY|{flag}\n1|20240313|A|2|N\n1|20240313|B|1|Y\n"
    assert rows(read(text), "item_id") == [("A",)]


def test_what_is_said_of_an_order_on_its_first_line_holds_for_its_lines(read: Read) -> None:
    head = "Order Reference,Order Date,Order Lines/Product,Order Lines/Quantity\n"
    text = f"{head}S1,2024-03-13 10:00:00,A,2\n,,B,1\nS2,2024-03-14 10:00:00,A,3\nS3,2024-03-15 10:00:00,A,4\n"
    assert rows(read(text), "date", "item_id", "units") == [
        ("2024-03-13", "A", 2.0),
        ("2024-03-13", "B", 1.0),
        ("2024-03-14", "A", 3.0),
        ("2024-03-15", "A", 4.0),
    ]


def test_activities_of_sale_are_not_mixed_with_stock_on_hand(read: Read) -> None:
    text = "Store Number,UPC,Activity Code,Activity Date,Quantity\n101,1,QS,20240313,5\n101,1,QS,20240314,3\n"
    assert rows(read(text), "units") == [(5.0,), (3.0,)]
    reading = read(f"{text}101,1,QA,20240315,40\n")
    assert rows(reading, "units") == [(5.0,), (3.0,)]
    assert note(reading.verdict, Reason.NO_ITEM).lines == (4,)


def test_a_month_by_name_may_stand_before_a_day_and_a_short_year(read: Read) -> None:
    assert rows(read("sale date,item,qty\nMar-13-24,A,1\nMar-14-24,A,2\n"), "date") == [
        ("2024-03-13",),
        ("2024-03-14",),
    ]


@pytest.mark.parametrize("store", ["Location ID", "Warehouse Code", "Lagernummer", "Plant No."])
def test_the_number_of_a_place_is_a_store(read: Read, store: str) -> None:
    text = f"DPCI,{store},Sales Date,Sales Units\n001-01-0001,T1,2024-03-13,5\n001-01-0002,T2,2024-03-14,6\n"
    assert rows(read(text), "store_id", "item_id") == [("T1", "001-01-0001"), ("T2", "001-01-0002")]


def test_the_quantity_of_the_year_before_is_not_that_of_the_day(read: Read) -> None:
    text = "Datum;Filiale;Artikel;Menge Ist;Menge Soll;Menge Vorjahr\n13.03.2024;F1;A;5;6;4\n14.03.2024;F1;A;7;8;9\n"
    assert rows(read(text), "units") == [(5.0,), (7.0,)]


@pytest.mark.parametrize("kind", ["Receipt type", "Tipo de documento", "Type de pièce", "Belegtyp"])
def test_goods_that_a_kind_of_receipt_takes_back_are_taken_off(read: Read, kind: str) -> None:
    text = f"Date,Receipt number,{kind},SKU,Quantity,POS,Store\n2024-03-13,1,Sale,A,2,Till 1,Main\n"
    assert rows(read(f"{text}2024-03-14,2,Refund,A,1,Till 1,Main\n"), "store_id", "units") == [
        ("Main", 2.0),
        ("Main", -1.0),
    ]


@pytest.mark.parametrize(
    "item", ["Stock Item", "Item Lookup Code", "Product No. (internal)", "Cód. interno artículo", "MATNR"]
)
def test_a_code_of_items_is_known_by_its_noun(read: Read, item: str) -> None:
    text = f"Date,{item},Description,Qty\n2024-03-13,1,Tea,5\n2024-03-13,2,Tea,6\n"
    assert rows(read(text), "item_id", "units") == [("1", 5.0), ("2", 6.0)]


@pytest.mark.parametrize("head", ["Código;Descrição", "Descrição;Código"])
def test_a_bare_code_beside_a_description_is_its_code(read: Read, head: str) -> None:
    lines = [("0010", "Arroz"), ("0011", "Arroz")]
    cells = [";".join(pair if head.startswith("C") else pair[::-1]) for pair in lines]
    reading = read(f"{head};Loja;Data;Qtde\n{cells[0]};1;13/03/2024;10\n{cells[1]};1;13/03/2024;4\n")
    assert rows(reading, "item_id", "units") == [("0010", 10.0), ("0011", 4.0)]
    apart = read("Código;Loja;Descrição;Data;Qtde\n1;Norte;Arroz;13/03/2024;10\n1;Norte;Feijão;14/03/2024;4\n")
    assert rows(apart, "item_id") == [("Arroz",), ("Feijão",)]


def test_lines_that_only_an_unknown_column_tells_apart_are_refused_with_its_name(read: Read) -> None:
    text = "date,flavour,qty\n2024-03-13,Vanilla,5\n2024-03-13,Lemon,6\n2024-03-14,Lemon,7\n"
    refused = read(text, max_refused_share=1.0).verdict.refusals[0]
    assert refused.reason is Reason.DUPLICATE_CONFLICT
    assert "name the column of the store and of the item under reading.columns" in refused.cure
    assert "('flavour'?)" in refused.cure


def test_a_quantity_taken_for_stock_is_named_beside_money(read: Read) -> None:
    sentence = read("Item Code,Invoice,Date,Stock Qty,Amount\nA,1,2024-03-13,5,10.00\n").verdict.sentence
    assert "reading.columns.units = 'Stock Qty'" in sentence


def test_a_barcode_that_happens_to_count_is_an_item(read: Read) -> None:
    text = "Date,Order ID,Product,Barcode,Qty\n2024-03-13,1,Muffin,0001,2\n2024-03-13,1,Tea,0002,1\n"
    assert rows(read(f"{text}2024-03-14,2,Muffin,0001,1\n"), "item_id") == [("0001",), ("0002",), ("0001",)]


def test_the_number_that_follows_the_kind_of_a_line_is_the_item_and_a_comment_has_none(read: Read) -> None:
    text = (
        "Posting Date,Document No.,Type,No.,Variant Code,Description,Quantity\n"
        "3/13/2024,PSI001,Item,1896-S,,ATHENS Desk,2\n3/13/2024,PSI001,G/L Account,6410,,Freight,1\n"
        "3/14/2024,PSI002,Item,1900-S,,PARIS Chair,4\n3/14/2024,PSI002,,,,Thank you for your order,\n"
    )
    beside = (
        text.replace(",Variant Code", "").replace("-S,,", "-S,").replace("6410,,", "6410,").replace(",,,,T", ",,,T")
    )
    for each in (text, beside):
        assert rows(read(each, max_refused_share=0.5), "item_id", "units") == [("1896-S", 2.0), ("1900-S", 4.0)]


def test_a_number_that_begins_again_each_day_is_no_code_of_the_item_beside_it(read: Read) -> None:
    days = "".join(
        f"{n};{item};{day}.03.2024;5\n" for day, two in ((13, "AB"), (14, "BA")) for n, item in enumerate(two, 1)
    )
    assert rows(read(f"Nr.;Bezeichnung;Datum;Menge\n{days}"), "item_id") == [("A",), ("B",), ("A",), ("B",)]


def test_a_position_of_a_document_is_no_point_of_sale(read: Read) -> None:
    text = "Verkaufsbeleg;Pos;Belegdatum;Material;Auftragsmenge\n12345;10;13.03.2024;M1;5\n12345;20;13.03.2024;M2;2\n"
    assert rows(read(text), "store_id", "item_id") == [("all", "M1"), ("all", "M2")]
    sold = "POS,Receipt,Date,SKU,Qty\n7,1,2024-03-13,A,5\n7,1,2024-03-13,B,5\n8,2,2024-03-13,A,1\n"
    assert rows(read(sold), "store_id", "item_id") == [("7", "A"), ("7", "B"), ("8", "A")]


@pytest.mark.parametrize("header", ["BwArt", "Bewegungsart", "Bew.-Art"])
def test_the_kind_of_movement_may_be_written_short(read: Read, header: str) -> None:
    text = f"Material;Werk;{header};Buch.dat.;Menge\nM1;1000;601;13.03.2024;-5\nM1;1000;602;14.03.2024;1\n"
    assert rows(read(text), "units") == [(5.0,), (-1.0,)]


def test_a_blank_column_is_no_rival_of_the_quantity_and_last_year_no_quantity_of_this_one(read: Read) -> None:
    assert rows(read("Date,Name,Unit,Quantity\n2024-03-13,A,,2\n"), "units") == [(2.0,)]
    text = "Date,SKU,POS Quantity This Year,POS Quantity Last Year\n2024-03-13,A,12,10\n"
    assert rows(read(text), "units") == [(12.0,)]
    week = text.replace("Date", "Walmart calendar week").replace("2024-03-13", "202405")
    assert "'Walmart calendar week' is called fiscal" in read(week).verdict.sentence


def test_a_count_that_is_called_cnt_is_one_series(read: Read) -> None:
    text = "instant,dteday,temp,casual,registered,cnt\n1,2011-01-01,0.34,331,654,985\n2,2011-01-13,0.36,131,670,801\n"
    assert rows(read(text), "item_id", "units") == [("all", 985.0), ("all", 801.0)]


def test_labels_that_begin_with_the_name_of_their_view_are_known(read: Read) -> None:
    text = ",Orders Created Date,Products Name,Order Items Total Quantity\n1,2024-03-13,Mug,5\n2,2024-03-14,Cup,2\n"
    assert rows(read(text)) == [("2024-03-13", "all", "Mug", 5.0), ("2024-03-14", "all", "Cup", 2.0)]


def test_cells_that_a_spreadsheet_is_told_are_texts_are_read_without_its_mark(read: Read) -> None:
    text = 'Date,SKU,Qty\n="2024-03-13",="0012",="5"\n"=""2024-03-14""","=""0012""",6\n2024-03-15,0012,7\n'
    assert rows(read(text)) == [(f"2024-03-{13 + at}", "all", "0012", 5.0 + at) for at in range(3)]


def test_refunds_of_payments_take_goods_back(read: Read) -> None:
    text = "Transaction ID,Date,Type,Item ID,Quantity\n1,2024-03-13,Website Payment,A,3\n2,2024-03-14,{},A,1\n"
    assert rows(read(text.format("Payment Refund")), "units") == [(3.0,), (-1.0,)]
    assert rows(read(text.format("Partial refund")), "units") == [(3.0,), (-1.0,)]
    assert rows(read(text.format("Mobile Payment")), "units") == [(3.0,), (1.0,)]


def test_what_was_paid_back_is_taken_off_in_french(read: Read) -> None:
    text = (
        "Numéro de commande;Date de commande;UGS;Quantité;Quantité remboursée\n1;13/03/2024;A;3;1\n2;14/03/2024;B;2;0\n"
    )
    assert rows(read(text), "item_id", "units") == [("A", 2.0), ("B", 2.0)]


def test_orders_of_a_turkish_marketplace_are_read(read: Read) -> None:
    head = "Barkod;Sipariş Tarihi;Sipariş No;Adet;Sipariş Statüsü\n"
    lines = "8680;13.03.2024;1;2;Teslim Edildi\n8680;13.03.2024;2;1;İptal Edildi\n8681;13.03.2024;3;4;İade Edildi\n"
    text = head + lines
    assert rows(read(text), "item_id", "units") == [("8680", 2.0)]


def test_short_words_of_data_warehouses_and_days_without_spaces_are_known(read: Read) -> None:
    assert rows(read("sale_dt,prod_cd,qty\n26FEB2024,A,5\n01MAR2024,A,6\n"), "date", "item_id") == [
        ("2024-02-26", "A"),
        ("2024-03-01", "A"),
    ]


def test_a_note_of_the_day_is_no_item_beside_columns_of_items(read: Read) -> None:
    text = "Date,Latte,Mocha,Total,Notes\n2024-03-13,5,6,11,rain\n2024-03-14,7,8,15,\n"
    assert len(rows(read(text))) == 4


def test_totals_of_orders_are_no_items(read: Read) -> None:
    text = "ID,Purchase Date,Grand Total (Base),Grand Total (Purchased)\n1,2024-03-13,20.5,20.5\n2,2024-03-14,9.5,9.5\n"
    assert "are called totals" in read(text).verdict.sentence


def test_the_movement_of_a_scanner_is_a_rival_of_the_size_of_the_bundle(read: Read) -> None:
    text = "STORE,UPC,DATE,MOVE,QTY\n2,11,2024-03-13,9,3\n2,11,2024-03-14,5,3\n"
    assert "Both 'MOVE' and 'QTY'" in read(text).verdict.sentence


@pytest.mark.parametrize(
    "header",
    [
        "Refund Qty",
        "Gutschriftmenge",
        "Cant. devuelta",
        "Q.tà resa",
        "Zwrócona ilość",
        "Antal returer",
        "Rtn Qty",
        "Voided Qty",
    ],
)
def test_what_came_back_is_taken_off_under_more_names(read: Read, header: str) -> None:
    text = f"order;date;sku;Qty;{header}\n1;2024-03-13;A;5;1\n2;2024-03-14;B;5;0\n3;2024-03-15;B;5;2\n"
    assert rows(read(text), "units") == [(4.0,), (5.0,), (3.0,)]


@pytest.mark.parametrize(
    "state",
    ["Zrušeno", "Peruutettu", "Anulat", "Refused by customer", "RTO Delivered", "Delivery failed", "Expired",
     "Cancelled - no payment", "Denied", "Vráceno"],
)  # fmt: skip
def test_orders_that_never_reached_anybody_are_no_sales(read: Read, state: str) -> None:
    text = f"order;date;sku;qty;order status\n1;2024-03-13;A;5;Completed\n2;2024-03-14;B;6;{state}\n"
    assert rows(read(text), "units") == [(5.0,)]


@pytest.mark.parametrize("state", ["Not cancelled", "Cancelled: no", "Closed", "Pending cancellation"])
def test_orders_that_stand_are_sales(read: Read, state: str) -> None:
    text = f"order;date;sku;qty;order status\n1;2024-03-13;A;5;Completed\n2;2024-03-14;B;6;{state}\n"
    assert rows(read(text), "units") == [(5.0,), (6.0,)]


@pytest.mark.parametrize(
    "kind",
    [
        "Nota de crédito",
        "Retour client",
        "Zwrot",
        "Kreditnota",
        "Facture d'avoir",
        "Factura rectificativa",
        "CN",
        "Dobropis",
    ],
)
def test_credit_notes_take_goods_back_under_more_names(read: Read, kind: str) -> None:
    text = f"order;date;type;sku;qty\n1;2024-03-13;Invoice;A;5\n2;2024-03-14;{kind};A;1\n"
    assert rows(read(text), "units") == [(5.0,), (-1.0,)]


@pytest.mark.parametrize("kind", ["No Sale", "Write-off", "Staff Meal", "Layaway", "Eigenverbrauch"])
def test_further_kinds_of_rows_are_no_sales(read: Read, kind: str) -> None:
    text = f"order;date;transaction type;sku;qty\n1;2024-03-13;Sale;A;5\n2;2024-03-14;{kind};A;1\n"
    assert f"says {kind!r} of line 3, which is no sale" in read(text).verdict.sentence
