"""Labels of rows and columns in reports: without a name above them, in two lines, or of totals in any language."""

import pytest

from core.contracts.verdict import Reason
from tests.unit.reading.conftest import Read, note, rows


def test_labels_of_rows_may_stand_under_no_name(read: Read) -> None:
    reading = read(",2024-03-13,2024-03-14\nMug,5,6\nCup,1,2\n")
    assert rows(reading, "item_id", "units") == [("Cup", 1.0), ("Mug", 5.0), ("Cup", 2.0), ("Mug", 6.0)]


def test_texts_without_a_name_beside_named_quantities_are_told_by_their_place(read: Read) -> None:
    sentence = read(
        "date,,Mug,Cup\n2024-03-13,K\u00f6ln,5,1\n2024-03-13,Bonn,6,2\n2024-03-14,K\u00f6ln,7,3\n"
    ).verdict.sentence
    assert "the items in column 2; write its name into the header" in sentence


def test_items_below_the_names_of_stores_are_read_with_both(read: Read) -> None:
    text = "{0};{1};;{2};\nDatum;Tasse;Becher;Tasse;Becher\n13.03.2024;5;1;4;3\n14.03.2024;6;2;1;2\n"
    found = rows(read(text.format("", "Filiale 1", "Filiale 2")), "store_id", "item_id", "units")
    assert {("Filiale 1", "Becher", 2.0), ("Filiale 2", "Tasse", 4.0)} <= {*found}
    assert len(found) == 8
    towns = text.format("", "K\u00f6ln", "Bonn")
    assert "whether the upper ones are stores is not told" in read(towns).verdict.sentence
    assert len(rows(read(towns, side_by_side="stores"))) == 8


@pytest.mark.parametrize(
    "word",
    ["Gesamtergebnis", "Total g\u00e9n\u00e9ral", "Totale complessivo", "Eindtotaal", "Suma ko\u0144cowa", "Totalsumma",
     "Hovedtotal", "Celkov\u00fd sou\u010det", "Genel Toplam", "\u7dcf\u8a08", "\u0418\u0442\u043e\u0433\u043e"],
)  # fmt: skip
def test_totals_are_known_in_the_languages_of_spreadsheets(read: Read, word: str) -> None:
    long = read(f"Store;Date;Qty\nS1;2024-03-13;5\nS1;2024-03-14;6\n{word};;11\n")
    assert rows(long, "units") == [(5.0,), (6.0,)]
    wide = read(f"Item;2024-03-13;2024-03-14;{word}\nMug;5;6;11\nCup;1;2;3\n{word};6;8;14\n")
    assert rows(wide, "item_id", "units") == [("Cup", 1.0), ("Mug", 5.0), ("Cup", 2.0), ("Mug", 6.0)]
    assert note(wide.verdict, Reason.TOTAL_ROW).lines == (4,)


def test_a_number_that_counts_the_rows_is_no_code_of_the_name_beside_it(read: Read) -> None:
    text = "{};Bezeichnung;Datum;Menge\n1;Tasse;13.03.2024;5\n2;Becher;13.03.2024;6\n3;Tasse;14.03.2024;7\n"
    assert rows(read(text.format("Nr.")), "item_id") == [("Becher",), ("Tasse",), ("Tasse",)]
    coded = "No.,Description,Date,Qty\n1896-S,Desk,2024-03-13,2\n1900-S,Chair,2024-03-14,3\n"
    assert rows(read(coded), "item_id") == [("1896-S",), ("1900-S",)]


_DAYS = "Item;2024-03-13;2024-03-14;2024-03-15\n"
_ROWS = ["Mug;5;6;7\n", "Cup;1;2;3\n", "Tea;2;2;2\n"]


@pytest.mark.parametrize("first", [True, False])
def test_a_row_that_is_the_sum_of_all_others_is_refused_under_any_name(read: Read, first: bool) -> None:
    rows_ = ["Kokku;8;10;12\n", *_ROWS] if first else [*_ROWS, "Kokku;8;10;12\n"]
    verdict = read(_DAYS + "".join(rows_)).verdict
    assert verdict.notes[0].reason is Reason.AMBIGUOUS
    assert f"ine {2 if first else 5} ('Kokku') is the sum of all others" in verdict.sentence
    told = [row.replace("Kokku", "Total") for row in rows_]
    assert len(rows(read(_DAYS + "".join(told)))) == 9
    other = [row.replace("Kokku;8", "Kokku;9") for row in rows_]
    assert len(rows(read(_DAYS + "".join(other)))) == 12


def test_a_column_of_two_is_their_sum_when_two_weeks_bear_it_out(read: Read) -> None:
    days = [f"2024-03-{day:02},{day},{day % 3},{day + day % 3}" for day in range(1, 25)]
    sentence = read("\n".join(["date,mug,cup,pots", *days, ""])).verdict.sentence
    assert "column 'pots' is the sum of all others" in sentence
    other = [line if number != 20 else "2024-03-21,21,0,22" for number, line in enumerate(days)]
    assert len(rows(read("\n".join(["date,mug,cup,tea", *other, ""])), "units")) == 72


def test_a_column_that_is_the_sum_of_all_others_is_refused_under_any_name(read: Read) -> None:
    text = "Date,Mug,Cup,Tea,Kokku\n2024-03-13,5,1,2,8\n2024-03-14,6,2,2,10\n2024-03-15,7,2,2,{}\n"
    assert "olumn 'Kokku' is the sum of all others" in read(text.format(11)).verdict.sentence
    assert len(rows(read(text.format(12)))) == 12


def test_a_row_of_averages_is_no_item(read: Read) -> None:
    for word in ("Average", "Mittelwert", "Moyenne"):
        assert len(rows(read(f"{_DAYS}{''.join(_ROWS)}{word};3;3;4\n"))) == 9
