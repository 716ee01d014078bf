import datetime as dt

import numpy as np
import polars as pl

from core.forecasting import encoding
from core.forecasting.calendar import Calendar
from core.forecasting.panel import Panel, build
from core.forecasting.spec import RHYTHMS
from core.forecasting.table import between
from tests.unit.forecasting import shops


def panel_of(frame: pl.DataFrame, future: pl.DataFrame | None = None, horizon: int = 0) -> Panel:
    calendar = Calendar.of(frame["date"], "D")
    period = calendar.index(frame["date"])
    known = encoding.fit(frame, tuple(name for name in ("promo", "event") if name in frame.columns))
    first, last = int(period.min()), int(period.max())
    return build(frame, future, calendar, known, (), last=last, periods=last - first + 1, horizon=horizon)


def on(day: int) -> dt.date:
    return shops.START + dt.timedelta(days=day)


def test_a_missing_day_is_zero_where_the_store_reported_something_else() -> None:
    frame = shops.sales(30).filter(~((pl.col("date") == on(20)) & (pl.col("item_id") == "a")))
    units = panel_of(frame).units
    assert units[0, 20] == 0
    assert units[1, 20] > 0


def test_a_day_without_any_row_of_the_store_is_unknown_not_zero() -> None:
    frame = shops.sales(30).filter(~((pl.col("date") == on(20)) & (pl.col("store_id") == "01")))
    panel = panel_of(frame)
    assert np.isnan(panel.units[:2, 20]).all()
    assert not np.isnan(panel.units[2:, 20]).any()
    assert panel.open.values[:, 20].tolist() == [0, 1]


def test_a_closed_day_is_unknown_whatever_its_row_says() -> None:
    frame = shops.sales(30).with_columns(open=pl.col("date") != on(20))
    frame = frame.with_columns(pl.when("open").then("units").otherwise(0.0).alias("units"))
    assert np.isnan(panel_of(frame).units[:, 20]).all()


def test_nothing_is_known_before_the_first_sale() -> None:
    early = (pl.col("item_id") == "a") & (pl.col("date") < on(10))
    frame = shops.sales(30).with_columns(pl.when(early).then(0.0).otherwise("units").alias("units"))
    panel = panel_of(frame)
    assert np.isnan(panel.units[0, :10]).all()
    assert panel.launch.tolist() == [10, 0, 10, 0]


def test_a_series_silent_for_years_has_ended_and_is_no_series_of_zeros() -> None:
    ended = (pl.col("item_id") == "a") & (pl.col("date") > on(9))
    units = panel_of(shops.sales(900).filter(~ended)).units
    silent = RHYTHMS["D"].history
    assert (units[0, 10 : 10 + silent] == 0).all()
    assert np.isnan(units[0, 10 + silent :]).all()
    assert not np.isnan(units[1]).any()


def test_several_rows_of_one_day_are_summed() -> None:
    frame = shops.sales(30)
    twice = panel_of(pl.concat([frame, frame]))
    assert np.array_equal(twice.units, panel_of(frame).units * 2, equal_nan=True)


def test_a_weekday_always_closed_stays_closed_in_a_horizon_that_says_nothing() -> None:
    frame = shops.sales(70).filter(pl.col("date").dt.weekday() != 7)
    panel = panel_of(frame, shops.future(frame, 14), horizon=14)
    days = [(on(0) + dt.timedelta(days=c)).isoweekday() for c in range(panel.origin + 1, panel.origin + 15)]
    assert panel.open.values[0, panel.origin + 1 :].tolist() == [float(day != 7) for day in days]


def test_weekdays_that_a_store_has_not_yet_shown_are_open_in_its_horizon() -> None:
    frame = shops.sales(70)
    young = frame.filter((pl.col("store_id") != "01") | (pl.col("date") >= on(66)))
    panel = panel_of(young, shops.future(frame, 7), horizon=7)
    assert panel.open.values[:, panel.origin + 1 :].min() == 1


def christmas_closed(days: int, *stores: str) -> pl.DataFrame:
    frame = shops.sales(days)
    feast = (pl.col("date").dt.month() == 12) & (pl.col("date").dt.day() == 25)
    return frame.filter(~(feast & pl.col("store_id").is_in(stores)))


