"""Trainings that are killed, interrupted and gone on with, in processes of their own."""

import json
import signal
from pathlib import Path

import pytest

from tests.unit.training.processes import await_, bundle, ended, finish, kill, round_of, start
from training.checkpoints import SUFFIX, Checkpoints
from training.interruption import EXIT_CODE


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
    await_(lambda: round_of(tmp_path, task) >= 25, process)
    kill(process)
    ended(process, -signal.SIGKILL)
    reached = round_of(tmp_path, task)
    said = finish(tmp_path)
    assert f"{task} goes on after round {reached}" in said
    assert "backtest-log goes on" not in said, "what was finished is not trained again"
    assert bundle(tmp_path) == whole


def test_a_training_told_to_end_finishes_its_round_and_goes_on_to_the_same_bytes(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    process = start(tmp_path)
    await_(lambda: round_of(tmp_path, "backtest-log") >= 25, process)
    kill(process, signal.SIGTERM)
    said = ended(process, EXIT_CODE)
    assert EXIT_CODE == 143
    assert "progress is kept" in said
    assert "Traceback" not in said
    assert not (tmp_path / "output" / "failure").exists()
    finish(tmp_path)
    assert bundle(tmp_path) == whole


def test_progress_of_another_training_is_not_taken_up(tmp_path: Path, whole: dict[str, bytes]) -> None:
    process = start(tmp_path, "another")
    await_(lambda: round_of(tmp_path, "backtest-tweedie") >= 25, process)
    kill(process)
    ended(process, -signal.SIGKILL)
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
