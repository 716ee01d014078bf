"""Which model serves, how good it is, and what stands in the way of a newer one."""

from fastapi import APIRouter

from service.answers import CurrentModel, ErrorNote, ModelScores
from service.board import Board, State
from service.problems import documented
from service.routes.datasets import chosen


def routes(board: Board) -> APIRouter:
    """``/v1/models/current``."""
    router = APIRouter(prefix="/v1", tags=["models"])

    @router.get("/models/current", responses=documented(401, 404, 422, 503))
    async def current(dataset: str | None = None) -> CurrentModel:
        """The champion pointer, the publication in memory and the model's backtest scores."""
        return described(chosen(board, dataset))

    return router


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
        pending=state.pending,
        last_error=ErrorNote(reason=error.reason, sentence=error.sentence, since=error.since) if error else None,
    )
