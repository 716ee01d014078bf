"""Probes: is the process alive, and has it something to serve?"""

from fastapi import APIRouter

from service.answers import Health
from service.board import Board
from service.problems import ProblemError, documented


def routes(board: Board | None) -> APIRouter:
    """``/livez`` and ``/readyz``.

    Args:
        board: None where no forecasts are served and the model bundle is all there is.
    """
    router = APIRouter(tags=["health"])

    @router.get("/livez")
    async def alive() -> Health:
        """Say that the process answers. Never depends on S3 or a model."""
        return Health(status="alive")

    @router.get("/readyz", responses=documented(503))
    async def ready() -> Health:
        """Say whether forecasts of a champion are in memory."""
        if board is not None and (missing := board.missing):
            raise ProblemError(503, "not_ready", missing, headers={"Retry-After": "2"})
        return Health(status="ready")

    return router
