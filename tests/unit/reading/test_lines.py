"""Which column names what each line sold, and lines that are parts of others."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows


def test_a_number_of_the_line_is_no_item_beside_a_code_that_comes_again(read: Read) -> None:
    text = "increment_id,created_at,item_id,sku,qty\n9,2024-03-13,1,A,2\n9,2024-03-13,2,B,1\n8,2024-03-14,3,A,4\n"
    assert rows(read(text), "item_id", "units") == [("A", 2.0), ("B", 1.0), ("A", 4.0)]


@pytest.mark.parametrize("header", ["parent_item_id", "Parent SKU"])
def test_parts_beside_their_wholes_are_refused_until_the_entry_counts_both(read: Read, header: str) -> None:
    text = f"order,date,sku,qty,{header}\n1,2024-03-13,SET,1,\n1,2024-03-13,A,2,SET\n2,2024-03-14,A,1,\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert f"'{header}' says that line 3 is a part of another line" in verdict.sentence
    assert f"reading.columns.part_of = '{header}'" in verdict.sentence
    assert rows(read(text, columns={"part_of": header}), "units") == [(2.0,), (1.0,), (1.0,)]
    family = f"order,date,sku,qty,{header}\n1,2024-03-13,TEE-M,1,TEE\n1,2024-03-13,CUP,2,\n2,2024-03-14,CUP,1,\n"
    assert rows(read(family), "units") == [(2.0,), (1.0,), (1.0,)]


def test_two_tables_side_by_side_are_refused_even_where_their_quantities_agree(read: Read) -> None:
    text = "Date,SKU,Qty,,Date,SKU,Qty\n2024-03-13,A,2,,2024-03-13,B,2\n2024-03-14,A,3,,2024-03-14,B,3\n"
    sentence = read(text).verdict.sentence
    assert "names 'Date', 'SKU', 'Qty' twice, as two tables side by side do" in sentence


def test_modifiers_of_a_dish_are_no_dishes(read: Read) -> None:
    text = "Order,Date,Line Type,Item,Qty\n1,2024-03-13,Item,Burger,1\n1,2024-03-13,Modifier,Extra cheese,1\n"
    assert rows(read(text), "item_id") == [("Burger",)]


def test_columns_named_by_sizes_are_neither_items_nor_stores(read: Read) -> None:
    sentence = read("Date,Style,Colour,S,M,L\n2024-03-13,TEE,Red,5,6,7\n2024-03-14,TEE,Red,1,2,3\n").verdict.sentence
    assert "'S', 'M', 'L' are named by sizes" in sentence


def test_a_table_in_words_that_nobody_knows_is_refused_even_of_one_store_and_item(read: Read) -> None:
    header = (
        "\u10d7\u10d0\u10e0\u10d8\u10e6\u10d8,\u10db\u10d0\u10e6\u10d0\u10d6\u10d8\u10d0,"
        "\u10de\u10e0\u10dd\u10d3\u10e3\u10e5\u10e2\u10d8,\u10e0\u10d0\u10dd\u10d3\u10d4\u10dc\u10dd\u10d1\u10d0,\u10d7\u10d0\u10dc\u10ee\u10d0"
    )
    text = f"{header}\n2024/3/13,S1,A,5,50\n2024/3/14,S1,A,6,60\n"
    verdict = read(text).verdict
    assert verdict.notes[0].reason is Reason.COLUMNS_MISSING
    assert "reading.columns.units" in verdict.sentence


def test_totals_of_a_query_stand_in_any_of_its_texts(read: Read) -> None:
    text = "Kalendertag;Werk;Werk Text;Material;Menge\n13.03.2024;10;K\u00f6ln;M1;5 ST\n13.03.2024;10;Ergebnis;;5 ST\n"
    assert rows(read(f"{text}14.03.2024;10;K\u00f6ln;M1;6 ST\nGesamtergebnis;;;;11 ST\n"), "units") == [(5.0,), (6.0,)]


def test_the_sums_of_a_printed_list_are_marked_by_asterisks(read: Read) -> None:
    rule = "-" * 40 + "\n"
    head = f"{rule}|Plnt|Material|Pstng Date|Quantity|\n{rule}"
    text = f"{head}|1000|012|13.03.2024|1.234,000 |\n|1000|012|14.03.2024|3,000-|\n"
    reading = read(f"{text}{rule}|*   |   |          |1.231,000 |\n{rule}")
    assert rows(reading) == [("2024-03-13", "1000", "012", 1234.0), ("2024-03-14", "1000", "012", -3.0)]


@pytest.mark.parametrize("day", ["11.-17.03.2024", "1710288000000000"])
def test_a_cell_that_is_no_day_is_shown_where_its_column_is_called_a_date(read: Read, day: str) -> None:
    sentence = read(f"date;store;sku;qty\n{day};S1;A;5\n{day};S1;B;6\n").verdict.sentence
    assert f"most cells of 'date' are no day of a year (line 2: '{day}')" in sentence


def test_a_table_that_commas_divide_is_not_said_to_be_divided_by_spaces(read: Read) -> None:
    text = "Row Labels,Sum of Qty\n2024-03-13,6\nMug,5\nCup,1\n2024-03-14,8\nMug,6\nCup,2\n"
    sentence = read(text).verdict.sentence
    assert "No line names a date and a quantity" in sentence
    assert "reading.delimiter" not in sentence


def test_names_in_an_older_encoding_that_nobody_knows_say_so(read: Read) -> None:
    text = "\uac00\ub098,\ub2e4\ub77c,\ub9c8\ubc14,\uc0ac\uc544\n2024-03-13,S1,A,5\n2024-03-14,S1,A,6\n"
    assert "set reading.encoding if these are no words" in read(text, encoding="cp949").verdict.sentence


@pytest.mark.parametrize("page", ["Page {} of 3", "Seite {} von 3", "Página {}/3", "Strana {} z 3", "第 {} 页"])
def test_numbers_of_pages_between_rows_are_no_rows(read: Read, page: str) -> None:
    days = [f"2024-03-{13 + at},A,{5 + at}\n{page.format(at + 1)}\n" for at in range(3)]
    reading = read("Date,Item,Qty\n" + "".join(days))
    assert rows(reading, "units") == [(5.0,), (6.0,), (7.0,)]
    assert note(reading.verdict, Reason.PREAMBLE).lines == (3, 5, 7)


def test_who_exported_it_below_all_rows_is_a_note_though_it_has_cells(read: Read) -> None:
    text = "Date,Item,Qty\n2024-03-13,A,5\n2024-03-14,A,6\nExported by: bob,,2024-03-20\n"
    reading = read(text)
    assert rows(reading, "units") == [(5.0,), (6.0,)]
    assert note(reading.verdict, Reason.PREAMBLE).lines == (4,)
    between = read(text.replace("2024-03-14,A", "2024-03-14,B") + "2024-03-15,A,6\n", max_refused_share=0.5).verdict
    assert [row.line for row in between.refusals] == [4]


def test_an_item_alone_on_the_last_row_is_a_row_that_lacks_the_rest_and_no_note(read: Read) -> None:
    text = "Date,Item,Qty\n2024-03-13,A,5\n2024-03-14,A,6\n{}\n"
    verdict = read(text.format(",B,"), max_refused_share=0.5).verdict
    assert [(row.line, row.reason) for row in verdict.refusals] == [(4, Reason.DATE_MISSING)]
    assert note(read(text.format("All prices in EUR,,")).verdict, Reason.PREAMBLE).lines == (4,)
