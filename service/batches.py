"""Requests that wait at the same moment, computed together: few rows take xgboost nearly as long as many."""

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.forecasting.what_if.model import Answer, WhatIfModel
    from core.forecasting.what_if.plans import Asked

MOST: Final = 32
"""Computed at one time: other requests wait for their end, some 10 ms."""
_QUIET: Final = 2
"""Turns of the event loop that bring no further request: one reads it from its connection, the next gets it here."""

_Waiting = tuple["WhatIfModel", "Asked", asyncio.Future["Answer"]]


class Batch:
    """Collects what tasks ask for as long as turns of the event loop bring more: callers come back together.

    No clock is waited for: with no other request about, a few empty turns take some microseconds.
    """

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._called = False

    async def forecast(self, model: "WhatIfModel", asked: "Asked") -> "Answer":
        """As ``WhatIfModel.forecast``."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((model, asked, future))
        if not self._called:
            self._call(loop, 0, 0)
        return await future

    def _call(self, loop: asyncio.AbstractEventLoop, seen: int, quiet: int) -> None:
        self._called = True
        loop.call_soon(self._turn, loop, seen, quiet)

    def _turn(self, loop: asyncio.AbstractEventLoop, seen: int, quiet: int) -> None:
        """Wait on, or answer the oldest and those of its model, and call for a turn of the others."""
        count = len(self._waiting)
        quiet = quiet + 1 if count == seen else 0
        if quiet < _QUIET and count < MOST:
            self._call(loop, count, quiet)
            return
        now: list[_Waiting] = []
        later: list[_Waiting] = []
        for each in self._waiting:
            (now if each[0] is self._waiting[0][0] and len(now) < MOST else later).append(each)
        self._waiting, self._called = later, False
        if later:
            self._call(loop, 0, 0)
        _answer(now)


def _answer(asked: list[_Waiting]) -> None:
    """Answer those who still wait: whoever asked may have gone."""
    asked = [each for each in asked if not each[2].done()]
    if not asked:
        return
    try:
        answers = asked[0][0].forecasts([each for _, each, _ in asked])
    except Exception as error:  # noqa: BLE001 - whatever it was, every request that waits is told
        for _, _, future in asked:
            future.set_exception(error)
        return
    for (_, _, future), answer in zip(asked, answers, strict=True):
        future.set_result(answer)
