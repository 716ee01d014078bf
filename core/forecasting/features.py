"""Features of a forecast: one row for a series, an origin and a target period.

Everything a row holds is known at its origin: what was sold up to it, and covariates, opening
and calendar of the horizon. Sales appear relative to the series' level at the origin, so that
one model serves all sizes. Columns have the same order for training and serving.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.forecasting.features_ahead import calendar_features, opening_features
from core.forecasting.features_holidays import holiday_features, same_holiday_features
from core.forecasting.features_known import Scope, known_features
from core.forecasting.features_past import Columns, Past, past_features
from core.forecasting.grid import Doubles, Floats, Ints
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.spec import ForecastSpec

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
    """Compute the features of some rows, a block of series at a time."""
    level = np.full(len(rows), np.nan)
    matrix: Floats | None = None
    names: tuple[str, ...] = ()
    dates = _dates(panel, rows)
    for block, index in _blocks(rows, panel.units.shape[0]):
        here = panel.of(block)
        part = Rows(rows.series[index] - block.start, rows.origin[index], rows.target[index])
        past = Past.of(here.units, here.launch, spec.rhythm)
        columns, level[index] = past_features(past, part)
        columns |= {name: column[index] for name, column in dates.items()}
        scope = Scope(here, part, past, level[index], spec.horizon)
        if panel.holidays is not None:
            columns |= same_holiday_features(scope, panel.holidays)
        columns |= opening_features(here.open, part, spec.horizon, panel.calendar.frequency)
        columns |= known_features(scope)
        if matrix is None:
            names = tuple(plain(name) for name in (*columns, *(f"static_{name}" for name in static_names)))
            matrix = np.empty((len(rows), len(names)), dtype=np.float32)
        for place, column in enumerate(columns.values()):
            matrix[index, place] = column
        matrix[index, len(columns) :] = here.static[part.series]
    return Design(names, np.zeros((0, 0), dtype=np.float32) if matrix is None else matrix, level)


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
