"""What the boosters of a model learn from: the rows of all hosts, designed once for all of them."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import xgboost as xgb

from core.forecasting import boosters, edges, spread
from core.forecasting.coldstart import Hidden, with_levels
from core.forecasting.dispersion import rows_of_a_leaf
from core.forecasting.features import Design
from core.forecasting.fitting import Run
from core.forecasting.grid import Bools, Doubles, Ints
from core.forecasting.groups import MARK
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.spec import ForecastSpec, Recipe

_COLD_ROWS: Final = 40_000
_COLD_ROUNDS: Final = 70
"""Of the boosters for series without history: they know less, and learn it sooner."""
_FEW_ROWS: Final = 20_000
"""Training rows below which steps are half as large and twice as many: more exact, where time is no matter."""
_NICER: Final = 10
"""Of the thread that fits besides: where cores are few, hosts would wait for it at every level of a tree."""
_UNPLANNED_SHARE: Final = 0.05
"""Training rows shown as if nobody had told the covariates of the horizon."""


@dataclass(frozen=True)
class Lesson:
    """What boosters are fitted on, and how."""

    panel: Panel
    spec: ForecastSpec
    recipe: Recipe
    static: tuple[str, ...]
    objectives: tuple[str, ...]
    run: Run

    def cold(self, rows: Rows, task: str) -> dict[str, xgb.Booster]:
        """Boosters for series without history, from some of the rows shown as if they had none."""
        few = rows.take(np.arange(0, len(rows), -(-len(rows) // _COLD_ROWS)))
        hidden = Hidden.drawn(self.panel, len(few), np.random.default_rng([self.spec.seed, 2]))
        lesson = replace(self, recipe=replace(self.recipe, rounds=min(self.recipe.rounds, _COLD_ROUNDS)))
        return lesson.fit(few, f"{task}-cold", hidden)

    def fit(
        self, rows: Rows, task: str, hidden: Hidden | None = None, *, with_spread: bool = False
    ) -> dict[str, xgb.Booster]:
        """One booster an objective, and perhaps that of quantiles (``SPREAD``), from where the run has kept it."""
        recipe = _patient(self.recipe) if len(rows) < _FEW_ROWS else self.recipe
        rounds = dict.fromkeys(self.objectives, recipe.rounds)
        rounds |= {spread.SPREAD: spread.ROUNDS} if with_spread else {}
        tasks = {name: f"{task}-{name}{self.recipe.settings}" for name in rounds}
        done = {name: self.run.finished(tasks[name], count) for name, count in rounds.items()}
        fitted = {name: booster for name, booster in done.items() if booster is not None}
        left = {name: task for name, task in tasks.items() if name not in fitted}
        fitted |= self._fitted(rows, left, recipe, hidden) if left else {}
        return {name: fitted[name] for name in rounds}

    def _fitted(
        self, rows: Rows, tasks: dict[str, str], recipe: Recipe, hidden: Hidden | None
    ) -> dict[str, xgb.Booster]:
        """Boosters by name, from features that are made once for all; that of quantiles beside the others."""
        steps = recipe.rounds * sum(name in tasks for name in self.objectives)
        besides = spread.work(len(rows), max(steps, 1)) if spread.SPREAD in tasks else 0.0
        share = self.run.share(rows.series, besides)
        mine = np.arange(share.start, share.stop)
        made, level = self._design(rows, mine, hidden)
        unplanned = np.random.default_rng([self.spec.seed, 1]).random(len(rows)) < _UNPLANNED_SHARE
        _forget_known(made, unplanned[mine])
        cuts = edges.reference(made.values, share, self.run, bins=boosters.MOST_BINS, seed=self.spec.seed)
        units = self.panel.units[rows.series[mine], rows.target[mine]]
        leaf = rows_of_a_leaf(self.panel, rows)
        with ThreadPoolExecutor(1, initializer=_give_way) as aside:
            begun, wanted = None, tasks.get(spread.SPREAD)
            if wanted:
                begun = spread.begin(made, level, units, self.spec, share=share, run=self.run, aside=aside)
            fitted = {
                objective: boosters.fit(
                    made, level, units, recipe, cuts=cuts, leaf=leaf,
                    task=tasks[objective], objective=objective, seed=self.spec.seed, share=share, run=self.run,
                )
                for objective in self.objectives
                if objective in tasks
            }  # fmt: skip
            if wanted:
                fitted[spread.SPREAD] = spread.finish(begun, task=wanted, run=self.run)
        return fitted

    def _design(self, rows: Rows, mine: Ints, hidden: Hidden | None) -> tuple[Design, Doubles]:
        """Features and levels of a host's rows; of a host without rows, the columns it shares with the others."""
        there = mine if len(mine) else np.zeros(1, dtype=np.int64)
        as_if = None if hidden is None else hidden.take(there)
        made, level, _ = with_levels(self.panel, rows.take(there), self.spec, self.static, as_if)
        return made.take(np.arange(len(mine))), level[: len(mine)]


def _patient(recipe: Recipe) -> Recipe:
    """Twice as many steps, half as large."""
    rate = recipe.params.get("learning_rate", boosters.RATE)
    return replace(recipe, rounds=2 * recipe.rounds, params=recipe.params | {"learning_rate": rate / 2})


def _give_way() -> None:
    """Let other threads run before this one; Linux alone has priorities of threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)


def _forget_known(made: Design, unplanned: Bools) -> None:
    """Blank the known covariates of a few training rows: a plan may leave them out one day."""
    known = np.array([place for place, name in enumerate(made.names) if MARK in name], dtype=np.int64)
    made.values[np.flatnonzero(unplanned)[:, None], known] = np.nan
