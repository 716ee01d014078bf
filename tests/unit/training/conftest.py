"""An environment in process: buckets by moto, tables in a folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from core.contracts.uploads import Upload
from training.place import Place
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


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlaceHere]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        for name in ("raw", "lake"):
            s3.create_bucket(Bucket=name)
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        yield PlaceHere(raw=Bucket(s3, "raw"), lake=Bucket(s3, "lake"), environ={}, root=tmp_path / "tables")
