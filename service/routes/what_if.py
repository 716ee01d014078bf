"""Forecasts of one series under another plan: the model runs on what its own forecasts were made of."""

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.routing import Route

from service.answers import WhatIfAnswer
from service.batches import Batch
from service.board import Board, Serving
from service.forecast_store import DECIMALS, Row
from service.plans import PlannedDay, changes
from service.problems import ProblemError, documented
from service.routes.bodies import read
from service.routes.datasets import serving
from service.routes.forecasts import Id, answer
from service.routes.reply import JsonReply
from service.security import HEADER, Keyring

if TYPE_CHECKING:
    from core.forecasting.what_if.model import Answer

LARGEST_BODY: Final = 1024 * 1024
"""Bytes: a year of days with a hundred covariates each."""
_FAULTS: Final = 8
"""Wrong parts of a request that an answer names."""


class WhatIfQuery(BaseModel):
    """What is asked; a misspelt part is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")

    store_id: Id = Field(description="as in the sales, leading zeros and all", examples=["1"])
    item_id: Id = Field(description="as in the sales; `all` where they have no item", examples=["all"])
    dataset: str | None = Field(None, description="needed only where there are several", examples=["rossmann"])
    plan: list[PlannedDay] = Field(
        min_length=1,
        max_length=10_000,
        description="what differs from what is known, by date: a covariate of the model, or `open` (0 or 1)",
    )


def routes(asking: "WhatIfs") -> APIRouter:
    """``/v1/what-if``."""
    router = APIRouter(prefix="/v1", tags=["forecasts"])

    @router.post(
        "/what-if",
        response_model=WhatIfAnswer,
        responses=documented(401, 404, 409, 413, 422, 503),
        openapi_extra=_request_body(),
    )
    async def what_if(request: Request) -> Response:
        """Forecasts of one store and item under another plan, each beside the one that is published.

        The plan says what differs: prices, promotions and whatever else the model was told in advance, by date, and
        `open`, which is taken as said of the whole store. What it leaves out stays as it is known. A date that nothing
        changes for, its neighbours' plans included, is answered as it is published.
        """
        return await asking.answer(request)

    return router


def fast_route(asking: "WhatIfs", keyring: Keyring) -> Route:
    """``/v1/what-if`` past FastAPI's machinery, as stored forecasts are; a test holds both to the same answers."""

    async def what_if(request: Request) -> Response:
        keyring.check(request.headers.get(HEADER))
        return await asking.answer(request)

    return Route("/v1/what-if", what_if, methods=["POST"])


class WhatIfs:
    """Answers what-ifs; those of one moment run the model together."""

    def __init__(self, board: Board) -> None:
        self._board, self._batch = board, Batch()

    async def answer(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            ProblemError: 404 unknown series, 409 the publication has nothing to run the model on, 413 a body too
                large, 422 a plan that does not fit.
            RequestValidationError: it is not such a request.
        """
        body = await read(request, LARGEST_BODY, "send the plan of one series")
        try:
            query = WhatIfQuery.model_validate_json(body)
        except ValidationError as error:
            faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()[:_FAULTS]]
            raise RequestValidationError(faults) from error
        now = serving(self._board, query.dataset)
        told = answer(now, query.store_id, query.item_id, None)
        position = now.store.find(query.store_id, query.item_id)
        if now.horizons is None or position is None:
            raise _not_yet(now)
        model, ready = now.horizons.model, now.horizons.ready(position)
        planned = await self._batch.forecast(model, (ready, changes(now.horizons, query.plan)))
        published: Any = told["forecasts"]
        return JsonReply({**told, "forecasts": _beside(published, planned)})


def _beside(published: list[Row], planned: "Answer") -> list[dict[str, object]]:
    """Published forecasts beside those of the days that changed, and beside themselves where nothing did."""
    own: list[list[float] | None] = [None] * len(published)
    for place, told in zip(planned.rows.tolist(), planned.numbers.round(DECIMALS).tolist(), strict=True):
        own[place] = told
    rows: list[dict[str, object]] = []
    for row, numbers in zip(published, own, strict=True):
        day = row.pop("date")
        mean, p10, p50, p90 = row.values() if numbers is None else numbers
        rows.append({"date": day, "mean": mean, "p10": p10, "p50": p50, "p90": p90, "published": row})
    return rows


def _not_yet(now: Serving) -> ProblemError:
    model = now.publication.model_id
    sentence = (
        f"forecasts of '{model}' were published without what a what-if takes; it follows minutes after them, ask again "
        "then; forecasts of an older version never have it: upload sales, or start the forecast pipeline once"
    )
    return ProblemError(409, "no_what_if", sentence)


def _request_body() -> dict[str, Any]:
    """The body as the OpenAPI document tells it: it is read past FastAPI's parameter machinery."""
    schema = WhatIfQuery.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
