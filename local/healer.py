"""Looks for what a killed part has lost, beside the watch over the parts: another may be killed meanwhile."""

import threading
from collections.abc import Callable
from typing import Final

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from core.contracts.errors import RetailForecastError

TROUBLE: Final = (RetailForecastError, BotoCoreError, ClientError, httpx.HTTPError)
"""What a part that is down makes of a request to it."""
_LOOK_SECONDS: Final = 0.5


class Healer(threading.Thread):
    """Sweeps once for everything that was lost before the sweep began, and again where that failed."""

    def __init__(self, sweep: Callable[[], object], stopping: threading.Event, say: Callable[[str], None]) -> None:
        super().__init__(name="healer", daemon=True)
        self._sweep, self._stopping, self._say = sweep, stopping, say
        self._wanted = threading.Event()

    def heal(self) -> None:
        """Something was lost."""
        self._wanted.set()

    def run(self) -> None:
        """Work until the world ends."""
        while not self._stopping.wait(_LOOK_SECONDS):
            if self._wanted.is_set():
                self._wanted.clear()
                try:
                    self._sweep()
                except TROUBLE as error:
                    self._wanted.set()
                    self._say(f"not yet: {error}")
