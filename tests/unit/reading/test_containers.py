"""gzip, zip, xlsx and parquet are opened by content, within limits."""

import gzip
import io
import zipfile
from datetime import date, datetime

import openpyxl
import polars as pl
import pytest

from core.contracts.sniff import Kind as Content
from core.contracts.sniff import sniff
from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows
from training.reading import Limits

TEXT = "date,store,item,qty\n2024-01-01,S1,A,5\n"
Cells = list[list[object]]


def book(**sheets: Cells) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, cells in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in cells:
            sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def archive(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("_", "."), content)
    return out.getvalue()


def test_a_sheet_without_a_header_is_refused_with_its_cells_as_a_sheet_shows_them(read: Read) -> None:
    cells: Cells = [["Item", 5, 7, 9], ["A", 1, 2, 3]]
    sentence = read(book(Jan=cells)).verdict.sentence
    assert "Item, 5, 7, 9" in sentence
    assert "comma" not in sentence


def test_gzip_is_opened(read: Read) -> None:
    reading = read(gzip.compress(TEXT.encode()))
    assert rows(reading) == [("2024-01-01", "S1", "A", 5.0)]
    assert reading.verdict.dialect is not None
    assert reading.verdict.dialect.format == "csv in gzip"


def test_every_table_of_a_zip_is_read_and_what_does_not_fit_is_told_by_name(read: Read) -> None:
    second = "Datum;Filiale;Artikel;Menge\n2024-01-02;S1;A;6\n"
    reading = read(archive(jan_csv=TEXT, feb_csv=second, readme_txt="hello there", logo_png=b"\x89PNG\r\n\x1a\n"))
    assert rows(reading) == [("2024-01-01", "S1", "A", 5.0), ("2024-01-02", "S1", "A", 6.0)]
    told = note(reading.verdict, Reason.NOT_A_TABLE)
    assert told.count == 2
    assert "readme.txt was not read" in told.sentence
    assert "logo.png" in told.sentence


def test_each_member_that_proves_its_own_dialect_is_read_by_it(read: Read) -> None:
    points = "date,store,item,qty,price\n13/03/2024,1,A,1.5,1.234\n02/04/2024,1,A,2,2.5\n"
    commas = "datum;filiale;artikel;menge;preis\n03/14/2024;2;A;1,5;1,234\n04/02/2024;2;A;x;2,5\n"
    reading = read(archive(uk_csv=points, us_csv=commas), max_refused_share=0.5)
    assert rows(reading, "date", "store_id", "units", "price") == [
        ("2024-03-13", "1", 1.5, 1.234),
        ("2024-03-14", "2", 1.5, 1.234),
        ("2024-04-02", "1", 2.0, 2.5),
    ]
    dialect = reading.verdict.dialect
    assert dialect is not None
    assert (dialect.date_format, dialect.decimal) == (None, None)
    assert {text.split(":")[0] for text in dialect.evidence} >= {"uk.csv", "us.csv"}
    many = "".join(f"{day}/03/2023,1,B,1.5,1\n" for day in range(13, 29)) * 10
    few = rows(read(archive(uk_csv=points + many, us_csv=commas), max_refused_share=0.5), "store_id", "price")
    assert ("2", 1.234) in few  # and not as a stray beside many others


def test_a_member_that_proves_nothing_is_read_as_the_others_or_refused_where_they_differ(read: Read) -> None:
    day, month, open_ = (
        f"date,item,qty\n{d},{i},1\n" for d, i in (("13/03/2024", "A"), ("03/14/2024", "B"), ("02/03/2024", "C"))
    )
    assert rows(read(archive(a_csv=day, c_csv=open_)), "date") == [("2024-03-02",), ("2024-03-13",)]
    refused = read(archive(a_csv=day, b_csv=month, c_csv=open_)).verdict
    assert refused.kind is Kind.REJECTED
    assert "c.csv: dates can be read in two ways" in refused.sentence


def test_lines_of_different_members_that_claim_one_key_are_told_with_their_members(read: Read) -> None:
    north, south = (f"date,store,item,units\n2024-01-01,1,A,{n}\n" for n in (3, 4))
    refused = read(archive(north_csv=north, south_csv=south)).verdict.refusals
    assert [refusal.column for refusal in refused] == ["north.csv", "south.csv"]
    assert refused[0].cure.startswith("lines 2 of 'north.csv' and 2 of 'south.csv' differ")


