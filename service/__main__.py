"""``python -m service serve``: the forecast API, SageMaker's serving container, or both."""

import argparse
import logging
import signal
import sys
import time
from types import FrameType
from typing import Final

import uvicorn

from core.contracts.errors import ConfigError, RetailForecastError
from service import logs
from service.app import app_from
from service.board import Board
from service.measures import Measures
from service.settings import Settings

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the load balancer's 60, so that it never sends a request into a closing connection."""

log = logging.getLogger("service")
_BEGAN: Final = time.monotonic()


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; the exit code says whether that was as asked."""
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["serve"], default="serve", help="what SageMaker calls it with")
    parser.parse_args(arguments)
    try:
        settings = Settings.from_env()
        logs.configure(settings.log_level)
        serve(settings)
    except RetailForecastError as error:
        sys.stderr.write(f"service: {error}\n")
        return 2 if isinstance(error, ConfigError) else 1
    except KeyboardInterrupt:
        return 0
    return 0


def serve(settings: Settings) -> None:
    """Run uvicorn until SIGTERM or SIGINT; requests in flight are answered first.

    Raises:
        ConfigError: there is neither a bucket nor a bundle to serve from.
        RejectedModelError: the bundle cannot be used.
    """
    if not settings.serves_forecasts and settings.bundle is None:
        raise ConfigError(
            f"nothing to serve: set LAKE_BUCKET and ARTIFACTS_BUCKET, or put a bundle into {settings.opt_ml}/model"
        )
    signal.signal(signal.SIGTERM, _stop)
    board = Board() if settings.serves_forecasts else None
    app = app_from(settings, board)
    modes = {"forecasts": settings.serves_forecasts, "invocations": settings.bundle is not None}
    log.info("serving", extra={"host": settings.host, "port": settings.bind_port, **modes})
    uvicorn.run(
        Measures(app, lambda: about(settings, board)),
        host=settings.host,
        port=settings.bind_port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.graceful_seconds,
    )


def about(settings: Settings, board: Board | None) -> dict[str, object]:
    """What a pod says of itself every minute; the pipeline's smoke test reads it (``names.REQUESTS_LINE``)."""
    missing = board.missing if board else None
    return {
        "environment": settings.environment,
        "build": settings.build,
        "up_seconds": round(time.monotonic() - _BEGAN),
        "ready": missing is None,
        "state": missing or "forecasts are served",
    }


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """End with 0: uvicorn raises the signal it was stopped with once more, after its shutdown."""
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
