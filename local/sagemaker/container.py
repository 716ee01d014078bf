"""A container without a container engine: one process under SageMaker's contract.

The folder that SageMaker mounts at ``/opt/ml`` lies beneath a scratch folder and is
named by ``OPT_ML``. An image address is mapped to a command of this checkout.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from core.contracts.errors import RetailForecastError
from local import tether

OPT_ML: Final = "/opt/ml"
ENTRYPOINTS: Final[dict[str, tuple[str, ...]]] = {
    "mlops/training": ("python3", "-m", "training"),
    "mlops/inference-api": ("python3", "-m", "service"),
}
_POLL: Final = 0.05
_GRACE: Final = 10.0


class JobFailedError(RetailForecastError):
    """A job did not succeed; the message is the failure reason SageMaker would give."""


class JobStoppedError(RetailForecastError):
    """A job was ended because its execution was stopped."""


@dataclass(frozen=True)
class Container:
    """Where and how one job's process runs."""

    image: str
    root: Path
    log: Path
    env: Mapping[str, str]
    entrypoint: Sequence[str] = ()
    arguments: Sequence[str] = ()
    stop: threading.Event = field(default_factory=threading.Event)

    def path(self, inside: str) -> Path:
        """Where a path of the container lies on this machine.

        Raises:
            JobFailedError: it is not beneath ``/opt/ml``.
        """
        if not Path(inside).is_relative_to(OPT_ML):
            raise JobFailedError(f"ClientError: {inside} is not beneath {OPT_ML}")
        return self.root / Path(inside).relative_to(OPT_ML)

    def write_json(self, inside: str, value: Any) -> None:
        """Write one of SageMaker's configuration files."""
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=1), encoding="utf-8")

    def command(self) -> list[str]:
        """The command of the image, with this interpreter for ``python3``.

        Raises:
            JobFailedError: nobody here knows the image.
        """
        known = next((c for repo, c in ENTRYPOINTS.items() if re.search(rf"(^|/){repo}([:@]|$)", self.image)), None)
        if known is None:
            raise JobFailedError(f"ClientError: no program here for image {self.image!r}; known: {sorted(ENTRYPOINTS)}")
        words = [*(self.entrypoint or known), *self.arguments]
        return [sys.executable if words[0] in ("python", "python3") else words[0], *words[1:]]

    def start(self, extra: Mapping[str, str] | None = None) -> "Running":
        """Start the process; its output goes to the log."""
        self.path("/opt/ml/output").mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as sink:
            process = subprocess.Popen(
                tether.command(self.command()),
                env={**self.env, **(extra or {}), "OPT_ML": str(self.root)},
                cwd=self.root, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True,
            )  # fmt: skip
        return Running(self, process)

    def failure(self, code: int) -> str:
        """The failure reason after an exit code: the failure file, or the end of the log."""
        for name in ("failure", "message"):
            path = self.root / "output" / name
            if path.is_file() and (text := path.read_text(encoding="utf-8", errors="replace").strip()):
                return f"AlgorithmError: {text[:1024]}"
        how = f"ended by signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if self.log.exists() else []
        return f"AlgorithmError: {how}{': ' + lines[-1][:500] if lines else ''}"


class Running:
    """A started container."""

    def __init__(self, container: Container, process: subprocess.Popen[bytes]) -> None:
        self._container, self._process = container, process

    @property
    def code(self) -> int | None:
        """Exit code, None while it runs."""
        return self._process.poll()

    def wait(self, max_seconds: float, tick: Callable[[], None] = lambda: None) -> None:
        """Wait for success, calling ``tick`` about every five seconds.

        Raises:
            JobFailedError: it ended otherwise, or ran longer than it may.
            JobStoppedError: the execution was stopped.
        """
        deadline = time.monotonic() + max_seconds
        next_tick = time.monotonic() + 5
        while self.code is None:
            if self._container.stop.wait(_POLL):
                self.end()
                raise JobStoppedError("stopped on request")
            if time.monotonic() > deadline:
                self.end()
                raise JobFailedError(f"MaxRuntimeExceeded: ran longer than its {max_seconds:.0f} s")
            if time.monotonic() > next_tick:
                tick()
                next_tick = time.monotonic() + 5
        if self.code:
            raise JobFailedError(self._container.failure(self.code))

    def end(self) -> None:
        """SIGTERM to the process group, SIGKILL after a while."""
        for number, seconds in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, None)):
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                break
            try:
                self._process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        self._process.wait()
