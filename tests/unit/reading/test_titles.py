"""Reports in which the store, or the day, is not written on each row."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

_HEAD, _TWO = "Date;Item;Units\n", "2024-03-13;A;1\n2024-03-14;B;2\n"


@pytest.mark.parametrize(
    ("one", "other", "ids"),
    [
        ("Store: 101", "Store: 102", ("101", "102")), ("Filiale 12", "Filiale 13", ("12", "13")),
        ("Magasin: Lyon Nord;;", "Magasin: Nice;;", ("Lyon Nord", "Nice")), ("Tienda n° 7", "Tienda n° 8", ("7", "8")),
        ("Negozio;3;", "Negozio;4;", ("3", "4")), ("Loja: 5", "Loja: 6", ("5", "6")),
        ("Winkel - 1", "Winkel - 2", ("1", "2")), ("Store #1 | March", "Store #2 | March", ("1", "2")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("repeated", [True, False])
def test_the_store_of_a_block_is_that_of_its_title(
    read: Read, one: str, other: str, ids: tuple[str, str], repeated: bool
) -> None:
    start = f"{one}\n{_HEAD}" if repeated else f"{_HEAD}{one}\n"
    reading = read(f"{start}{_TWO}\n{other}\n{_HEAD if repeated else ''}{_TWO}")
    assert rows(reading, "store_id", "item_id", "units") == [
        (ids[0], "A", 1.0),
        (ids[1], "A", 1.0),
        (ids[0], "B", 2.0),
        (ids[1], "B", 2.0),
    ]
    assert repr(ids[1]) in note(reading.verdict, Reason.TITLE_READ).sentence


def test_one_title_above_the_only_table_names_its_store(read: Read) -> None:
    assert rows(read(f"Sales report\nStore: 101\n{_HEAD}{_TWO}"), "store_id") == [("101",), ("101",)]
    assert rows(read(f"Store: All\n{_HEAD}{_TWO}"), "store_id") == [("all",), ("all",)]
    assert rows(read(f"Store 5 closed for works\n{_HEAD}{_TWO}"), "store_id") == [("all",), ("all",)]
    assert rows(read(f"Store sales report\n{_HEAD}{_TWO}"), "store_id") == [("all",), ("all",)]


@pytest.mark.parametrize(
    "title",
    [
        "Location: All Locations", "Store: All stores", "Filiale: Alle Filialen", "Magasin: Tous les magasins",
        "Negozio: Tutti i negozi (12)", "Loja: Todas as lojas", "Winkel: Alle winkels", "Store: *", "Outlet: Any",
    ],
)  # fmt: skip
def test_what_a_report_was_asked_for_is_no_store(read: Read, title: str) -> None:
    assert rows(read(f"Sales by item\n{title}\n{_HEAD}{_TWO}"), "store_id") == [("all",), ("all",)]


def test_a_store_may_be_called_all_saints(read: Read) -> None:
    assert rows(read(f"Store: All Saints\n{_HEAD}{_TWO}"), "store_id") == [("All Saints",), ("All Saints",)]


def test_a_block_without_a_title_among_others_is_refused(read: Read) -> None:
    verdict = read(f"Store: 101\n{_HEAD}{_TWO}\n{_HEAD}{_TWO}\nStore: 103\n{_HEAD}{_TWO}").verdict
    assert verdict.kind is Kind.REJECTED
    assert "line 6" in verdict.sentence
    verdict = read(f"{_HEAD}{_TWO}Store: 102\n{_TWO}").verdict
    assert verdict.kind is Kind.REJECTED
    assert "Line 2 stands above the first title" in verdict.sentence


def test_a_column_of_stores_is_believed_before_titles(read: Read) -> None:
    text = "Store: 101\nDate;Store;Item;Units\n2024-03-13;7;A;1\n2024-03-14;7;B;2\n"
    assert rows(read(text), "store_id") == [("7",), ("7",)]


def test_titles_far_down_a_long_file_are_seen_block_by_block(read: Read) -> None:
    days = "".join(f"2024-{m:02}-{d:02};A;1\n" for m in range(1, 13) for d in range(1, 29))
    reading = read(f"{_HEAD}Store: 1\n{days}Store: 2\n{days}")
    assert reading.verdict.stores == 2


def test_rows_below_headings_of_days_are_of_those_days(read: Read) -> None:
    text = "Item,Size,Qty\n{},,\nLatte,S,5\nMocha,S,6\n{},,\nLatte,S,4\n"
    for first, second in (("13 March 2024", "14 March 2024"), ("Date: 13/03/2024", "Date: 14/03/2024")):
        reading = read(text.format(first, second))
        assert rows(reading, "date", "item_id", "units") == [
            ("2024-03-13", "Latte", 5.0),
            ("2024-03-13", "Mocha", 6.0),
            ("2024-03-14", "Latte", 4.0),
        ]
        assert note(reading.verdict, Reason.TITLE_READ).sentence.startswith("the day of each row is that of the title")


def test_a_day_above_a_table_without_days_may_be_that_of_the_print(read: Read) -> None:
    verdict = read("Product mix\nDate: 13/03/2024\nItem,Qty\nLatte,5\nMocha,6\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "holds dates" in verdict.sentence
    own = "Item,Sold,Qty\n2024-01-01,,\nLatte,2024-03-13,5\n2024-01-02,,\nLatte,2024-03-14,6\n"
    assert rows(read(own, max_refused_share=0.5), "date") == [("2024-03-13",), ("2024-03-14",)]


@pytest.mark.parametrize(
    "title",
    [
        "Z-Report 2024-03-13", "Z-Bericht Nr. 17;13.03.2024", "Tagesabschluss vom 13.03.2024", "Cierre Z 13/03/2024",
        "Z Report No 7\nDate: 03/13/2024\n", "Caisse 1\nTicket Z du 13/03/2024 22:10\nImprimé le 14/03/2024",
    ],
)  # fmt: skip
def test_the_title_of_a_closing_report_tells_its_day(read: Read, title: str) -> None:
    reading = read(f"{title}\nItem;Qty;Amount\nLatte;5;10\nMocha;6;12\n")
    assert rows(reading, "date", "item_id", "units") == [("2024-03-13", "Latte", 5.0), ("2024-03-13", "Mocha", 6.0)]
    assert note(reading.verdict, Reason.TITLE_READ).sentence.startswith("the day of each row is that of the title")


@pytest.mark.parametrize(
    "title",
    [
        "Z Report 01.03.2024 - 13.03.2024",
        "Z Report\n2024-03-13\n2024-03-14",
        "Price list 2024-03-13",
        "Printed 13.03.2024",
        "Z Report",
    ],
)
def test_several_days_in_titles_and_days_of_other_lists_are_none_of_sales(read: Read, title: str) -> None:
    verdict = read(f"{title}\nItem;Qty;Amount\nLatte;5;10\nMocha;6;12\n").verdict
    assert "holds dates" in verdict.sentence


def test_rows_below_the_title_of_a_closing_report_keep_days_of_their_own(read: Read) -> None:
    text = "Z-Report 2024-03-13\nDate;Item;Qty\n2024-03-12;Latte;5\n2024-03-12;Mocha;6\n"
    assert {row[0] for row in rows(read(text), "date")} == {"2024-03-12"}


@pytest.mark.parametrize(
    "title", ["Units sold (in thousands)", "Angaben in Tsd. Stück", "Ventas en miles de unidades", "Units in 1,000s"]
)
def test_a_title_that_counts_in_thousands_is_no_title_alone(read: Read, title: str) -> None:
    text = "Date;Tea;Coffee\n2024-03-13;1.2;3.4\n2024-03-14;1.3;3.1\n"
    assert "says that numbers are counted" in read(f"{title}\n{text}").verdict.sentence
    assert len(rows(read(text))) == 4


@pytest.mark.parametrize("title", ["Sales Thousand Oaks", "Shop in Miles City", "Sales in 2024"])
def test_titles_that_name_a_place_or_a_year_count_in_nothing(read: Read, title: str) -> None:
    assert len(rows(read(f"{title}\nDate;Tea;Coffee\n2024-03-13;1.2;3.4\n2024-03-14;1.3;3.1\n"))) == 4
