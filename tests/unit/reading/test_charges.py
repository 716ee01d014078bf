"""Lines of orders that are no items."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows


@pytest.mark.parametrize(
    ("column", "item", "charge"),
    [
        ("Line Type", "Product", "Shipping"), ("Itemization Type", "Physical Good", "Gift Card"),
        ("item_type", "line_item", "fee"), ("Positionsart", "Artikel", "Versandkosten"),
        ("Type de ligne", "Article", "Frais de port"), ("Tipo de línea", "Artículo", "Gastos de envío"),
        ("Tipo riga", "Articolo", "Spese di spedizione"), ("Tipo linha", "Produto", "Frete"),
        ("Regeltype", "Artikel", "Verzendkosten"),
    ],
)  # fmt: skip
def test_lines_that_a_column_calls_no_items_are_left_out(read: Read, column: str, item: str, charge: str) -> None:
    reading = read(
        f"order id,date,sku,qty,{column}\n1,2024-03-13,A,2,{item}\n1,2024-03-13,,1,{charge}\n2,2024-03-14,B,3,{item}\n"
    )
    assert rows(reading, "item_id", "units") == [("A", 2.0), ("B", 3.0)]
    assert note(reading.verdict, Reason.NO_ITEM).lines == (3,)
    assert reading.verdict.kind is Kind.REPAIRED


def test_items_named_like_charges_are_kept_and_told(read: Read) -> None:
    reading = read(
        "InvoiceNo,InvoiceDate,StockCode,Quantity\n"
        "536365,2024-03-13,22752,2\n536365,2024-03-13,POST,1\n536366,2024-03-14,Frais de port,1\n"
    )
    assert rows(reading, "item_id") == [("22752",), ("POST",), ("Frais de port",)]
    told = note(reading.verdict, Reason.CHARGES_KEPT)
    assert told.sentence == "kept as items, though they look like charges: 'Frais de port', 'POST'"
    assert told.lines == (3, 4)
    assert reading.verdict.kind is Kind.ACCEPTED


def test_a_type_that_is_a_category_of_goods_drops_nothing(read: Read) -> None:
    text = "order id,date,sku,qty,item type\n1,2024-03-13,A,2,Snacks\n1,2024-03-13,B,1,Fruits\n"
    assert rows(read(text), "item_id") == [("A",), ("B",)]


@pytest.mark.parametrize("nothing", ["", "0", "0,00"])
def test_texts_between_the_lines_of_a_document_are_no_items(read: Read, nothing: str) -> None:
    reading = read(
        "Document No.;Posting Date;Type;No.;Description;Quantity\nI1;13.03.2024;Item;A;Mug;2,00\n"
        f"I1;13.03.2024;G/L Account;6510;Freight;1,00\nI1;13.03.2024; ;;Thank you for your order;{nothing}\n"
        "I2;14.03.2024;Item;B;Cup;1,00\n"
    )
    assert rows(reading, "item_id", "units") == [("A", 2.0), ("B", 1.0)]


def test_charges_without_a_code_are_no_items_and_goods_without_one_are_refused(read: Read) -> None:
    text = "Auftragsnummer;Auftragsdatum;Artikelnummer;Artikelbezeichnung;Menge\n1;13.03.2024;A;Kerze;2\n"
    reading = read(f"{text}1;13.03.2024;;Versandkosten;1\n2;14.03.2024;B;Versandkosten;1\n")
    assert rows(reading, "item_id", "units") == [("A", 2.0), ("B", 1.0)]
    told = note(reading.verdict, Reason.NO_ITEM)
    assert told.sentence == "lines without the code of an item, which are named like charges, are no items"
    assert told.lines == (3,)
    refused = read(f"{text}1;13.03.2024;;Windlicht;1\n", max_refused_share=0.9)
    assert [entry.reason for entry in refused.verdict.refusals] == [Reason.ID_MISSING]
