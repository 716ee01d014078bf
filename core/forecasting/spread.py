"""The spread booster: quantiles of demand, learned from the rows that the other boosters learn from.

A backtest has a few weeks of errors; training rows have years of sales, seen from as far before as forecasts are. From
them trees learn how widely a day of a series spreads by everything a forecast knows: the weekday, the promotion, the
feast. What they say is stretched until it covers what it should in the backtest, see ``core.forecasting.intervals``.
"""

from concurrent.futures import Executor, Future
from typing import Any, Final

import numpy as np
import xgboost as xgb

from core.forecasting.features import Design
from core.forecasting.fitting import Run, Share
from core.forecasting.grid import Doubles, Floats
from core.forecasting.spec import ForecastSpec

SPREAD: Final = "quantiles"
"""Name of the booster among those of a model."""
ROUNDS: Final = 60
_MOST_ROWS: Final = 60_000
_BINS: Final = 64
_MOST_RATIO: Final = 0.999
"""Share of rows whose units beside their level are taken as they are; those above count as the largest of them.
Where the level is next to nothing one unit is thousands of it, and a few such rows would be the top of other leaves."""
_THREADS: Final = 1
"""Fixed, for the order of sums depends on it; one, for other boosters have theirs meanwhile."""
_COST: Final = 6.0
"""Of a row in a step, beside that of the boosters of the mean: three targets, whose leaves are sorted."""
_PARAMS: Final[dict[str, Any]] = {
    "objective": "reg:quantileerror",
    "multi_strategy": "multi_output_tree",
    "tree_method": "hist",
    "max_bin": _BINS,
    "learning_rate": 0.15,
    "max_depth": 6,
    "min_child_weight": 100,
    "colsample_bytree": 0.5,
    "nthread": _THREADS,
    "verbosity": 0,
}
"""All quantiles stand on the leaves of the same trees: a forecast runs a third of as many as with trees for each."""


def work(rows: int, steps: int) -> float:
    """What fitting it takes of the first host, as rows of boosters of so many steps in all."""
    return _COST * min(rows, _MOST_ROWS) * ROUNDS / steps


def begin(
    design: Design, level: Doubles, units: Floats, spec: ForecastSpec, *, share: Share, run: Run, aside: Executor
) -> Future[bytes] | None:
    """Begin to fit it on one host, from rows of all: leaves of this objective are quantiles, which hosts cannot add up.

    Args:
        design: features of this host's training rows.
        level: what their units are relative to; positive.
        units: what was sold.
        spec: its quantiles and seed.
        share: which of all hosts' rows these are.
        run: the hosts.
        aside: where it is fitted, beside other boosters, which leave cores idle at every step.

    Returns:
        What the first host fits; None on the others.
    """
    order = np.random.default_rng([spec.seed, 4]).permutation(share.total)
    chosen = np.zeros(share.total, dtype=bool)
    chosen[order[:_MOST_ROWS]] = True
    mine = chosen[share.rows]
    gathered = run.gather((design.values[mine], level[mine], units[mine]))
    values, scale, sold = (np.concatenate(parts) for parts in zip(*gathered, strict=True))
    return aside.submit(_fitted, Design(design.names, values, scale), sold, spec) if run.rank == 0 else None


def finish(begun: Future[bytes] | None, *, task: str, run: Run) -> xgb.Booster:
    """Wait for what was begun, give it to all hosts, and keep it under the task's name."""
    body = run.once(lambda: begun.result() if begun is not None else b"")
    booster = xgb.Booster(model_file=bytearray(body))
    run.grown(task, booster, ROUNDS)
    return booster


def predict(booster: xgb.Booster, design: Design, level: Doubles, spec: ForecastSpec) -> Doubles:
    """(rows, quantiles) units below which sales stay; as the trees say it, neither stretched nor in order."""
    shape = len(level), len(spec.quantiles)
    if not len(level):
        return np.zeros(shape)
    raw = booster.inplace_predict(design.values, validate_features=False).reshape(shape)
    units: Doubles = raw.astype(np.float64) * level[:, None]
    return units


def to_label(units: Floats, level: Doubles) -> Doubles:
    """(rows,) units beside their level, none below 0 or above all but the ``_MOST_RATIO`` of them."""
    ratio = np.maximum(units, 0) / level
    label: Doubles = np.minimum(ratio, np.quantile(ratio, _MOST_RATIO, method="higher"))
    return label


def _fitted(design: Design, units: Floats, spec: ForecastSpec) -> bytes:
    """The booster as bytes: the same whether it was just fitted or kept."""
    size = np.sqrt(design.level)
    matrix = xgb.QuantileDMatrix(
        design.values,
        label=to_label(units, design.level),
        weight=size / size.mean() + 1e-3,
        max_bin=_BINS,
        nthread=_THREADS,
        feature_names=list(design.names),
    )
    told = {"seed": spec.seed, "quantile_alpha": list(spec.quantiles)}
    return bytes(xgb.train(_PARAMS | told, matrix, num_boost_round=ROUNDS).save_raw("ubj"))
