"""What every step works with: its settings, the container's folders and the buckets."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import boto3
import polars as pl

from core.contracts import keys
from core.contracts.dataset import DatasetConfig
from core.contracts.errors import RejectedDataError
from core.contracts.models import ChampionPointer, Decision, Manifest
from core.forecasting.frequency import infer_frequency
from training import table
from training.container import OptMl
from training.dataset import read_config
from training.settings import StepSettings
from training.steps.completeness import complete
from training.store import Bucket

DECISION_FILE = "decision.json"
EVALUATION_FILE = "evaluation.json"
MANIFEST_FILE = "manifest.json"


@dataclass(frozen=True)
class Context:
    """One step's world."""

    settings: StepSettings
    folders: OptMl
    raw: Bucket
    lake: Bucket
    artifacts: Bucket

    @classmethod
    def from_env(cls) -> Self:
        """Settings and folders of this process; credentials are found the usual way."""
        settings = StepSettings.from_env()
        s3 = boto3.client("s3")
        return cls(
            settings=settings,
            folders=OptMl.from_env(),
            raw=Bucket(s3, settings.RAW_BUCKET),
            lake=Bucket(s3, settings.LAKE_BUCKET),
            artifacts=Bucket(s3, settings.ARTIFACTS_BUCKET),
        )

    @property
    def dataset(self) -> str:
        """The dataset this run is for."""
        return self.settings.DATASET

    def run_key(self, name: str) -> str:
        """Key of an artefact of this run."""
        return keys.run(self.dataset, self.settings.RUN_ID, name)

    def table_uri(self, name: str) -> str:
        """Address of a Delta table of this dataset: ``sales`` or ``plan``."""
        return self.lake.uri(keys.table(self.dataset, name))

    @cached_property
    def config_text(self) -> str | None:
        """The dataset's own configuration as written, None where it has none."""
        return self.lake.text(keys.config(self.dataset))

    @cached_property
    def config(self) -> DatasetConfig:
        """The dataset's configuration; all defaults where it has none."""
        return read_config(self.config_text, self.lake.uri(keys.config(self.dataset)))

    def champion(self) -> ChampionPointer | None:
        """The pointer as it is now."""
        return self.artifacts.document(ChampionPointer, keys.champion(self.dataset))

    def manifest_of(self, model_id: str) -> Manifest | None:
        """Manifest of a model this dataset registered earlier."""
        run_id = model_id.removeprefix(f"{self.dataset}-")
        return self.lake.document(Manifest, keys.run(self.dataset, run_id, f"evaluation/{MANIFEST_FILE}"))

    def decision(self) -> Decision:
        """What the ingest step of this run decided.

        Raises:
            RejectedDataError: that step left nothing to go on from.
        """
        found = self.lake.document(Decision, self.run_key(f"ingest/{DECISION_FILE}"))
        if found is None or found.dataset_version is None:
            raise RejectedDataError(f"run {self.settings.RUN_ID}: no table version to train on")
        return found

    def sales(self, version: int) -> pl.DataFrame:
        """One version of the sales table, without the rows' sources."""
        frame = table.read(self.table_uri("sales"), version=version)
        return frame.drop([name for name in frame.columns if name.startswith("_")])

    def complete_sales(self, version: int) -> pl.DataFrame:
        """The same, up to the newest period that is completely delivered."""
        sales = self.sales(version)
        if sales.is_empty():
            return sales
        return complete(sales, self.config.frequency or infer_frequency(sales))

    def plan(self) -> pl.DataFrame | None:
        """Covariates known in advance, None where none were ever uploaded."""
        if table.version(self.table_uri("plan")) is None:
            return None
        frame = table.read(self.table_uri("plan"))
        return frame.drop([name for name in frame.columns if name.startswith("_")])


def libraries() -> dict[str, str]:
    """Versions that decide what a model is."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    found = {}
    for name in ("xgboost", "xgboost-cpu", "polars", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def git_commit() -> str | None:
    """Commit the image was built from, as its build argument says."""
    return os.environ.get("GIT_COMMIT") or None
