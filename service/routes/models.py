"""Which model serves, how good it is, and what stands in the way of a newer one."""

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from service.answers import CurrentModel, ErrorNote, ModelScores
from service.board import Board, Serving, State
from service.problems import ProblemError, documented, quoted
from service.routes.datasets import chosen, serving

CARD: Final = "/v1/models/current/card"
MARKDOWN, JSON, ANY = "text/markdown", "application/json", "*/*"
_CARD: Final[dict[str, Any]] = {MARKDOWN: {"schema": {"type": "string"}}, JSON: {"schema": {"type": "object"}}}


def routes(board: Board) -> APIRouter:
    """``/v1/models/current``."""
    router = APIRouter(prefix="/v1", tags=["models"])

    @router.get("/models/current", responses=documented(401, 404, 422, 503))
    async def current(dataset: str | None = None) -> CurrentModel:
        """The champion pointer, the publication in memory and the model's backtest scores."""
        return described(chosen(board, dataset))

    @router.get(
        "/models/current/card",
        response_class=Response,
        responses={200: {"description": "the card", "content": _CARD}, **documented(401, 404, 406, 422, 503)},
    )
    async def card(request: Request, dataset: str | None = None) -> Response:
        """The model's card, Markdown or JSON as `Accept` asks: data, windows, scores by segment, gate, limits."""
        return _card(serving(board, dataset), request.headers.get("accept", ANY))

    return router


def _card(now: Serving, accept: str) -> Response:
    model, card = now.publication.model_id, now.card
    if card is None:
        raise ProblemError(404, "no_card", f"the evaluation of model '{model}' left no card; the next model's does")
    forms = {MARKDOWN: card.markdown, JSON: card.json}
    for part in accept.split(","):
        name = part.partition(";")[0].strip().lower()
        form = MARKDOWN if name in (ANY, "text/*") else JSON if name == "application/*" else name
        body = forms.get(form)
        if body is not None:
            return Response(body, media_type=form, headers={"Vary": "Accept"})
    raise ProblemError(406, "accept", f"Accept is {quoted(accept)}; a card is {MARKDOWN} or {JSON}")


def described(state: State) -> CurrentModel:
    """A dataset's state for people."""
    now, pointer, error = state.serving, state.pointer, state.last_error
    manifest = now.manifest if now else None
    return CurrentModel(
        dataset=state.dataset,
        state="serving" if now else "pending",
        champion=pointer.current if pointer else None,
        history=list(pointer.history) if pointer else [],
        withdrawn=list(pointer.withdrawn) if pointer else [],
        publication=now.publication if now else None,
        loaded_at=now.loaded_at if now else None,
        scores=ModelScores(backtest=manifest.backtest, naive=manifest.naive) if manifest else None,
        card=f"{CARD}?{urlencode({'dataset': state.dataset})}" if now and now.card else None,
        pending=state.pending,
        last_error=ErrorNote(reason=error.reason, sentence=error.sentence, since=error.since) if error else None,
    )
