"""No line is lost because it stands where notes stand, and no cell because its column has no name."""

from itertools import pairwise

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

HEADER = "date,store,item,qty,price\n"
BODY = "".join(f"2024-01-{day:02d},S1,A,{day},2.5\n" for day in range(1, 29))
OTHER = HEADER.replace(",", ";") + "".join(f"2024-02-{day:02d};S1;A;{day};2.5\n" for day in range(1, 20))


@pytest.mark.parametrize("content", [HEADER + BODY + "\n" + OTHER, OTHER + HEADER + BODY, OTHER + "\n" + HEADER + BODY])
def test_a_second_table_under_another_delimiter_is_never_taken_for_notes(read: Read, content: str) -> None:
    reading = read(content)
    assert reading.verdict.kind is Kind.REJECTED
    assert reading.table is None


@pytest.mark.parametrize("body", ["2024-03-15;S1;A;7\n", "2024-03-15;S1;A;7;9\n"])
def test_a_header_under_another_delimiter_says_that_two_files_stand_in_one(read: Read, body: str) -> None:
    verdict = read(f"date,store,sku,qty\n2024-03-13,S1,A,5\ndate;store;sku;qty\n{body}").verdict
    assert verdict.kind is Kind.REJECTED
    assert verdict.sentence.startswith("Line 3 ('date;store;sku;qty') names columns divided by semicolon")
    assert "two files stand in one" in verdict.sentence


def test_one_row_under_another_delimiter_below_the_table_is_refused_with_its_line(read: Read) -> None:
    reading = read(HEADER + BODY + "2024-02-01;S1;A;5;2.5\n")
    refused = reading.verdict.refusals[0]
    assert (refused.line, refused.reason) == (30, Reason.RAGGED_ROW)
    assert refused.cure == "its cells are divided by semicolon: divide them as the other rows are"
    assert len(rows(reading)) == 28


def test_a_note_with_other_delimiters_and_a_day_is_still_a_note(read: Read) -> None:
    reading = read(HEADER + BODY + "Created by Eva; 2024-03-01; 10:00\n")
    assert note(reading.verdict, Reason.PREAMBLE).lines == (30,)


def test_rows_above_the_header_are_no_preamble(read: Read) -> None:
    verdict = read(BODY + HEADER + BODY.replace("2024-01", "2024-02")).verdict
    assert verdict.kind is Kind.REJECTED
    assert verdict.sentence.startswith("Line 1 ('2024-01-01,S1,A,1,2.5') looks like a row and stands above the header")
    assert read("Period,2024-01-01,2024-03-31\nRows,32\n" + HEADER + BODY).verdict.kind is Kind.REPAIRED


def test_a_price_that_a_decimal_comma_cuts_in_two_is_not_read_as_its_whole_part(read: Read) -> None:
    verdict = read(HEADER + BODY.replace("2.5", "2,5")).verdict
    assert verdict.kind is Kind.REJECTED
    assert {r.reason for r in verdict.refusals} == {Reason.RAGGED_ROW}


@pytest.mark.parametrize(
    ("title", "lines"),
    [("Report\nDate,2024-03-01\nRows,28,of,28\n", 3), ("Period,2024-01-01,2024-03-31\nRows,28\n", 2)],
)
def test_a_preamble_that_speaks_of_dates_is_no_header(read: Read, title: str, lines: int) -> None:
    reading = read(title + HEADER + BODY)
    assert len(rows(reading)) == 28
    assert note(reading.verdict, Reason.PREAMBLE).count == lines


@pytest.mark.parametrize(
    "second", ["date,string,string,int,float", "(yyyy-mm-dd),,,(pcs),(EUR)", "day,code,code,n,eur"]
)
def test_the_second_line_of_a_header_is_left_out(read: Read, second: str) -> None:
    reading = read(f"{HEADER}{second}\n{BODY}")
    assert len(rows(reading)) == 28
    assert note(reading.verdict, Reason.REPEATED_HEADER).lines == (2,)


def test_comments_between_the_rows_are_left_out(read: Read) -> None:
    lines = (HEADER + BODY).splitlines()
    reading = read("\n".join([*lines[:9], "# checked by Eva", *lines[9:]]))
    assert note(reading.verdict, Reason.PREAMBLE).lines == (10,)
    assert len(rows(reading)) == 28


