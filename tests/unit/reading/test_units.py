"""What each quantity counts: kilos or pieces, packs of which size, sales or stock by a qualifier."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, rows


def test_one_item_in_kilos_and_pieces_is_refused_and_several_items_are_not(read: Read) -> None:
    head = "order,date,sku,qty\n1,2024-03-13,A,1.5 kg\n"
    assert rows(read(f"{head}2,2024-03-13,B,3 pcs\n"), "item_id", "units") == [("A", 1.5), ("B", 3.0)]
    verdict = read(f"{head}2,2024-03-13,A,3 pcs\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert verdict.notes[0].reason is Reason.AMBIGUOUS
    assert "'qty' counts one item in several units ('A' in 'kg', 'pieces')" in verdict.sentence


def test_packs_of_several_sizes_of_one_item_are_refused_unless_the_quantity_is_named_on_purpose(read: Read) -> None:
    text = "date,sku,packs sold,pack size\n2024-03-13,A,5,6\n2024-03-14,A,2,{}\n2024-03-13,B,1,24\n"
    assert rows(read(text.format(6)), "units") == [(5.0,), (1.0,), (2.0,)]
    sentence = read(text.format(12)).verdict.sentence
    assert "'pack size' one item comes in packs of several sizes ('A' in '12', '6')" in sentence
    assert "reading.columns.units = 'packs sold'" in sentence
    assert rows(read(text.format(12), columns={"units": "packs sold"}), "units") == [(5.0,), (1.0,), (2.0,)]


@pytest.mark.parametrize("header", ["QtyQualifier", "Quantity Qualifier", "TRAN_CODE"])
def test_quantities_that_a_qualifier_calls_different_things_are_refused(read: Read, header: str) -> None:
    text = f"Store;Date;EAN;{header};Quantity\n1;20240313;4001;153;12\n1;20240314;4001;153;9\n"
    assert rows(read(text), "units") == [(12.0,), (9.0,)]
    sentence = read(f"{text}1;20240314;4001;145;80\n").verdict.sentence
    assert f"'{header}' says what each 'Quantity' is ('153', '145')" in sentence


@pytest.mark.parametrize("unit", ["pcs", "Nos", "Nos.", "Stk"])
def test_what_the_cells_are_counted_in_is_left_off(read: Read, unit: str) -> None:
    assert rows(read(f"Date,Item,Qty\n2024-03-13,A,2 {unit}\n2024-03-14,A,1 {unit}\n"), "units") == [(2.0,), (1.0,)]


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("Units (000)", "thousands"),
        ("Qty ('000)", "thousands"),
        ("Units 000s", "thousands"),
        ("Menge in Tsd.", "thousands"),
        ("Units (thousands)", "thousands"),
        ("Units (x 1,000)", "thousands"),
        ("Unidades (miles)", "thousands"),
        ("Quantity (k)", "thousands"),
        ("Units (mio)", "millions"),
        ("Units (000,000)", "millions"),
        ("Units (mn)", "millions"),
        ("Units MM", "millions"),
        ("Qty K", "thousands"),
        ("units_k", "thousands"),
        ("Absatz (TStk)", "thousands"),
        ("Units (hundreds)", "hundreds"),
    ],
)
def test_a_quantity_in_thousands_by_its_name_is_refused_or_taken_as_it_is_on_purpose(
    read: Read, header: str, what: str
) -> None:
    text = f"date;item;{header}\n2024-03-13;A;4.25\n2024-03-14;A;2.5\n"
    verdict = read(text).verdict
    assert f"counts in {what} by its name" in verdict.sentence
    assert verdict.notes[0].reason is Reason.AMBIGUOUS
    assert rows(read(text, columns={"units": header}), "units") == [(4.25,), (2.5,)]


def test_a_quantity_in_an_m_may_be_in_millions_or_in_metres(read: Read) -> None:
    text = "date;item;Units (m)\n2024-03-13;A;4.25\n2024-03-14;A;2.5\n"
    sentence = read(text).verdict.sentence
    assert "'Units (m)' may count in millions or in metres" in sentence
    assert "reading.columns.units = 'Units (m)'" in sentence
    assert rows(read(text, columns={"units": "Units (m)"}), "units") == [(4.25,), (2.5,)]
    for plain in ("Units M", "Units (kg)"):
        assert len(rows(read(text.replace("Units (m)", plain)))) == 2


def test_columns_of_items_in_thousands_are_refused_and_numbers_in_names_are_names(read: Read) -> None:
    text = "date,{},{}\n2024-03-13,5,6\n2024-03-14,1,2\n"
    assert "counts in thousands" in read(text.format("Mug ('000)", "Cup ('000)")).verdict.sentence
    assert len(rows(read(text.format("Nails (1000)", "Item 000")))) == 4
    assert len(rows(read("date,item,Units (1000 ml)\n2024-03-13,A,5\n"))) == 1


@pytest.mark.parametrize(
    "header",
    [
        "Erfassungsmengeneinh.",
        "Basismengeneinheit",
        "Base Unit of Measure",
        "Sales UoM",
        "UoM",
        "J.m.",
        "Unité de vente",
    ],
)
def test_columns_of_units_are_known_by_more_names(read: Read, header: str) -> None:
    text = f"Beleg;Datum;Artikel;Menge;{header}\n1;13.03.2024;A;2;ST\n2;14.03.2024;A;3;{{}}\n"
    assert rows(read(text.format("ST")), "units") == [(2.0,), (3.0,)]
    assert (
        f"'{header}' counts one item in several units ('A' in 'KAR', 'ST')" in read(text.format("KAR")).verdict.sentence
    )


def test_what_was_sold_in_fact_stands_beside_what_was_expected(read: Read) -> None:
    text = "Datum,Filial_ID,Artikel,Verkauf_Ist,Forecast\n2024-04-01,DE00,A,28,31\n2024-04-01,DE01,A,23,27\n"
    assert rows(read(text)) == [("2024-04-01", "DE00", "A", 28.0), ("2024-04-01", "DE01", "A", 23.0)]
