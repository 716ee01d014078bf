"""The same API as a Lambda function. A Lambda's threads sleep between requests: it looks before it answers."""

from typing import Any

from mangum import Mangum

from service import logs
from service.app import create_app, loader_of
from service.board import Board
from service.loader import ChampionLoader
from service.settings import Settings


class LambdaApi:
    """Callable for Lambda: refreshes the board when it is due, then answers."""

    def __init__(self, settings: Settings, board: Board, loader: ChampionLoader | None) -> None:
        self._loader = loader
        self._answer = Mangum(create_app(settings, board=board), lifespan="off")

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one API Gateway, ALB or function URL event."""
        if self._loader is not None:
            self._loader.refresh()
        return self._answer(event, context)


def _from_env() -> LambdaApi:
    settings, board = Settings.from_env(), Board()
    logs.configure(settings.log_level)
    return LambdaApi(settings, board, loader_of(settings, board))


_api: list[LambdaApi] = []


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry; the first call of a process puts the API together."""
    if not _api:
        _api.append(_from_env())
    return _api[0](event, context)
