import json
import logging

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from core.contracts.names import REQUEST_METRICS, REQUESTS_LINE
from service.logs import JsonFormatter
from service.measures import Measures, Window


class Clock:
    """Each request takes as long as the next of these."""

    def __init__(self, *milliseconds: float) -> None:
        self._now, self._next = 0.0, iter([part for each in milliseconds for part in (0.0, each / 1000)])

    def __call__(self) -> float:
        self._now += next(self._next)
        return self._now


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/breaks":
        raise RuntimeError("before an answer")
    status = int(scope["path"].strip("/") or 200) if scope["path"].strip("/").isdigit() else 200
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def ask(measures: Measures, *paths: str) -> None:
    transport = httpx.ASGITransport(measures, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        for path in paths:
            await client.get(path)


def said(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonFormatter().format(each)) for each in caplog.records if each.name == "service.requests"]


@pytest.mark.anyio
async def test_a_line_says_how_many_requests_came_and_how_many_failed_on_which_side(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    measures = Measures(app, lambda: {"environment": "dev"}, Clock(1, 1, 1, 1, 1))
    await ask(measures, "/200", "/404", "/422", "/503", "/breaks")
    measures.say()
    (line,) = said(caplog)
    assert line["message"] == REQUESTS_LINE
    assert line["environment"] == "dev"
    assert (line["requests"], line["client_errors"], line["server_errors"]) == (5, 2, 2)


@pytest.mark.anyio
async def test_probes_are_not_counted_and_a_quiet_minute_has_no_durations(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    measures = Measures(app, lambda: {"environment": "dev"})
    await ask(measures, "/livez", "/readyz", "/ping")
    measures.say()
    (line,) = said(caplog)
    assert line["requests"] == 0
    assert not [name for name in line if name.endswith("_ms")]


@pytest.mark.anyio
async def test_each_line_speaks_of_its_own_minute(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    measures = Measures(app, lambda: {"environment": "dev"}, Clock(1, 1, 1))
    await ask(measures, "/200", "/200")
    measures.say()
    await ask(measures, "/200")
    measures.say()
    assert [line["requests"] for line in said(caplog)] == [2, 1]


def test_percentiles_are_those_of_the_durations_and_never_too_short() -> None:
    window = Window()
    durations = [1.0] * 90 + [20.0] * 8 + [300.0] * 2
    for milliseconds in durations:
        window.add(200, milliseconds / 1000)
    for share, true in ((0.50, 1.0), (0.95, 20.0), (0.99, 300.0)):
        assert true <= window.percentile_ms(share) <= true * 1.1


def test_durations_out_of_the_scale_are_counted_at_its_ends() -> None:
    window = Window()
    window.add(200, 0.0)
    assert window.percentile_ms(0.99) <= 0.05
    window.add(200, 1e9)
    assert window.percentile_ms(0.99) > 100_000


def test_every_field_of_a_line_becomes_a_metric() -> None:
    window = Window()
    window.add(200, 0.001)
    assert set(window.line()) == set(REQUEST_METRICS)
