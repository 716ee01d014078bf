"""SageMaker's serving contract: ``/ping`` and ``/invocations``, run by the bundle in the container."""

from typing import Any, Final

import anyio
import polars as pl
from fastapi import APIRouter, Request, Response
from fastapi.params import Depends

from core.contracts.errors import RejectedDataError
from service import frames
from service.answers import Health
from service.bundle import Bundle
from service.problems import ProblemError, documented
from service.routes.bodies import read

LARGEST_BODY: Final = 100 * 1024 * 1024
"""Bytes; Batch Transform's own limit."""
AT_ONCE: Final = 1
"""Forecasts computed at one time: each takes every core it is given."""
MOST_EXPLAINED: Final = 1_000
"""Rows of one request: exact contributions take some 30 ms each."""

_ROW: Final = {"date": "2015-07-31", "store_id": "1", "item_id": "all", "units": 5263, "promo": 1}
_ASKED: Final = {"date": "2015-08-01", "store_id": "1", "item_id": "all", "promo": 0}
_FORECAST: Final = {**_ASKED, "mean": 5011.3, "p10": 4210.9, "p50": 4980.2, "p90": 5870.0, "tier": "model"}
_BINARY: Final = {frames.PARQUET: {"schema": {"type": "string", "format": "binary"}}}


def _documented_json(example: dict[str, Any]) -> dict[str, Any]:
    return {**_BINARY, frames.JSON: {"schema": {"type": "object"}, "example": example}}


_REQUEST: Final = {
    "requestBody": {"required": True, "content": _documented_json({"history": [_ROW], "future": [_ASKED]})}
}
_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "date, store_id, item_id, mean, p10, p50, p90, tier",
        "content": _documented_json({"model_id": "rossmann-20150801t020000-4f2a", "forecasts": [_FORECAST]}),
    }
}


def routes(bundle: Bundle | None, guards: list[Depends]) -> APIRouter:
    """``/ping``, ``/execution-parameters`` and ``/invocations``.

    Args:
        bundle: None where the container has none; then ``/ping`` says so.
        guards: dependencies of ``/invocations``; SageMaker itself sends no key.
    """
    router = APIRouter(tags=["sagemaker"])

    def loaded() -> Bundle:
        if bundle is None:
            raise ProblemError(503, "no_bundle", "no model bundle is below /opt/ml/model in this container")
        return bundle

    @router.get("/ping", responses=documented(503))
    async def ping() -> Health:
        """Say whether the bundle's model is loaded."""
        loaded()
        return Health(status="ready")

    @router.get("/execution-parameters", include_in_schema=False)
    async def parameters() -> dict[str, int | str]:
        """Tell Batch Transform how to send its files."""
        largest = LARGEST_BODY // 1024**2
        return {"MaxConcurrentTransforms": AT_ONCE, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": largest}

    slots: list[anyio.CapacityLimiter] = []

    @router.post(
        "/invocations",
        dependencies=guards,
        response_class=Response,
        responses={**_ANSWER, **documented(400, 401, 406, 413, 415, 422, 503)},
        openapi_extra=_REQUEST,
    )
    async def invocations(request: Request, *, explain: bool = False) -> Response:
        """Forecast the rows flagged `_future` from the history sent with them.

        With `explain=true` the answer says why instead: of each row the mean, the units that baseline, season,
        promotion, price, trend, calendar and other covariates bring to it (they sum to the mean), and its basis.
        """
        ready, kind = loaded(), _sent(request)
        answer_kind = _wanted(request, kind)
        body = await read(request, LARGEST_BODY, "send the series in several requests")
        if not slots:
            slots.append(anyio.CapacityLimiter(AT_ONCE))
        answer = await anyio.to_thread.run_sync(_forecast, ready, body, kind, answer_kind, explain, limiter=slots[0])
        return Response(answer, media_type=answer_kind)

    return router


def _forecast(bundle: Bundle, body: bytes, kind: str, answer_kind: str, explain: bool) -> bytes:
    history, future = frames.read(body, kind)
    if explain and (future is None or future.height > MOST_EXPLAINED):
        sentence = f"flag the rows to be explained as _future, at most {MOST_EXPLAINED:,} in one request"
        raise ProblemError(422, "what_to_explain", sentence, limit=MOST_EXPLAINED)
    run, columns = (bundle.model.explain, frames.EXPLAINED) if explain else (bundle.model.predict, frames.COLUMNS)
    try:
        forecasts = run(history, future)
    except RejectedDataError as error:
        raise ProblemError(422, "rejected_data", str(error)) from error
    except pl.exceptions.PolarsError as error:
        sentence = f"the columns sent do not fit the model: {type(error).__name__}: {error}"
        raise ProblemError(422, "columns_do_not_fit", sentence) from error
    return frames.write(forecasts, answer_kind, bundle.model_id, columns)


def _sent(request: Request) -> str:
    """Format of the body."""
    header = request.headers.get("content-type", "")
    name = header.partition(";")[0].strip().lower()
    if name in frames.PARQUET_NAMES:
        return frames.PARQUET
    if name == frames.JSON:
        return frames.JSON
    raise ProblemError(415, "content_type", f"Content-Type is {header[:80]!r}; send {frames.PARQUET} or {frames.JSON}")


def _wanted(request: Request, sent: str) -> str:
    """Format of the answer: the first accepted that we have, the body's own where anything goes."""
    header = request.headers.get("accept", "*/*") or "*/*"
    for part in header.split(","):
        name = part.partition(";")[0].strip().lower()
        if name in frames.PARQUET_NAMES:
            return frames.PARQUET
        if name == frames.JSON:
            return frames.JSON
        if name in ("*/*", "application/*"):
            return sent
    raise ProblemError(406, "accept", f"Accept is {header[:80]!r}; ask for {frames.PARQUET} or {frames.JSON}")
