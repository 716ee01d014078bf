"""The boosters and what else turns a series' horizon under a plan into its forecast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
import xgboost as xgb

from core.forecasting import boosters, spread
from core.forecasting.core import Core
from core.forecasting.features import Design, plain
from core.forecasting.features_ahead import opening_features
from core.forecasting.features_known import neighbours, relative
from core.forecasting.features_past import Columns
from core.forecasting.grid import Bools, Doubles, Floats, Grid, Ints
from core.forecasting.groups import MARK
from core.forecasting.intervals import SHAPE_FEATURES, Intervals
from core.forecasting.metrics import quantile_name
from core.forecasting.model import TrainedModel
from core.forecasting.opening import OPEN
from core.forecasting.rows import Rows
from core.forecasting.spec import LOCAL, ForecastSpec, Recipe
from core.forecasting.what_if.ready import Ready, Shape, kept

NUMBERS: Final = ("mean", "p10", "p50", "p90")
_ONE: Final = np.zeros(1, dtype=np.int64)
_COLD, _SPREAD = "cold-", "spread"
"""Before the names of boosters for series without history, and the name of those that tell a spread."""

Changes = dict[str, tuple[Ints, Floats]]
"""By covariate: rows of the horizon, and the encoded value of each."""


@dataclass(frozen=True)
class Planned:
    """A series' horizon under a plan.

    Attributes:
        values: (rows, features).
        closed: (rows,) days on which the store does not sell.
        changed: rows that are not what they were without the plan.
    """

    values: Floats
    closed: Bools
    changed: Ints


Asked = tuple[Ready, Planned, Ints]
"""A series' horizon, the same under a plan, and the rows of it that are forecast."""


