"""Forecasts of one series under another plan: the model runs on what its own forecasts were made of."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.answers import WhatIfAnswer
from service.board import Board, Serving
from service.forecast_store import DECIMALS, NUMBERS
from service.plans import PlannedDay, changes
from service.problems import ProblemError, documented
from service.routes.bodies import read
from service.routes.datasets import serving
from service.routes.forecasts import Id, answer
from service.routes.reply import JsonReply

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


def routes(board: Board) -> APIRouter:
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
        body = await read(request, LARGEST_BODY, "send the plan of one series")
        try:
            query = WhatIfQuery.model_validate_json(body)
        except ValidationError as error:
            faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()[:_FAULTS]]
            raise RequestValidationError(faults) from error
        return JsonReply(what_if_answer(serving(board, query.dataset), query))

    return router


def what_if_answer(now: Serving, query: WhatIfQuery) -> dict[str, object]:
    """Body of an answer.

    Raises:
        ProblemError: 404 unknown series, 409 the publication has nothing to run the model on, 422 a plan that does
            not fit.
    """
    told = answer(now, query.store_id, query.item_id, None)
    position = now.store.find(query.store_id, query.item_id)
    horizons = now.horizons
    if horizons is None or position is None:
        raise _not_yet(now)
    wanted, ready = changes(horizons, query.plan), horizons.ready(position)
    planned = horizons.model.planned(ready, wanted)
    numbers = horizons.model.forecast(ready, planned, planned.changed).round(DECIMALS)
    published: Any = told["forecasts"]
    rows = [{**row, "published": {name: row[name] for name in NUMBERS}} for row in published]
    for place, values in zip(planned.changed.tolist(), numbers.tolist(), strict=True):
        rows[place].update(zip(NUMBERS, values, strict=True))
    return {**told, "forecasts": rows}


def _not_yet(now: Serving) -> ProblemError:
    model = now.publication.model_id
    sentence = (
        f"forecasts of '{model}' were published without what a what-if takes; it follows minutes after them, ask again "
        "then; forecasts of an older version never have it: upload sales, or start the forecast pipeline once"
    )
    return ProblemError(409, "no_what_if", sentence)


def _request_body() -> dict[str, Any]:
    """The body as the OpenAPI document tells it: it is read past FastAPI's parameter machinery."""
    schema = WhatIfQuery.model_json_schema(ref_template="#/components/schemas/{model}")
    day = schema.pop("$defs")["PlannedDay"]
    schema["properties"]["plan"]["items"] = day
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
