"""Lines of a text file: each is a header, a row, or accounted for with its number."""

from pathlib import Path

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import TODAY, Read, note, rows
from training.reading import Limits, read_file

DAYS = "".join(f"2024-01-{day:02d},S1,A,{day}\n" for day in range(1, 29))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found(read: Read, delimiter: str) -> None:
    text = (
        delimiter.join(["date", "store", "item", "qty"]) + "\n" + delimiter.join(["2024-01-01", "S1", "A", "5"]) + "\n"
    )
    assert rows(read(text)) == [("2024-01-01", "S1", "A", 5.0)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_unicode_is_read_with_and_without_a_mark(read: Read, encoding: str) -> None:
    reading = read("date,item,qty\n2024-01-01,Käse,5\n2024-01-02,Käse,5\n", encoding=encoding)
    assert rows(reading)[0][2] == "Käse"


def test_an_older_encoding_is_read_and_recorded(read: Read) -> None:
    reading = read("date;item;qty\n2024-01-01;Käse;5\n", encoding="cp1252")
    assert rows(reading)[0][2] == "Käse"
    assert note(reading.verdict, Reason.ENCODING_FALLBACK).sentence == "not UTF-8 (line 2, byte 0xe4); read as cp1252"


@pytest.mark.parametrize(
    ("encoding", "store", "item"),
    [("mac_roman", "Zürich", "Käse"), ("cp1250", "Łódź", "Żurek"), ("cp850", "Übersee", "Gemüse für Köche")],
)
def test_words_prove_which_older_encoding_a_file_is_in(read: Read, encoding: str, store: str, item: str) -> None:
    reading = read(f"date;store;item;qty\n2024-01-01;{store};{item};5\n", encoding=encoding)
    assert rows(reading)[0][1:3] == (store, item)
    assert f"read as {encoding}" in note(reading.verdict, Reason.ENCODING_FALLBACK).sentence


def test_words_that_look_odd_and_prove_nothing_are_told(read: Read) -> None:
    reading = read("date;item;qty\n2024-01-01;Zürich;5\n", encoding="mac_roman")  # cp1250 gives a word, too
    sentence = note(reading.verdict, Reason.ENCODING_FALLBACK).sentence
    assert sentence.endswith("read as cp1252, which gives 'ZŸrich': set reading.encoding if that is wrong")
    assert (
        rows(read("date;item;qty\n2024-01-01;Zürich;5\n", encoding="mac_roman", charset="mac_roman"))[0][2] == "Zürich"
    )


@pytest.mark.parametrize(
    "item", ["L\u2019Or\xe9al", "McDonald\xb4s", "N\xb05", "Gr\xf6\xdfe\xb2", "\xc9CLAIR", "10\x80"]
)
def test_signs_that_stand_in_words_of_cp1252_show_no_other_encoding(read: Read, item: str) -> None:
    text = f"date;store;item;qty\n2024-01-01;S;{item};5\n".replace("\x80", "€")
    reading = read(text, encoding="cp1252")
    assert "read as cp1252" in note(reading.verdict, Reason.ENCODING_FALLBACK).sentence
    assert rows(reading)[0][2] == item.replace("\x80", "€")


@pytest.mark.parametrize(
    ("written", "encoding", "item"),
    [("Masło", "cp1250", "Masło"), ("100 cm³x", "cp1252", "100 cm³x"), ("m³h", "cp1252", "m³h")],
)
def test_a_power_of_three_within_a_word_is_a_letter_of_another_encoding(
    read: Read, written: str, encoding: str, item: str
) -> None:
    reading = read(f"date;item;qty\n2024-01-01;{written};5\n", encoding=encoding)
    assert rows(reading) == [("2024-01-01", "all", item, 5.0)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(read: Read, end: str) -> None:
    assert len(rows(read(f"date,qty{end}2024-01-01,5{end}2024-01-02,6"))) == 2


def test_preamble_blank_lines_repeated_headers_totals_and_notes_are_left_out_and_counted(read: Read) -> None:
    reading = read(
        "Sales report\nprinted,2024-03-01\n\ndate,store,item,qty\n2024-01-01,S1,A,5\n,,,\n\n"
        " Date , Store , Item , Qty \n2024-01-02,S1,A,6\nTotal,,,11\nSource: till\n"
    )
    assert [row[3] for row in rows(reading)] == [5.0, 6.0]
    verdict = reading.verdict
    assert verdict.kind is Kind.REPAIRED
    assert note(verdict, Reason.BLANK_LINE).lines == (6, 7)
    assert note(verdict, Reason.REPEATED_HEADER).lines == (8,)
    assert note(verdict, Reason.TOTAL_ROW).lines == (10,)
    assert (verdict.counts.read, verdict.counts.kept, verdict.counts.left_out) == (7, 2, 5)


def test_line_numbers_are_physical_also_after_quoted_newlines(read: Read) -> None:
    reading = read(f'date,store,item,qty\n2023-12-31,S1,"A\nB",5\n{DAYS}2024-02-01,S1,A,bad\n')
    assert [(r.line, r.value) for r in reading.verdict.refusals] == [(32, "bad")]
    assert rows(reading, "item_id", "_source_line")[0] == ("A\nB", 2)
    assert rows(reading, "item_id", "_source_line")[1] == ("A", 4)


def test_a_ragged_row_is_refused_with_its_line(read: Read) -> None:
    reading = read(f"date,store,item,qty\n{DAYS}2024-02-01,S1,A\n", max_refused_share=0.1)
    assert [(r.line, r.reason) for r in reading.verdict.refusals] == [(30, Reason.RAGGED_ROW)]
    reading = read(f"date,store,item,qty\n{DAYS}2024-02-01,S1,A,b,5\n", max_refused_share=0.1)
    assert [(r.line, r.reason) for r in reading.verdict.refusals] == [(30, Reason.RAGGED_ROW)]


def test_a_stray_quote_costs_its_own_row_only(read: Read) -> None:
    reading = read(f'date,store,item,qty\n2023-12-31,S1,"A,5\n{DAYS}')
    assert [(r.line, r.reason) for r in reading.verdict.refusals] == [(2, Reason.RAGGED_ROW)]
    assert len(rows(reading)) == 28
    inches = read('date,item,qty\n2024-01-01,15" LCD,5\n')
    assert rows(inches)[0][2] == '15" LCD'


def test_trailing_delimiters_are_no_columns(read: Read) -> None:
    assert len(rows(read("date,qty,\n2024-01-01,5,\n2024-01-02,5,\n"))) == 2
    assert len(rows(read("date,qty\n2024-01-01,5,,\n2024-01-02,5\n"))) == 2


def test_two_tables_glued_in_one_file_are_read_each_by_its_own_header(read: Read) -> None:
    reading = read("date,store,qty\n2024-01-01,S1,5\n\nUnits,Branch,Date,Price\n6,S2,2024-01-02,2.5\n")
    assert rows(reading) == [("2024-01-01", "S1", "all", 5.0), ("2024-01-02", "S2", "all", 6.0)]
    assert reading.verdict.counts.read == 3


def test_a_header_of_unknown_words_is_found_and_what_is_missing_is_said(read: Read) -> None:
    assert rows(read("Zeitpunkt;Stk.\n15.01.2024;5\n"))[0][3] == 5.0
    sentence = read("Zeitpunkt;Xyz\n15.01.2024;5\n").verdict.sentence
    assert "reading.columns.units" in sentence
    assert "'Xyz'" in sentence


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", Reason.EMPTY),
        ("\n\n \n", Reason.EMPTY),
        ("date,qty\n", Reason.NO_ROWS),
        ("hello\nworld\n", Reason.NOT_A_TABLE),
        ("2024-01-01,1,5\n", Reason.COLUMNS_MISSING),
        (b"\x00\x01\x02\x03" * 50, Reason.FORMAT_UNKNOWN),
        (b"%PDF-1.7 ...", Reason.FORMAT_UNKNOWN),
    ],
)
def test_what_is_no_table_is_rejected_for_a_stated_reason(read: Read, content: str | bytes, reason: Reason) -> None:
    verdict = read(content).verdict
    assert verdict.kind is Kind.REJECTED
    assert verdict.notes[0].reason is reason


