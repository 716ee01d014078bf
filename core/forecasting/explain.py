"""Why a forecast is what it is: exact Shapley values of the boosters, by group, in units.

What the series' own smoothing adds is its usual level and the share of the weekday, or of the season and the trend.

A booster's prediction is a base value plus one contribution a feature (TreeSHAP: Lundberg et al.,
From local explanations to global understanding with explainable AI for trees, 2020). The sum is a
logarithm, so contributions are factors, not units. They become units by the logarithmic mean
Divisia index (B. W. Ang, The LMDI approach to decomposition analysis, Energy Policy 33, 2005): a
factor's share of the way from the baseline to the forecast is its share of the logarithm. Nothing
is left over, and no order of the factors is preferred.
"""

from typing import Any, Final

import numpy as np
import polars as pl
import xgboost as xgb

from core.contracts.sales import COLD_START_TIER, KEY
from core.forecasting.boosters import OFFSET
from core.forecasting.core import Core
from core.forecasting.features import Design
from core.forecasting.grid import Bools, Doubles
from core.forecasting.groups import BASELINE, GROUPS, SEASON, group_of
from core.forecasting.rare import sells_rarely, zeros_of
from core.forecasting.rows import Rows
from core.forecasting.smoothing import local_means
from core.forecasting.spec import LOCAL, THREADS, ForecastSpec, Recipe

BASIS: Final = "basis"
OWN_SALES: Final = "the series' own sales"
SIBLINGS: Final = "no sales of its own: the same item in other stores, or the store's other items, and its attributes"
CLOSED: Final = "the store is closed on that day"
_AT_ONCE: Final = 20_000


def explain(
    core: Core, history: pl.DataFrame, future: pl.DataFrame | None, spec: ForecastSpec, recipe: Recipe
) -> pl.DataFrame:
    """Explain the forecasts that ``Core.predict`` gives for the same arguments.

    Returns:
        date, store_id, item_id, mean, one column of units a group (they sum to ``mean``), tier and
        ``basis``, a sentence on what the forecast rests on; in the order of ``future``.
    """
    asked, panel, rows = core.asked(history, future, spec)
    closed = panel.open.at(rows.series, rows.target) < 0.5  # noqa: PLR2004 - a flag
    units = np.zeros((len(rows), len(GROUPS)))
    cold = np.zeros(len(rows), dtype=bool)
    for at in range(0, len(rows), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        made, level, cold[part] = core.design(panel, _part(rows, part), spec)
        units[part] = _boosted(core, recipe, made, level, cold[part])
        if LOCAL in recipe.views:
            day, usual = local_means(panel, _part(rows, part), level, spec)
            share = np.where(cold[part], 0.0, _shares(recipe, LOCAL, made))
            units[part, GROUPS.index(BASELINE)] += share * usual
            units[part, GROUPS.index(SEASON)] += share * (day - usual)
    units[closed] = 0.0
    basis = np.where(closed, CLOSED, np.where(cold, SIBLINGS, OWN_SALES))
    return asked.with_columns(
        pl.Series("mean", units.sum(axis=1)),
        *(pl.Series(name, units[:, place]) for place, name in enumerate(GROUPS)),
        pl.Series("tier", np.where(cold, COLD_START_TIER, "model")),
        pl.Series(BASIS, basis),
    ).select(*KEY, "mean", *GROUPS, "tier", BASIS)


def _boosted(core: Core, recipe: Recipe, made: Design, level: Doubles, cold: Bools) -> Doubles:
    """(rows, groups) units that the boosters bring to the blend."""
    units = np.zeros((len(level), len(GROUPS)))
    for objective in recipe.objectives:
        for booster, here in core.by_tier(objective, cold):
            some, new = made.take(here), cold[here[0]]
            told = _in_units(contributions(booster, some), some, level[here], objective)
            shares = _share(recipe.boosted, objective) if new else _shares(recipe, objective, some)[:, None]
            units[here] += shares * told
    return units


def contributions(booster: xgb.Booster, made: Design) -> Doubles:
    """(rows, features + 1) exact contributions on the booster's own scale; the last is its base value."""
    matrix = xgb.DMatrix(made.values, feature_names=list(made.names), nthread=THREADS)
    told: Doubles = booster.predict(matrix, pred_contribs=True).astype(np.float64)
    return told


def importances(booster: xgb.Booster, made: Design) -> dict[str, dict[str, float]]:
    """Of each feature that is used: ``gain`` a split on average, and ``shap``, the mean absolute contribution."""
    shap = np.abs(contributions(booster, made)[:, :-1]).mean(axis=0)
    gain: dict[str, Any] = booster.get_score(importance_type="gain")
    found = {name: {"gain": float(gain.get(name, 0.0)), "shap": float(shap[k])} for k, name in enumerate(made.names)}
    return dict(sorted(((name, one) for name, one in found.items() if one["gain"]), key=lambda it: -it[1]["shap"]))


def _shares(recipe: Recipe, view: str, made: Design) -> Doubles:
    """(rows,) of a view in forecasts of series with sales, its factor in it."""
    zeros = zeros_of(made.names)
    share = np.full(len(made.values), _share(recipe, view))
    if recipe.rare and zeros is not None:
        share[sells_rarely(made.values[:, made.names.index(zeros)])] = _share(recipe.of_rare, view)
    return share


def _share(recipe: Recipe, view: str) -> float:
    return recipe.weights.get(view, 0.0) * recipe.factors.get(view, 1.0)


def _part(rows: Rows, part: slice) -> Rows:
    return rows.take(np.arange(len(rows))[part])


def _in_units(told: Doubles, made: Design, level: Doubles, objective: str) -> Doubles:
    """(rows, groups) units of one booster's forecast; what zero cuts off is taken from the baseline."""
    offset = OFFSET if objective == "log" else 0.0
    by_group = np.zeros((len(told), len(GROUPS)))
    for place, name in enumerate(made.names):
        by_group[:, GROUPS.index(group_of(name))] += told[:, place]
    at = GROUPS.index(BASELINE)
    start = np.exp(told[:, -1] + by_group[:, at]) * (level + offset)
    by_group[:, at] = 0.0
    gap = by_group.sum(axis=1)
    end = start * np.exp(gap)
    units = by_group * _logarithmic_mean(start, end, gap)[:, None]
    units[:, at] = start - offset + np.maximum(offset - end, 0.0)
    return units


def _logarithmic_mean(start: Doubles, end: Doubles, gap: Doubles) -> Doubles:
    """(end - start) / log(end / start), and ``start`` where they are the same."""
    small = np.abs(gap) < 1e-9  # noqa: PLR2004 - beyond it the quotient is exact enough
    mean: Doubles = np.where(small, start, (end - start) / np.where(small, 1.0, gap))
    return mean
