"""A day that only the name of a file tells: of a member of an archive, of a sheet, of the upload itself."""

from pathlib import Path

import pytest

from core.contracts.dataset import DatasetConfig
from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import TODAY, note, rows
from tests.unit.reading.test_containers import archive, book
from training.reading import Reading, read_file
from training.reading.shapes.filename import day_in

ROWS = "store,item,qty\nS1,A,3\nS1,B,4\n"


def named(folder: Path, name: str, content: str | bytes = ROWS, **reading: object) -> Reading:
    path = folder / "upload"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    config = DatasetConfig.model_validate({"reading": reading})
    return read_file(path, name=name, config=config, today=TODAY)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024-03-01.csv", "2024-03-01"),
        ("shop/sales_20240301.csv", "2024-03-01"),
        ("shop/sales_20240301_083000.csv.gz", "2024-03-01"),
        ("Umsatz 13.03.2024.csv", "2024-03-13"),
        ("ventas-13-03-2024.csv", "2024-03-13"),
        ("sales_2024_03_01_store_12.csv", "2024-03-01"),
        ("sales 2024-W10.csv", "2024-03-04"),
        ("March 2024.csv", "2024-03-01"),
        ("export_2024-03.csv", "2024-03-01"),
    ],
)
def test_rows_without_a_day_have_the_one_of_their_files_name(tmp_path: Path, name: str, day: str) -> None:
    reading = named(tmp_path, name)
    assert rows(reading) == [(day, "S1", "A", 3.0), (day, "S1", "B", 4.0)]
    assert reading.verdict.kind is Kind.REPAIRED
    assert "file's name" in note(reading.verdict, Reason.TITLE_READ).sentence


def test_daily_exports_of_one_archive_each_have_their_own_day(tmp_path: Path) -> None:
    days = {f"export/2024-03-{day:02d}.csv": ROWS for day in range(1, 8)}
    reading = named(tmp_path, "week.zip", archive(**{name.replace(".", "_"): text for name, text in days.items()}))
    assert {str(row[0]) for row in rows(reading)} == {f"2024-03-{day:02d}" for day in range(1, 8)}
    told = note(reading.verdict, Reason.TITLE_READ).sentence
    assert "'2024-03-01', '2024-03-02', '2024-03-03', ..." in told


def test_sheets_named_by_their_day_have_it(tmp_path: Path) -> None:
    cells: list[list[object]] = [["Store", "Item", "Qty"], ["S1", "A", 3]]
    reading = named(tmp_path, "march.xlsx", book(**{"2024-03-01": cells, "2024-03-02": cells}))
    assert rows(reading) == [("2024-03-01", "S1", "A", 3.0), ("2024-03-02", "S1", "A", 3.0)]


def test_names_that_can_be_read_in_two_ways_prove_each_other_or_are_refused(tmp_path: Path) -> None:
    def exports(*days: int) -> bytes:
        return archive(**{f"{day:02d}-03-24_csv": ROWS for day in days})

    assert {row[0] for row in rows(named(tmp_path, "x.zip", exports(1, 13)))} == {"2024-03-01", "2024-03-13"}
    refused = named(tmp_path, "x.zip", exports(1, 2)).verdict
    assert refused.kind is Kind.REJECTED
    assert "reading.date_format = " in note(refused, Reason.AMBIGUOUS).sentence
    settled = named(tmp_path, "x.zip", exports(1, 2), date_format="%d-%m-%y")
    assert {row[0] for row in rows(settled)} == {"2024-03-01", "2024-03-02"}


def test_days_in_cells_count_and_not_that_of_the_name(tmp_path: Path) -> None:
    text = "date,store,item,qty\n2024-02-29,S1,A,3\n"
    assert rows(named(tmp_path, "2024-03-01.csv", text)) == [("2024-02-29", "S1", "A", 3.0)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sales.csv", "the file's name tells no day"),
        ("sales_2024-03-01_2024-03-07.csv", "tells several days ('2024-03-01', '2024-03-07')"),
        ("stock 2024-03-01.csv", "is not taken for that of sales"),
        ("store 12 2024.csv", "the file's name tells no day"),
    ],
)
def test_a_name_that_proves_no_day_is_refused_and_the_sentence_says_so(tmp_path: Path, name: str, why: str) -> None:
    verdict = named(tmp_path, name).verdict
    assert verdict.kind is Kind.REJECTED
    assert why in note(verdict, Reason.COLUMNS_MISSING).sentence
    assert "reading.columns.date" in note(verdict, Reason.COLUMNS_MISSING).sentence


