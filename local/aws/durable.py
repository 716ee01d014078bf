"""MiniStack, made to remember what AWS would remember after a crash.

The emulator writes S3 objects through to disk but everything else only when it
shuts down in peace. This program runs its ASGI application unchanged and adds:

- ``POST /_local/snapshot``: have it save its state now, by the shutdown message
  of the ASGI lifespan protocol sent on a second, short lifespan;
- a journal of DynamoDB writes since the last snapshot, replayed at start, so that
  an acknowledged write survives ``kill -9``.

Run as ``python -m local.aws.durable`` with MiniStack's own environment variables.
"""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app as ministack_app

from local.aws.generations import Generations
from local.aws.journal import LONGEST, Journal
from local.settings import SNAPSHOT_PATH

log = logging.getLogger("local.aws.durable")
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


_WRITES: Final = frozenset(
    f"DynamoDB_20120810.{name}".encode()
    for name in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
)
DENIED: Final = "denied:"
"""What a line of the log begins with for each request that was, in a world that holds everybody to their rights."""
_KEPT_HEADERS: Final = (b"x-amz-target", b"authorization", b"content-type", b"host")
_SNAPSHOT_EVERY: Final = 30.0  # seconds, while there is traffic
_LOOK_EVERY: Final = 1.0


class Durable:
    """The ASGI application: MiniStack with a journal and a snapshot call."""

    def __init__(self, application: Application, generations: Generations) -> None:
        self._app, self._generations = application, generations
        self._journal = Journal(generations.journal)
        self._busy = False
        self._snapshots_on = generations.asked_for
        self._rights = os.environ.get("AUTH") == "true"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if self._rights and scope["type"] == "http":
            scope["scheme"] = "https"  # policies refuse whoever comes without TLS, which nobody needs on loopback
            send = _telling(scope, send)
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == SNAPSHOT_PATH:
            await self._serve_snapshot(send)
        elif scope["type"] == "http" and dict(scope["headers"]).get(b"x-amz-target") in _WRITES:
            await self._journaled(scope, receive, send)
        else:
            self._busy = self._busy or scope.get("method") not in ("GET", "HEAD")
            await self._app(scope, receive, send)

    async def _lifespan(self, scope: Message, receive: Receive, send: Send) -> None:
        async def forward(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                await self._replay()
                if self._snapshots_on and self._journal.length > LONGEST:
                    await self.snapshot()
                self._task = asyncio.create_task(self._keep_snapshots())
            await send(message)

        await self._app(scope, receive, forward)

    async def _journaled(self, scope: Message, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        headers = {k.decode(): v.decode("latin-1") for k, v in scope["headers"] if k in _KEPT_HEADERS}

        async def record(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:  # noqa: PLR2004
                self._journal.append({**headers, "body": body.decode()})
                self._busy = True
            await send(message)

        await self._app(scope, _once(body), record)

    async def _replay(self) -> None:
        for entry in self._journal.entries:
            body = entry["body"].encode()
            headers = [(name.encode(), value.encode("latin-1")) for name, value in entry.items() if name != "body"]
            headers.append((b"content-length", str(len(body)).encode()))
            scope: Message = {
                "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
                "path": "/", "raw_path": b"/", "query_string": b"", "root_path": "", "headers": headers,
                "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 0), "extensions": {},
            }  # fmt: skip
            await self._app(scope, _once(body), _discard)

    async def snapshot(self) -> None:
        """Have MiniStack save its state; nothing else runs on the loop meanwhile."""
        tables = self._generations.work / "dynamodb.json"
        before = _identity(tables)
        await self._app({"type": "lifespan", "asgi": {"version": "3.0"}}, _shutdown, _discard)
        if before and _identity(tables) == before:
            log.warning("the tables could not be saved; the journal goes on")
            return
        self._journal.close()
        self._generations.commit()
        self._journal = Journal(self._generations.journal)

    async def _serve_snapshot(self, send: Send) -> None:
        self._generations.ask_for()
        self._snapshots_on = True
        await self.snapshot()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def _keep_snapshots(self) -> None:
        """After the first asked for, which says that deployment is complete."""
        ended, took = time.monotonic(), 0.0
        while True:
            await asyncio.sleep(max(_LOOK_EVERY, 10 * took))
            due = time.monotonic() - ended > max(_SNAPSHOT_EVERY, 50 * took) and self._busy
            if self._snapshots_on and (due or self._journal.length > LONGEST):
                self._busy = False
                began = time.monotonic()
                await self.snapshot()
                ended = time.monotonic()
                took = ended - began


def _telling(scope: Message, send: Send) -> Send:
    """Log what was denied: who is refused may go on without, and say nothing of it."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.FORBIDDEN:
            target = dict(scope["headers"]).get(b"x-amz-target", b"").decode()
            log.error("%s %s %s %s", DENIED, scope["method"], scope["path"], target)
        await send(message)

    return tell


def _identity(path: Path) -> tuple[int, int] | None:
    return (path.stat().st_ino, path.stat().st_mtime_ns) if path.exists() else None


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _shutdown() -> Message:
    return {"type": "lifespan.shutdown"}


async def _discard(message: Message) -> None:
    """Answers to messages of our own have no reader."""


def main() -> None:
    """Serve on ``BIND_HOST``:``GATEWAY_PORT`` until killed."""
    generations = Generations(Path(os.environ["STATE_DIR"]).parent)
    generations.restore()
    config = Config()
    config.bind = [f"{os.environ.get('BIND_HOST', '127.0.0.1')}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.loglevel = os.environ.get("LOG_LEVEL", "INFO")
    for name in ("persistence", "transfer"):
        logging.getLogger(name).setLevel(logging.WARNING)  # a line a service for each snapshot is noise
    asyncio.run(serve(Durable(ministack_app, generations), config))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
