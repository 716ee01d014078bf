"""A training as a process of its own: ``python -m tests.unit.training.fitting FOLDER [ROUNDS]``.

Its checkpoints lie in ``FOLDER/checkpoints``; when it has ended its bundle lies in ``FOLDER/model``.
"""

import sys
from dataclasses import replace
from pathlib import Path

from core.forecasting import refit
from tests.unit.forecasting import shops
from training.checkpoints import Checkpoints
from training.commands.step import ending
from training.interruption import Interruption
from training.progress import Progress

ROUNDS = 120
TASKS = ("backtest-log", "backtest-tweedie", "final-log", "final-tweedie")


def main(folder: Path, training: str) -> None:
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(exist_ok=True)
    interruption = Interruption()
    run = Progress(Checkpoints(checkpoints, training), interruption, every=5)
    with interruption.noted():
        refit(shops.sales(), shops.SPEC, replace(shops.QUICK, rounds=ROUNDS), run).save(folder / "model")


if __name__ == "__main__":
    with ending():
        main(Path(sys.argv[1]), *sys.argv[2:])
