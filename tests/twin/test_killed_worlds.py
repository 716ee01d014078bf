"""Kill -9 at bad moments, start again: the same table, one verdict a file, one champion."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from core.contracts import names
from core.contracts.errors import ConfigError
from local.client import Client
from local.info import WorldInfo
from local.process import wait_until
from local.settings import REPOSITORY, Ports, free_ports
from local.world import World
from tests import shop

DATASET = "shop"
HISTORY = shop.csv(date(2023, 1, 1), 240)
NEWS = shop.csv(date(2023, 8, 29), 7)


def command_up(folder: Path, ports: Ports) -> "subprocess.Popen[bytes]":
    """``python -m local up`` in its own process, as a person has it in a terminal."""
    options = [f"--{name}-port={port}" for name, port in vars(ports).items()]
    command = [sys.executable, "-m", "local", "up", "--folder", str(folder), *options]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)

    def ready() -> bool:
        assert process.poll() is None
        try:
            return WorldInfo.read(folder).pid == process.pid
        except ConfigError:
            return False

    wait_until(ready, seconds=180, what="the world")
    return process


def step_began(client: Client, name: str) -> Callable[[], bool]:
    """True once a step of this name has begun; a short one may have ended between two looks."""

    def look() -> bool:
        return any(step.name == name for run in client.runs() for step in client.state.steps(run.arn))

    return look


def table(client: Client) -> dict[tuple[str, str, str], float]:
    """Units by date, store and item."""
    options = {
        "AWS_ENDPOINT_URL": client.info.endpoints.aws, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": client.info.region, "AWS_ALLOW_HTTP": "true",
    }  # fmt: skip
    delta = DeltaTable(f"s3://{client.info.buckets.lake}/tables/{DATASET}/sales", storage_options=options)
    frame = pl.DataFrame(pl.read_delta(delta))
    keys = frame.select(pl.col("date").cast(pl.String), "store_id", "item_id", "units").rows()
    assert len(keys) == len({key[:3] for key in keys})
    return {(day, store, item): units for day, store, item, units in keys}


def expected(*files: bytes) -> dict[tuple[str, str, str], float]:
    """The same from the files, by a plain loop."""
    lines = [line.split(",") for file in files for line in file.decode().splitlines()[1:]]
    return {(day, store, item): float(units) for day, store, item, units, _ in lines}


def approved(client: Client) -> set[str]:
    """Packages the gate let through."""
    group = names.model_package_group(client.info.env)
    listed = client.cloud.sagemaker.list_model_packages(ModelPackageGroupName=group, ModelApprovalStatus="Approved")
    return {package["ModelPackageArn"] for package in listed["ModelPackageSummaryList"]}


@pytest.mark.slow
def test_a_world_killed_again_and_again_ends_in_the_same_table_and_one_champion(tmp_path: Path) -> None:
    folder, ports = tmp_path / "world", free_ports()
    process = command_up(folder, ports)
    client = Client(WorldInfo.read(folder))
    dropped = [(f"{DATASET}/history.csv", client.put(f"{DATASET}/history.csv", HISTORY))]
    wait_until(step_began(client, "Train"), seconds=180, what="a training")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    with World(folder, ports) as world:
        dropped.append((f"{DATASET}/news.csv", client.put(f"{DATASET}/news.csv", NEWS)))
        wait_until(step_began(client, "Evaluate"), seconds=180, what="an evaluation")
        for child in (world.sagemaker, world.emulator.child, world.service):
            child.kill()
        kinds = [client.wait_for_verdict(key, version, seconds=240).kind for key, version in dropped]
        client.wait_until_settled(DATASET, seconds=240)
        assert kinds == ["accepted", "accepted"]
        assert table(client) == expected(HISTORY, NEWS)
        assert [(upload.status, upload.verdict) for upload in client.uploads(DATASET)] == [("done", "accepted")] * 2
        assert client.champions(DATASET)[0].model_package_arn in approved(client)
        assert len({champion.model_id for champion in client.champions(DATASET)}) == len(client.champions(DATASET))
        assert client.forecast("000", "00", dataset=DATASET, horizon=1)["data_as_of"] == "2023-09-04"
