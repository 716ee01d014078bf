"""SIGTERM: SageMaker takes a spot machine back, or stops a job; 120 seconds later it kills."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

EXIT_CODE: Final = 128 + signal.SIGTERM
"""What a shell reports of a process that SIGTERM ended: neither success nor a failure of ours."""


class Interrupted(BaseException):
    """The machine is wanted back. No ``Exception``: nobody should take it for a failure and go on."""


class Interruption:
    """Whether the machine is wanted back.

    While a round is under way the wish is only noted; everywhere else it ends the work at once,
    for what was finished lies on the disk already.
    """

    def __init__(self) -> None:
        self.wanted = False
        self._waits = False

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Within, SIGTERM raises ``Interrupted``, or waits for the round to end where ``wait`` was called."""
        before = signal.signal(signal.SIGTERM, self._told)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def wait(self, *, waits: bool) -> None:
        """Say whether a round is under way."""
        self._waits = waits

    def _told(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.wanted = True
        if not self._waits:
            raise Interrupted
