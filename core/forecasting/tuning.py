"""Settings of the boosters by trial: random search, begun from settings known to be good.

Trials are measured on windows that lie before those by which the model is judged, so that the
judgement stays honest. Few trials of a small space find most of what there is (Bergstra & Bengio 2012).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from core.forecasting.backtest import backtest, origins
from core.forecasting.fitting import ALONE, Run
from core.forecasting.selection import choose, error
from core.forecasting.span import span
from core.forecasting.spec import ForecastSpec, Recipe
from core.forecasting.table import between, compact

_DEPTHS: Final = (4, 9)
_LEARNING_RATES: Final = (0.02, 0.12)
_ROUNDS: Final = (150, 600)
_LEAF_WEIGHTS: Final = (3.0, 300.0)
_COLUMNS: Final = (0.3, 0.9)
_PENALTIES: Final = (0.5, 20.0)


@dataclass(frozen=True)
class Trial:
    """Settings that were tried, and their error on the inner windows."""

    rounds: int
    params: dict[str, float]
    error: float


def tune(
    sales: pl.DataFrame,
    spec: ForecastSpec,
    known: tuple[Recipe, ...],
    *,
    trials: int,
    more: Callable[[], bool] = lambda: True,
    run: Run = ALONE,
) -> tuple[Recipe, tuple[Trial, ...]]:
    """Find settings by trial; the same sales, spec and number of trials find the same.

    Args:
        sales: canonical sales; the last ``backtest_windows`` horizons are not looked at.
        spec: what to forecast.
        known: recipes to begin with; the first is the one to beat, and is always tried.
        trials: most trials, those of ``known`` among them.
        more: whether there is time for another.
        run: hosts that train together.

    Returns:
        A recipe without weights, and every trial; the first known recipe and none, where the
        sales are too short to hold windows of their own for this.
    """
    sales = compact(sales)
    calendar, first, last = span(sales, spec)
    starts = origins(first, last, spec, spec.backtest_windows)
    if not starts or not origins(first, starts[0], spec, spec.backtest_windows):
        return replace(known[0], weights={}, factors={}), ()
    before = between(sales, calendar, first, starts[0])
    draw = np.random.default_rng([spec.seed, 1])
    tried: list[tuple[Recipe, float]] = []
    while len(tried) < trials and (not tried or run.once(more)):
        number = len(tried)
        recipe = replace(known[number] if number < len(known) else _drawn(known[0], draw), weights={}, factors={})
        tested = backtest(before, spec, recipe, run, task="tune")
        tried.append((recipe, error(tested, choose(tested, recipe))))
    best, _ = min(tried, key=lambda each: each[1])
    return best, tuple(Trial(recipe.rounds, recipe.params, round(wrong, 6)) for recipe, wrong in tried)


def as_json(trials: tuple[Trial, ...]) -> list[dict[str, Any]]:
    """Trials as plain values."""
    return [asdict(trial) for trial in trials]


def _drawn(base: Recipe, draw: np.random.Generator) -> Recipe:
    """Settings at random; rates, weights and penalties by their size."""
    params = {
        "max_depth": int(draw.integers(_DEPTHS[0], _DEPTHS[1] + 1)),
        "learning_rate": _by_size(draw, _LEARNING_RATES),
        "min_child_weight": _by_size(draw, _LEAF_WEIGHTS),
        "colsample_bytree": round(float(draw.uniform(*_COLUMNS)), 2),
        "reg_lambda": _by_size(draw, _PENALTIES),
    }
    return replace(base, rounds=int(draw.integers(*_ROUNDS)), params=params)


def _by_size(draw: np.random.Generator, bounds: tuple[float, float]) -> float:
    return float(f"{np.exp(draw.uniform(*np.log(bounds))):.3g}")
