"""Documents in S3 are read, compared and replaced as the steps rely on."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from core.contracts.errors import RetryableError
from core.contracts.uploads import Upload
from training.store import Bucket, key_of, sha256_of


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="lake")
        s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        yield Bucket(s3, "lake")


def upload(size: int) -> Upload:
    return Upload.model_validate(
        {"bucket": "b", "key": "k", "version_id": "v", "size": size, "uploaded_at": "2024-01-01T00:00:00Z"}
    )


def test_an_absent_document_is_none(bucket: Bucket) -> None:
    assert bucket.document(Upload, "nothing.json") is None
    assert bucket.text("nothing.toml") is None
    assert bucket.newest_version("nothing.csv") is None


def test_a_document_comes_back_as_it_was_put(bucket: Bucket) -> None:
    bucket.put_document("a.json", upload(3))
    assert bucket.document(Upload, "a.json") == upload(3)


def test_a_write_after_somebody_else_s_write_is_refused_and_may_be_retried(bucket: Bucket) -> None:
    bucket.replace_document("a.json", upload(1), tag=None)
    _, tag = bucket.document_and_tag(Upload, "a.json")
    bucket.replace_document("a.json", upload(2), tag=tag)
    with pytest.raises(RetryableError, match="changed while it was being written"):
        bucket.replace_document("a.json", upload(3), tag=tag)
    with pytest.raises(RetryableError):
        bucket.replace_document("a.json", upload(3), tag=None)
    assert bucket.document(Upload, "a.json") == upload(2)


def test_a_version_is_read_even_after_the_key_was_overwritten(bucket: Bucket, tmp_path: Path) -> None:
    bucket.put("f.csv", "old")
    old = bucket.newest_version("f.csv")
    bucket.put("f.csv", "new")
    assert bucket.newest_version("f.csv") != old
    assert bucket.download("f.csv", tmp_path / "f", old).read_text() == "old"
    assert bucket.download("f.csv", tmp_path / "f").read_text() == "new"


def test_a_deleted_object_has_no_newest_version(bucket: Bucket) -> None:
    bucket.put("f.csv", "x")
    bucket.s3.delete_object(Bucket="lake", Key="f.csv")
    assert bucket.newest_version("f.csv") is None


def test_keys_come_sorted_and_only_below_the_prefix(bucket: Bucket) -> None:
    for key in ("a/2", "a/1", "b/1"):
        bucket.put(key, "x")
    assert bucket.keys("a/") == ["a/1", "a/2"]


def test_addresses_and_hashes(bucket: Bucket, tmp_path: Path) -> None:
    assert key_of(bucket.uri("a/b c.parquet")) == "a/b c.parquet"
    (tmp_path / "f").write_bytes(b"abc")
    assert sha256_of(tmp_path / "f") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
