"""Days that tell a part of their day, under a title that tells the rest."""

import pytest

from tests.unit.reading.conftest import Read, rows

MARCH = [("2024-03-01", 4.0), ("2024-03-02", 5.0), ("2024-03-04", 6.0)]


@pytest.mark.parametrize(
    "days", ["1.3.|2.3.|4.3.", "01/03|02/03|04/03", "Fri 1|Sat 2|Mon 4", "Fr 1.|Sa 2.|Mo 4.", "1|2|4"]
)
@pytest.mark.parametrize("title", ["Sales March 2024,,", "Verkauf M\u00e4rz 2024"])
def test_cells_of_days_get_the_month_of_the_title(read: Read, days: str, title: str) -> None:
    cells = "".join(f"{day},Tea,{units}\n" for units, day in enumerate(days.split("|"), start=4))
    reading = read(f"{title}\nDay,Product,Units\n{cells}")
    assert rows(reading, "date", "units") == MARCH
    assert "that of the title above: 2024-03" in reading.verdict.sentence


def test_a_column_for_each_item_may_stand_beside_such_days(read: Read) -> None:
    reading = read("Sales March 2024,,\nDay,Tea,Coffee\nFri 1,4,3\nSat 2,5,2\nMon 4,6,1\n")
    assert rows(reading, "date", "item_id", "units")[:3] == [
        ("2024-03-01", "Coffee", 3.0), ("2024-03-01", "Tea", 4.0), ("2024-03-02", "Coffee", 2.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "days"),
    [("Sales 2024", "01/03|02/03|03/03"), ("Sales March 2024", "Fri 1|Sat 2|Sun 4"),
     ("Sales 2024", "Fri 1|Sat 2|Mon 4"), ("Sales March 2024", "1.3.|2.4.|3.4."),
     ("Sales March 2024", "4|1|2"), ("Printed March 2024", "1.3.|2.3.|3.3.")],
)  # fmt: skip
def test_days_that_the_title_does_not_settle_are_not_read(read: Read, title: str, days: str) -> None:
    cells = "".join(f"{day},Tea,{units}\n" for units, day in enumerate(days.split("|"), start=4))
    assert not read(f"{title},,\nDay,Product,Units\n{cells}").verdict.kind.merged


def test_days_without_a_year_and_a_title_are_told_how_to_write_it(read: Read) -> None:
    assert "write it into them, as '1.3.2024'" in read("Date,Product,Units\n1.3.,Tea,4\n2.3.,Tea,5\n").verdict.sentence


def test_months_as_rows_get_the_year_of_the_title(read: Read) -> None:
    text = "Ventas 2024;;\nMes;Producto;Unidades\nEnero;Pan;10\nEnero;Leche;12\nFebrero;Pan;9\n"
    assert rows(read(text), "date", "item_id", "units") == [
        ("2024-01-01", "Leche", 12.0), ("2024-01-01", "Pan", 10.0), ("2024-02-01", "Pan", 9.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "table",
    ["Sum of Qty,Column Labels,\nRow Labels,Tea,Coffee\nJan,10,12\nFeb,11,9\nMar,8,14\nGrand Total,29,35\n",
     "Region,(All)\n\nRow Labels,Jan,Feb,Mar\nTea,10,11,8\nCoffee,12,9,14\nGrand Total,22,20,22\n"],
)  # fmt: skip
def test_the_filter_above_a_pivot_table_tells_the_year_of_its_months(read: Read, table: str) -> None:
    reading = read(f"Year,2024\n\n{table}")
    assert rows(reading, "date", "item_id", "units") == [
        ("2024-01-01", "Coffee", 12.0), ("2024-01-01", "Tea", 10.0), ("2024-02-01", "Coffee", 9.0),
        ("2024-02-01", "Tea", 11.0), ("2024-03-01", "Coffee", 14.0), ("2024-03-01", "Tea", 8.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "times",
    ["2023.833|2023.917|2024.000|2024.083", "2023.83333333333|2023.91666666667|2024|2024.08333333333",
     "2023.83|2023.92|2024|2024.08", "2023.875|2023.958|2024.042|2024.125"],
)  # fmt: skip
def test_months_are_read_from_fractions_of_a_year(read: Read, times: str) -> None:
    reading = read("time,sales\n" + "".join(f"{time},{units}\n" for units, time in enumerate(times.split("|"))))
    days = ["2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01"]
    assert rows(reading, "date", "units") == [(day, float(units)) for units, day in enumerate(days)]


def test_quarters_as_fractions_of_a_year_and_gaps_are_refused(read: Read) -> None:
    quarters = "time,sales\n2023.5,1\n2023.75,2\n2024,3\n"
    assert "'time' counts years in quarters (such as '2023.5')" in read(quarters).verdict.sentence
    assert not read("time,sales\n2023.833,1\n2023.917,2\n2024.167,3\n2024.25,4\n").verdict.kind.merged
