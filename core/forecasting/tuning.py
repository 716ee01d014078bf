"""Settings of the boosters by trial, begun from settings known to be good, then as Optuna's TPE sampler asks.

Trials are measured on windows that lie before those by which the model is judged, so that the
judgement stays honest. The sampler is that of Bergstra et al. 2011: settings like those that did well.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import optuna
import polars as pl
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.study import Study
from optuna.trial import create_trial

from core.forecasting.backtest import backtest, origins
from core.forecasting.fitting import ALONE, Run
from core.forecasting.selection import choose, error
from core.forecasting.span import span
from core.forecasting.spec import ForecastSpec, Recipe
from core.forecasting.table import between, compact

_ROUNDS: Final = "rounds"
_SPACE: Final[dict[str, IntDistribution | FloatDistribution]] = {
    _ROUNDS: IntDistribution(150, 600),
    "max_depth": IntDistribution(4, 9),
    "learning_rate": FloatDistribution(0.02, 0.12, log=True),
    "min_child_weight": FloatDistribution(3.0, 300.0, log=True),
    "colsample_bytree": FloatDistribution(0.3, 0.9),
    "reg_lambda": FloatDistribution(0.5, 20.0, log=True),
}
_AT_RANDOM: Final = 8
"""Trials before the sampler looks at which settings did well."""


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
        return known[0].unchosen, ()
    before = between(sales, calendar, first, starts[0])
    study = _study(spec.seed)
    tried: list[tuple[Recipe, float]] = []
    while len(tried) < trials and (not tried or run.once(more)):
        number = len(tried)
        recipe = known[number] if number < len(known) else run.once(lambda: _asked(study, known[0]))
        recipe = recipe.unchosen
        tested = backtest(before, spec, replace(recipe, spread_from=None), run, task="tune")
        tried.append((recipe, error(tested, choose(tested, recipe))))
        _tell(study, *tried[-1])
    best, _ = min(tried, key=lambda each: each[1])
    return best, tuple(Trial(recipe.rounds, recipe.params, round(wrong, 6)) for recipe, wrong in tried)


def as_json(trials: tuple[Trial, ...]) -> list[dict[str, Any]]:
    """Trials as plain values."""
    return [asdict(trial) for trial in trials]


def _study(seed: int) -> Study:
    """Nothing tried yet; what it asks for depends on the seed and on what it is told alone."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(sampler=TPESampler(n_startup_trials=_AT_RANDOM, seed=seed))


def _asked(study: Study, base: Recipe) -> Recipe:
    params = dict(study.ask(dict(_SPACE)).params)
    return replace(base, rounds=params.pop(_ROUNDS), params=params)


def _tell(study: Study, recipe: Recipe, wrong: float) -> None:
    """What came of settings; known ones that lie outside the space teach nothing about it.

    What was asked is told as a trial of its own, for other hosts than the one that asked know of it by this alone.
    """
    told = {_ROUNDS: recipe.rounds, **recipe.params}
    if told.keys() == _SPACE.keys() and all(each.low <= told[name] <= each.high for name, each in _SPACE.items()):
        study.add_trial(create_trial(params=told, distributions=dict(_SPACE), value=wrong))
