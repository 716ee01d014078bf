"""A training that can be taken up again: boosters are kept while they grow, and when they are grown."""

from typing import Final

import xgboost as xgb

from core.forecasting.fitting import Run
from training.checkpoints import Checkpoints
from training.interruption import Interrupted, Interruption

EVERY: Final = 25
"""Rounds between two checkpoints: what a kill can cost."""


class Progress(Run):
    """One host with a disk."""

    def __init__(self, checkpoints: Checkpoints, interruption: Interruption, every: int = EVERY) -> None:
        self._checkpoints, self._interruption, self._every = checkpoints, interruption, every

    def stored(self, task: str) -> xgb.Booster | None:
        """The booster as it was last kept; from here to its last round SIGTERM waits for a round's end."""
        kept = self._kept(task)
        self._interruption.wait(waits=True)
        if kept is None:
            return None
        number, body = kept
        print(f"train: {task} goes on after round {number}", flush=True)  # noqa: T201
        return _booster(body)

    def finished(self, task: str, rounds: int) -> xgb.Booster | None:
        """The booster, where all its rounds were kept."""
        kept = self._kept(task)
        return _booster(kept[1]) if kept is not None and kept[0] == rounds else None

    def grown(self, task: str, booster: xgb.Booster, rounds: int) -> None:
        """Keep every few rounds, the last, and the one in which the machine was wanted back.

        Raises:
            Interrupted: it is.
        """
        number = booster.num_boosted_rounds()
        wanted = self._wanted(number, rounds)
        if number % self._every == 0 or number == rounds or wanted:
            self._keep(task, number, booster)
        if number == rounds:
            self._interruption.wait(waits=False)
        if wanted:
            raise Interrupted

    def _kept(self, task: str) -> tuple[int, bytes] | None:
        return self._checkpoints.read(task)

    def _keep(self, task: str, number: int, booster: xgb.Booster) -> None:
        self._checkpoints.write(task, number, bytes(booster.save_raw("ubj")))

    def _wanted(self, number: int, rounds: int) -> bool:
        """Whether the machine is wanted back, as known after a round of so many."""
        del number, rounds
        return self._interruption.wanted


def _booster(body: bytes) -> xgb.Booster:
    return xgb.Booster(model_file=bytearray(body))