def test_too_many_refused_rows_reject_the_file_and_nothing_is_taken(read: Read) -> None:
    reading = read("date,qty\n2024-01-01,5\n2024-01-02,x\n")
    assert reading.verdict.kind is Kind.REJECTED
    assert reading.table is None
    assert "1 of 2 rows" in reading.verdict.sentence
    assert read("date,qty\n2024-01-01,5\n2024-01-02,x\n", max_refused_share=0.5).table is not None


def test_refused_rows_are_kept_verbatim_and_harmless(read: Read) -> None:
    reading = read(f'date,store,item,qty\n{DAYS}2024-02-01,=cmd(),"a, ""b""",x\n')
    assert reading.quarantine is not None
    assert reading.quarantine.decode().splitlines() == [
        "line,column,reason,date,store,item,qty",
        '30,qty,units_unreadable,2024-02-01,\'=cmd(),"a, ""b""",x',
    ]


def test_limits_are_refused_by_name(read: Read) -> None:
    text = f"date,store,item,qty\n{DAYS}"
    for limit, value in (("max_rows", 5), ("max_line_bytes", 10), ("max_columns", 2), ("max_file_bytes", 10)):
        verdict = read(text, limits=Limits.model_validate({limit: value})).verdict
        assert verdict.kind is Kind.REJECTED
        assert limit in verdict.sentence


