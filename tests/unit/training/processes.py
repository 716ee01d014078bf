"""Trainings in processes of their own: started, awaited, killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from training.checkpoints import SUFFIX, Header

ROOT = Path(__file__).resolve().parents[3]
DEADLINE = 120.0
Process = subprocess.Popen[str]


def start(root: Path, training: str = "mine", what: str = "shops", more: Mapping[str, str] | None = None) -> Process:
    """A training on its way."""
    root.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.unit.training.fitting", str(root), training, what],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "OPT_ML": str(root), **(more or {})},
    )  # fmt: skip


def finish(root: Path, training: str = "mine", what: str = "shops") -> str:
    """Train to the end; what it said."""
    return ended(start(root, training, what))


def ended(process: Process, code: int = 0) -> str:
    """Wait for a process to end as it should; what it said."""
    said, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == code, said
    return said


def kill(process: Process, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal."""
    os.kill(process.pid, number)


def bundle(root: Path) -> dict[str, bytes]:
    """Every file of the model."""
    return {file.name: file.read_bytes() for file in sorted((root / "model").iterdir())}


def round_of(root: Path, task: str) -> int:
    """Round of a task's checkpoint, 0 where there is none."""
    file = root / "checkpoints" / f"{task}{SUFFIX}"
    return Header.model_validate_json(file.read_bytes().partition(b"\n")[0]).round if file.exists() else 0


def await_(condition: Callable[[], bool], process: Process) -> None:
    """Until a condition holds, which must be before the process has ended."""
    until = time.monotonic() + DEADLINE
    while not condition():
        assert process.poll() is None, "it ended before anybody could kill it"
        assert time.monotonic() < until
        time.sleep(0.002)


def host(root: Path, name: str, names: list[str]) -> Path:
    """``/opt/ml`` of one host of a job."""
    config = root / "input" / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "resourceconfig.json").write_text(json.dumps({"current_host": name, "hosts": names}))
    return root
