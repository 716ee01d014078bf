"""One quantity a day beside columns of items or stores: their total, or another figure of the day."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.contracts.verdict import Kind
from tests.unit.reading.conftest import Read, rows
from tests.unit.reading.test_stream import assert_same, both

_DAYS = range(1, 20)


def _csv(header: str, line: Callable[[int], str]) -> str:
    return "\n".join([header, *(f"2024-03-{day:02d},{line(day)}" for day in _DAYS)])


@pytest.mark.parametrize(
    ("names", "total"),
    [
        (("Mug", "Cup"), "Sales"),
        (("mug", "cup"), "sales"),
        (("Tasse", "Becher"), "Absatz"),
        (("Lait", "Pain"), "Ventes"),
        (("Mug", "Cup"), "Total units"),
        (("Mug", "Cup"), "Orders"),
        (("Mug", "Cup"), "Quantity"),
    ],
)
def test_a_quantity_that_is_the_sum_of_columns_is_their_total(read: Read, names: tuple[str, str], total: str) -> None:
    text = _csv(f"Date,{','.join(names)},{total}", lambda day: f"{day},2,{day + 2}")
    assert rows(read(text))[:2] == [
        ("2024-03-01", "all", name, units) for name, units in sorted(zip(names, (1.0, 2.0), strict=True))
    ]


def test_the_total_of_stores_is_no_store(read: Read) -> None:
    text = _csv("Date,Filiale Nord,Filiale Süd,Filiale West,Absatz", lambda day: f"{day},2,1,{day + 3}")
    assert [row[1] for row in rows(read(text))[:3]] == ["Filiale Nord", "Filiale Süd", "Filiale West"]


def test_a_blank_part_of_a_total_is_no_row(read: Read) -> None:
    text = _csv("Date,Mug,Cup,Sales", lambda day: f"{day},{'' if day % 3 else 2},{day + (0 if day % 3 else 2)}")
    assert len(rows(read(text))) == len(_DAYS) + 6


@pytest.mark.parametrize(
    ("names", "total"),
    [
        ("Mug,Cup", "Sales"),
        ("mug,cup", "sales"),
        ("Mug,Cup", "Orders"),
        ("Tasse,Becher", "Verkauf"),
        ("Store 1,Store 2", "Sales"),
    ],
)
def test_what_is_not_the_sum_of_columns_of_items_may_be_anything(read: Read, names: str, total: str) -> None:
    text = _csv(f"Date,{names},{total}", lambda day: f"{day},2,{day + 2 + day % 7}")
    one, other = names.split(",")
    sentence = read(text).verdict.sentence
    assert sentence.startswith(f"Line 2: {total!r} is not the sum of {one!r}, {other!r}")
    assert f"reading.columns.units = {total!r}" in sentence
    assert f"reading.columns.{total.lower()} = {total!r}" in sentence
    assert {row[2] for row in rows(read(text, columns={"units": total}))} == {"all"}
    assert len(rows(read(text, columns={total.lower(): total}))) == 2 * len(_DAYS)


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Date,Temperature,Holiday,Sales", "{0},0,{1}"),
        ("Date,TV,Radio,Newspaper,Sales", "{0}.5,1{0}.25,3.5,{1}"),
        ("Date,Store,Sales,Customers,Open,Promo", "1,{1},{0},1,0"),
        ("Date,CompetitionDistance,Promo2SinceWeek,Sales", "{0}00,{0},{1}"),
        ("Date,lag_1,lag_7,Sales", "{0},{0},{1}"),
        ("Date,Online,Instore,Sales", "{0},20,{1}"),
        ("Date,casual,registered,cnt", "{0},20,{1}"),
        ("Date,S,M,L,Sales", "{0},10,10,{1}"),
        ("Date,Rainfall,Staff,Hours,Sales", "{0},4,8,{1}"),
        ("Date,Mug,Sales", "{0},{1}"),
    ],
)
def test_what_describes_a_day_stays_beside_its_sales(read: Read, header: str, line: str) -> None:
    table = read(_csv(header, lambda day: line.format(day, day + 20))).table
    assert table is not None
    assert table["item_id"].unique().to_list() == ["all"]
    assert table["units"].to_list() == [day + 20 for day in _DAYS]


@pytest.mark.parametrize("wrong", [None, 600])
def test_a_total_is_proven_on_all_rows_of_a_long_file(tmp_path: Path, wrong: int | None) -> None:
    body = [
        f"20{20 + n // 336}-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d},{n % 50},{n % 7},{n % 50 + n % 7 + (n == wrong)}"
        for n in range(700)
    ]
    parts, whole, _ = both(tmp_path / "sales.csv", "\n".join(["Date,Mug,Cup,Sales", *body]))
    assert_same(parts, whole)
    assert parts.verdict.kind is (Kind.REJECTED if wrong else Kind.ACCEPTED)
    assert not wrong or parts.verdict.sentence.startswith(f"Line {wrong + 2}: 'Sales' is not the sum")
