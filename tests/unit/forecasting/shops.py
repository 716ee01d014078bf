"""Small made-up shops for the engine's tests."""

import datetime as dt

import numpy as np
import polars as pl

from core.forecasting import ForecastSpec, Recipe

START = dt.date(2022, 1, 3)
QUICK = Recipe(weights={"log": 0.5, "tweedie": 0.5}, rounds=15, rows=4_000)
SPEC = ForecastSpec(horizon=14, frequency="D", known=("promo",), static=("kind",))


def sales(
    days: int = 400, stores: tuple[str, ...] = ("01", "02"), items: tuple[str, ...] = ("a", "b"), seed: int = 1
) -> pl.DataFrame:
    """Daily sales with a weekly pattern, promotions and a static attribute."""
    rng = np.random.default_rng(seed)
    dates = [START + dt.timedelta(days=day) for day in range(days)]
    frames = []
    for s, store in enumerate(stores):
        for i, item in enumerate(items):
            promo = (np.arange(days) % 14 < 5).astype(float)
            week = 1 + 0.3 * np.sin(np.arange(days) * 2 * np.pi / 7)
            units = rng.poisson(10 * (s + 1) * (i + 1) * week * (1 + 0.5 * promo)).astype(float)
            frames.append(
                pl.DataFrame({"date": dates, "units": units, "promo": promo}).with_columns(
                    store_id=pl.lit(store), item_id=pl.lit(item), kind=pl.lit(f"kind {i}")
                )
            )
    return pl.concat(frames).select("date", "store_id", "item_id", "units", "promo", "kind")


def future(frame: pl.DataFrame, days: int = 14) -> pl.DataFrame:
    """Keys and covariates of the days after ``frame``."""
    last = frame["date"].max()
    assert isinstance(last, dt.date)
    dates = pl.DataFrame({"date": [last + dt.timedelta(days=day + 1) for day in range(days)]})
    series = frame.select("store_id", "item_id", "kind").unique(maintain_order=True)
    return series.join(dates, how="cross").with_columns(promo=(pl.col("date").dt.ordinal_day() % 2).cast(pl.Float64))
