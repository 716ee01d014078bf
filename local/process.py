"""Child processes of the world: tied to it, logged, waited for, ended as a group."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from core.contracts.errors import RetailForecastError
from local import tether
from local.loopback import answers

_LOG_BYTES: Final = 5_000_000


class StartError(RetailForecastError):
    """A part of the world did not come up; the message says why and where to read more."""


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str, pause: float = 0.05) -> None:
    """Poll a condition until it holds.

    Raises:
        StartError: it did not within ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise StartError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(pause)


class Child:
    """One server process."""

    def __init__(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path | None = None
    ) -> None:
        self.name, self.log = name, log
        self._command, self._env, self._cwd = tuple(command), dict(env), cwd
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start it, from a thread that lives as long as it shall: the kernel ends it with that thread."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old"))
        with self.log.open("ab") as sink:
            self._process = subprocess.Popen(
                tether.command(self._command),
                env=self._env, cwd=self._cwd, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
            )  # fmt: skip

    def await_answer(self, ready: str, *, seconds: float = 60) -> None:
        """Wait until the address ``ready`` answers.

        Raises:
            StartError: it ended, or did not answer in time; with the last lines of its log.
        """
        try:
            wait_until(lambda: not self.alive or answers(ready), seconds=seconds, what=f"an answer of {self.name}")
        except StartError as error:
            self.kill()
            raise StartError(f"{error}; its log {self.log} ends:\n{self._last_lines()}") from error
        if not self.alive:
            raise StartError(f"{self.name} ended at once; its log {self.log} ends:\n{self._last_lines()}")

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Process id, None before the start."""
        return self._process.pid if self._process else None

    def stop(self, *, seconds: float = 5) -> None:
        """Ask it to end, then make it."""
        if self._process and self.alive:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self.kill()

    def kill(self) -> None:
        """End it and its process group at once."""
        if self._process:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            finally:
                self._process.wait()

    def _last_lines(self, count: int = 12) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
