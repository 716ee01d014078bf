"""The features of horizons under plans, of many series at once: the way into numpy and back outweighs one alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from core.forecasting.features import plain
from core.forecasting.features_ahead import opening_features
from core.forecasting.features_known import neighbours, relative
from core.forecasting.features_past import Columns
from core.forecasting.grid import Bools, Floats, Grid, Ints
from core.forecasting.groups import MARK
from core.forecasting.opening import OPEN
from core.forecasting.rows import Rows
from core.forecasting.spec import ForecastSpec
from core.forecasting.what_if.ready import Ready, Shape, kept

_FLAG: Final = 0.5

Changes = dict[str, tuple[Ints, Floats]]
"""By covariate: rows of the horizon, and the encoded value of each."""
Asked = tuple[Ready, Changes]
"""A series' horizon, and what a plan changes of it; what it does not name stays as it is known."""


@dataclass(frozen=True)
class Planned:
    """Horizons of some series, each under its plan.

    Attributes:
        values: (series, features, rows).
        closed: (series, rows) days on which the store does not sell.
        changed: (series, rows) those that are not what they were without the plan.
    """

    values: Floats
    closed: Bools
    changed: Bools


@dataclass(frozen=True)
class Planner:
    """Lays plans over horizons."""

    spec: ForecastSpec
    shape: Shape

    def planned(self, asked: Sequence[Asked]) -> Planned:
        """The features under each plan.

        Args:
            asked: at least one; horizons that all begin at the same column.
        """
        first = asked[0][0].first
        values = np.stack([ready.values.T for ready, _ in asked])
        was = np.stack([ready.open for ready, _ in asked])[:, first:] < _FLAG
        closed, changed = was.copy(), np.zeros(was.shape, dtype=bool)
        for name in dict.fromkeys(name for _, changes in asked for name in changes):
            mine = np.array([place for place, (_, changes) in enumerate(asked) if name in changes])
            some = [asked[place] for place in mine]
            lines = _changed(name, some)
            if name == OPEN:
                closed[mine] = lines[:, first:] < _FLAG
            for column, told in self._columns(name, lines, [ready for ready, _ in some]).items():
                now = told.reshape(len(mine), -1).astype(np.float32)
                old = values[mine, self._places[column]]
                changed[mine] |= (now != old) & ~(np.isnan(now) & np.isnan(old))
                values[mine, self._places[column]] = now
        return Planned(values, closed, changed | (was != closed))

    def _columns(self, name: str, lines: Floats, readies: Sequence[Ready]) -> Columns:
        """Columns that look at a covariate, over the horizons of some series, one after the other."""
        count, first = len(readies), readies[0].first
        series = np.repeat(np.arange(count), self.shape.rows)
        target = np.tile(np.arange(first, first + self.shape.rows), count)
        rows = Rows(series, np.full(len(series), self._origin), target)
        grid = Grid(lines, np.arange(count))
        if name == OPEN:
            return opening_features(grid, rows, self.spec.horizon, self.spec.frequency)
        value = lines[:, first:].reshape(-1)
        columns: Columns = {f"{name}{MARK}now": value}
        if self._kinds[name] == "number":
            own = [column for column in self.shape.usual if column.startswith(f"{name}{MARK}to_")]
            means = {column: np.array([ready.usual[column] for ready in readies])[series] for column in own}
            return columns | relative(value, means)
        columns |= neighbours(name, grid, rows, self.spec.horizon)
        for column in self.shape.alike:
            if column.startswith(f"{name}{MARK}like"):
                off, on = np.stack([ready.alike[column] for ready in readies], axis=1).reshape(2, -1)
                columns[column] = np.where(value == 0, off, np.where(value == 1, on, np.float32(np.nan)))
        return columns

    @cached_property
    def _origin(self) -> int:
        """Column of a ready horizon's grids that is the last of history."""
        return kept(self.spec) - 1

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return {each.name: each.kind for each in self.shape.known}

    @cached_property
    def _places(self) -> dict[str, int]:
        """Of each feature, by its name with the marks that XGBoost keeps for itself, too."""
        places = {name: place for place, name in enumerate(self.shape.features)}
        told = [f"{each.name}{MARK}{part}" for each in self.shape.known for part in ("now", "run", "before", "after")]
        return places | {
            name: places[plain(name)] for name in (*told, *self.shape.usual, *self.shape.alike) if plain(name) in places
        }


def _changed(name: str, asked: Sequence[Asked]) -> Floats:
    """(series, columns) of a covariate, with other values on some rows of the horizons."""
    lines = np.stack([ready.open if name == OPEN else ready.known[name] for ready, _ in asked])
    for line, (ready, changes) in zip(lines, asked, strict=True):
        rows, values = changes[name]
        line[ready.first + rows] = values
    return lines
