"""The small version of benchmarks/chaos_ingest.py: the same story in the shared world, with a worker killed."""

import os
import signal
from pathlib import Path

from benchmarks.chaos_ingest import Chaos
from benchmarks.chaos_oracle import differences, verdicts
from local.client import Client
from local.world import World
from tests.twin.test_reliability import step_process
from training.place import on_laptop


def test_uploads_doubled_reordered_overwritten_and_withdrawn_give_the_table_that_sql_makes_of_the_files(
    world: World, client: Client, dataset: str, tmp_path: Path
) -> None:
    datasets = (dataset, f"{dataset}-2")
    place = on_laptop(world.layout.root)
    chaos = Chaos(client, place, datasets, uploads=16, withdrawals=0.2)
    chaos.run()
    worker = next((found for name in datasets if (found := step_process(name))), None)
    if worker is not None:
        os.kill(worker, signal.SIGKILL)
    chaos.settle(seconds=240)
    assert chaos.withdrawn > 0
    for name in datasets:
        assert differences(client, place, name, tmp_path / name) == 0
        assert verdicts(client, name)[0] == 0
