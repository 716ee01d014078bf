"""The thread that keeps the board up to date: finds datasets, looks at their pointers, swaps."""

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Final

from core.contracts import keys
from service.board import Board
from service.dataset_loader import DatasetLoader
from service.objects import Objects

log = logging.getLogger(__name__)

_SUFFIX: Final = ".json"
STOP_SECONDS: Final = 20.0
"""A look that hangs in S3 ends within its client's limits; beyond, the process goes without it."""


class ChampionLoader:
    """Polls champions; ``start`` and ``stop`` a thread, or ``refresh`` by hand where threads sleep (Lambda).

    Args:
        datasets: serve exactly these; empty: each that has a champion pointer.
        poll_seconds: between two looks.
        discover_seconds: between two searches for datasets, once one is known.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        *,
        objects: Objects,
        lake: str,
        artifacts: str,
        board: Board,
        datasets: tuple[str, ...] = (),
        poll_seconds: float = 2,
        discover_seconds: float = 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._objects, self._lake, self._artifacts, self._board = objects, lake, artifacts, board
        self._named, self._poll_seconds, self._discover_seconds = datasets, poll_seconds, discover_seconds
        self._clock = clock
        self._loaders: dict[str, DatasetLoader] = {}
        self._discover_at = self._look_at = float("-inf")
        self._stop = Event()
        self._looking = Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to look, at once and then every ``poll_seconds``."""
        self._thread = Thread(target=self._run, name="champion-loader", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the look it is at; blocks for at most ``STOP_SECONDS``."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            if self._thread.is_alive():
                log.warning("the loader did not end in time", extra={"seconds": STOP_SECONDS})

    def look(self) -> None:
        """Look at every dataset once, loading what is new."""
        with self._looking:
            found = self._discover()
            for loader in tuple(self._loaders.values()):
                if self._stop.is_set():
                    return
                loader.poll()
            self._board.looked = self._board.looked or found

    def refresh(self) -> None:
        """Look if ``poll_seconds`` have gone by since the last time."""
        if self._clock() >= self._look_at:
            self._look_at = self._clock() + self._poll_seconds
            self.look()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except Exception:
                log.exception("a look at the champions failed; the next one is soon")
            self._stop.wait(self._poll_seconds)

    def _discover(self) -> bool:
        """Take up datasets not yet known; False when the search itself failed."""
        if self._loaders and self._clock() < self._discover_at:
            return True
        self._discover_at = self._clock() + self._discover_seconds
        try:
            names = self._named or self._with_champion()
        except Exception as error:  # noqa: BLE001 - known datasets are served and looked at all the same
            log.warning("datasets could not be listed", extra={"reason": type(error).__name__, "sentence": str(error)})
            return False
        for name in names:
            if name not in self._loaders:
                self._loaders[name] = DatasetLoader(
                    dataset=name,
                    objects=self._objects,
                    lake=self._lake,
                    artifacts=self._artifacts,
                    board=self._board,
                    clock=self._clock,
                )
        return True

    def _with_champion(self) -> tuple[str, ...]:
        found = self._objects.names(self._artifacts, keys.CHAMPIONS)
        names = (key.removeprefix(keys.CHAMPIONS) for key in found if key.endswith(_SUFFIX))
        return tuple(name.removesuffix(_SUFFIX) for name in names if "/" not in name)
