"""What a fit is part of: the hosts that share it, and the place where its progress is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import xgboost as xgb

from core.forecasting.grid import Ints

T = TypeVar("T")
_MOST_BESIDES: Final = 0.9
"""Of two hosts' rows, how many another work counts for at the most: the first has some rows nevertheless."""


@dataclass(frozen=True)
class Share:
    """A host's part of rows that all hosts count in the same order.

    Attributes:
        start: first of its rows.
        stop: behind its last.
        total: rows of all hosts.
    """

    start: int
    stop: int
    total: int

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def rows(self) -> slice:
        """Its rows among all."""
        return slice(self.start, self.stop)


class Run:
    """One host that keeps nothing. Whoever has several hosts, or a disk, overrides what differs.

    Hosts take the same steps in the same order: what one gathers, all gather.
    """

    hosts: int = 1
    rank: int = 0

    def stored(self, task: str) -> xgb.Booster | None:
        """As far as a task had come when it was last kept; None where nothing was."""
        del task
        return None

    def finished(self, task: str, rounds: int) -> xgb.Booster | None:
        """The booster of a task of which every round was kept, None of any other."""
        del task, rounds
        return None

    def grown(self, task: str, booster: xgb.Booster, rounds: int) -> None:
        """Told after every round of a task, of ``rounds`` in all; may keep the booster, or end the run."""
        del task, booster, rounds

    def gather(self, part: T) -> Sequence[T]:
        """Every host's part, in the order of their ranks."""
        return [part]

    def once(self, work: Callable[[], T]) -> T:
        """What is no shared work: one host does it, and tells the others."""
        return work()

    def share(self, series: Ints, busy: float = 0.0) -> Share:
        """Part of rows that lie side by side for each series, of which no series is divided.

        Args:
            series: (rows,) number of each row's series, increasing.
            busy: what the first host does besides, as so many rows: it is given the fewer.
        """
        besides = min(busy, _MOST_BESIDES * len(series))
        ends = [self._end(series, host, besides) for host in range(self.hosts + 1)]
        return Share(ends[self.rank], ends[self.rank + 1], len(series))

    def _end(self, series: Ints, host: int, besides: float) -> int:
        place = int((len(series) + besides) * host / self.hosts - besides) if host else 0
        if not 0 < place < len(series):
            return min(max(place, 0), len(series))
        return int(np.searchsorted(series, series[place], side="left"))


ALONE: Final = Run()