def test_configured_delimiter_and_encoding_are_used(read: Read) -> None:
    assert len(rows(read("date^qty\n2024-01-01^5\n", delimiter="^"))) == 1


def test_a_configured_encoding_is_used(read: Read) -> None:
    content = "date,item,qty\n2024-01-01,ł,5\n".encode("iso8859-2")
    assert rows(read(content))[0][2] == "³"
    assert rows(read(content, **{"charset": "iso8859-2"}))[0][2] == "ł"


def test_one_broken_line_does_not_spoil_the_letters_of_the_others(read: Read) -> None:
    reading = read("date,item,qty\n2024-01-01,Käse,5\n2024-01-02,Käse,5\n".encode() + b"2024-01-03,K\xe4se,5\n")
    assert {row[2] for row in rows(reading)} == {"Käse"}
    assert "(lines 4)" in note(reading.verdict, Reason.ENCODING_FALLBACK).sentence


def test_titles_above_further_headers_are_left_out(read: Read) -> None:
    reading = read("North\ndate,store,qty\n2024-01-01,N,5\n\nSouth\ndate,store,qty\n2024-01-01,S,6\n")
    assert [row[1] for row in rows(reading)] == ["N", "S"]
    assert note(reading.verdict, Reason.PREAMBLE).lines == (5,)


def test_a_delimiter_of_two_characters_is_refused_by_its_entry(read: Read) -> None:
    assert "reading.delimiter = '||'" in read("date||qty\n2024-01-01||5\n", delimiter="||").verdict.sentence


@pytest.mark.parametrize("block_bytes", [1 << 40, 300])
def test_single_quotes_around_every_cell_are_quotes(tmp_path: Path, block_bytes: int) -> None:
    path = tmp_path / "sales.csv"
    body = "".join(f"'2024-01-{day:02d}','S1','Milk, fresh','{day}'\n" for day in range(1, 29))
    path.write_text(f"'date','store','item','qty'\n{body}")
    found = rows(read_file(path, today=TODAY, block_bytes=block_bytes))
    assert found[0] == ("2024-01-01", "S1", "Milk, fresh", 1.0)
    assert len(found) == 28


