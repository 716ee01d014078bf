"""Features from covariates that are known for the horizon."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.forecasting.features_ahead import until
from core.forecasting.features_past import Columns, Past
from core.forecasting.grid import Doubles, Floats, Grid, RunningSums, last_where
from core.forecasting.groups import MARK
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows

LONGEST_RUN: Final = 30
"""Periods of history that tell all there is of the periods beside a target."""
_HALF_YEAR, _TWO_MONTHS = 26, 8
_USUAL: Final = {"D": (28, 182), "W": (4, 26), "M": (2, 12), "Q": (2, 4)}


@dataclass(frozen=True)
class Scope:
    """Some rows, and what their features are made from.

    Attributes:
        panel: a block of series.
        rows: of the block.
        past: the block's own sales.
        level: (rows,) at the origin.
        horizon: periods ahead of an origin that are known.
    """

    panel: Panel
    rows: Rows
    past: Past
    level: Doubles
    horizon: int


def known_features(scope: Scope) -> Columns:
    """Columns of every known covariate."""
    columns: Columns = {}
    for name, grid in scope.panel.known.items():
        value, kind = grid.at(scope.rows.series, scope.rows.target), scope.panel.kinds[name]
        columns[f"{name}{MARK}now"] = value
        if kind == "number":
            columns |= relative(value, usual(name, grid, scope))
            continue
        columns |= neighbours(name, grid, scope.rows, scope.horizon)
        if kind == "flag":
            columns |= alike(name, grid, scope)
    return columns


def usual(name: str, grid: Grid, scope: Scope) -> Columns:
    """What a number, such as a price, is told beside: by column, its own mean up to the origin."""
    rows = scope.rows
    sums = RunningSums(grid.values)
    columns: Columns = {}
    for width in _USUAL[scope.panel.calendar.frequency]:
        mean = sums.mean(grid.row[rows.series], rows.origin, width)
        columns[f"{name}{MARK}to_{width}"] = np.where(mean > 0, mean, np.nan)
    return columns


def relative(value: Floats, means: Columns) -> Columns:
    """A number beside what is ``usual`` of it."""
    return {name: value / mean for name, mean in means.items()}


def neighbours(name: str, grid: Grid, rows: Rows, horizon: int) -> Columns:
    """The periods beside the target, and for how long the value has been the same."""
    series, target = rows.series, rows.target
    since = (np.arange(grid.values.shape[1]) - last_where(_changes(grid.values))).astype(np.float32)
    return {
        f"{name}{MARK}run": np.minimum(Grid(since, grid.row).at(series, target), LONGEST_RUN),
        f"{name}{MARK}before": grid.at(series, target - 1),
        f"{name}{MARK}after": until(grid, series, target + 1, rows.origin + horizon),
    }


def alike(name: str, grid: Grid, scope: Scope) -> Columns:
    """Own sales on days when the flag had the target's value: on any day, and on the same weekday."""
    rows, past = scope.rows, scope.past
    flag = grid.values[grid.row]
    value = grid.at(rows.series, rows.target)
    cycle = past.rhythm.cycle
    end = rows.target - cycle * -(-(rows.target - rows.origin) // cycle)
    widths = {"": (rows.origin, past.rhythm.windows[-2], 1)}
    if cycle > 1:
        widths |= {"_phase": (end, _HALF_YEAR, cycle), "_phase_near": (end, _TWO_MONTHS, cycle)}
    columns: Columns = {f"{name}{MARK}like{suffix}": np.full(len(rows), np.nan) for suffix in widths}
    for side in (0.0, 1.0):
        chosen = np.flatnonzero(value == side)
        if not len(chosen):
            continue
        only = np.where(flag == side, past.units, np.nan)
        sums = {stride: RunningSums(only, stride) for stride in {1, cycle}}
        for suffix, (stop, width, stride) in widths.items():
            mean = sums[stride].mean(rows.series[chosen], stop[chosen], width)
            columns[f"{name}{MARK}like{suffix}"][chosen] = mean / scope.level[chosen]
    return columns


def _changes(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    changed = np.zeros(values.shape, dtype=bool)
    changed[:, 1:] = values[:, 1:] != values[:, :-1]
    return changed