def test_every_row_of_a_contradiction_is_counted_and_no_entry_is_said_to_settle_it(read: Read) -> None:
    text = "date,qty\n13/04/2024,5\n04/13/2024,6\n03/04/2024,7\n"
    verdict = read(text).verdict
    assert "1 row fit only %m/%d/%Y, 1 row only %d/%m/%Y" in verdict.sentence
    assert "Settle it" not in verdict.sentence
    mixed = read("date;qty\n2024-01-01;1.5\n2024-01-02;2,5\n").verdict
    assert "1 fit only a decimal point, 1 only a comma" in mixed.sentence
    assert "Settle it" not in mixed.sentence


AMBIGUOUS = {
    "slashes": ("date,qty\n03/04/2024,5\n05/06/2024,6\n", "date_format"),
    "short years": ("date,qty\n03/04/12,5\n05/06/12,6\n", "date_format"),
    "years first": ("date,qty\n20-01-05,5\n21-02-06,6\n", "date_format"),
    "with a time": ("date,qty\n03/04/2024 10:11,5\n05/06/2024 10:11,6\n", "date_format"),
    "with am and pm": ("date,qty\n03/04/2024 1:05 PM,5\n05/06/2024 1:05 AM,6\n", "date_format"),
    "points": ("datum;menge\n2024-01-01;1.234\n2024-01-02;2.345\n", "decimal"),
    "commas": ("datum;menge\n2024-01-01;1,234\n2024-01-02;2,345\n", "decimal"),
}


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_each_value_that_an_ambiguity_names_settles_it(read: Read, case: str) -> None:
    text, entry = AMBIGUOUS[case]
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    named = verdict.sentence.split(f"reading.{entry} = ")[1].split(" in the dataset")[0].split(" or ")
    tables = [rows(read(text, **{entry: value.strip("'")})) for value in named]
    assert len(tables) == 2
    assert all(one != other and len(one) == len(other) for one, other in pairwise(tables))


@pytest.mark.parametrize("form", ["%d/%m/%Y %H:%M", "%d/%m/%Y", "%d/%m/%Y %I:%M %p"])
def test_a_configured_format_may_say_the_time_of_day(read: Read, form: str) -> None:
    clock = "10:11 AM" if "%p" in form else "10:11"
    assert rows(read(f"date,qty\n03/04/2024 {clock},5\n", date_format=form))[0][0] == "2024-04-03"


@pytest.mark.parametrize(
    "remark",
    ["Shop closed in the afternoon", "Note: freezer broken from 3rd on", "Wegen Inventur früher zu", "NB - no bread"],
)  # fmt: skip
@pytest.mark.parametrize("tail", ["", ",,"], ids=["one cell", "full width"])
def test_a_remark_among_few_rows_is_left_out(read: Read, remark: str, tail: str) -> None:
    text = f"Date,Item,Units\n2025-03-13,Tea,5\n2025-03-14,Tea,6\n{remark}{tail}\n2025-03-15,Tea,7\n"
    reading = read(text)
    assert rows(reading, "units") == [(5.0,), (6.0,), (7.0,)]
    assert reading.verdict.counts.left_out == 1


@pytest.mark.parametrize("line", ["Returns", "North Street Shop", "Note: from here in cases", "Snow Hill Station"])
def test_what_may_head_the_rows_below_it_is_no_remark(read: Read, line: str) -> None:
    text = f"Date,Item,Units\n2025-03-13,Tea,5\n2025-03-14,Tea,6\n{line},,\n2025-03-15,Tea,7\n"
    assert read(text).verdict.kind is Kind.REJECTED


def test_the_heads_of_printed_pages_are_left_out_at_their_full_width(read: Read) -> None:
    pages = [
        f'"Sales list";"Acme Ltd";"20.03.2025";"Page {page}"\n"Datum";"Filiale";"Artikel";"Menge"\n'
        f'"{12 + page}.03.2025";"Nord";"Brot";"{page}"\n"{12 + page}.03.2025";"Nord";"Kuchen";"4"\n'
        for page in (1, 2, 3)
    ]
    table = rows(read("".join(pages)), "date", "item_id", "units")
    assert (len(table), table[-2]) == (6, ("2025-03-15", "Brot", 3.0))
    plain = "".join(pages).replace('"', "").replace(";", "|")
    assert rows(read(plain), "date", "item_id", "units") == table
    other = "".join(pages).replace("Sales list", "2025-03-01", 1)
    assert read(other).verdict.kind is Kind.REJECTED