def test_quotes_around_whole_lines_are_taken_off(read: Read) -> None:
    body = "".join(f'"2024-01-{day:02d},S1,""Milk, fresh"",{day}"\n' for day in range(1, 29))
    reading = read(f'"date,store,item,qty"\n{body}')
    assert rows(reading, "item_id", "_source_line")[27] == ("Milk, fresh", 29)
    assert len(rows(reading)) == 28


@pytest.mark.parametrize("block_bytes", [1 << 24, 1 << 14])
def test_a_carriage_return_alone_ends_a_line_beside_other_line_ends(tmp_path: Path, block_bytes: int) -> None:
    days = [f"2024-{m:02}-{d:02},S{s},A,{d}" for s in range(12) for m in range(1, 13) for d in range(1, 29)]
    text = "date,store,item,qty\r\n" + "\r\n".join(days).replace("\r\n", "\r", 5) + "\n2025-01-01,S1,A,x\n"
    path = tmp_path / "sales.csv"
    path.write_bytes(text.encode())
    reading = read_file(path, block_bytes=block_bytes)
    assert reading.verdict.counts.kept == len(days)
    assert reading.verdict.refusals[0].line == len(path.read_text().splitlines())


def test_a_carriage_return_in_quotes_is_a_line_end_of_its_cell(read: Read) -> None:
    reading = read(
        b'date,item,qty,note\n2024-03-13,A,1,"a\rb"\n2024-03-14,A,x,c\n2024-03-15,A,3,d\n', max_refused_share=0.5
    )
    assert reading.verdict.refusals[0].line == 4
    assert reading.verdict.counts.kept == 2


@pytest.mark.parametrize("mark", ["^", "~", " "])
def test_a_rare_delimiter_is_named_with_the_entry_that_tells_it(read: Read, mark: str) -> None:
    text = "date,item,qty\n2024-03-13,A,1\n2024-03-14,A,2\n".replace(",", mark)
    assert f"reading.delimiter = {mark!r}" in read(text).verdict.sentence
    assert [row[3] for row in rows(read(text, delimiter=mark))] == [1.0, 2.0]


_TWO = "date,store,sku,qty\n2024-03-13,S,A,5\n2024-03-14,S,A,6\n"


@pytest.mark.parametrize("again", ["date,store,sku,qty\n2024-03-15,S,A,7\n", "2024-03-15,S,A,7\n"])
def test_a_byte_order_mark_where_files_were_put_together_is_no_cell(read: Read, again: str) -> None:
    reading = read(f"{_TWO}\ufeff{again}")
    assert rows(reading, "date", "units")[-1] == ("2024-03-15", 7.0)
    assert reading.verdict.counts.refused == 0


@pytest.mark.parametrize("end", [b"\x1a", b"\n\x1a", b"\n\x1a\x1a"])
def test_what_pads_the_end_of_old_files_is_no_cell(read: Read, end: bytes) -> None:
    reading = read(_TWO.strip().encode() + end)
    assert rows(reading, "units") == [(5.0,), (6.0,)]
    assert reading.verdict.counts.refused == 0


def test_a_last_line_that_counts_the_rows_is_a_note(read: Read) -> None:
    text = _TWO.replace(",", "|")
    for trailer in ("TRL|2", "T|0000000002|11", "99|4"):
        assert rows(read(f"{text}{trailer}\n"), "units") == [(5.0,), (6.0,)]
    assert read(f"{text}TRL|7\n").verdict.counts.refused > 0


@pytest.mark.parametrize("count", [3, 512, 9000])
def test_zero_bytes_that_fill_up_the_end_of_a_file_are_no_rows(read: Read, count: int) -> None:
    reading = read("date,item,qty\n2024-01-01,A,5\n2024-01-02,A,6\n" + "\0" * count)
    assert rows(reading, "units") == [(5.0,), (6.0,)]
    assert reading.verdict.counts.read == 2
    assert read("\0" * count).verdict.kind is Kind.REJECTED
