"""Cures are true of the cell and say what to write."""

import pytest

from core.contracts.verdict import Reason, Refusal
from tests.unit.reading.conftest import Read, note, rows
from tests.unit.reading.test_containers import archive

ISO = "".join(f"2024-{month:02d}-{day:02d},A,{day},1.5\n" for month in (1, 2) for day in range(1, 29))


def refused(read: Read, row: str, body: str = ISO) -> Refusal:
    found = read(f"date,item,qty,price\n{body}{row}\n", max_refused_share=0.2).verdict.refusals
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("day", "cure"),
    [
        ("2015-06-31", "June has 30 days, there is no day 31; correct the date"),
        ("2023-02-29", "February 2023 has 28 days, there is no day 29; correct the date"),
        ("2024-13-01", "there is no month 13; correct the date"),
        ("2024-05-00", "May has 31 days, there is no day 0; correct the date"),
        ("2O24-05-01", "write '2024-05-01': 'O' is no digit, 0 is"),
        ("31/05/2024", "this is %d/%m/%Y, the file's dates are %Y-%m-%d: write '2024-05-31'"),
        ("05/06/2024", "write it as the other rows do, like '2024-01-01'"),
        ("soon", "write it as the other rows do, like '2024-01-01'"),
        ("1024-05-01", "the year 1024 lies before 1901; correct the date"),
        ("2204-05-01", "2204-05-01 lies in the future; correct the date"),
        ("1402-05-01", "the year 1402 may be one of the Persian calendar: write the day of the Gregorian one"),
        ("2567-05-01", "the year 2567 of the Buddhist calendar is 2024: write that, if it is meant"),
        (
            "1942-05-01",
            "1942-05-01 lies 82 years away from the other rows (2024-01-01 to 2024-02-28); correct the date",
        ),
    ],
)
def test_a_day_that_cannot_be_is_told_why(read: Read, day: str, cure: str) -> None:
    assert refused(read, f"{day},A,5,1.5").cure == cure


def test_a_day_is_corrected_in_the_form_of_the_file(read: Read) -> None:
    body = "".join(f"{day:02d}.01.2024,A,{day},1.5\n" for day in range(1, 29))
    assert refused(read, "31.06.2024,A,5,1.5", body).cure == "June has 30 days, there is no day 31; correct the date"
    told = "this is %Y-%m-%d (2024-06-05), the file's dates are %d.%m.%Y: write '05.06.2024'"
    assert refused(read, "2024-06-05,A,5,1.5", body).cure == told


@pytest.mark.parametrize(
    ("cell", "cure"),
    [
        ("12O4", "write 1204: 'O' is no digit, 0 is"),
        ("l2", "write 12: 'l' is no digit, 1 is"),
        ("many", "this is no number: write one in digits"),
        ("~5", "write the number alone, without '~'"),
        ("5 boxes", "write the number alone, without 'boxes'"),
        ("3/5", "these are 2 numbers in one cell: write one"),
        ("inf", "write a finite number"),
        ("1e999", "write a finite number"),
        ("Soll", "this is no number: write one in digits"),
    ],
)
def test_a_cell_that_is_no_number_is_told_why(read: Read, cell: str, cure: str) -> None:
    assert refused(read, f"2024-03-01,A,{cell},1.5").cure == cure


def test_a_number_in_another_style_is_told_the_style_of_the_file(read: Read) -> None:
    body = "".join(f"{line.removesuffix('1.5')}{n}.5\n" for n in (1, 2) for line in ISO.replace("A", f"A{n}").split())
    told = refused(read, '2024-03-01,A,"1.234,5",1.5', body).cure
    assert told == "the file's decimal mark is the point: write 1234.5 if that is meant"


def test_a_price_may_also_be_left_blank(read: Read) -> None:
    assert refused(read, "2024-03-01,A,5,1.5O").cure == "write 1.50: 'O' is no digit, 0 is; or leave it blank"


def test_ragged_rows_say_how_many_cells_are_wrong(read: Read) -> None:
    assert refused(read, "2024-03-01,A,5").cure.startswith("1 missing: complete the row")
    excess = refused(read, "2024-03-01,A,b,5,1.5").cure
    assert excess.startswith("1 too many: put cells")
    assert "into the header the name that it lacks" in excess


def test_conflicting_rows_name_each_other(read: Read) -> None:
    assert refused(read, "2024-01-01,A,9,1.5").cure.startswith("lines 2 and 58 differ: keep one")


def test_a_share_is_no_quantity(read: Read) -> None:
    assert refused(read, "2024-03-01,A,12.5%,1.5").cure == "a share is no quantity: write how many"


@pytest.mark.parametrize("column", ["Hour", "Uhrzeit"])
def test_the_total_of_the_hours_of_a_day_is_left_out(read: Read, column: str) -> None:
    reading = read(f"Date,{column},Item,Qty\n2024-03-13,10,A,5\n2024-03-13,11,A,2\n2024-03-13,Total,A,7\n")
    assert rows(reading, "units") == [(7.0,)]
    assert note(reading.verdict, Reason.TOTAL_ROW).lines == (4,)


def test_rows_that_may_sum_up_others_are_told_before_they_are_summed(read: Read) -> None:
    text = "Date,Channel,Item,Qty\n2024-03-13,Web,A,5\n2024-03-13,Shop,A,2\n2024-03-13,Total,A,7\n"
    cure = (
        "lines 2, 3 and 4 differ: leave out the rows of 'Total' in 'Channel' if they sum up others, or keep one, or set"
    )
    assert read(text).verdict.refusals[0].cure.startswith(cure)


def test_files_of_one_store_each_get_its_column(read: Read) -> None:
    member = "date,item,qty\n2024-03-13,A,{}\n"
    verdict = read(archive(berlin_csv=member.format(5), bonn_csv=member.format(6))).verdict
    assert "differ: add a column of the store to each, if each is of one; or keep one" in verdict.refusals[0].cure


def test_a_number_of_thousands_is_written_in_full(read: Read) -> None:
    assert refused(read, "2024-03-01,A,1.2K,1.5").cure == "write it in full, without 'K'"


def test_a_column_named_by_what_is_counted_in_is_offered_beside_money(read: Read) -> None:
    text = "Date,Station,Product,Litres,Amount\n2024-03-13,S1,Diesel,500.5,800\n2024-03-14,S1,Diesel,600.2,900\n"
    assert "set reading.columns.units = 'Litres' if that is it, or else add the quantity" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": "Litres"}), "units") == [(500.5,), (600.2,)]
