"""A job that SageMaker starts as root, and that works as nobody."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.rights import give_up_root

ROOT = Path(__file__).parents[3]
USER = 10001
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up root")
WORK = """
import os, pathlib, training.rights
training.rights.give_up_root()
below = pathlib.Path(os.environ["OPT_ML"])
(below / "model" / "made").write_text("")
(below / "checkpoints" / "old").write_text("new")
try:
    os.setuid(0)
except PermissionError:
    print(os.getuid(), os.getgid(), os.getgroups(), os.environ["HOME"])
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
status = dict(line.split(":\\t") for line in lines if ":\\t" in line)
print(*(int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")), status["NoNewPrivs"])
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """What SageMaker mounts, for root alone, where everybody gets to."""
    made = Path(tempfile.mkdtemp(prefix="job-"))
    made.chmod(0o755)
    for name in ("model", "checkpoints"):
        (made / name).mkdir(mode=0o700)
    (made / "checkpoints" / "old").write_text("old")
    yield made
    shutil.rmtree(made)


@as_root
def test_root_hands_its_folders_over_and_is_given_up_for_good(folder: Path) -> None:
    environment = os.environ | {"OPT_ML": str(folder), "JOB_USER": str(USER), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", WORK], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    who, rights = done.stdout.splitlines()
    assert who.split() == [str(USER), str(USER), "[]", tempfile.gettempdir()]
    assert rights == "0 0 0 0 1", "no capability, and no program that would bring one"
    assert {path.stat().st_uid for path in folder.rglob("*")} == {USER}
    assert (folder / "checkpoints" / "old").read_text() == "new", "what a spot interruption left is gone on with"


def test_without_a_user_to_become_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPT_ML", str(tmp_path))
    before = os.geteuid(), tmp_path.stat().st_uid
    give_up_root({})
    assert (os.geteuid(), tmp_path.stat().st_uid) == before
