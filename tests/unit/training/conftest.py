"""An environment in process: buckets by moto, tables in a folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from core.contracts.uploads import RunManifest, Upload
from training.container import OptMl
from training.place import Place
from training.settings import StepSettings
from training.steps.context import Context
from training.store import Bucket


@dataclass(frozen=True)
class PlaceHere(Place):
    """Its tables lie in a folder, for the Delta library would look for a real S3."""

    root: Path = Path()

    def table(self, dataset: str, name: str) -> tuple[str, dict[str, str]]:
        """Folder of a table."""
        return str(self.root / dataset / name), {}

    def drop(self, key: str, text: str) -> Upload:
        """Put a file into the raw bucket."""
        answer = self.raw.s3.put_object(Bucket=self.raw.name, Key=key, Body=text.encode())
        head = self.raw.s3.head_object(Bucket=self.raw.name, Key=key)
        return Upload(
            bucket=self.raw.name,
            key=key,
            version_id=answer["VersionId"],
            size=len(text),
            uploaded_at=head["LastModified"],
        )


@dataclass(frozen=True)
class ContextHere(Context):
    """Its tables lie in a folder."""

    root: Path = Path()

    def table_uri(self, name: str) -> str:
        """Folder of a table."""
        return str(self.root / self.dataset / name)


def context_of(place: PlaceHere, ml: Path, *uploads: Upload, run_id: str = "r1") -> ContextHere:
    """An ingest step whose run has these uploads."""
    names = {"ENVIRONMENT": "t", "RAW_BUCKET": "raw", "LAKE_BUCKET": "lake", "ARTIFACTS_BUCKET": "artifacts"}
    settings = StepSettings(**names, DATASET="shop", RUN_ID=run_id)
    artifacts = Bucket(place.lake.s3, "artifacts")
    context = ContextHere(settings, OptMl(ml), place.raw, place.lake, artifacts, root=place.root)
    manifest = RunManifest(dataset="shop", run_id=run_id, created_at=uploads[0].uploaded_at, uploads=uploads)
    place.lake.put_document(context.run_key("manifest.json"), manifest)
    return context


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlaceHere]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        for name in ("raw", "lake", "artifacts"):
            s3.create_bucket(Bucket=name)
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        yield PlaceHere(raw=Bucket(s3, "raw"), lake=Bucket(s3, "lake"), environ={}, root=tmp_path / "tables")
