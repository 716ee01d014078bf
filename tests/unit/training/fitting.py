"""A training as a process of its own: ``python -m tests.unit.training.fitting ROOT TRAINING WHAT``.

ROOT is SageMaker's ``/opt/ml`` of one host: its checkpoints lie in ``checkpoints``, and when it
has ended the first host's bundle lies in ``model``. WHAT is ``shops`` for the engine on made-up
shops, ``shop`` for one series, ``trees`` for a booster on features of few values.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import xgboost as xgb

from core.forecasting import refit
from core.forecasting.fitting import Run, Sample, grow
from tests.unit.forecasting import shops
from training.checkpoints import Checkpoints
from training.commands.step import ending
from training.container import OptMl
from training.distributed import Hosts, together
from training.interruption import Interruption

ROUNDS = 60


def main(root: Path, training: str, what: str) -> None:
    folders, interruption, hosts = OptMl(root), Interruption(), Hosts.of(root)
    checkpoints = Checkpoints(folders.checkpoints, training)
    with interruption.noted(), together(hosts, checkpoints, interruption, folders.lost) as run:
        if what == "trees":
            booster = trees(run)
            if run.rank == 0:
                booster.save_model(folders.model / "trees.ubj")
            return
        sales = shops.sales(stores=("01",), items=("a",)) if what == "shop" else shops.sales()
        model = refit(sales, shops.SPEC, replace(shops.QUICK, rounds=ROUNDS, spread_from=0), run)
    if hosts.rank == 0:
        model.save(folders.model)


def trees(run: Run) -> xgb.Booster:
    """A booster on 3,000 rows of 40 series, whose features have at most 9 values."""
    rng = np.random.default_rng(3)
    drawn = rng.integers(0, 9, size=(3_000, 12)).astype(np.float32)
    values = np.where(rng.random(drawn.shape) < 0.1, np.float32(np.nan), drawn)
    share = run.share(np.repeat(np.arange(40), 75))
    label = ((drawn[:, 0] * 2 + drawn[:, 1] ** 2 + rng.integers(0, 5, 3_000)) / 16).astype(np.float32)[share.rows]
    weight = rng.integers(1, 5, 3_000).astype(np.float32)[share.rows]
    matrix = xgb.QuantileDMatrix(values[share.rows], label=label, weight=weight, max_bin=64, nthread=1)
    params = {
        "objective": "reg:squarederror", "base_score": 0.0, "tree_method": "hist", "max_bin": 64, "nthread": 1,
        "subsample": 0.8, "colsample_bytree": 0.5, "seed": 7, "max_depth": 5,
    }  # fmt: skip
    return grow("trees", params, matrix, Sample(label, weight, share), rounds=60, run=run)


if __name__ == "__main__":
    with ending():
        main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
