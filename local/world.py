"""The laptop world: the AWS emulator, SageMaker, the deployed stacks and the service, as one."""

import fcntl
import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from core.contracts.errors import ConfigError
from local import deploy, synthesis
from local.aws import queues
from local.aws.emulator import Emulator
from local.aws.metrics import Relay
from local.client import Client
from local.cloud import Cloud
from local.healer import TROUBLE, Healer
from local.info import WorldInfo
from local.loopback import answers
from local.process import Child, StartError, wait_until
from local.settings import HOST, REPOSITORY, Layout, Ports, aws_environment

Say = Callable[[str], None]
SYNTH_CACHE: Final = REPOSITORY / ".cache" / "synth"
_WATCH_SECONDS: Final = 0.5
_LOCK_SECONDS: Final = 1.0


def _silent(_: str) -> None:
    """Nobody is told."""


class World:
    """A world in one folder. Usable as a context manager: up on entry, down on exit.

    Everything worth keeping is on disk at any moment, so ``up`` after ``down`` and ``up``
    after ``kill -9`` come to the same. ``rights``: functions and jobs may do what their
    deployed roles may and nothing else, as on AWS.
    """

    def __init__(self, folder: Path, ports: Ports | None = None, *, service: bool = True, rights: bool = False) -> None:
        self.layout = Layout(folder)
        self.ports = ports or Ports()
        self.info = WorldInfo.of(os.getpid(), self.ports)
        self.left_out: list[str] = []
        self.emulator = Emulator(self.layout, self.ports, rights=rights)
        self.sagemaker = self._sagemaker(rights=rights)
        self.service = self._service()
        self._with_service = service
        self._deployed = False  # what was deployed by halves is not worth keeping
        self._lock: IO[str] | None = None
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._guard = threading.RLock()
        self._watcher: threading.Thread | None = None
        self._healer: Healer | None = None

    @property
    def client(self) -> Client:
        """A client of this world."""
        return Client(self.info)

    @property
    def whole(self) -> bool:
        """True when every part runs and answers; what a killed one had lost may still be looked for."""
        return all(child.alive and answers(ready) for child, ready in self._parts())

    def up(self, say: Say = _silent) -> Self:
        """Bring it up; when this returns, files may be dropped.

        Raises:
            ConfigError: a port is in use, or a world of this folder is up already.
            StartError: a part did not come up.
            DeployError: a stack could not be deployed.
        """
        self.layout.root.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self.layout.world.unlink(missing_ok=True)
            self.ports.check_free()
            self.emulator.check()
            shutil.rmtree(self.layout.temporary, ignore_errors=True)
            self.layout.make()
            self._start(say)
        except BaseException:
            self.down()
            raise
        return self

    def _start(self, say: Say) -> None:
        say("starting the AWS emulator and SageMaker")
        for child in (self.emulator.child, self.sagemaker):
            child.launch()
        say("synthesising the stacks")
        assembly = synthesis.synthesise(SYNTH_CACHE)
        say("waiting for the AWS emulator and SageMaker")
        for child, ready in self._parts()[:2]:
            child.await_answer(ready)
        queues.release(Cloud(self.info))
        left_out = deploy.deploy(Cloud(self.info), assembly, say)
        self.left_out = sorted({kind for _, kind, _ in left_out})
        self.emulator.snapshot()
        self._deployed = True
        if self._with_service:
            self.service.launch()
        say("looking for files that no event told of")
        self.client.sweep()
        self.client.warm()
        say("waiting for the service")
        for child, ready in self._parts()[2:]:
            child.await_answer(ready)
        self.info.write(self.layout.root)
        Relay(Cloud(self.info), self.layout.root / "metrics.json", self._stopping).start()
        self._healer = Healer(self.client.sweep, self._stopping, say)
        self._healer.start()
        self._watcher = threading.Thread(target=self._watch, args=(say,), name="watcher", daemon=True)
        self._watcher.start()

    def _sagemaker(self, *, rights: bool) -> Child:
        command = [sys.executable, "-m", "local.sagemaker", "--port", str(self.ports.sagemaker)]
        command += ["--root", str(self.layout.root.resolve()), *(["--rights"] if rights else [])]
        environment = aws_environment(self.ports)
        return Child("SageMaker", command, env=environment, log=self.layout.logs / "sagemaker.log", cwd=REPOSITORY)

    def _service(self) -> Child:
        environment = aws_environment(self.ports) | {
            "ENVIRONMENT": self.info.env,
            "RAW_BUCKET": self.info.buckets.raw,
            "LAKE_BUCKET": self.info.buckets.lake,
            "ARTIFACTS_BUCKET": self.info.buckets.artifacts,
            "HOST": HOST,
            "PORT": str(self.ports.service),
            "POLL_SECONDS": "0.5",
            "DISCOVER_SECONDS": "1",
            "OPT_ML": str((self.layout.root / "no-bundle").resolve()),
        }
        command = [sys.executable, "-m", "service", "serve"]
        return Child("the service", command, env=environment, log=self.layout.logs / "service.log", cwd=REPOSITORY)

    def _parts(self) -> list[tuple[Child, str]]:
        parts = [
            (self.emulator.child, self.emulator.ready),
            (self.sagemaker, self.info.endpoints.sagemaker),
        ]
        return parts + ([(self.service, f"{self.info.endpoints.service}/livez")] if self._with_service else [])

    def _watch(self, say: Say) -> None:
        """Start again what has been killed; everything it knew is on disk."""
        while not self._stopping.wait(_WATCH_SECONDS):
            with self._guard:
                if not self._stopping.is_set():
                    self._revive([part for part in self._parts() if not part[0].alive], say)
        self._ended.wait()  # what this thread started would end with it

    def _revive(self, dead: list[tuple[Child, str]], say: Say) -> None:
        for child, ready in dead:
            say(f"{child.name} has ended; starting it again")
            try:
                child.launch()
                child.await_answer(ready)
                if child is self.emulator.child:
                    queues.release(Cloud(self.info))
            except TROUBLE as error:
                say(f"not yet: {error}")
        if dead and self._healer:
            self._healer.heal()

    def down(self) -> None:
        """End everything; state stays on disk."""
        self._stopping.set()
        with self._guard:
            self.layout.world.unlink(missing_ok=True)
            self.service.stop()
            self.sagemaker.stop()
            self.emulator.stop(save=self._deployed)
        self._ended.set()
        if self._lock:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        """One world a folder; the kernel frees the lock of a killed one."""
        self._stopping.clear()
        self._ended.clear()
        lock = (self.layout.root / "lock").open("w", encoding="utf-8")

        def taken() -> bool:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
            return True

        try:  # who only looks whether a world is up holds the lock for a moment
            wait_until(taken, seconds=_LOCK_SECONDS, what="the lock")
        except StartError as error:
            lock.close()
            raise ConfigError(
                f"a world is up in {self.layout.root} already: end it with `python -m local down`"
            ) from error
        self._lock = lock

    def __enter__(self) -> Self:
        return self.up()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()
