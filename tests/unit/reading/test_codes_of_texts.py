"""Codes of the texts of invoices, lines of goods, and texts that list what was ordered."""

from tests.unit.reading.conftest import Read, rows


def test_a_bare_code_beside_the_text_of_each_line_is_the_item(read: Read) -> None:
    text = "Číslo dokladu;Datum;Text;Množství;Kód\n1;06.05.2024;Šroub;100;S8\n1;06.05.2024;Matice;50;M8\n"
    text += "2;17.05.2024;Šroub;30;S8\n"
    found = [("2024-05-06", "M8", 50.0), ("2024-05-06", "S8", 100.0), ("2024-05-17", "S8", 30.0)]
    assert rows(read(text), "date", "item_id", "units") == found
    several = text.replace("30;S8", "30;M8")  # of several texts it is the code of something else
    assert "differ in 'Text'" in read(several).verdict.sentence


def test_lines_of_goods_are_items_and_numbers_of_lines_are_none(read: Read) -> None:
    text = "fecha,linea,cantidad\n2024-05-06,Lácteos,4\n2024-05-06,Panadería,6\n"
    assert rows(read(text), "item_id", "units") == [("Lácteos", 4.0), ("Panadería", 6.0)]
    numbered = "fecha,linea,cantidad\n2024-05-06,1,4\n2024-05-06,2,6\n"
    assert not read(numbered).verdict.kind.merged


def test_texts_that_list_items_with_their_counts_are_refused(read: Read) -> None:
    text = "Order ID,Order Placed At,Items in order,Bill subtotal,Distance\n"
    text += '1,"11:38 PM, May 6 2024","1 x Chicken, 2 x Fries",715,3\n2,"10:38 PM, May 17 2024",1 x Krispers,179,2\n'
    told = "'Items in order' lists items with their counts in a cell (line 2: '1 x Chicken, 2 x Fries')"
    assert told in read(text).verdict.sentence
