"""A person's commands against a laptop world: upload, history, trace, withdraw; and the weekly upkeep."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from core.contracts import keys, names
from core.contracts.uploads import Upload
from core.contracts.verdict import Kind, Verdict
from local.client import Client
from local.world import World
from tests import shop
from tests.twin.shops import START
from training import table
from training.cli import app
from training.history import Change, What, history
from training.place import on_laptop
from training.store import sha256_of
from training.uploading.transfer import MIB, send

Command = Callable[..., Result]


@pytest.fixture
def run(world: World, tmp_path: Path) -> Command:
    """A command of the training room in the shared world."""

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--local-folder", str(world.layout.root)], env={"COLUMNS": "200"})

    return command


def test_a_file_is_uploaded_judged_traced_and_taken_back(
    run: Command, client: Client, dataset: str, tmp_path: Path
) -> None:
    file, state = tmp_path / "week.csv", str(tmp_path / "state")
    file.write_bytes(shop.csv(START, 7))
    uploaded = run("upload", str(file), "--dataset", dataset, "--json", "--state", state)
    assert uploaded.exit_code == 0, uploaded.output
    verdict = Verdict.model_validate_json(uploaded.stdout)
    assert (verdict.kind, verdict.sha256) == (Kind.ACCEPTED, sha256_of(file))
    traced = run("trace", dataset, "--date", "2024-01-01", "--store", "000", "--item", "01")
    assert f"counts; line 3 of {dataset}/week.csv" in traced.stdout
    assert shop.rows(START, 1)[1] in traced.stdout
    assert run("withdraw", dataset, "week.csv", "--delete", "--reason", "wrong week").exit_code == 0
    told = [Change.model_validate_json(line) for line in run("history", dataset, "--json").stdout.splitlines()]
    assert [(each.what, each.rows_added, each.rows_withdrawn) for each in told] == [
        (What.WITHDRAWN, 0, 42),
        (What.MERGED, 42, 0),
    ]
    client.wait_until_settled(dataset)


def test_a_large_file_interrupted_arrives_whole_by_a_second_try(world: World, dataset: str, tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(random.Random(7).randbytes(11 * MIB))
    said: list[str] = []

    def stop_at_the_second_part(text: str) -> None:
        said.append(text)
        if len(said) == 2:
            raise KeyboardInterrupt

    # below our own prefix, so that nobody starts a run for it
    bucket, key = on_laptop(world.layout.root).raw, f"{keys.QUARANTINE}{dataset}/large.bin"
    sha256, state = sha256_of(file), tmp_path / "state.json"
    with pytest.raises(KeyboardInterrupt):
        send(bucket, file, key, sha256=sha256, state=state, say=stop_at_the_second_part, part_size=5 * MIB)
    version = send(bucket, file, key, sha256=sha256, state=state, say=said.append, part_size=5 * MIB)
    assert said == ["part 1 of 3", "part 2 of 3", "part 2 of 3", "part 3 of 3"]
    assert sha256_of(bucket.download(key, tmp_path / "back.bin", version)) == sha256


def test_upkeep_runs_as_deployed_and_keeps_what_a_model_names(world: World, client: Client, dataset: str) -> None:
    place = on_laptop(world.layout.root)
    uri, options = place.table(dataset, "sales")
    for day in range(3):
        rows = pl.DataFrame({"date": [START + timedelta(day)], "store_id": "1", "item_id": "A", "units": 1.0})
        when = datetime(2024, 1, 1 + day, tzinfo=UTC)
        upload = Upload(bucket="raw", key=f"{dataset}/{day}.csv", version_id="v", size=1, uploaded_at=when)
        table.merge(uri, rows, source=upload, storage_options=options)
    before = table.read(uri, 1, options)
    place.lake.put(keys.run(dataset, "r1", "evaluation/manifest.json"), json.dumps({"dataset_version": 1}))
    sagemaker, pipeline = client.cloud.sagemaker, names.maintain_pipeline(client.info.env)
    started = sagemaker.start_pipeline_execution(PipelineName=pipeline, ClientRequestToken=f"{dataset:-<32}")
    arn = started["PipelineExecutionArn"]

    def ended() -> str | None:
        status = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
        return None if status == "Executing" else status

    assert client.wait_for(ended, "upkeep to end", 120) == "Succeeded"
    assert history(uri, storage_options=options)[0].what is What.COMPACTED
    assert table.read(uri, 1, options).equals(before)
