"""Of what periods sales are, and which are none that forecasts are made of."""

import datetime as dt

import polars as pl
import pytest

from core.forecasting.frequency import infer_frequency, odd_periods

JANUARY = dt.date(2023, 1, 2)


def table(dates: list[dt.date]) -> pl.DataFrame:
    return pl.DataFrame({"date": dates}, schema={"date": pl.Date})


def apart(*days: int) -> list[dt.date]:
    """Dates so many days after each other."""
    return [JANUARY + dt.timedelta(days=sum(days[:place])) for place in range(len(days) + 1)]


@pytest.mark.parametrize(
    ("dates", "frequency"),
    [
        ([dt.date(2023, 1, d) for d in (1, 2, 5)], "D"),
        ([dt.date(2023, 1, d) for d in (2, 3, 4, 5, 6)], "D"),
        ([dt.date(2023, 1, 6) + dt.timedelta(weeks=w) for w in (0, 1, 4)], "W"),
        ([dt.date(2023, m, 1) for m in (1, 2, 3)], "M"),
        ([dt.date(2023, 1, 31), dt.date(2023, 2, 28), dt.date(2023, 3, 31)], "M"),
        ([dt.date(2020 + q // 4, 1 + q % 4 * 3, 1) for q in range(6)], "Q"),
        ([dt.date(2020 + q // 4, 2 + q % 4 * 3, 1) for q in (0, 1, 2, 5, 6)], "Q"),
        ([dt.date(2019, 1, 1), dt.date(2019, 4, 1)], "M"),
        ([dt.date(2023, 1, 31)], "D"),
        ([dt.date(2023, 1, 31), *(dt.date(2023, m, d) for m, d in ((2, 28), (3, 31), (4, 28), (5, 31), (6, 30)))], "M"),
        (apart(35, 28, 28, 28, 35, 28), "M"),
        (apart(28, 63, 35, 28, 84, 35), "W"),
        (apart(30, 33, 36, 30), "D"),
        ([], "D"),
    ],
)
def test_frequency_is_read_from_the_dates(dates: list[dt.date], frequency: str) -> None:
    assert infer_frequency(table(dates)) == frequency


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ([dt.date(2023, 1, 6) + dt.timedelta(weeks=2 * w) for w in range(8)], "2 weeks"),
        ([dt.date(2023, 1, 6) + dt.timedelta(weeks=4 * w) for w in (0, 1, 2, 4, 5)], "4 weeks"),
        ([dt.date(year, 12, 31) for year in range(2018, 2023)], "12 months"),
        ([dt.date(2023, 1, 1) + dt.timedelta(days=10 * d) for d in range(6)], "10 days"),
        ([dt.date(2023, m, d) for m in range(1, 6) for d in (1, 16)], "13 to 16 days"),
        ([dt.date(2023, m, d) for m in range(1, 6) for d in (1, 11, 21)], "8 to 11 days"),
        (apart(*(7 * weeks for weeks in (4, 4, 5) * 5)), "4 to 5 weeks"),
    ],
)
def test_sales_of_other_periods_are_told_and_not_taken_for_weeks_or_months_in_between(
    dates: list[dt.date], told: str
) -> None:
    why = odd_periods(table(dates))
    assert why is not None
    assert f"sales lie {told} apart ({dates[0]}, {dates[1]}, ...)" in why
    assert 'frequency = "' in why


@pytest.mark.parametrize(
    "dates",
    [
        [],
        [dt.date(2023, 1, 6) + dt.timedelta(weeks=2 * w) for w in range(4)],
        [dt.date(2023, 1, 6) + dt.timedelta(weeks=w) for w in (0, 2, 4, 6, 8, 10, 11)],
        [dt.date(2020 + q // 4, 1 + q % 4 * 3, 1) for q in range(6)],
        [dt.date(2023, 1, d) for d in (1, 3, 5, 7, 10)],
        apart(*(3, 4) * 8),
        apart(5, 9, 5, 6, 7, 5, 8, 30),
        apart(7, 14, 7, 21, 7, 7, 14),
    ],
)
def test_few_dates_or_one_in_between_are_sales_that_were_few(dates: list[dt.date]) -> None:
    assert odd_periods(table(dates)) is None
