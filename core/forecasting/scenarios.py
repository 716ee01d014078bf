"""Days of the backtest as scenarios: how far every series was off at once, in its own spreads.

Series are off together: a hot Saturday or a strike moves a whole chain. So a day of a backtest
window is taken as it is, one column of all series, and laid over a forecast.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from core.contracts.sales import DATE, SERIES, UNITS
from core.forecasting.grid import Bools, Doubles, Floats, Ints
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
        window: (scenarios,) number of the window each comes from.
    """

    values: Floats
    window: Ints

    @classmethod
    def of(cls, backtest: pl.DataFrame, series: pl.DataFrame, seed: int) -> Self:
        """Scenarios for ``series``, row by row; one without a backtest is lent another's errors of the same day."""
        days = backtest.select("window", DATE).unique().sort("window", DATE).with_row_index("_day")
        places = series.select(SERIES).with_row_index("_at")
        rows = backtest.join(days, on=["window", DATE]).join(places, on=list(SERIES))
        values = np.full((series.height, days.height), np.nan, dtype=np.float32)
        values[rows["_at"].to_numpy(), rows["_day"].to_numpy()] = _scaled(rows)
        there = np.isfinite(values).sum(axis=0)
        kept = there >= max(1, _LEAST_SHARE * there.max(initial=0))
        window = (days["window"].rank("dense").to_numpy() - 1).astype(np.int64)[kept]
        return cls(_lent(values[:, kept], np.random.default_rng(seed)), window)

    def but(self, window: int) -> "Scenarios":
        """Those of all other windows."""
        return self._take(self.window != window)

    def _take(self, chosen: Bools) -> "Scenarios":
        return Scenarios(self.values[:, chosen], self.window[chosen])

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
    """How widely a forecast spreads: its outer quantiles' distance, at least that of a count; 0 on closed days.

    Never below half of what is usual for the series in ``frame``: an error on a day of next to no
    demand must not become an enormous one on a day of some.
    """
    low, *_, high = quantile_columns(frame)
    width = pl.max_horizontal(pl.col(high) - pl.col(low), pl.col("mean").clip(0).sqrt())
    usual = width.filter(pl.col("mean") > 0).mean().over(SERIES)
    return pl.when(pl.col("mean") > 0).then(pl.max_horizontal(width, usual / 2)).otherwise(0.0)


def _scaled(rows: pl.DataFrame) -> Doubles:
    """Errors over spreads, each window's common drift taken out; NaN where nothing was expected."""
    spread = rows.select(spread_of(rows)).to_series()
    error, window = (rows[UNITS] - rows["mean"]).to_numpy(), rows["window"].to_numpy()
    scale = np.where(spread.to_numpy() > 0, spread.to_numpy(), np.nan)
    scaled = np.clip(error / scale, -_WIDEST, _WIDEST)
    for one in np.unique(window):
        here = (window == one) & np.isfinite(scaled)
        if here.any():
            scaled[here] -= error[here].sum() / scale[here].sum()
    return scaled


def _lent(values: Floats, rng: np.random.Generator) -> Floats:
    """Fill each gap with another series' error of the same day."""
    for column in values.T:
        gaps = np.isnan(column)
        if gaps.any():
            column[gaps] = rng.choice(column[~gaps], size=int(gaps.sum()))
    return values
