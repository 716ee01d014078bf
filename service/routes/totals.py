"""Sums of forecasts with intervals of the sum, from memory."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from service.answers import TotalAnswer
from service.board import Board, Serving
from service.problems import ProblemError, documented, quoted
from service.routes.datasets import serving
from service.routes.forecasts import periods_of
from service.routes.reply import JsonReply

_NAMED = 8


class TotalQuery(BaseModel):
    """Parameters of one sum; a misspelt one is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")

    by: Literal["store", "item", "department", "total"] = Field(description="what is summed to", examples=["store"])
    id: str = Field("total", min_length=1, max_length=400, description="which one; left out for `total`")
    horizon: int | None = Field(None, description="periods ahead, from 1; all there are when left out", examples=[14])
    dataset: str | None = Field(None, description="needed only where there are several", examples=["rossmann"])


def routes(board: Board) -> APIRouter:
    """``/v1/totals``."""
    router = APIRouter(prefix="/v1", tags=["forecasts"])

    @router.get("/totals", response_model=TotalAnswer, responses=documented(401, 404, 422, 503))
    async def totals(query: Annotated[TotalQuery, Query()]) -> Response:
        """Forecasts of a store, an item, a department or everything: quantiles are those of the sum."""
        return JsonReply(answer(serving(board, query.dataset), query))

    return router


def answer(now: Serving, query: TotalQuery) -> dict[str, object]:
    """Body of an answer.

    Raises:
        ProblemError: 404 naming what is unknown, 422 for a horizon out of range.
    """
    publication, store = now.publication, now.totals
    periods = periods_of(publication, query.horizon)
    if store is None:
        sentence = f"model '{publication.model_id}' was published without sums; the next model has them"
        raise ProblemError(404, "no_totals", sentence)
    position = store.find(query.by, query.id)
    if position is None:
        known = [store.name(at)[1] for at in store.page(store_id=query.by, after=None, limit=_NAMED)]
        some = f"there are {', '.join(quoted(name) for name in known)} and so on" if known else "there is none at all"
        raise ProblemError(404, f"unknown_{query.by}", f"no {query.by} {quoted(query.id)} in the sums; {some}")
    return {
        "dataset": publication.dataset,
        "by": query.by,
        "id": query.id,
        "model_id": publication.model_id,
        "data_as_of": publication.data_as_of,
        "frequency": publication.frequency,
        "forecasts": store.forecasts(position, periods),
    }
