"""The boosters: XGBoost with two views of demand.

``log`` fits the logarithm of demand relative to its level by squared error: right for smooth
sales, whose ups and downs are factors. ``tweedie`` fits the relative mean itself under a
compound Poisson: right for sales with many zeros. The recipe blends them.
"""

from typing import Any, Final

import numpy as np
import xgboost as xgb

from core.forecasting.features import Design
from core.forecasting.fitting import Run, Sample, Share, grow
from core.forecasting.grid import Doubles, Floats
from core.forecasting.spec import THREADS, Recipe

OBJECTIVES: Final = ("log", "tweedie")
MOST_BINS: Final = 128
"""That a feature is cut into."""
RATE: Final = 0.075
"""What a step is multiplied by."""
_PARAMS: Final[dict[str, Any]] = {
    "tree_method": "hist",
    "max_bin": MOST_BINS,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
    "reg_lambda": 2.0,
    "nthread": THREADS,
    "verbosity": 0,
}
_OBJECTIVE: Final[dict[str, dict[str, Any]]] = {
    "log": {
        "objective": "reg:squarederror",
        "base_score": 0.0,
        "learning_rate": RATE,
        "max_depth": 8,
        "min_child_weight": 10,
    },
    "tweedie": {
        "objective": "reg:tweedie",
        "tweedie_variance_power": 1.3,
        "base_score": 1.0,
        "learning_rate": RATE,
        "max_depth": 7,
        "min_child_weight": 200,
    },
}
"""Smooth demand bears deep trees; sparse demand is mostly noise and needs many rows a leaf."""
_ROWS_PER_LEAF_SHARE: Final = 1_000
"""A leaf never needs more than one row in so many: small tables are not left with stumps."""
_FEWEST_LEAVES: Final = 5
"""Of rows of rare sales as well, there may be so many leaves."""
OFFSET: Final = 1.0
"""Added before the logarithm: one unit, so that zero has one."""


def fit(
    design: Design,
    level: Doubles,
    units: Floats,
    recipe: Recipe,
    *,
    cuts: xgb.QuantileDMatrix,
    leaf: float,
    task: str,
    objective: str,
    seed: int,
    share: Share,
    run: Run,
) -> xgb.Booster:
    """Fit one booster.

    Args:
        design: features of this host's training rows.
        level: what their units are relative to; positive.
        units: what was sold.
        recipe: rounds and settings.
        cuts: where their features are cut into bins; see ``core.forecasting.edges``.
        leaf: rows that a leaf of counts needs; see ``core.forecasting.dispersion``.
        task: name under which the run keeps its progress.
        objective: ``log`` or ``tweedie``.
        seed: of row and column sampling.
        share: which of all hosts' rows these are.
        run: the hosts and the progress.
    """  # fmt: skip
    label = _to_label(units, level, objective).astype(np.float32)
    weight = _weight(level, objective, run).astype(np.float32)
    matrix = xgb.QuantileDMatrix(
        design.values,
        label=label,
        weight=weight,
        max_bin=MOST_BINS,
        ref=cuts,
        nthread=THREADS,
        feature_names=list(design.names),
    )
    params = _PARAMS | _OBJECTIVE[objective] | recipe.params | {"seed": seed}
    least = max(1.0, min(params["min_child_weight"], share.total / _ROWS_PER_LEAF_SHARE))
    needed = min(leaf, share.total / _FEWEST_LEAVES) if objective == "tweedie" else 0.0
    params["min_child_weight"] = max(least, needed)
    booster = grow(task, params, matrix, Sample(label, weight, share), rounds=recipe.rounds, run=run)
    booster.feature_names = list(design.names)  # a host without rows has a matrix that forgets them
    return booster


def predict(booster: xgb.Booster, design: Design, level: Doubles, objective: str) -> Doubles:
    """Units that a booster expects; for ``log`` a median rather than a mean."""
    raw = booster.inplace_predict(design.values, validate_features=False).astype(np.float64)
    units: Doubles = np.exp(raw) * (level + OFFSET) - OFFSET if objective == "log" else raw * level
    return np.maximum(units, 0)


def _to_label(units: Floats, level: Doubles, objective: str) -> Doubles:
    positive = np.maximum(units.astype(np.float64), 0)
    if objective == "log":
        label: Doubles = np.log((positive + OFFSET) / (level + OFFSET))
        return label
    return positive / level


def _weight(level: Doubles, objective: str, run: Run) -> Doubles:
    """Larger series count more, by the root of their level; all positive."""
    if objective == "log":
        size = np.sqrt(level / (level + OFFSET))
    else:
        size = np.sqrt(level) / np.sqrt(np.concatenate(run.gather(level))).mean()
    weight: Doubles = size + 1e-3
    return weight
