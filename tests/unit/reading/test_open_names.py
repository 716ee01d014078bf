"""Days, quantities and flags whose names leave open whether they are those of sales."""

import pytest

from core.contracts.verdict import Kind
from tests.unit.reading.conftest import Read, rows
from training.reading import Reading

_DAYS = range(1, 20)


def _sold(reading: Reading) -> float:
    assert reading.table is not None, reading.verdict.sentence
    return float(reading.table["units"].sum())


def _csv(header: str, line: str, *kinds: str) -> str:
    parts = [kind.split("/") for kind in kinds]
    return "\n".join([header, *(line.format(day, *(part[day % len(part)] for part in parts)) for day in _DAYS)])


@pytest.mark.parametrize(
    "name",
    [
        "Received Date",
        "Effective Date",
        "Report Date",
        "Snapshot Date",
        "Export Date",
        "As Of Date",
        "Stichtag",
        "Exportdatum",
        "Date d'export",
        "Fecha de recepción",
        "Data de exportação",
        "Data ricevimento",
        "Ontvangstdatum",
        "Settlement date",
    ],
)
def test_a_day_on_which_a_file_was_written_or_goods_came_in_is_not_the_day_of_the_sale(read: Read, name: str) -> None:
    text = _csv(f"{name},SKU,Units Sold", "2024-03-{0:02d},A,5")
    verdict = read(text).verdict
    assert f"reading.columns.date = {name!r}" in verdict.sentence
    assert len(rows(read(text, columns={"date": name}))) == len(_DAYS)


@pytest.mark.parametrize(
    "name", ["Sale Date", "Order Received Date", "Reporting Date", "Period", "Order date", "Commande reçue le"]
)
def test_days_of_sales_and_of_orders_that_came_in_are_days(read: Read, name: str) -> None:
    assert len(rows(read(_csv(f"{name},SKU,Units Sold", "2024-03-{0:02d},A,5")))) == len(_DAYS)


def test_beside_another_day_the_day_of_the_export_is_a_day_of_nothing(read: Read) -> None:
    text = _csv("Snapshot Date,Verkauft am,SKU,Units Sold", "2024-04-01,2024-03-{0:02d},A,5")
    assert rows(read(text))[0] == ("2024-03-01", "all", "A", 5.0)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Case Qty", "what one pack holds"),
        ("Carton Quantity", "what one pack holds"),
        ("Promo Units", "only what was sold on promotion"),
        ("Unidades promocionales", "only what was sold on promotion"),
        ("Purchased Qty", "what customers bought or what was bought from suppliers"),
        ("Cantidad comprada", "what customers bought or what was bought from suppliers"),
        ("Qté achetée", "what customers bought or what was bought from suppliers"),
    ],
)
def test_a_quantity_that_may_be_another_is_refused_where_it_stands_alone(read: Read, name: str, why: str) -> None:
    text = _csv(f"Date,SKU,{name}", "2024-03-{0:02d},A,5")
    sentence = read(text).verdict.sentence
    assert why in sentence
    assert f"reading.columns.units = '{name}'" in sentence
    assert rows(read(text, columns={"units": name}))[0] == ("2024-03-01", "all", "A", 5.0)


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Date,SKU,Cases Sold", "2024-03-{0:02d},A,5"),
        ("Date,SKU,Units,Case Qty", "2024-03-{0:02d},A,5,12"),
        ("Date,SKU,Quantity (case)", "2024-03-{0:02d},A,5"),
        ("Date,SKU,Units,Promo Units", "2024-03-{0:02d},A,5,2"),
        ("order-id,purchase-date,sku,quantity-purchased", "1-{0},2024-03-{0:02d},A,5"),
        ("Date,Customer ID,SKU,Quantity Purchased", "2024-03-{0:02d},C{0},A,5"),
        ("Date,Payment Method,SKU,Quantity Purchased", "2024-03-{0:02d},Card,A,5"),
    ],
)
def test_such_quantities_are_read_where_others_or_customers_stand_beside_them(
    read: Read, header: str, line: str
) -> None:
    assert [row[3] for row in rows(read(_csv(header, line)))] == [5.0] * len(_DAYS)


@pytest.mark.parametrize(
    "name", ["Retour", "Rückgabe", "Devolución", "Return Ind", "Return Y/N", "Returns", "return_indicator"]
)
def test_a_flag_of_returns_is_seen_by_whatever_noun(read: Read, name: str) -> None:
    text = _csv(f"Date,Receipt,SKU,Quantity,{name}", "2024-03-{0:02d},R{0},A,5,{1}", "0/0/0/1")
    sentence = read(text).verdict.sentence
    assert f"{name!r} says that sales were taken back whole, and line 4 may be a sale that came back" in sentence
    assert f"reading.columns.status = '{name}'" in sentence
    assert _sold(read(text, columns={"status": name})) == 5.0 * 14


@pytest.mark.parametrize("kinds", ["0/0/0/0", "Regal 1/Regal 2", "3/0/0/2"])
def test_what_is_no_flag_of_returns_leaves_sales_as_they_are(read: Read, kinds: str) -> None:
    text = _csv("Date,Receipt,SKU,Quantity,Return Ind", "2024-03-{0:02d},R{0},A,5,{1}", kinds)
    assert _sold(read(text)) == 5.0 * len(_DAYS)


def test_flags_beside_negative_quantities_say_what_these_say(read: Read) -> None:
    text = _csv("Date,Receipt,SKU,Quantity,Return Ind", "2024-03-{0:02d},R{0},A,{1},{2}", "5/5/5/-2", "0/0/0/1")
    assert _sold(read(text)) == 5.0 * 14 - 2.0 * 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Volume (M) 2024-01-01", "Volume (M) 2024-01-02"),
        ("Units (000) 2024-01-01", "Units (000) 2024-01-02"),
        ("2024-01-01 (000)", "2024-01-02 (000)"),
        ("Menge (Tsd.) 01.01.2024", "Menge (Tsd.) 02.01.2024"),
        ("Ventes (milliers) 2024-01", "Ventes (milliers) 2024-02"),
    ],
)
def test_columns_of_days_may_count_in_thousands_by_their_names(read: Read, one: str, other: str) -> None:
    verdict = read(f"SKU,{one},{other}\nA,5,6\nB,7,8\nC,2,1\n").verdict
    assert f"{one!r} counts in" in verdict.sentence


@pytest.mark.parametrize(
    "names", ["Units 2024-01-01,Units 2024-01-02", "2024-01-01 00:00:00.000,2024-01-02 00:00:00.000"]
)
def test_columns_of_days_of_plain_units_are_read(read: Read, names: str) -> None:
    assert read(f"SKU,{names}\nA,5,6\nB,7,8\nC,2,1\n").verdict.kind is Kind.ACCEPTED


def test_millions_are_told_by_a_capital_letter_and_a_small_one_may_be_metres(read: Read) -> None:
    text = _csv("Date,SKU,Units (M)", "2024-03-{0:02d},A,5")
    assert "counts in millions" in read(text).verdict.sentence
    assert len(rows(read(text, columns={"units": "Units (M)"}))) == len(_DAYS)
    assert "may count in millions or in metres" in read(text.replace("(M)", "(m)")).verdict.sentence
