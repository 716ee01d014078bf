"""A connection from every host to the first: over it they meet, and by its end they learn of a loss.

XGBoost's collective notices a lost worker at once, but a lost tracker only after its timeouts, and
before the group stands nobody watches at all. Here a connection that ends without a goodbye ends
the process hard: SageMaker then fails the job, and its retry goes on from the last checkpoint.
"""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from core.contracts.errors import RetryableError
from training.distributed.hosts import Hosts
from training.interruption import EXIT_CODE, Interrupted

PORT: Final = 9099
PATIENCE: Final = 600.0
"""Seconds that hosts wait for each other at the start: they come up one by one."""
GRACE: Final = 10.0
"""Seconds between another host's last word and the end of this one, whatever it does."""
_GOODBYE, _INTERRUPTED = b".", b"!"
_KEEPALIVE: Final = ((socket.TCP_KEEPIDLE, 10), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 3))
"""A host that is gone without a word is missed after 25 seconds."""


class Lifeline:
    """This host's connections: the first has one from each other, the others one to the first."""

    def __init__(self, connections: dict[str, socket.socket], on_loss: Callable[[str], None]) -> None:
        self._connections, self._on_loss = connections, on_loss
        self._interrupted = threading.Event()

    @classmethod
    def lead(cls, hosts: Hosts, port: int, training: str, told: dict[str, Any], on_loss: Callable[[str], None]) -> Self:
        """On the first host: wait for the others and tell them where XGBoost's tracker is.

        Raises:
            RetryableError: they did not all come, or one trains something else.
        """
        until = time.monotonic() + PATIENCE
        connections: dict[str, socket.socket] = {}
        with socket.create_server((hosts.first, port)) as server:
            while len(connections) < len(hosts.names) - 1:
                server.settimeout(max(0.0, until - time.monotonic()))
                try:
                    connection, _ = server.accept()
                    hello = _read(connection, until)
                except OSError as error:
                    missing = ", ".join(sorted({*hosts.names[1:]} - {*connections}))
                    raise RetryableError(f"{missing} did not come within {PATIENCE:.0f} s") from error
                if hello.get("host") not in hosts.names[1:]:
                    connection.close()  # a stranger
                    continue
                if hello["training"] != training:
                    raise RetryableError(f"{hello['host']} trains another table, configuration or program than we do")
                connections[hello["host"]] = connection
        for connection in connections.values():
            connection.sendall(json.dumps(told).encode() + b"\n")
        return cls(connections, on_loss)

    @classmethod
    def follow(
        cls, hosts: Hosts, port: int, training: str, on_loss: Callable[[str], None]
    ) -> tuple[Self, dict[str, Any]]:
        """On every other host: find the first; what it tells of the tracker.

        Raises:
            RetryableError: it was not to be found, or did not want us.
        """
        until = time.monotonic() + PATIENCE
        connection = _connected(hosts.first, port, until)
        try:
            connection.sendall(json.dumps({"host": hosts.current, "training": training}).encode() + b"\n")
            told = _read(connection, until)
        except OSError as error:
            raise RetryableError(f"{hosts.first} ended before the training began: {error}") from error
        if not told:
            raise RetryableError(f"{hosts.first} ended before the training began")
        return cls({hosts.first: connection}, on_loss), told

    def watch(self) -> None:
        """Begin to watch."""
        for host, connection in self._connections.items():
            connection.settimeout(None)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in _KEEPALIVE:
                connection.setsockopt(socket.IPPROTO_TCP, option, value)
            threading.Thread(target=self._watch, args=(host, connection), name=f"lifeline-{host}", daemon=True).start()

    def __enter__(self) -> Self:
        """The work that all do begins."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye, or that this machine is wanted back; after a failure say nothing, which ends the others."""
        last = _GOODBYE if kind is None else _INTERRUPTED if kind is Interrupted else b""
        for connection in self._connections.values():
            try:
                connection.sendall(last)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                continue  # it is gone already

    def explain(self, error: Exception) -> BaseException:
        """Why the group failed: another host is wanted back, or the watch ends this process, or it is our own fault."""
        return Interrupted() if self._interrupted.wait(GRACE) else error

    def _watch(self, host: str, connection: socket.socket) -> None:
        try:
            said = connection.recv(1)
        except OSError:
            said = b""
        if said == _INTERRUPTED:
            self._interrupted.set()
            time.sleep(GRACE)  # this host may be keeping the round in which all agreed to end
            end(EXIT_CODE)
        if said != _GOODBYE:
            self._on_loss(host)
            end(1)


def end(code: int) -> None:
    """End the process now: its main thread may wait for a host that will never answer."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _connected(host: str, port: int, until: float) -> socket.socket:
    while True:
        try:
            return socket.create_connection((host, port), timeout=max(0.1, until - time.monotonic()))
        except OSError as error:  # its name or its port is not there yet
            if time.monotonic() > until:
                raise RetryableError(f"{host}:{port} was not to be reached for {PATIENCE:.0f} s: {error}") from error
            time.sleep(0.05)


def _read(connection: socket.socket, until: float) -> dict[str, Any]:
    """One line; empty where the connection ended before it, or it is no line of ours."""
    connection.settimeout(max(0.1, until - time.monotonic()))
    with connection.makefile("rb") as stream:
        line = stream.readline(65_536)
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
