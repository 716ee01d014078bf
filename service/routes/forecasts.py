"""Forecasts and the series that have them, from memory."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.routing import Route

from core.contracts.models import Publication
from service.answers import ForecastAnswer, SeriesAnswer
from service.board import Board, Serving
from service.causes import Causes
from service.problems import ProblemError, documented, quoted
from service.routes.datasets import serving
from service.routes.reply import JsonReply
from service.security import HEADER, Keyring

LONGEST_PAGE: Final = 1000
Id = Annotated[str, Field(min_length=1, max_length=400)]


class ForecastQuery(BaseModel):
    """Parameters of one forecast; a misspelt one is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")

    store_id: Id = Field(description="as in the sales, leading zeros and all", examples=["1"])
    item_id: Id = Field(description="as in the sales; `all` where they have no item", examples=["all"])
    horizon: int | None = Field(None, description="periods ahead, from 1; all there are when left out", examples=[14])
    dataset: str | None = Field(None, description="needed only where there are several", examples=["rossmann"])
    explain: bool = Field(default=False, description="with each forecast its causes, in units that sum to the mean")


class SeriesQuery(BaseModel):
    """Parameters of one page of series."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(100, ge=1, le=LONGEST_PAGE)
    after: str | None = Field(None, max_length=4000, description="`next` of the page before")
    store_id: Id | None = Field(None, description="only this store's")
    dataset: str | None = Field(None, description="needed only where there are several")


def routes(board: Board) -> APIRouter:
    """``/v1/forecasts`` and ``/v1/series``."""
    router = APIRouter(prefix="/v1", tags=["forecasts"])

    @router.get("/forecasts", response_model=ForecastAnswer, responses=documented(401, 404, 422, 503))
    async def forecasts(query: Annotated[ForecastQuery, Query()]) -> Response:
        """Forecasts of one store and item: p10, p50, p90 and mean per date.

        With `explain=true` each also says why: the units that baseline, season, promotion, price, trend, calendar
        and other covariates bring to its mean (exact Shapley values; they sum to it), and what it rests on.
        """
        return _forecasts(board, query)

    @router.get("/series", response_model=SeriesAnswer, responses=documented(401, 404, 422, 503))
    async def series(query: Annotated[SeriesQuery, Query()]) -> Response:
        """Which stores and items have forecasts, page by page."""
        return JsonReply(page(serving(board, query.dataset), query.store_id, query.after, query.limit))

    return router


def fast_route(board: Board, keyring: Keyring) -> Route:
    """``/v1/forecasts`` past FastAPI's parameter machinery, which takes twice the time of the answer itself.

    The route in ``routes`` is the documented one; a test holds both to the same answers.
    """

    async def forecasts(request: Request) -> Response:
        keyring.check(request.headers.get(HEADER))
        try:
            query = ForecastQuery.model_validate(dict(request.query_params))
        except ValidationError as error:
            faults = [{**fault, "loc": ("query", *fault["loc"])} for fault in error.errors()]
            raise RequestValidationError(faults) from error
        return _forecasts(board, query)

    return Route("/v1/forecasts", forecasts)


def _forecasts(board: Board, query: ForecastQuery) -> Response:
    now = serving(board, query.dataset)
    return JsonReply(answer(now, query.store_id, query.item_id, query.horizon, explain=query.explain))


def answer(
    now: Serving, store_id: str, item_id: str, horizon: int | None, *, explain: bool = False
) -> dict[str, object]:
    """Body of a forecast answer.

    Raises:
        ProblemError: 404 naming what is unknown or untold, 422 for a horizon out of range.
    """
    publication = now.publication
    periods = periods_of(publication, horizon)
    position = now.store.find(store_id, item_id)
    if position is None:
        raise _unknown(now, store_id, item_id)
    forecasts = now.store.forecasts(position, periods)
    return {
        "dataset": publication.dataset,
        "store_id": store_id,
        "item_id": item_id,
        "model_id": publication.model_id,
        "data_as_of": publication.data_as_of,
        "frequency": publication.frequency,
        "tier": now.store.tier(position),
        "forecasts": _causes(now).explained(position, forecasts) if explain else forecasts,
    }


def _causes(now: Serving) -> Causes:
    if now.causes is None:
        model = now.publication.model_id
        sentence = f"forecasts of '{model}' have no causes yet; they follow minutes after the forecasts, ask again then"
        raise ProblemError(404, "no_causes", sentence)
    return now.causes


def periods_of(publication: Publication, horizon: int | None) -> int:
    """Periods to answer with.

    Raises:
        ProblemError: 422 for a horizon out of range.
    """
    periods = publication.horizon if horizon is None else horizon
    if not 1 <= periods <= publication.horizon:
        sentence = (
            f"horizon is {str(periods)[:24]}; ask for 1 to {publication.horizon} periods ({publication.frequency})"
        )
        raise ProblemError(422, "horizon_out_of_range", sentence, limit=publication.horizon)
    return periods


def page(now: Serving, store_id: str | None, after: str | None, limit: int) -> dict[str, object]:
    """Body of a page of series.

    Raises:
        ProblemError: 404 for an unknown store, 422 for a cursor that is none.
    """
    store = now.store
    if store_id is not None and not store.has_store(store_id):
        raise _unknown(now, store_id, "")
    found = store.page(store_id=store_id, after=_position(after), limit=limit + 1)
    rows = [
        dict(zip(("store_id", "item_id"), store.name(at), strict=True), tier=store.tier(at)) for at in found[:limit]
    ]
    more = len(found) > limit
    return {
        "dataset": now.publication.dataset,
        "total": len(store),
        "series": rows,
        "next": _cursor(store.name(found[limit - 1])) if more else None,
    }


def _unknown(now: Serving, store_id: str, item_id: str) -> ProblemError:
    dataset = now.publication.dataset
    if now.store.has_store(store_id):
        what, code = f"store {quoted(store_id)} has no item {quoted(item_id)} in dataset '{dataset}'", "unknown_item"
        listing = urlencode({"dataset": dataset, "store_id": store_id})
    else:
        what, code = f"dataset '{dataset}' has no store {quoted(store_id)}", "unknown_store"
        listing = urlencode({"dataset": dataset})
    return ProblemError(404, code, f"{what}; GET /v1/series?{listing} lists what there is")


def _cursor(name: tuple[str, str]) -> str:
    return urlsafe_b64encode(orjson.dumps(name)).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    try:
        store, item = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(store, str) and isinstance(item, str):
            return store, item
    except (ValueError, TypeError):
        pass
    raise ProblemError(
        422, "bad_cursor", f"after is {quoted(cursor)}; give the `next` of the page before, or leave it out"
    )
