"""Trainings that are killed, interrupted and gone on with, in processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from training.checkpoints import SUFFIX, Checkpoints, Header
from training.interruption import EXIT_CODE

ROOT = Path(__file__).resolve().parents[3]
DEADLINE = 60.0


def start(folder: Path, training: str = "mine") -> subprocess.Popen[str]:
    """A training on its way."""
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.unit.training.fitting", str(folder), training],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def finish(folder: Path, training: str = "mine") -> str:
    """Train to the end; what it said."""
    process = start(folder, training)
    said, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, said
    return said


def bundle(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "model").iterdir())}


def round_of(folder: Path, task: str) -> int:
    file = folder / "checkpoints" / f"{task}{SUFFIX}"
    if not file.exists():
        return 0
    return Header.model_validate_json(file.read_bytes().partition(b"\n")[0]).round


def await_(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + DEADLINE
    while not condition():
        assert process.poll() is None, "it ended before anybody could kill it"
        assert time.monotonic() < until
        time.sleep(0.002)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bundle of a training that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    finish(folder)
    return bundle(folder)


@pytest.mark.parametrize("task", ["backtest-tweedie", "final-log"])
def test_a_training_killed_at_any_round_goes_on_to_the_same_bytes(
    task: str, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    process = start(tmp_path)
    await_(lambda: round_of(tmp_path, task) >= 10, process)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    reached = round_of(tmp_path, task)
    said = finish(tmp_path)
    assert f"{task} goes on after round {reached}" in said
    assert "backtest-log goes on" not in said, "what was finished is not trained again"
    assert bundle(tmp_path) == whole


def test_a_training_told_to_end_finishes_its_round_and_goes_on_to_the_same_bytes(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    process = start(tmp_path)
    await_(lambda: round_of(tmp_path, "backtest-log") >= 5, process)
    os.kill(process.pid, signal.SIGTERM)
    said, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == EXIT_CODE == 143
    assert "progress is kept" in said
    assert "Traceback" not in said
    assert not (tmp_path / "model").exists()
    finish(tmp_path)
    assert bundle(tmp_path) == whole


def test_progress_of_another_training_is_not_taken_up(tmp_path: Path, whole: dict[str, bytes]) -> None:
    process = start(tmp_path, "another")
    await_(lambda: round_of(tmp_path, "backtest-tweedie") >= 5, process)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    said = finish(tmp_path)
    assert "backtest-log.checkpoint belongs to another training" in said
    assert "goes on" not in said
    assert bundle(tmp_path) == whole


def test_what_a_copy_cut_short_left_is_not_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoints = Checkpoints(tmp_path, "mine")
    checkpoints.write("final-log", 7, b"trees")
    assert checkpoints.read("final-log") == (7, b"trees")
    file = tmp_path / f"final-log{SUFFIX}"
    (tmp_path / f"final-log{SUFFIX}.sagemaker-uploading").write_bytes(b"")
    (tmp_path / f"final-log{SUFFIX}.sagemaker-uploaded").write_bytes(b"")
    assert checkpoints.read("final-log") == (7, b"trees")
    file.write_bytes(file.read_bytes()[:-2])
    assert checkpoints.read("final-log") is None
    assert "final-log.checkpoint is damaged" in capsys.readouterr().out
    file.write_bytes(b"")
    assert checkpoints.read("final-log") is None
    assert "is no checkpoint" in capsys.readouterr().out
    checkpoints.write("final-log", 8, b"more trees")
    assert checkpoints.read("final-log") == (8, b"more trees")


def test_a_checkpoint_says_whose_progress_it_is(tmp_path: Path) -> None:
    Checkpoints(tmp_path, "mine").write("final-log", 7, b"trees")
    line = (tmp_path / f"final-log{SUFFIX}").read_bytes().partition(b"\n")[0]
    header = json.loads(line)
    assert (header["training"], header["task"], header["round"]) == ("mine", "final-log", 7)
    assert Checkpoints(tmp_path, "theirs").read("final-log") is None