def open_at_christmas(frame: pl.DataFrame, horizon: int = 42) -> list[float]:
    """Opening of both stores on the 25th of December of the horizon."""
    panel = panel_of(frame, shops.future(frame, horizon), horizon=horizon)
    last = frame["date"].max()
    assert isinstance(last, dt.date)
    values: list[float] = panel.open.values[:, panel.origin + (dt.date(2024, 12, 25) - last).days].tolist()
    return values


def test_a_date_closed_in_each_of_the_years_before_is_closed_in_the_horizon() -> None:
    until = (dt.date(2024, 12, 1) - shops.START).days
    assert open_at_christmas(christmas_closed(until, "01")) == [0, 1]


def test_a_date_closed_once_is_no_custom() -> None:
    frame = christmas_closed((dt.date(2024, 12, 1) - shops.START).days, "01")
    assert open_at_christmas(frame.filter(pl.col("date") > dt.date(2023, 1, 10))) == [1, 1]


def test_a_store_that_closes_on_any_day_has_no_closed_dates() -> None:
    frame = christmas_closed((dt.date(2024, 12, 1) - shops.START).days, "01")
    often = (pl.col("date").dt.ordinal_day() % 5 == 0) & (pl.col("store_id") == "01")
    assert open_at_christmas(frame.filter(~often)) == [1, 1]


def test_a_future_that_leaves_out_days_is_believed() -> None:
    frame = shops.sales(70).filter(pl.col("date").dt.weekday() != 7)
    asked = shops.future(frame, 14).filter(pl.col("date").dt.weekday() != 3)
    panel = panel_of(frame, asked, horizon=14)
    days = [(on(0) + dt.timedelta(days=c)).isoweekday() for c in range(panel.origin + 1, panel.origin + 15)]
    assert panel.open.values[0, panel.origin + 1 :].tolist() == [float(day != 3) for day in days]


def test_a_covariate_shared_by_all_is_stored_once() -> None:
    frame = shops.sales(30).with_columns(event=pl.when(pl.col("date") == on(5)).then(pl.lit("feast")))
    panel = panel_of(frame)
    assert panel.known["event"].values.shape == (1, 30)
    assert panel.known["event"].at(np.array([0, 3]), np.array([5, 5])).tolist() in ([0.0, 0.0], [1.0, 1.0])


def test_a_word_never_seen_is_unknown() -> None:
    frame = shops.sales(30).with_columns(event=pl.when(pl.col("date") == on(5)).then(pl.lit("feast")))
    (learned,) = encoding.fit(frame, ("event",))
    assert learned.apply(pl.Series("event", ["feast", None, "flood"])).is_null().to_list() == [False, False, True]
    assert learned.apply(pl.Series("event", [7])).is_null().to_list() == [True]


def test_a_promotion_nobody_planned_goes_on_as_it_used_to() -> None:
    frame = shops.sales(140)
    panel = panel_of(frame, shops.future(frame, 14).drop("promo"), horizon=14)
    expected = [float((140 + day) % 14 < 5) for day in range(14)]
    assert panel.known["promo"].values[0, 140:].tolist() == expected


def test_a_word_has_the_same_code_in_few_rows_as_in_many() -> None:
    sales = shops.sales(days=100)
    (kind,) = encoding.fit(sales, ("kind",))
    words = pl.Series("kind", ["kind 1", None, "never seen", "kind 0"])
    for few in (words, words.cast(pl.Categorical)):
        many = pl.concat([few] * 1_000)
        assert kind.apply(few).to_list() == kind.apply(many).head(4).to_list()
    assert kind.apply(words).null_count() == 2
    assert sorted(kind.apply(words).drop_nulls().to_list()) == [0.0, 1.0]


def test_a_span_that_holds_all_rows_is_the_table_itself() -> None:
    sales = shops.sales(days=10).sort("date")
    calendar = Calendar.of(sales["date"], "D")
    period = calendar.index(sales["date"])
    first, last = int(period.min()), int(period.max())
    assert between(sales, calendar, first, last).equals(sales)
    assert between(sales, calendar, first + 1, last).equals(sales.filter(pl.Series(period > first)))
    assert between(sales, calendar, first, last - 1).equals(sales.filter(pl.Series(period < last)))
    assert between(sales.clear(), calendar, first, last).is_empty()
