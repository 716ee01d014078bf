"""A runner over folders: S3 is a directory, EventBridge a list."""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.sagemaker.journal import Execution, Journal
from local.sagemaker.registry import Registry
from local.sagemaker.rights import Rights
from local.sagemaker.runner import Runner
from local.sagemaker.storage import Storage


class FolderStorage(Storage):
    """``s3://bucket/key`` is ``root/bucket/key``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, uri: str) -> Path:
        return self.root.joinpath(*self.split(uri))

    def objects(self, uri: str) -> list[tuple[str, str]]:
        path, (_, key) = self._path(uri), self.split(uri)
        if path.is_file():
            return [(key, path.name)]
        files = sorted(p for p in path.rglob("*") if p.is_file())
        return [(f"{key.rstrip('/')}/{p.relative_to(path).as_posix()}", p.relative_to(path).as_posix()) for p in files]

    def download(self, uri: str, folder: Path) -> int:
        bucket, _ = self.split(uri)
        for key, name in self.objects(uri):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.root / bucket / key, folder / name)
        return len(self.objects(uri))

    def upload_file(self, path: Path, uri: str) -> None:
        self.write(uri, path.read_bytes())

    def read(self, uri: str) -> bytes:
        return self._path(uri).read_bytes()

    def write(self, uri: str, body: bytes) -> None:
        self._path(uri).parent.mkdir(parents=True, exist_ok=True)
        self._path(uri).write_bytes(body)


class Unheld(Rights):
    """Nobody is held to rights; everybody's files lie in one folder."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(held=False)
        self._storage = storage

    def storage(self, role_arn: str) -> Storage:
        return self._storage


class Collector:
    """Takes the courier's place."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def send(self, event: dict[str, Any]) -> None:
        self.events.append(event)


class Bench:
    """A runner, its storage, its events, and scripts to make pipelines of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage = FolderStorage(folder / "s3")
        self.open()

    def open(self) -> None:
        """As at the start of the process: everything from disk."""
        self.collector = Collector()
        self.journal = Journal(self.folder / "journal.db")
        self.registry = Registry(self.journal)
        self.runner = Runner(
            self.journal, self.registry, self.collector, Unheld(self.storage),  # type: ignore[arg-type]
            scratch=self.folder / "scratch", logs=self.folder / "logs",
            environment={"PATH": os.environ["PATH"]},
        )  # fmt: skip

    def script(self, name: str, body: str) -> list[str]:
        """Entrypoint of a Python script; ``ML`` is its /opt/ml."""
        path = self.folder / f"{name}.py"
        path.write_text(f"import os, sys, json, pathlib\nML = pathlib.Path(os.environ['OPT_ML'])\n{body}\n")
        return ["python3", str(path)]

    def run(self, steps: list[dict[str, Any]], declared: list[dict[str, Any]] | None = None, **given: str) -> Execution:
        """Start an execution and wait for its end."""
        definition = {"Version": "2020-12-01", "Parameters": declared or [], "Steps": steps}
        token = str(time.time_ns())
        execution = self.journal.add(Execution(f"e{token}", "p", token, json.dumps(definition), given))
        self.runner.begin(execution)
        return self.wait(execution.id)

    def wait(self, execution_id: str) -> Execution:
        """The execution once it has ended."""
        ended = "id = ? AND status NOT IN ('Executing', 'Stopping')"
        found: list[Execution] = self.until(lambda: self.journal.executions(ended, execution_id))
        return found[0]

    @staticmethod
    def until(found: Callable[[], Any]) -> Any:
        """Poll until something is found."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if value := found():
                return value
            time.sleep(0.01)
        raise AssertionError("nothing came within 20 s")

    def statuses(self) -> list[str]:
        """Execution statuses announced so far."""
        return [
            e["detail"]["currentPipelineExecutionStatus"] for e in self.collector.events if "pipelineArn" in e["detail"]
        ]


def processing(name: str, entrypoint: list[str], *, output: str | None = None, **more: Any) -> dict[str, Any]:
    """A processing step; ``output`` is the S3 address of its output ``out``."""
    arguments: dict[str, Any] = {
        "AppSpecification": {
            "ImageUri": "1.dkr.ecr.x.amazonaws.com/mlops/training:1",
            "ContainerEntrypoint": entrypoint,
        },
        "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1}},
    }
    if output:
        s3 = {"S3Uri": output, "LocalPath": "/opt/ml/processing/output/out", "S3UploadMode": "EndOfJob"}
        arguments["ProcessingOutputConfig"] = {"Outputs": [{"OutputName": "out", "S3Output": s3}]}
    extra: dict[str, Any] = {k: more.pop(k) for k in ("PropertyFiles", "DependsOn") if k in more}
    return {"Name": name, "Type": "Processing", "Arguments": {**arguments, **more}, **extra}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
