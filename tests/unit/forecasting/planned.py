"""A small shop whose horizon is fully planned, and another plan laid over it, for the tests of what-ifs."""

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl
import pytest

from core.contracts.dataset import Frequency
from core.forecasting import ForecastSpec, Recipe, TrainedModel, intervals, refit
from core.forecasting.leave_out import LeftOut

Plan = dict[int, dict[str, Any]]
"""Covariates by number of the day."""
START: Final = dt.date(2022, 1, 3)
EVENTS: Final = ("none", "fair", "feast")
NEW: Final = ("01", "new")
SERIES: Final = [("01", "a"), ("01", "b"), NEW, ("2", "a"), ("2", "b")]
HORIZON: Final = 10
_COVARIATES: Final = ("promo", "price", "event", "open")
_RECIPE: Final = Recipe(weights={"log": 0.4, "tweedie": 0.4, "local": 0.2}, factors={"log": 1.1}, rounds=12, rows=3_000)


def sales(frequency: Frequency = "D", *, ahead: int = 0) -> pl.DataFrame:
    """Sales with a flag, a number, words and closed days; the last ``ahead`` periods are the horizon."""
    count, step = (420, 1) if frequency == "D" else (130, 7)
    periods = np.arange(count + ahead)
    rng = np.random.default_rng(5)
    frames = []
    for store, item, size in (("01", "a", 9), ("01", "b", 30), ("2", "a", 14), ("2", "b", 50)):
        promo, price = (periods % 14 < 5) * 1.0, 2 + 0.5 * (periods // 60 % 3) + (item == "b")
        event = np.where(periods % 90 == 3, 1, np.where(periods % 120 == 9, 2, 0))
        is_open = np.where((frequency == "D") & (store == "01") & (periods % 7 == 6), 0.0, 1.0)
        units = rng.poisson(size * (1 + 0.5 * promo) * (3 / price) * (1 + 0.3 * event)) * is_open
        frames.append(
            pl.DataFrame(
                {
                    "date": [START + dt.timedelta(days=int(period) * step) for period in periods],
                    "units": units.astype(float),
                    "promo": promo,
                    "price": price,
                    "event": [EVENTS[each] for each in event],
                    "open": is_open,
                }
            ).with_columns(store_id=pl.lit(store), item_id=pl.lit(item), kind=pl.lit(f"kind {item}"))
        )
    return pl.concat(frames)


def asked(frequency: Frequency = "D", *, gap: int = 0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """History, and every covariate of the horizon, which begins ``gap`` periods after it; one series never sold.

    Its prices and promotions are told for the past as well: else they would be those of the others as long as all
    agree, and unknown as soon as a plan says otherwise.
    """
    whole, past = sales(frequency, ahead=HORIZON + gap), sales(frequency)
    last = past["date"].max()
    whole = pl.concat([whole, _unsold(whole)])
    later = whole.filter(pl.col("date") > last).drop("units")
    dates = later["date"].unique().sort()[gap:]
    future = later.filter(pl.col("date").is_in(dates.implode())).sort("store_id", "item_id", "date")
    return pl.concat([past, _unsold(past)]), future


def _unsold(frame: pl.DataFrame) -> pl.DataFrame:
    like = frame.filter((pl.col("store_id") == NEW[0]) & (pl.col("item_id") == "a"))
    return like.with_columns(item_id=pl.lit(NEW[1]), units=pl.lit(None, pl.Float64))


def trained(frequency: Frequency = "D", *, from_rows: bool = False) -> TrainedModel:
    """A quick model with a learned spread, from training rows or the backtest, and wider intervals for series without
    sales.
    """
    spec = ForecastSpec(horizon=HORIZON, frequency=frequency, known=_COVARIATES, static=("kind",), backtest_windows=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "_LEAST_ROWS", 30)
        model = refit(sales(frequency), spec, replace(_RECIPE, spread_from=None))
    assert model.intervals.booster is not None
    wider = replace(model.intervals, stretch=model.intervals.stretch * np.array([0.5, 1.0, 1.5]))
    if from_rows:
        model = refit(sales(frequency), spec, replace(_RECIPE, spread_from=0))
        assert model.core.spread is not None
    return replace(model, left_out=LeftOut(pl.DataFrame({"units": [1.0]}), wider))


def with_plan(future: pl.DataFrame, series: tuple[str, str], plan: Plan) -> pl.DataFrame:
    """A horizon as a plan changes it; what it says of ``open`` holds for the whole store."""
    dates = future["date"].unique().sort()
    of_store = pl.col("store_id") == series[0]
    for day, told in plan.items():
        on_day = pl.col("date") == dates[day]
        for name, value in told.items():
            whose = of_store if name == "open" else of_store & (pl.col("item_id") == series[1])
            future = future.with_columns(pl.when(whose & on_day).then(pl.lit(value)).otherwise(name).alias(name))
    return future
