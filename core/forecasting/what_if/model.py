"""The boosters and what else turns a series' horizon under a plan into its forecast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
import xgboost as xgb

from core.forecasting import boosters, spread
from core.forecasting.core import Core
from core.forecasting.features import Design
from core.forecasting.grid import Bools, Doubles, Ints
from core.forecasting.intervals import SHAPE_FEATURES, Intervals
from core.forecasting.metrics import quantile_name
from core.forecasting.model import TrainedModel
from core.forecasting.rare import sells_rarely, zeros_of
from core.forecasting.spec import LOCAL, ForecastSpec, Recipe
from core.forecasting.what_if.plans import Asked, Changes, Planner
from core.forecasting.what_if.ready import Ready, Shape

NUMBERS: Final = ("mean", "p10", "p50", "p90")
_COLD, _SPREAD = "cold-", "spread"
"""Before the names of boosters for series without history, and the name of those that tell a spread."""


@dataclass(frozen=True)
class Answer:
    """Forecasts of one series under a plan.

    Attributes:
        rows: of its horizon, increasing.
        numbers: (rows, ``NUMBERS``).
    """

    rows: Ints
    numbers: Doubles


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

    def forecast(self, ready: Ready, changes: Changes, *, whole: bool = False) -> Answer:
        """Forecasts of the rows that a plan changes, or of the whole horizon under it."""
        return self.forecasts([(ready, changes)], whole=whole)[0]

    def forecasts(self, asked: Sequence[Asked], *, whole: bool = False) -> list[Answer]:
        """The same of several series at once: most of what few rows take is the way into xgboost and back."""
        alike: dict[int, list[int]] = {}
        for place, (ready, _) in enumerate(asked):
            alike.setdefault(ready.first, []).append(place)
        answers: dict[int, Answer] = {}
        for places in alike.values():
            answers |= zip(places, self._together([asked[place] for place in places], whole=whole), strict=True)
        return [answers[place] for place in range(len(asked))]

    def _together(self, asked: Sequence[Asked], *, whole: bool) -> list[Answer]:
        planned = self._planner.planned(asked)
        chosen = np.ones_like(planned.changed) if whole else planned.changed
        series, rows = np.nonzero(chosen)
        level, cold, local = (
            np.array(each) for each in zip(*((ready.level, ready.cold, ready.local) for ready, _ in asked), strict=True)
        )
        made = Design(self.shape.features, planned.values[series, :, rows], level[series])
        numbers = self._numbers(made, cold[series], local[chosen], planned.closed[chosen])
        ends = [0, *np.cumsum(chosen.sum(axis=1)).tolist()]
        return [Answer(rows[start:end], numbers[start:end]) for start, end in pairwise(ends)]

    def _numbers(self, made: Design, cold: Bools, local: Doubles, closed: Bools) -> Doubles:
        """(rows, ``NUMBERS``) of rows of any series."""
        units = {view: local if view == LOCAL else self._boosted(made, view, cold) for view in self.recipe.views}
        mean = np.where(cold, _blend(units, self.recipe.boosted), _blend(units, self.recipe))
        if self.recipe.rare:
            rare = sells_rarely(made.values[:, self._zeros]) & ~cold
            mean = np.where(rare, _blend(units, self.recipe.of_rare), mean)
        mean[closed] = 0.0
        return np.column_stack([mean, self._spreads(made, mean, cold)[:, self._quantiles]])

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

    @cached_property
    def _planner(self) -> Planner:
        return Planner(self.spec, self.shape)

    @cached_property
    def _spread(self) -> list[int]:
        return [place for place, name in enumerate(self.shape.features) if name.startswith(SHAPE_FEATURES)]

    @cached_property
    def _zeros(self) -> int:
        return self.shape.features.index(zeros_of(self.shape.features) or "")

    @cached_property
    def _quantiles(self) -> list[int]:
        names = [quantile_name(each) for each in self.intervals.quantiles]
        return [names.index(name) for name in NUMBERS[1:]]


def _blend(units: dict[str, Doubles], recipe: Recipe) -> Doubles:
    """The mean from each view's units, in the order of ``core.blend``."""
    parts = (units[view] * share * recipe.factors.get(view, 1.0) for view, share in recipe.weights.items())
    mean: Doubles = np.sum(list(parts), axis=0)
    return mean
