"""Boosting round by round, with nothing in memory that the trees do not hold.

XGBoost samples rows and columns from a generator that lives as long as its process, so a fit that
is taken up again draws others. Here each round draws its own from the seed and its number, by row
and not by host: a fit that was interrupted after any round goes on to the same bytes, and hosts
that share the rows draw what one alone would.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xgboost as xgb

from core.forecasting.fitting.gradients import GRADIENTS
from core.forecasting.fitting.run import Run, Share
from core.forecasting.grid import Floats

_CERTAIN: Final = 1e12
"""Weight of a drawn column; XGBoost gives at least 1e-6 to every other."""


@dataclass(frozen=True)
class Sample:
    """What is learned from, besides the features.

    Attributes:
        label: (rows,) of this host.
        weight: (rows,) positive.
        share: which of all rows these are.
    """

    label: Floats
    weight: Floats
    share: Share


def grow(
    task: str, params: dict[str, Any], matrix: xgb.DMatrix, sample: Sample, *, rounds: int, run: Run
) -> xgb.Booster:
    """Grow ``rounds`` trees, from where the run has kept this task.

    ``subsample`` and ``colsample_bytree`` of ``params`` are drawn here; the objective's derivatives
    are those of ``GRADIENTS``.

    Args:
        task: its name in the run.
        params: of XGBoost, with ``seed`` and ``objective``.
        matrix: features of this host's rows.
        sample: the same rows' labels and weights.
        rounds: trees in the end.
        run: the hosts and the progress.
    """
    booster = _begun(task, params | {"subsample": 1.0}, matrix, run)
    gradient = GRADIENTS[params["objective"]]
    for number in range(booster.num_boosted_rounds(), rounds):
        draw = np.random.default_rng([params["seed"], number])
        matrix.set_info(feature_weights=_columns(matrix.num_col(), params, draw))
        weight = _drawn(sample, params, draw)
        margin = booster.predict(matrix, output_margin=True, training=True)
        first, second = gradient(margin, sample.label, params)
        booster.boost(matrix, iteration=number, grad=first * weight, hess=second * weight)
        run.grown(task, booster, rounds)
    return booster


def _begun(task: str, params: dict[str, Any], matrix: xgb.DMatrix, run: Run) -> xgb.Booster:
    booster = xgb.Booster(params, [matrix])
    stored = run.stored(task)
    if stored is not None:
        booster.load_model(stored.save_raw("ubj"))
        booster.set_param(params)
    return booster


def _columns(count: int, params: dict[str, Any], draw: np.random.Generator) -> Floats:
    """Weight for exactly as many columns as XGBoost takes by weight; none of the others has a chance."""
    wanted = max(1, int(np.float32(params.get("colsample_bytree", 1)) * np.float32(count)))
    weights = np.zeros(count, dtype=np.float32)
    weights[draw.permutation(count)[:wanted]] = _CERTAIN
    return weights


def _drawn(sample: Sample, params: dict[str, Any], draw: np.random.Generator) -> Floats:
    """Weights of the round: zero for rows that are not drawn."""
    kept = draw.random(sample.share.total, dtype=np.float32)[sample.share.rows] < params.get("subsample", 1)
    weight: Floats = sample.weight * kept
    return weight
