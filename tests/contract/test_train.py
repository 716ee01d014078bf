"""The train step as SageMaker runs it: on one host and on two, from the same table."""

import datetime as dt
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.contracts import keys
from core.contracts.models import Decision, Manifest
from core.contracts.uploads import Upload
from local.settings import REPOSITORY, aws_environment
from tests.contract.conftest import Parts
from training import table
from training.steps.context import DECISION_FILE, MANIFEST_FILE

RUN = "20240501t020304-0a1b2c"
DEADLINE = 240


def weekly(weeks: int = 150) -> pl.DataFrame:
    """24 series of smooth weekly sales."""
    rng = np.random.default_rng(4)
    dates = [dt.date(2021, 1, 4) + dt.timedelta(weeks=week) for week in range(weeks)]
    season = 1 + 0.3 * np.sin(np.arange(weeks) * 2 * np.pi / 52)
    frames = []
    for number in range(24):
        promo = (rng.random(weeks) < 0.2).astype(np.float64)
        units = rng.poisson(40 * (1 + number) * season * (1 + 0.4 * promo)).astype(np.float64)
        names = {"store_id": pl.lit(f"{number % 4:02d}"), "item_id": pl.lit(f"i{number // 4}")}
        frames.append(pl.DataFrame({"date": dates, "units": units, "promo": promo}).with_columns(**names))
    return pl.concat(frames).select("date", "store_id", "item_id", "units", "promo").with_row_index("_source_line")


@pytest.fixture(scope="module")
def environment(parts: Parts) -> Mapping[str, str]:
    """Of the step, with a table and the decision to train on it."""
    names = {f"{kind.upper()}_BUCKET": parts.bucket(f"train-{kind}") for kind in ("raw", "lake", "artifacts")}
    env = {**aws_environment(parts.ports), **names, "ENVIRONMENT": "dev", "DATASET": "shop", "RUN_ID": RUN}
    lake = names["LAKE_BUCKET"]
    uri = f"s3://{lake}/{keys.table('shop', 'sales')}"
    source = Upload(
        bucket=names["RAW_BUCKET"], key="shop/sales.csv", version_id="1", size=1,
        uploaded_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    version = table.merge(uri, weekly(), source=source, storage_options=table.options_for(uri, env))
    decision = Decision(
        due=True, reason="first", dataset="shop", run_id=RUN, dataset_version=version, data_as_of=None,
        new_periods=1, champion_model_id=None, table_changed=True,
    )  # fmt: skip
    key = keys.run("shop", RUN, f"ingest/{DECISION_FILE}")
    parts.cloud.s3.put_object(Bucket=lake, Key=key, Body=decision.model_dump_json().encode())
    return env


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


def test_two_hosts_train_a_model_as_good_as_that_of_one(tmp_path: Path, environment: Mapping[str, str]) -> None:
    one = hosts(tmp_path / "one", ["127.0.0.1"], environment)
    two = hosts(tmp_path / "two", ["127.0.0.1", "127.0.0.2"], environment)
    assert one.features == two.features
    assert (one.series, one.rows, one.naive) == (two.series, two.rows, two.naive)
    assert one.backtest is not None
    assert two.backtest is not None
    assert two.backtest.wape == pytest.approx(one.backtest.wape, rel=0.005)
