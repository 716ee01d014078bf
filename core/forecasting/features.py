"""Features of a forecast: one row for a series, an origin and a target period.

Everything a row holds is known at its origin: what was sold up to it, and covariates, opening
and calendar of the horizon. Sales appear relative to the series' level at the origin, so that
one model serves all sizes. Columns have the same order for training and serving.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from core.forecasting.features_ahead import calendar_features, opening_features
from core.forecasting.features_holidays import holiday_features, same_holiday_features
from core.forecasting.features_known import Scope, known_features
from core.forecasting.features_past import Columns, Past, past_features
from core.forecasting.grid import Doubles, Floats, Ints
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.spec import THREADS, ForecastSpec

_BLOCK: Final = 256
"""Series whose running sums are held at one time: so few that they stay in the processor's cache."""


@dataclass(frozen=True)
class Design:
    """A feature matrix with what scales it.

    Attributes:
        names: of the columns.
        values: (rows, features) Float32, NaN where unknown.
        level: (rows,) the series' level at the origin; NaN where it never sold anything.
    """

    names: tuple[str, ...]
    values: Floats
    level: Doubles

    def take(self, chosen: Ints) -> "Design":
        """Some of the rows; itself where these are all."""
        return self if len(chosen) == len(self.values) else Design(self.names, self.values[chosen], self.level[chosen])


def design(panel: Panel, rows: Rows, spec: ForecastSpec, static_names: tuple[str, ...]) -> Design:
    """Compute the features of some rows, a block of series at a time and a thread each."""
    level = np.full(len(rows), np.nan)
    dates = _dates(panel, rows)
    names: tuple[str, ...] = ()
    matrix = np.zeros((0, 0), dtype=np.float32)

    def fill(block: slice, index: Ints) -> None:
        nonlocal names, matrix
        here = panel.of(block)
        part = Rows(rows.series[index] - block.start, rows.origin[index], rows.target[index])
        columns, level[index] = _columns(here, part, spec, {name: column[index] for name, column in dates.items()})
        if not names:
            names = tuple(plain(name) for name in (*columns, *(f"static_{name}" for name in static_names)))
            matrix = np.empty((len(rows), len(names)), dtype=np.float32)
        for place, column in enumerate(columns.values()):
            matrix[index, place] = column
        matrix[index, len(columns) :] = here.static[part.series]

    blocks = _blocks(rows, panel.units.shape[0])
    for block, index in islice(blocks, 1):
        fill(block, index)
    with ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(fill, block, index) for block, index in blocks]:
            done.result()
    return Design(names, matrix, level)


def _columns(here: Panel, part: Rows, spec: ForecastSpec, dates: Columns) -> tuple[Columns, Doubles]:
    """Features of the rows of a block of series, ids and attributes excepted, and their levels."""
    past = Past.of(here.units, here.launch, spec.rhythm)
    columns, level = past_features(past, part)
    columns |= dates
    scope = Scope(here, part, past, level, spec.horizon)
    if here.holidays is not None:
        columns |= same_holiday_features(scope, here.holidays)
    columns |= opening_features(here.open, part, spec.horizon, here.calendar.frequency)
    return columns | known_features(scope), level


def _dates(panel: Panel, rows: Rows) -> Columns:
    """What the date alone tells."""
    period = panel.first + rows.target
    columns = calendar_features(panel.calendar, period)
    if panel.holidays is not None:
        columns |= holiday_features(panel.holidays, period, panel.calendar.frequency)
    return columns


def plain(name: str) -> str:
    """A column's name without the marks that XGBoost keeps for itself."""
    return name.translate(str.maketrans("[]<>", "()()"))


def _blocks(rows: Rows, series: int) -> Iterator[tuple[slice, Ints]]:
    for start in range(0, series, _BLOCK):
        block = slice(start, min(start + _BLOCK, series))
        if series <= _BLOCK:
            index = np.arange(len(rows))
        else:
            index = np.flatnonzero((rows.series >= block.start) & (rows.series < block.stop))
        if len(index):
            yield block, index
