"""What stands beside sales and is none: aims, plans, sheets of forecasts, small tables to the right."""

from datetime import date

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows
from tests.unit.reading.test_containers import archive, book

_DAYS = [date(2024, 3, day) for day in range(1, 11)]


def _long(units: int, *, month: int = 3) -> list[list[object]]:
    return [["Date", "Item", "Qty"], *([day.replace(month=month), "A", units] for day in _DAYS)]


def _csv(header: str, line: str) -> str:
    return "\n".join([header, *(line.format(day) for day in _DAYS)])


def test_an_aim_beside_what_was_sold_of_items_is_not_the_quantity(read: Read) -> None:
    verdict = read(_csv("Date,Milk,Bread,Target", "{},5,6,60")).verdict
    assert "'Target' may be the quantity, or an aim beside what was sold of 'Milk', 'Bread'" in verdict.sentence
    verdict = read(_csv("Date,Item,Target,Walmart,Kroger", "{},A,1,2,60")).verdict
    assert "beside what was sold of 'Walmart', 'Kroger', or one of them" in verdict.sentence
    assert rows(read(_csv("date,item,x1,x2,target", "{},A,1,2,60")))[0][3] == 60
    assert rows(read(_csv("date,x1,x2,target", "{},1,2,60"), columns={"units": "target"}))[0][3] == 60


@pytest.mark.parametrize("name", ["Last Year", "Budget", "LY", "Forecast", "Variance", "Vorjahr"])
def test_figures_beside_columns_of_items_are_no_items(read: Read, name: str) -> None:
    text = _csv(f"Date,Milk,Bread,{name}", "{},5,6,7")
    assert f"{name!r} is named like a figure beside sales" in read(text).verdict.sentence
    assert {row[2] for row in rows(read(text, columns={"beside": name}))} == {"Milk", "Bread"}


def test_sheets_and_members_of_what_was_planned_are_left_out_by_name(read: Read) -> None:
    found = read(book(Actual=_long(5), Forecast=_long(9, month=4)))
    assert [row[3] for row in rows(found)] == [5.0] * len(_DAYS)
    assert "'Forecast'" in note(found.verdict, Reason.NOT_A_TABLE).sentence
    text = _csv("date,item,qty", "{},A,5")
    zipped = read(archive(**{"sales.csv": text, "budget.csv": text.replace("-03-", "-04-")}))
    assert len(rows(zipped)) == len(_DAYS)
    assert note(zipped.verdict, Reason.NOT_A_TABLE).sentence.startswith("budget.csv was not read: it holds by its name")
    assert len(rows(read(book(Walmart=_long(5), Target=_long(9, month=4))))) == 2 * len(_DAYS)  # two shops


@pytest.mark.parametrize("name", ["Data", "Szenario", "anything"])
def test_rows_that_call_themselves_planned_are_refused_under_whatever_name(read: Read, name: str) -> None:
    text = "\n".join(
        [f"date,item,{name},qty", *(f"{day},A,{'Actual' if day.day < 6 else 'Forecast'},5" for day in _DAYS)]
    )
    assert f"{name!r} says 'Forecast' of line 7, which is no sale" in read(text).verdict.sentence
    assert read(text.replace("Forecast", "Actual")).verdict.kind is Kind.ACCEPTED


@pytest.mark.parametrize("header", ["Item,Price", "Product,Total units"])
def test_a_small_table_to_the_right_is_no_part_of_the_rows(read: Read, header: str) -> None:
    beside = ["A,2.5", "B,3.5"]
    lines = [f"{day},{'AB'[at % 2]},{at},,{beside[at] if at < len(beside) else ','}" for at, day in enumerate(_DAYS)]
    found = read("\n".join([f"Date,Item,Qty,,{header}", *lines]))
    assert [row[3] for row in rows(found)] == [float(at) for at in range(len(_DAYS))]
    assert found.table is not None
    assert "price" not in found.table.columns


def test_columns_after_a_spacer_that_are_filled_on_all_rows_are_of_the_table(read: Read) -> None:
    found = read(_csv("Date,Item,,Qty,Price", "{},A,,5,2.5"))
    assert rows(found, "units", "price")[0] == (5.0, 2.5)


@pytest.mark.parametrize("above", ["January 2024,,,February 2024,", "Leeds,,,York,"])
def test_tables_side_by_side_under_titles_are_told_as_such(read: Read, above: str) -> None:
    lines = [f"2024-01-{day:02d},{day},,2024-02-{day:02d},{day}" for day in range(1, 20)]
    verdict = read("\n".join([above, "Date,Units,,Date,Units", *lines])).verdict
    assert "names 'Date', 'Units' twice, as two tables side by side do" in verdict.sentence


def test_what_is_reserved_of_a_stock_was_not_sold(read: Read) -> None:
    assert read(_csv("Date,Warehouse,SKU,Qty On Hand,Qty Reserved", "{},W,A,50,5")).verdict.kind is Kind.REJECTED


def test_rows_of_other_measures_are_not_added_to_those_of_the_quantity(read: Read) -> None:
    text = _csv("Product,Day of Order Date,Measure Names,Measure Values", "A,{0},Quantity,5\nA,{0},Sales,12.50")
    assert [row[3] for row in rows(read(text))] == [5.0] * len(_DAYS)
    several = read(text.replace("Quantity", "Profit")).verdict.sentence
    assert "'Measure Names' says what each 'Measure Values' is ('Profit', 'Sales')" in several


def test_of_unknown_texts_those_are_named_that_tell_rows_of_one_key_apart(read: Read) -> None:
    text = _csv("date,sku,brand,channel,qty", "{0},A,Acme,Retail,5\n{0},A,Acme,Online,6")
    assert read(text).verdict.sentence.endswith("where one tells them apart ('channel'?).")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("ds,yhat,yhat_lower", "'yhat' is named by what is expected"),
        ("date,y_true,y_pred", "'y_pred' is named by what is expected"),
        ("date,A,Forecast A", "'Forecast A' is named by what is expected"),
        ("ds,AutoARIMA,NHITS", "'AutoARIMA' is named by what is expected"),
        ("date,lower,upper", "are named by statistics"),
        ("date,Lo 80,Hi 80", "are named by statistics"),
    ],
)
def test_columns_of_what_a_model_expects_are_no_items(read: Read, header: str, told: str) -> None:
    text = "\n".join([header, *(f"{day},{day.day}.5,2" for day in _DAYS)])
    assert told in read(text).verdict.sentence


def test_what_a_model_expects_is_kept_beside_items_where_the_configuration_says_so(read: Read) -> None:
    text = "\n".join(["date,A,B,Forecast A", *(f"{day},5,6,7" for day in _DAYS)])
    said = "set reading.columns.forecast_a = 'Forecast A' to keep it beside what was sold"
    assert said in read(text).verdict.sentence
    assert {row[2] for row in rows(read(text, columns={"forecast_a": "Forecast A"}))} == {"A", "B"}
