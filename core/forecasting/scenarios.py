"""Days of the backtest as scenarios: how far every series was off at once, in its own spreads.

Series are off together: a hot Saturday or a strike moves a whole chain. So a day of a backtest
window is taken as it is, one column of all series, and laid over a forecast.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from core.contracts.sales import DATE, SERIES, UNITS
from core.forecasting.grid import Doubles, Floats, Ints
from core.forecasting.metrics import quantile_columns

_LEAST_SHARE: Final = 0.5
"""Of all series that a day must know to be a scenario: Sundays of a few shops are none."""

_WIDEST: Final = 10.0
"""Errors over spreads beyond it say that the spread was next to nothing, not that the error was large."""


@dataclass(frozen=True)
class Scenarios:
    """Errors of a backtest.

    Attributes:
        values: (series, scenarios) sold less expected over the spread, each window's own drift taken out.
    """

    values: Floats

    @classmethod
    def of(cls, backtest: pl.DataFrame, forecast: pl.DataFrame, series: pl.DataFrame, seed: int) -> Self:
        """Scenarios to be laid over a forecast.

        Args:
            backtest: window, date, store_id, item_id, units, mean and quantiles.
            forecast: date, store_id, item_id, mean and quantiles; its usual spread of a series bounds what
                an error on a day of next to no demand can become on a day of some.
            series: store_id, item_id of the rows; one without a backtest is lent another's errors of the day.
            seed: of the lending.
        """
        days = backtest.select("window", DATE).unique().sort("window", DATE).with_row_index("_day")
        places = series.select(SERIES).with_row_index("_at")
        rows = backtest.join(days, on=["window", DATE]).join(places, on=list(SERIES))
        usual = forecast.group_by(SERIES).agg(spread_of(forecast).mean().alias("_usual"))
        rows = rows.join(usual, on=list(SERIES), how="left").sort("_day", "_at")
        values = np.full((series.height, days.height), np.nan, dtype=np.float32)
        values[rows["_at"].to_numpy(), rows["_day"].to_numpy()] = _scaled(rows)
        there = np.isfinite(values).sum(axis=0)
        kept = there >= max(1, _LEAST_SHARE * there.max(initial=0))
        return cls(_lent(values[:, kept], np.random.default_rng(seed)))

    def sums(self, spreads: Doubles, group: Ints, groups: int) -> Doubles:
        """(groups, scenarios) how far the sums of one date are off, about their middle.

        Args:
            spreads: (series,) of that date; 0 where a series has no forecast.
            group: (series,) number of each one's group.
            groups: how many there are.
        """
        order = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[order], np.arange(groups))
        off = self.values[order].astype(np.float64) * spreads[order, None]
        sums: Doubles = np.add.reduceat(off, starts, axis=0)
        sums -= sums.mean(axis=1, keepdims=True)
        return sums


def spread_of(frame: pl.DataFrame) -> pl.Expr:
    """How widely a forecast spreads: its outer quantiles' distance, at least that of a count; 0 on closed days."""
    low, *_, high = quantile_columns(frame)
    width = pl.max_horizontal(pl.col(high) - pl.col(low), pl.col("mean").clip(0).sqrt())
    return pl.when(pl.col("mean") > 0).then(width).otherwise(0.0)


def _scaled(rows: pl.DataFrame) -> Doubles:
    """Errors over spreads, each window's common drift taken out; NaN where nothing was expected."""
    spread = spread_of(rows)
    usual = pl.max_horizontal(spread, pl.col("_usual").fill_null(0.0))
    scale = rows.select(pl.when(spread > 0).then(usual)).to_series().to_numpy()
    error, window = (rows[UNITS] - rows["mean"]).to_numpy(), rows["window"].to_numpy()
    scaled = error / scale
    for one in np.unique(window):
        here = (window == one) & np.isfinite(scaled)
        if here.any():
            scaled[here] -= error[here].sum() / scale[here].sum()
    clipped: Doubles = np.clip(scaled, -_WIDEST, _WIDEST)
    return clipped


def _lent(values: Floats, rng: np.random.Generator) -> Floats:
    """Fill each gap with another series' error of the same day."""
    for column in values.T:
        gaps = np.isnan(column)
        if gaps.any():
            column[gaps] = rng.choice(column[~gaps], size=int(gaps.sum()))
    return values