def test_lines_of_the_only_member_that_claim_one_key_are_told_with_it(read: Read) -> None:
    refused = read(archive(north_csv=f"{TEXT}2024-01-01,S1,A,6\n")).verdict.refusals
    assert [refusal.column for refusal in refused] == ["north.csv", "north.csv"]


def test_a_sheet_with_other_columns_is_outlined_with_the_entry_that_reads_it(read: Read) -> None:
    sales: Cells = [["Date", "Store", "Item", "Qty"], [datetime(2024, 3, 13), "S1", "A", 5]]
    back: Cells = [["Day", "Shop", "Product", "Returned qty"], [datetime(2024, 3, 14), "S1", "A", 1]]
    reading = read(book(Sales=sales, Returns=back))
    told = note(reading.verdict, Reason.NOT_A_TABLE).sentence
    assert "'Returns' (1 row of Day, Shop, Product, Returned qty)" in told
    assert "reading.sheet = 'Returns'" in told
    assert rows(reading) == [("2024-03-13", "S1", "A", 5.0)]


def _priced(*prices: object) -> bytes:
    return book(
        Sales=[
            ["Date", "Item", "Qty", "Price"],
            *([datetime(2024, 3, n), "A", 1.5, p] for n, p in enumerate(prices, 1)),
        ]
    )


def test_prices_that_are_typed_are_read_in_their_own_style_beside_numbers(read: Read) -> None:
    assert rows(read(_priced(2.5, "1,25", "2,50 \u20ac", 1.234, "1.234,50")), "units", "price") == [
        (1.5, 2.5), (1.5, 1.25), (1.5, 2.5), (1.5, 1.234), (1.5, 1234.5),
    ]  # fmt: skip
    assert rows(read(_priced(2.5, "$1,234.50", "2.50", 1.234)), "price") == [(2.5,), (1234.5,), (2.5,), (1.234,)]


def test_a_number_of_a_workbook_does_not_prove_the_style_of_a_typed_one(read: Read) -> None:
    verdict = read(_priced(2.5, "1,234", 1.25)).verdict
    assert verdict.kind is Kind.REJECTED
    assert "'1,234'" in verdict.sentence
    assert rows(read(_priced(2.5, "1,234", 1.25), decimal=","), "units", "price") == [
        (1.5, 2.5),
        (1.5, 1.234),
        (1.5, 1.25),
    ]
    assert rows(read(_priced(2.5, "1,234", 1.25), decimal="."), "price") == [(2.5,), (1234.0,), (1.25,)]
    assert rows(read(_priced(1.234), decimal=","), "price") == [(1.234,)]


def test_a_workbook_gives_its_first_sheet_with_a_table(read: Read) -> None:
    cells: Cells = [["Report"], [], ["Date", "Store", "Item", "Qty", "Price"], [date(2024, 1, 31), 1, "007", 5, 1.25]]
    reading = read(book(Intro=[["about this file"]], Data=cells))
    assert rows(reading, "date", "store_id", "item_id", "units", "price", "_source_line") == [
        ("2024-01-31", "1", "007", 5.0, 1.25, 4)
    ]


def test_sheets_of_one_shape_are_one_table_and_the_verdict_says_so(read: Read) -> None:
    jan: Cells = [["Date", "Qty"], [datetime(2024, 1, 1), 5]]
    feb: Cells = [["Date", "Qty"], [datetime(2024, 2, 1), 6]]
    content = book(Jan=jan, Feb=feb)
    reading = read(content)
    assert [row[0] for row in rows(reading)] == ["2024-01-01", "2024-02-01"]
    assert "'Jan', 'Feb'" in note(reading.verdict, Reason.SHEETS_JOINED).sentence
    assert [row[0] for row in rows(read(content, sheet="Feb"))] == ["2024-02-01"]
    assert "'Jan', 'Feb'" in read(content, sheet="Mar").verdict.sentence


