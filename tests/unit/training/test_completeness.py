"""Half-delivered days wait until the others have come."""

from datetime import date, timedelta

import polars as pl

from training.steps.completeness import complete, complete_until

START = date(2024, 1, 1)


def table(counts: list[int]) -> pl.DataFrame:
    """``counts[n]`` stores report day ``n``."""
    rows = [(START + timedelta(n), str(store), "i", 1.0) for n, count in enumerate(counts) for store in range(count)]
    return pl.DataFrame(rows, schema=["date", "store_id", "item_id", "units"], orient="row")


def day(number: int) -> date:
    return START + timedelta(number)


def test_a_table_that_all_deliver_is_complete_to_its_end() -> None:
    assert complete_until(table([10] * 40), "D") == day(39)


def test_a_day_that_few_have_delivered_waits() -> None:
    sales = table([10] * 40 + [3])
    assert complete_until(sales, "D") == day(39)
    assert complete(sales, "D").height == 400


def test_a_whole_month_from_three_of_a_hundred_stores_waits() -> None:
    assert complete_until(table([100] * 60 + [3] * 30), "D") == day(59)


def test_days_on_which_most_are_closed_do_not_stop_the_week_after() -> None:
    assert complete_until(table(([10] * 6 + [2]) * 6), "D") == day(6 * 7 - 2)


def test_a_chain_that_has_closed_most_stores_for_good_goes_on_in_the_end() -> None:
    assert complete_until(table([10] * 40 + [3] * 70), "D") == day(109)


def test_a_growing_chain_is_complete() -> None:
    assert complete_until(table([1, 2, 4, 8, 16, 32]), "D") == day(5)


def test_one_row_is_a_complete_day() -> None:
    assert complete_until(table([1]), "D") == START
