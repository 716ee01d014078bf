"""How many requests, how quickly, how many failed: one log line a minute, from which CloudWatch makes metrics.

A line for each request would cost more than the answer it speaks of.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.contracts.names import REQUESTS_LINE

log = logging.getLogger("service.requests")

SECONDS: Final = 60.0
UNWATCHED: Final = frozenset({"/livez", "/readyz", "/ping"})
"""Probes ask every few seconds and would hide the callers."""
_STEPS_PER_DOUBLING: Final = 8
_SMALLEST_MS: Final = 0.05
_LARGEST_STEP: Final = 180


class Window:
    """Requests since the last line: counts, and durations in steps of an eighth of a doubling."""

    def __init__(self) -> None:
        self.requests = self.client_errors = self.server_errors = 0
        self._steps = [0] * (_LARGEST_STEP + 1)

    def add(self, status: int, seconds: float) -> None:
        """One answered request; status 0 where none was sent."""
        self.requests += 1
        self.client_errors += 400 <= status < 500  # noqa: PLR2004
        self.server_errors += status >= 500 or status == 0  # noqa: PLR2004
        ratio = seconds * 1000 / _SMALLEST_MS
        step = math.ceil(math.log2(ratio) * _STEPS_PER_DOUBLING) if ratio > 1 else 0
        self._steps[min(step, _LARGEST_STEP)] += 1

    def percentile_ms(self, share: float) -> float:
        """Milliseconds within which this share of requests was answered, 9 % too long at most."""
        wanted, seen = math.ceil(share * self.requests), 0
        for step, count in enumerate(self._steps):
            seen += count
            if seen >= wanted:
                return round(_SMALLEST_MS * 2 ** (step / _STEPS_PER_DOUBLING), 3)
        raise AssertionError("more requests than durations")

    def line(self) -> dict[str, Any]:
        """The fields of a line; durations only where there were requests."""
        counts = {"requests": self.requests, "client_errors": self.client_errors, "server_errors": self.server_errors}
        if not self.requests:
            return counts
        return counts | {f"p{share}_ms": self.percentile_ms(share / 100) for share in (50, 95, 99)}


class Measures:
    """ASGI middleware that counts, and a task that says what was counted."""

    def __init__(
        self, app: ASGIApp, about: Callable[[], dict[str, object]], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """``about``: what each line says beside the counts."""
        self._app, self._about, self._clock = app, about, clock
        self._window = Window()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI; the lifespan's is the task's, too."""
        if scope["type"] == "lifespan":
            task = asyncio.create_task(self._every_minute())
            try:
                await self._app(scope, receive, send)
            finally:
                task.cancel()
                self.say()
            return
        if scope["type"] != "http" or scope["path"] in UNWATCHED:
            await self._app(scope, receive, send)
            return
        await self._measured(scope, receive, send)

    def say(self) -> None:
        """Write the line of what came since the last one, and begin anew."""
        window, self._window = self._window, Window()
        log.info(REQUESTS_LINE, extra={**self._about(), **window.line()})

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, began = 0, self._clock()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._window.add(status, self._clock() - began)

    async def _every_minute(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            self.say()
