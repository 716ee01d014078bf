import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.dataset import Frequency
from core.forecasting.calendar import Calendar, easter, future_dates, shift

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))


@given(DAYS, st.integers(-300, 300))
def test_days_and_weeks_come_back_as_they_were(day: dt.date, ahead: int) -> None:
    for frequency, step in (("D", 1), ("W", 7)):
        dates = pl.Series("date", [day, day + dt.timedelta(days=step)])
        calendar = Calendar.of(dates, frequency)  # type: ignore[arg-type]
        index = calendar.index(dates)
        assert calendar.dates(index).to_list() == dates.to_list()
        assert calendar.dates(index + ahead).to_list() == [d + dt.timedelta(days=step * ahead) for d in dates]


@pytest.mark.parametrize("days", [["2023-01-31", "2023-02-28", "2023-03-31"], ["2023-01-01", "2023-02-01"]])
def test_months_keep_their_first_or_last_day(days: list[str]) -> None:
    dates = pl.Series("date", days).str.to_date()
    calendar = Calendar.of(dates, "M")
    assert calendar.dates(calendar.index(dates)).to_list() == dates.to_list()


@pytest.mark.parametrize(
    "days",
    [
        ["2023-01-01", "2023-04-01", "2023-10-01"],
        ["2023-03-31", "2023-06-30", "2023-12-31"],
        ["2022-11-01", "2023-02-01", "2023-08-01"],
        ["2022-11-30", "2023-02-28", "2023-08-31"],
    ],
)
def test_quarters_keep_their_months_and_their_first_or_last_day(days: list[str]) -> None:
    dates = pl.Series("date", days).str.to_date()
    calendar = Calendar.of(dates, "Q")
    index = calendar.index(dates)
    assert calendar.dates(index).to_list() == dates.to_list()
    assert list(index - index[0]) == [0, 1, 3]
    assert calendar.dates(index - 4).dt.year().to_list() == [day.year - 1 for day in dates]
    assert Calendar(**calendar.to_json()) == calendar


def test_weeks_written_on_several_weekdays_stand_for_their_monday() -> None:
    dates = pl.Series("date", [dt.date(2023, 1, 4), dt.date(2023, 1, 12)])
    calendar = Calendar.of(dates, "W")
    assert calendar.dates(calendar.index(dates)).to_list() == [dt.date(2023, 1, 2), dt.date(2023, 1, 9)]


@pytest.mark.parametrize(
    ("last", "frequency", "expected"),
    [
        ("2023-02-27", "D", ["2023-02-28", "2023-03-01"]),
        ("2023-02-24", "W", ["2023-03-03", "2023-03-10"]),
        ("2023-01-01", "M", ["2023-02-01", "2023-03-01"]),
        ("2023-01-31", "M", ["2023-02-28", "2023-03-31"]),
        ("2023-02-28", "Q", ["2023-05-31", "2023-08-31"]),
        ("2023-01-01", "Q", ["2023-04-01", "2023-07-01"]),
    ],
)
def test_the_horizon_follows_the_last_date(last: str, frequency: Frequency, expected: list[str]) -> None:
    found = future_dates(dt.date.fromisoformat(last), 2, frequency)
    assert [day.isoformat() for day in found] == expected


def test_shifting_a_month_never_leaves_it() -> None:
    assert shift(dt.date(2023, 3, 31), -1, "M") == dt.date(2023, 2, 28)
    assert shift(dt.date(2023, 3, 31), -2, "W") == dt.date(2023, 3, 17)


def test_easter_is_where_the_church_has_it() -> None:
    assert [easter(y) for y in (2013, 2015, 2016, 2024)] == [
        dt.date(2013, 3, 31), dt.date(2015, 4, 5), dt.date(2016, 3, 27), dt.date(2024, 3, 31),
    ]  # fmt: skip