def test_parquet_keeps_its_types(read: Read) -> None:
    frame = pl.DataFrame({"Date": [date(2024, 1, 31)], "Store": [1], "Sales": [5], "Open": [True], "Note": ["x"]})
    out = io.BytesIO()
    frame.write_parquet(out)
    reading = read(out.getvalue())
    assert rows(reading, "date", "store_id", "units", "open", "note") == [("2024-01-31", "1", 5.0, True, "x")]


def test_a_bomb_is_refused_by_the_name_of_its_limit(read: Read) -> None:
    bomb = gzip.compress(b"0" * 40_000_000)
    assert "max_ratio" in read(bomb).verdict.sentence
    assert "max_unpacked_bytes" in read(bomb, limits=Limits(max_unpacked_bytes=1_000_000)).verdict.sentence
    assert "max_members" in read(archive(a_csv=TEXT, b_csv=TEXT), limits=Limits(max_members=1)).verdict.sentence


@pytest.mark.parametrize("cut", [20, 40])
def test_damaged_archives_are_rejected(read: Read, cut: int) -> None:
    for content in (gzip.compress(TEXT.encode() * 9), archive(a_csv=TEXT * 9), book(A=[["Date", "Qty"]])):
        reading = read(content[:cut])
        assert reading.verdict.kind is Kind.REJECTED
        assert reading.verdict.sentence


def test_an_encrypted_or_empty_archive_is_rejected(read: Read) -> None:
    assert read(archive()).verdict.kind is Kind.REJECTED
    assert read(gzip.compress(b"")).verdict.notes[0].reason is Reason.EMPTY


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", Content.EMPTY),
        (b"date,qty\n", Content.TEXT),
        (b"\xef\xbb\xbfdate", Content.TEXT),
        ("date,qty".encode("utf-16"), Content.TEXT),
        ("date,qty".encode("utf-16-le"), Content.TEXT),
        (b"K\xe4se;5\n", Content.TEXT),
        (gzip.compress(b"x"), Content.GZIP),
        (archive(a_csv="x"), Content.ZIP),
        (book(A=[["x"]]), Content.XLSX),
        (b"PAR1....", Content.PARQUET),
        ("date,qty".encode("utf-32-be"), Content.TEXT),
        (b"\x00\x00\xfe\xff" + "date,qty".encode("utf-32-be"), Content.TEXT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Content.UNKNOWN),
        (b"ORC,store,item\n2024-01-01,S1,A\n", Content.TEXT),
        (b"\x89PNG\r\n\x1a\n", Content.UNKNOWN),
        (bytes(range(32)) * 4, Content.UNKNOWN),
    ],
    ids=lambda value: value.value if isinstance(value, Content) else "bytes",
)
def test_first_bytes_tell_the_kind(head: bytes, kind: Content) -> None:
    assert sniff(head) is kind
    assert kind.readable is (kind not in (Content.EMPTY, Content.UNKNOWN))


def test_hidden_sheets_and_sheets_without_a_table_are_told_by_name(read: Read) -> None:
    cells: Cells = [["Date", "Qty"], [datetime(2024, 1, 1), 5]]
    workbook = openpyxl.load_workbook(io.BytesIO(book(Cover=[["Sales"], ["by till"]], Data=cells, Old=cells)))
    workbook["Old"].sheet_state = "hidden"
    workbook["Old"]["B2"] = 7
    out = io.BytesIO()
    workbook.save(out)
    reading = read(out.getvalue())
    assert rows(reading)[0][3] == 5.0
    told = note(reading.verdict, Reason.NOT_A_TABLE).sentence
    assert told.startswith("sheets without a table were not read: 'Cover'; hidden sheets were not read: 'Old'")
    assert told.endswith("reading.sheet = 'Old' reads that one")
    assert rows(read(out.getvalue(), sheet="Old"))[0][3] == 7.0


def test_texts_that_parquet_holds_as_bytes_are_ids(read: Read) -> None:
    frame = pl.DataFrame({"Date": [date(2024, 1, 31)] * 2, "Store": [b"S1", b"K\xc3\xb6ln"], "Sales": [5, 6]})
    out = io.BytesIO()
    frame.write_parquet(out)
    assert {row[1] for row in rows(read(out.getvalue()))} == {"S1", "Köln"}


