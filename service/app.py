"""The ASGI application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import anyio
from fastapi import FastAPI

from service import docs_page, problems
from service.board import Board
from service.bundle import Bundle, load_bundle
from service.loader import ChampionLoader
from service.objects import Objects, S3Objects
from service.routes import forecasts, health, models, sagemaker, totals, what_if
from service.security import Keyring
from service.settings import Settings

_DESCRIPTION: Final = """Demand forecasts per store and item, with p10, p50 and p90, from the model that serves now.

Every error is `application/problem+json` (RFC 9457): `detail` says what was wrong and what to do, `code` is stable.
"""


class ForecastApi(FastAPI):
    """FastAPI whose OpenAPI document holds the one schema of every error."""

    def openapi(self) -> dict[str, Any]:
        """See ``FastAPI``."""
        if self.openapi_schema is None:
            schemas = super().openapi().setdefault("components", {}).setdefault("schemas", {})
            problem = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
        return super().openapi()


def create_app(
    settings: Settings,
    *,
    board: Board | None = None,
    loader: ChampionLoader | None = None,
    bundle: Bundle | None = None,
) -> FastAPI:
    """Build the application.

    Args:
        settings: keys, and what is served.
        board: where forecasts are read from; None serves no forecasts.
        loader: started and stopped with the application; None leaves the board as it is.
        bundle: model of ``/invocations``; None where there is none.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if loader is not None:
            loader.start()
        yield
        if loader is not None:
            await anyio.to_thread.run_sync(loader.stop)

    app = ForecastApi(
        title="Retail forecasts",
        version="1",
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False},
    )
    problems.install(app)
    docs_page.install(app)
    keyring = Keyring(settings.keys())
    guards = keyring.guards()
    app.include_router(health.routes(board))
    if board is not None:
        asking = what_if.WhatIfs(board)
        app.include_router(forecasts.routes(board), dependencies=guards)
        app.include_router(totals.routes(board), dependencies=guards)
        app.include_router(what_if.routes(asking), dependencies=guards)
        app.include_router(models.routes(board), dependencies=guards)
        app.router.routes[:0] = [forecasts.fast_route(board, keyring), what_if.fast_route(asking, keyring)]
    app.include_router(sagemaker.routes(bundle, guards))
    return app


def loader_of(settings: Settings, board: Board, objects: Objects | None = None) -> ChampionLoader | None:
    """The loader these settings ask for, None where no buckets are set."""
    if settings.lake_bucket is None or settings.artifacts_bucket is None:
        return None
    return ChampionLoader(
        objects=objects or S3Objects.connect(),
        lake=settings.lake_bucket,
        artifacts=settings.artifacts_bucket,
        board=board,
        datasets=settings.datasets,
        poll_seconds=settings.poll_seconds,
        discover_seconds=settings.discover_seconds,
    )


def app_from(settings: Settings, board: Board | None = None) -> FastAPI:
    """The application as this process's environment asks for it; loads the bundle if there is one.

    Args:
        settings: what is served, and from where.
        board: where forecasts appear; None serves none.

    Raises:
        RejectedModelError: the bundle cannot be used.
    """
    loader = loader_of(settings, board) if board else None
    bundle = load_bundle(settings.bundle) if settings.bundle else None
    return create_app(settings, board=board, loader=loader, bundle=bundle)
