"""Files at addresses that storage options reach."""

from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from training.addresses import options_for, size_of


def test_the_size_of_a_file_is_told_wherever_it_lies(tmp_path: Path) -> None:
    environment = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1"}
    (tmp_path / "part.parquet").write_bytes(b"12345")
    assert size_of(f"{tmp_path}/part.parquet", {}) == 5
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="tables/a/part.parquet", Body=b"123")
        uri = "s3://lake/tables/a/part.parquet"
        assert size_of(uri, options_for(uri, environment)) == 3
        with pytest.raises(ClientError, match="404"):
            size_of("s3://lake/none", options_for(uri, environment))


def test_a_store_at_an_address_of_its_own_is_asked_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, str] = {}

    class Store:
        def head_object(self, **given: str) -> dict[str, int]:
            asked.update(given)
            return {"ContentLength": 7}

    def client(_: str, **given: str) -> Store:
        asked.update(given)
        return Store()

    monkeypatch.setattr(boto3, "client", client)
    uri = "s3://lake/part.parquet"
    assert size_of(uri, options_for(uri, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_REGION": "r"})) == 7
    assert asked == {
        "endpoint_url": "http://127.0.0.1:1", "region_name": "r", "Bucket": "lake", "Key": "part.parquet",
    }  # fmt: skip