def test_gzip_members_of_a_zip_are_opened_within_the_limits(read: Read) -> None:
    content = archive(jan_csv_gz=gzip.compress(TEXT.encode()))
    assert rows(read(content)) == [("2024-01-01", "S1", "A", 5.0)]
    bomb = archive(jan_csv_gz=gzip.compress(b"0" * 40_000_000))
    assert "max_ratio" in read(bomb).verdict.sentence
    assert "max_unpacked_bytes" in read(bomb, limits=Limits(max_unpacked_bytes=1_000_000)).verdict.sentence


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "By its first bytes a PDF; export it as CSV."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old Excel workbook (.xls) or another old office file; export it as CSV.",
        ),
        (b"BZh91AY&SY\x00\x01\x02", "By its first bytes packed by bzip2; unpack it first."),
        (gzip.compress(gzip.compress(b"x")), "Inside gzip lies a further gzip file; unpack the outer one."),
        (b'[\n{"date": "2024-01-01", "qty": 5}\n]\n', "Looks like JSON (line 1: '['); export it as CSV."),
        (b"<html><table><tr><td>5</td></tr></table></html>\n", "Looks like XML or HTML"),
        (archive(content_xml="x", in_zip=archive(a_csv=TEXT)), "content.xml"),
    ],
    ids=["pdf", "old workbook", "bzip2", "gzip twice", "json", "html", "a zip in a zip"],
)
def test_what_is_not_read_is_called_by_its_name(read: Read, content: bytes, told: str) -> None:
    verdict = read(content).verdict
    assert verdict.kind is Kind.REJECTED
    assert told in verdict.sentence


def test_a_workbook_under_a_password_is_called_so(read: Read) -> None:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(30, b"\0") + (9).to_bytes(2, "little")
    head = head.ljust(48, b"\0") + (20).to_bytes(4, "little")
    locked = head.ljust(21 * 512, b"\0") + "Root Entry".encode("utf-16-le").ljust(128, b"\0")
    verdict = read(locked + "EncryptedPackage".encode("utf-16-le").ljust(128, b"\0")).verdict
    assert verdict.sentence == "A workbook locked by a password; save it without one."
    assert "an old Excel workbook" in read(locked.ljust(30 * 512, b"\0")).verdict.sentence


def test_an_office_document_is_no_table(read: Read) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr("content.xml", "<x/>")
    assert "no xlsx workbook" in read(out.getvalue()).verdict.sentence


@pytest.mark.parametrize("kind", [pl.Date, pl.Datetime("us"), pl.Datetime("ms", "Europe/Berlin")])
def test_a_day_beyond_any_calendar_is_a_refused_row(read: Read, kind: pl.DataType) -> None:
    days = pl.Series("Date", [date(2024, 1, 1 + day) for day in range(28)]).cast(kind).to_physical()
    days[3] = 2_000_000_000 if kind == pl.Date else 2**62
    out = io.BytesIO()
    pl.DataFrame([days.cast(kind), pl.Series("Sales", range(28))]).write_parquet(out)
    reading = read(out.getvalue())
    assert [r.line for r in reading.verdict.refusals] == [4]
    assert len(rows(reading)) == 27


def test_the_parameters_of_a_report_on_the_first_sheet_are_passed_over(read: Read) -> None:
    sales: Cells = [["date", "store", "item", "qty"], ["2024-03-13", "S1", "A", 2], ["2024-03-14", "S1", "A", 3]]
    parameters: Cells = [["Report", "Daily sales"], ["From", "2024-03-13"], ["To", "2024-03-14"]]
    reading = read(book(Parameters=parameters, Data=sales))
    assert rows(reading) == [("2024-03-13", "S1", "A", 2.0), ("2024-03-14", "S1", "A", 3.0)]
    assert "'Parameters'" in note(reading.verdict, Reason.NOT_A_TABLE).sentence


def test_an_ambiguous_first_sheet_is_refused_and_not_passed_over(read: Read) -> None:
    first: Cells = [["date", "item", "units ordered", "units shipped"], ["2024-03-13", "A", 2, 1]]
    other: Cells = [["date", "item", "qty"], ["2024-03-13", "A", 2]]
    verdict = read(book(First=first, Other=other)).verdict
    assert verdict.kind is Kind.REJECTED
    assert "'units ordered'" in verdict.sentence
