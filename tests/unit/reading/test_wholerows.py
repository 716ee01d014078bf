"""Rows of long tables that are the sum of all others of their day are totals, whatever they are called."""

from pathlib import Path

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows
from tests.unit.reading.test_stream import assert_same, both

DAYS = [f"2024-{month:02d}-{day:02d}" for month in (1, 2, 3) for day in range(1, 29)]
PARTS = ("North", "South", "East")


def sold(at: int, name: str) -> int:
    """So many, and on no two days in the same shares."""
    return (at * 7 + len(name) * 5 + ord(name[0]) * at) % 23


def long(whole: str, names: tuple[str, ...] = PARTS, days: int = 28, wrong: tuple[int, ...] = ()) -> str:
    lines = ["date,store,qty"]
    for at, day in enumerate(DAYS[:days]):
        lines += [f"{day},{name},{sold(at, name)}" for name in names]
        lines.append(f"{day},{whole},{sum(sold(at, name) for name in names) + (at in wrong)}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("whole", ["Company", "Region North", "North+South+East"])
def test_a_store_that_is_the_sum_of_all_others_on_each_day_is_a_total(read: Read, whole: str) -> None:
    reading = read(long(whole))
    assert {row[0] for row in rows(reading, "store_id")} == {*PARTS}
    told = note(reading.verdict, Reason.TOTAL_ROW)
    assert told.count == 28
    assert f"rows of {whole!r} in 'store' were left out as totals: 28 of 28" in told.sentence


def test_a_sum_of_two_is_one_if_enough_days_bear_it_out(read: Read) -> None:
    assert {row[0] for row in rows(read(long("A+B", ("A", "B"))), "store_id")} == {"A", "B"}
    assert read(long("A+B", ("A", "B"), days=4)).verdict.counts.kept == 12


def test_a_few_days_on_which_it_is_no_sum_are_told(read: Read) -> None:
    reading = read(long("Company", days=60, wrong=(9,)))
    assert {row[0] for row in rows(reading, "store_id")} == {*PARTS}
    assert "59 of 60 are the sum of all others of the day" in note(reading.verdict, Reason.TOTAL_ROW).sentence


def test_a_store_that_is_a_sum_on_some_days_only_is_refused_with_a_line(read: Read) -> None:
    sentence = read(long("Company", wrong=tuple(range(0, 28, 5)))).verdict.sentence
    assert "Rows of 'Company' may be totals: 22 of 28 are the sum" in sentence
    assert "one is not (line 5, 2024-01-01)" in sentence


def test_a_store_that_is_seldom_a_sum_is_a_store(read: Read) -> None:
    wrong = tuple(at for at in range(28) if at % 5)
    assert read(long("Company", wrong=wrong)).verdict.kind is Kind.ACCEPTED


def test_stores_that_sell_in_the_same_shares_each_day_are_no_sums(read: Read) -> None:
    lines = [f"{day},S{store},{store * at}" for at, day in enumerate(DAYS, 1) for store in (1, 2, 3)]
    assert read("date,store,qty\n" + "\n".join(lines) + "\n").verdict.counts.kept == len(lines)


def test_a_total_that_stands_without_its_parts_on_some_day_is_refused(read: Read) -> None:
    verdict = read(long("Company") + "2024-03-01,Company,70\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "one stands without any (line 114, 2024-03-01)" in verdict.sentence


def test_a_sum_of_items_is_looked_for_in_each_store(read: Read) -> None:
    lines = ["date,store,item,qty"]
    for at, day in enumerate(DAYS[:28]):
        for store in ("S1", "S2"):
            amounts = [sold(at + len(name), store + name) + at % (3 + len(name)) for name in PARTS]
            lines += [f"{day},{store},{name},{many}" for name, many in zip(PARTS, amounts, strict=True)]
            lines.append(f"{day},{store},Food,{sum(amounts)}")
    reading = read("\n".join(lines) + "\n")
    assert {row[0] for row in rows(reading, "item_id")} == {*PARTS}
    assert "the sum of all others of the day and store" in note(reading.verdict, Reason.TOTAL_ROW).sentence


@pytest.mark.parametrize("further", ["", "2024-01-05,East,3\n2024-01-05,East,4\n", "2024-01-05,Company,1\n"])
@pytest.mark.parametrize("rule", ["reject", "sum", "last"])
def test_they_are_left_out_in_blocks_as_in_whole_files(tmp_path: Path, further: str, rule: str) -> None:
    text = long("Company", days=84) + further
    parts, whole, _ = both(tmp_path / "sales.csv", text, block=1000, duplicates=rule)
    assert_same(parts, whole)
    assert whole.table is not None
    assert set(whole.table["store_id"]) == {*PARTS}


def test_blocks_are_enough_where_each_row_has_a_key_of_its_own(tmp_path: Path) -> None:
    assert both(tmp_path / "sales.csv", long("Company", days=84), block=1000)[2]


def regions(days: int = 84) -> str:
    lines = ["date,store,item,qty"]
    for at, day in enumerate(DAYS[:days]):
        for item in ("Mug", "Tee"):
            many = {f"{name} {n}": sold(at + n, name + item * n) + at % (2 + n) for name in PARTS[:2] for n in (1, 2)}
            north, south = (sum(each for name, each in many.items() if name.startswith(part)) for part in PARTS[:2])
            many |= {"Region A": north, "Region B": south, "Company": north + south}
            lines += [f"{day},{name},{item},{each}" for name, each in many.items()]
    return "\n".join(lines) + "\n"


def test_regions_and_the_company_beside_their_stores_are_totals(read: Read) -> None:
    reading = read(regions(28))
    assert {row[0] for row in rows(reading, "store_id")} == {"North 1", "North 2", "South 1", "South 2"}
    told = note(reading.verdict, Reason.TOTAL_ROW)
    assert told.count == 28 * 2 * 3
    assert (
        "'Region A' in 'store' were left out as totals: 56 of 56 are the sum of 'North 1', 'North 2'" in told.sentence
    )
    assert "'Company' in 'store' were left out as totals: 56 of 56" in told.sentence


def test_regions_are_left_out_in_blocks_as_in_whole_files(tmp_path: Path) -> None:
    parts, whole, in_blocks = both(tmp_path / "sales.csv", regions(), block=2000)
    assert_same(parts, whole)
    assert in_blocks
    assert whole.verdict.counts.left_out == 84 * 2 * 3


def test_a_region_that_differs_from_its_stores_on_one_day_is_a_total_and_that_is_told(read: Read) -> None:
    text = regions().replace("2024-01-03,Region A,Mug,", "2024-01-03,Region A,Mug,1")
    reading = read(text)
    assert {row[0] for row in rows(reading, "store_id")} == {"North 1", "North 2", "South 1", "South 2"}
    assert "167 of 168 are the sum of 'North 1', 'North 2'" in note(reading.verdict, Reason.TOTAL_ROW).sentence


def test_items_of_few_sales_and_items_of_one_pattern_are_no_sums(read: Read) -> None:
    few = [f"{day},I{item},1" for at, day in enumerate(DAYS) for item in range(40) if (at * item + item) % 7 < 2]
    assert read("date,item,qty\n" + "\n".join(few) + "\n").verdict.counts.kept == len(few)
    alike = [f"{day},I{item},{10 + 3 * item + 2 * (at % 7)}" for at, day in enumerate(DAYS) for item in range(8)]
    assert read("date,item,qty\n" + "\n".join(alike) + "\n").verdict.counts.kept == len(alike)


def test_a_total_of_more_than_the_rows_beside_it_is_refused_until_its_column_is_named(read: Read) -> None:
    def text(total: int) -> str:
        shops = ("Kroger", 5), ("Safeway", 7), ("Total US", total)
        lines = [f"2024-03-{day:02d},{shop},A,{sold + day}" for day in range(1, 9) for shop, sold in shops]
        return "\n".join(["date,geography,item,units", *lines])

    sentence = read(text(40)).verdict.sentence
    assert "Rows of 'Total US' (line 4) may be totals: on each day they are at least all others together" in sentence
    assert "reading.columns.store_id = 'geography'" in sentence
    assert len(rows(read(text(40), columns={"store_id": "geography"}))) == 24
    assert len(rows(read(text(6)))) == 24  # of a shop that is called so
