"""Requests that wait at the same moment, computed together: few rows take xgboost nearly as long as many."""

import asyncio
from typing import TYPE_CHECKING, Final

from core.forecasting.grid import Doubles

if TYPE_CHECKING:
    from core.forecasting.what_if.model import Asked, WhatIfModel

MOST: Final = 32
"""Computed at one time: other requests wait for their end, some 10 ms."""


_Waiting = tuple["WhatIfModel", "Asked", asyncio.Future[Doubles]]


class Batch:
    """Collects what tasks ask in one turn of the event loop and in the next, which takes up what has come by then."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    async def forecast(self, model: "WhatIfModel", asked: "Asked") -> Doubles:
        """As ``WhatIfModel.forecast``; with no other request about, at once."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Doubles] = loop.create_future()
        self._waiting.append((model, asked, future))
        loop.call_soon(loop.call_soon, self._run)
        return await future

    def _run(self) -> None:
        """Answer the oldest, of one model; each that waits has called for a turn of its own, so none is forgotten."""
        if not self._waiting:
            return
        model = self._waiting[0][0]
        now: list[_Waiting] = []
        later: list[_Waiting] = []
        for each in self._waiting:
            (now if each[0] is model and len(now) < MOST else later).append(each)
        self._waiting = later
        try:
            answers = model.forecasts([asked for _, asked, _ in now])
        except Exception as error:  # noqa: BLE001 - whatever it was, every request that waits is told
            for _, _, future in now:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, _, future), numbers in zip(now, answers, strict=True):
            if not future.done():
                future.set_result(numbers)