@pytest.mark.parametrize("text", ["item,price\nA,1.50\nB,2.50\n", "store,city,size\nS1,Bonn,120\nS2,Kiel,80\n"])
def test_a_list_without_a_quantity_is_no_sale_of_the_day_in_its_name(tmp_path: Path, text: str) -> None:
    assert named(tmp_path, "2024-03-01.csv", text).verdict.kind is Kind.REJECTED


def test_numbers_that_are_no_days_are_none() -> None:
    assert day_in("sales_12345678.csv") == []
    assert day_in("report v1.2.24.csv") == []
    assert day_in("9912024030199.csv") == []


def test_a_member_of_returns_beside_sales_is_refused_for_they_may_be_net_of_it_already(tmp_path: Path) -> None:
    sales, back = ("date,store,item,qty\n2024-01-0{},S1,A,{}\n".format(*row) for row in ((1, 5), (2, 2)))
    verdict = named(tmp_path, "a.zip", archive(sales_csv=sales, returns_csv=back)).verdict
    assert verdict.kind is Kind.REJECTED
    assert "upload sales.csv alone if it is, or else write it into sales.csv as negative" in verdict.sentence
    assert rows(named(tmp_path, "a.zip", archive(returns_csv=back)), "units") == [(2.0,)]
    told = named(tmp_path, "a.zip", archive(sales_csv=sales, returns_csv="about,returns\nten,days\n"))
    assert rows(told) == [("2024-01-01", "S1", "A", 5.0)]


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("Date", "Mon", "Tue"),
        ("Weekday", "Mon", "Tue"),
        ("Month", "Jan", "Feb"),
        ("Month", "1", "2"),
        ("Week", "W1", "W2"),
    ],
)
def test_rows_of_several_days_are_not_all_of_the_day_in_the_name(
    tmp_path: Path, column: str, first: str, second: str
) -> None:
    path = tmp_path / "sales_2024-05.csv"
    path.write_text(f"{column},Item,Qty\n{first},A,3\n{second},B,4\n", "utf-8")
    told = read_file(path).verdict.sentence
    assert f"as {column!r} tells of several days, the one in the file's name is not taken" in told
    path.write_text(f"{column},Item,Qty\n{first},A,3\n{first},B,4\n", "utf-8")
    assert read_file(path).rows is not None


def test_times_of_the_day_beside_the_day_in_the_name(tmp_path: Path) -> None:
    path = tmp_path / "sales_2024-05-03.csv"
    path.write_text("Date,Item,Qty\n09:00,A,3\n10:00,B,4\n", "utf-8")
    assert {row[0] for row in rows(read_file(path))} == {"2024-05-03"}


@pytest.mark.parametrize(("first", "second"), [("01/01", "02/01"), ("13.03.", "14.03.")])
def test_days_of_another_month_than_that_in_the_name_lack_their_year(tmp_path: Path, first: str, second: str) -> None:
    path = tmp_path / "sales_2024-05.csv"
    path.write_text(f"Date,Item,Qty\n{first},A,3\n{second},B,4\n", "utf-8")
    assert "the days of 'Date' tell no year" in read_file(path).verdict.sentence.lower().replace("'date'", "'Date'")


def test_days_of_the_month_in_the_name_have_its_year(tmp_path: Path) -> None:
    path = tmp_path / "sales_2024-03.csv"
    path.write_text("Date,Item,Qty\n13.03.,A,3\n14.03.,B,4\n", "utf-8")
    assert rows(read_file(path), "date") == [("2024-03-13",), ("2024-03-14",)]