@dataclass(frozen=True)
class WhatIfModel:
    """As much of a model as a forecast from a ready horizon takes."""

    spec: ForecastSpec
    recipe: Recipe
    core: Core
    intervals: Intervals
    cold_intervals: Intervals | None
    shape: Shape

    @classmethod
    def of(cls, model: TrainedModel, shape: Shape) -> Self:
        """What there is of a model, without its backtest and the words of its ids."""
        core = replace(model.core, static=(), holidays=None)
        return cls(model.spec, model.recipe, core, model.intervals, model.left_out.intervals, shape)

    def boosters(self) -> dict[str, xgb.Booster]:
        """All there are, by names of their own."""
        named: dict[str, xgb.Booster | None] = dict(self.core.boosters)
        named |= {f"{_COLD}{name}": booster for name, booster in self.core.cold.items()}
        named |= {_SPREAD: self.intervals.booster, spread.SPREAD: self.core.spread}
        named |= {f"{_COLD}{_SPREAD}": self.cold_intervals and self.cold_intervals.booster}
        return {name: booster for name, booster in named.items() if booster is not None}

    def to_json(self) -> dict[str, Any]:
        """As plain values, boosters excepted."""
        return {
            "spec": self.spec.to_json(),
            "recipe": self.recipe.to_json(),
            "core": self.core.to_json(),
            "intervals": self.intervals.to_json(),
            "cold_intervals": self.cold_intervals and self.cold_intervals.to_json(),
            "shape": self.shape.to_json(),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any], told: dict[str, xgb.Booster]) -> Self:
        """The opposite of ``to_json`` and ``boosters``; each booster then runs on one thread."""
        for booster in told.values():
            booster.set_param({"nthread": 1})
        recipe, cold = Recipe.from_json(values["recipe"]), values["cold_intervals"]
        fitted, new = (
            {name: told[f"{prefix}{name}"] for name in recipe.objectives if f"{prefix}{name}" in told}
            for prefix in ("", _COLD)
        )
        return cls(
            ForecastSpec.from_json(values["spec"]),
            recipe,
            Core.from_json(values["core"], fitted, new, told.get(spread.SPREAD)),
            Intervals.from_json(values["intervals"], told.get(_SPREAD)),
            cold and Intervals.from_json(cold, told.get(f"{_COLD}{_SPREAD}")),
            Shape.from_json(values["shape"]),
        )

    def planned(self, ready: Ready, changes: Changes) -> Planned:
        """The features under a plan; what it does not name stays as it is known."""
        values, columns = ready.values.copy(), self._columns(ready, changes)
        for name, column in columns.items():
            values[:, self._places[name]] = column
        selling = _changed(ready.open, ready.first, changes.get(OPEN))
        was, now = (line[ready.first :] < 0.5 for line in (ready.open, selling))  # noqa: PLR2004 - a flag
        same = (values == ready.values) | (np.isnan(values) & np.isnan(ready.values))
        return Planned(values, now, np.flatnonzero(~same.all(axis=1) | (was != now)))

    def forecast(self, ready: Ready, planned: Planned, rows: Ints) -> Doubles:
        """(rows, ``NUMBERS``) of some rows of the horizon."""
        return self.forecasts([(ready, planned, rows)])[0]

    def forecasts(self, asked: Sequence[Asked]) -> list[Doubles]:
        """The same of several series at once: most of what few rows take is the way into xgboost and back."""
        counts = [len(rows) for _, _, rows in asked]
        values, closed, local = (
            np.concatenate(parts)
            for parts in zip(*((p.values[rows], p.closed[rows], r.local[rows]) for r, p, rows in asked), strict=True)
        )
        level, cold = (np.repeat(each, counts) for each in zip(*((r.level, r.cold) for r, _, _ in asked), strict=True))
        made = Design(self.shape.features, values, level)
        units = {view: local if view == LOCAL else self._boosted(made, view, cold) for view in self.recipe.weights}
        mean = np.where(cold, _blend(units, self.recipe.boosted), _blend(units, self.recipe))
        mean[closed] = 0.0
        told = np.column_stack([mean, self._spreads(made, mean, cold)[:, self._quantiles]])
        return np.split(told, np.cumsum(counts[:-1]))

    def _boosted(self, made: Design, objective: str, cold: Bools) -> Doubles:
        units = np.zeros(len(cold))
        for booster, part in self.core.by_tier(objective, cold):
            units[part] = boosters.predict(booster, made.take(part), made.level[part], objective)
        return units

    def _spreads(self, made: Design, mean: Doubles, cold: Bools) -> Doubles:
        shape = made.values[:, self._spread]
        booster = self.core.spread
        told = None if booster is None else spread.predict(booster, made, made.level, self.spec)
        quantiles = self.intervals.apply(mean, shape, told)
        if self.cold_intervals is not None and cold.any():
            quantiles[cold] = self.cold_intervals.apply(mean[cold], shape[cold])
        return quantiles

    def _columns(self, ready: Ready, changes: Changes) -> Columns:
        """Columns that look at what the plan changes, over the whole horizon."""
        columns: Columns = {}
        target = np.arange(ready.first, ready.first + self.shape.rows)
        series = np.zeros(self.shape.rows, dtype=np.int64)
        rows = Rows(series, np.full(self.shape.rows, self._origin), target)
        for name, change in changes.items():
            grid = Grid(_changed(ready.open if name == OPEN else ready.known[name], ready.first, change)[None], _ONE)
            if name == OPEN:
                columns |= opening_features(grid, rows, self.spec.horizon, self.spec.frequency)
            else:
                columns |= self._of_covariate(name, grid, rows, ready)
        return columns

    def _of_covariate(self, name: str, grid: Grid, rows: Rows, ready: Ready) -> Columns:
        value = grid.at(rows.series, rows.target)
        columns: Columns = {f"{name}{MARK}now": value}
        if self._kinds[name] == "number":
            own = [column for column in self.shape.usual if column.startswith(f"{name}{MARK}to_")]
            return columns | relative(value, {column: np.full(len(rows), ready.usual[column]) for column in own})
        columns |= neighbours(name, grid, rows, self.spec.horizon)
        for column in self.shape.alike:
            if column.startswith(f"{name}{MARK}like"):
                off, on = ready.alike[column]
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

    @cached_property
    def _spread(self) -> list[int]:
        return [place for place, name in enumerate(self.shape.features) if name.startswith(SHAPE_FEATURES)]

    @cached_property
    def _quantiles(self) -> list[int]:
        names = [quantile_name(each) for each in self.intervals.quantiles]
        return [names.index(name) for name in NUMBERS[1:]]


def _blend(units: dict[str, Doubles], recipe: Recipe) -> Doubles:
    """The mean from each view's units, in the order of ``core.blend``."""
    parts = (units[view] * share * recipe.factors.get(view, 1.0) for view, share in recipe.weights.items())
    mean: Doubles = np.sum(list(parts), axis=0)
    return mean


def _changed(line: Floats, first: int, change: tuple[Ints, Floats] | None) -> Floats:
    """A grid's line with other values on some rows of the horizon."""
    if change is None:
        return line
    rows, values = change
    line = line.copy()
    line[first + rows] = values
    return line
