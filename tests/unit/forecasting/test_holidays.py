import datetime as dt
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.contracts.errors import ConfigError
from core.forecasting import ForecastSpec, Recipe, TrainedModel, refit
from core.forecasting.calendar import Calendar
from core.forecasting.features_holidays import holiday_features
from core.forecasting.groups import group_of
from core.forecasting.holidays import Holidays, named
from core.forecasting.panel import build
from tests.unit.forecasting import shops

DAILY = Calendar("D")
GERMAN_2024 = {"01-01", "03-29", "04-01", "05-01", "05-09", "05-20", "10-03", "12-25", "12-26"}
"""As published by the Federal Ministry of the Interior."""


def number(day: str) -> int:
    return (dt.date.fromisoformat(day) - dt.date(1970, 1, 1)).days


def german(calendar: Calendar = DAILY, first: str = "2022-01-03", last: str = "2024-12-31") -> Holidays:
    days = pl.Series([dt.date.fromisoformat(first), dt.date.fromisoformat(last)])
    begin, end = calendar.index(days)
    return Holidays.of("DE", calendar, int(begin), int(end))


def test_the_holidays_of_a_country_are_those_its_government_names() -> None:
    assert {day.strftime("%m-%d") for day, _ in named("DE", 2024, 2024)} == GERMAN_2024
    bavarian = {day.strftime("%m-%d") for day, _ in named("DE-BY", 2024, 2024)}
    assert bavarian >= GERMAN_2024 | {"01-06", "05-30", "11-01"}


def test_a_moving_holiday_meets_itself_a_year_before() -> None:
    found = german()
    place = found.periods.index(number("2024-04-01"))
    assert found.before[place] == number("2023-04-10")
    assert found.before[found.periods.index(number("2024-05-09"))] == number("2023-05-18")


def test_days_of_a_feast_of_several_days_meet_the_same_day_of_it() -> None:
    found = Holidays.of("SA", DAILY, number("2023-01-01"), number("2024-12-31"))
    earlier, later = (day for day, name in named("SA", 2023, 2024) if name == "Eid al-Fitr Holiday 3")
    assert found.before[found.periods.index(number(str(later)))] == number(str(earlier))


@pytest.mark.parametrize(
    ("country", "told"),
    [
        ("XX", "model.country = 'XX': no public holidays are known of it; write an ISO 3166 code such as 'DE'"),
        ("DE-ZZ", "model.country = 'DE-ZZ': DE has no part 'ZZ' with holidays of its own; its parts are BB, BE"),
    ],
)
def test_a_country_without_known_holidays_is_refused_by_name(country: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        named(country, 2024, 2024)
    assert str(error.value).startswith(told)


def test_distances_are_those_of_a_plain_count() -> None:
    found = german()
    days = np.arange(number("2023-12-01"), number("2024-06-30"))
    columns = holiday_features(found, days, "D")
    feasts = set(found.periods)
    for place, day in enumerate(days.tolist()):
        after = next((step for step in range(15) if day + step in feasts), np.nan)
        since = next((step for step in range(15) if day - step in feasts), np.nan)
        told = [columns[name][place] for name in ("holidays", "holiday_next", "holiday_last")]
        assert np.array_equal(told, [day in feasts, after, since], equal_nan=True), (
            dt.date(1970, 1, 1).toordinal() + day
        )


def test_a_week_counts_its_holidays() -> None:
    weekly = Calendar("W", 4)
    weeks = weekly.index(pl.Series([dt.date(2023, 12, 25), dt.date(2024, 1, 8), dt.date(2024, 4, 1)]))
    columns = holiday_features(german(weekly), weeks, "W")
    assert columns["holidays"].tolist() == [2, 0, 1]
    assert columns["holiday_last"].tolist()[:2] == [0, 1]


def closed_on(frame: pl.DataFrame, store: str) -> pl.DataFrame:
    feasts = [day for day, _ in named("DE", 2022, 2025)]
    return frame.filter(~(pl.col("date").is_in(feasts) & (pl.col("store_id") == store)))


def test_a_store_that_keeps_the_holidays_keeps_those_of_the_horizon_and_another_does_not() -> None:
    frame = closed_on(shops.sales(480), "01")
    first, last = number("2022-01-03"), number("2023-04-27")
    panel = build(
        frame, None, DAILY, (), (), last=last, periods=last - first + 1, horizon=30, holidays=german()
    )  # fmt: skip
    ahead = panel.open.values[:, panel.origin + 1 :]
    feasts = [number(day) - last - 1 for day in ("2023-05-01", "2023-05-18")]
    assert np.flatnonzero(ahead[0] == 0).tolist() == feasts
    assert (ahead[1] == 1).all()


def before_holidays(days: int) -> pl.DataFrame:
    """Shops that sell three times as much on the day before a holiday."""
    eves = [day - dt.timedelta(days=1) for day, _ in named("DE", 2022, 2025)]
    frame = shops.sales(days).drop("promo")
    return frame.with_columns(pl.when(pl.col("date").is_in(eves)).then(pl.col("units") * 3).otherwise("units"))


def fitted(country: str | None) -> TrainedModel:
    spec = ForecastSpec(horizon=28, frequency="D", backtest_windows=1, country=country)
    recipe = Recipe(weights={"log": 1.0}, rounds=60, rows=6_000)
    return refit(before_holidays(848), spec, recipe)


def test_what_is_sold_before_a_moving_holiday_is_foreseen_where_the_country_is_named() -> None:
    frame = before_holidays(880)
    eve = dt.date(2024, 5, 8)
    history = frame.filter(pl.col("date") < dt.date(2024, 4, 30))
    sold = frame.filter(pl.col("date") == eve).sort("store_id", "item_id")["units"].to_numpy()

    def told(country: str | None) -> float:
        answer = fitted(country).predict(history).filter(pl.col("date") == eve).sort("store_id", "item_id")
        return float(np.abs(answer["mean"].to_numpy() - sold).sum() / sold.sum())

    assert told("DE") < told(None) / 2


def test_holidays_travel_with_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = fitted("DE")
    model.save(tmp_path)
    history = before_holidays(848)
    told = model.predict(history)
    monkeypatch.setitem(sys.modules, "holidays", None)
    loaded = TrainedModel.load(tmp_path)
    assert loaded.core.holidays == model.core.holidays
    assert loaded.predict(history).equals(told)


def test_what_holidays_do_is_told_as_calendar() -> None:
    told = {name: group_of(name) for name in fitted("DE").features if "holiday" in name}
    assert len(told) == 6
    assert set(told.values()) == {"calendar"}


def test_a_model_without_a_country_has_no_feature_of_holidays() -> None:
    assert not [name for name in fitted(None).features if "holiday" in name]
