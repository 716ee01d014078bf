"""The train step as SageMaker runs it: on one host and on two, from the same table."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.contracts.models import Manifest
from local.settings import REPOSITORY
from tests.contract.conftest import Parts
from tests.contract.due import due
from training.steps.context import MANIFEST_FILE

DEADLINE = 240


@pytest.fixture(scope="module")
def environment(parts: Parts) -> Mapping[str, str]:
    return due(parts)


def hosts(folder: Path, names: list[str], environment: Mapping[str, str]) -> Manifest:
    """Run the step on every host; the manifest of the bundle that the first leaves."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    running = []
    for name in names:
        config = folder / name / "input" / "config"
        config.mkdir(parents=True)
        (config / "resourceconfig.json").write_text(json.dumps({"current_host": name, "hosts": names}))
        env = {**environment, "OPT_ML": str(folder / name), "TRAINING_PORT": port, "PYTHONPATH": str(REPOSITORY)}
        command = [sys.executable, "-m", "training", "step", "train"]
        running.append(
            subprocess.Popen(command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        )
    for process in running:
        said, _ = process.communicate(timeout=DEADLINE)
        assert process.returncode == os.EX_OK, said
    for name in names[1:]:
        assert not any(file.is_file() for file in (folder / name / "model").rglob("*")), "only the first host saves"
    return Manifest.model_validate_json((folder / names[0] / "model" / MANIFEST_FILE).read_text())


def test_two_hosts_train_the_model_of_one(tmp_path: Path, environment: Mapping[str, str]) -> None:
    one = hosts(tmp_path / "one", ["127.0.0.1"], environment)
    two = hosts(tmp_path / "two", ["127.0.0.1", "127.0.0.2"], environment)
    assert one.features == two.features
    assert (one.series, one.rows) == (two.series, two.rows)
    assert one.naive is not None
    assert two.naive is not None  # the same rows in another order: sums differ in their last digits
    said = [scores.model_dump(exclude_none=True) for scores in (one.naive, two.naive)]
    assert said[1] == pytest.approx(said[0], rel=1e-9)
    assert one.backtest is not None
    assert two.backtest is not None
    # the same bins and rows; only sums of derivatives are added in another order
    assert two.backtest.wape == pytest.approx(one.backtest.wape, rel=1e-6)
    forecasts = [
        pl.read_parquet(tmp_path / name / "127.0.0.1" / "model" / "backtest.parquet") for name in ("one", "two")
    ]
    assert_frame_equal(*forecasts, rel_tol=1e-5)
