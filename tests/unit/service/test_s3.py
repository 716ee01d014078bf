"""The loader against S3's own manners, as moto has them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from service.board import Board
from service.loader import ChampionLoader
from service.objects import UNCHANGED, Found, S3Objects
from tests.unit.service.shop import ARTIFACTS, LAKE, Shop

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        for bucket in (LAKE, ARTIFACTS):
            client.create_bucket(Bucket=bucket)
        yield client


def test_an_object_is_sent_once_while_it_stays_the_same(s3: "S3Client") -> None:
    objects = S3Objects(s3)
    assert objects.read(LAKE, "a.json") is None
    s3.put_object(Bucket=LAKE, Key="a.json", Body=b"one")
    first = objects.read(LAKE, "a.json")
    assert isinstance(first, Found)
    assert first.body == b"one"
    assert objects.read(LAKE, "a.json", first.tag) == UNCHANGED
    s3.put_object(Bucket=LAKE, Key="a.json", Body=b"two")
    second = objects.read(LAKE, "a.json", first.tag)
    assert isinstance(second, Found)
    assert second.body == b"two"


def test_a_large_object_goes_to_a_file_and_an_absent_one_is_told(s3: "S3Client", tmp_path: Path) -> None:
    s3.put_object(Bucket=LAKE, Key="a.bin", Body=b"ab" * (1 << 20))
    with (tmp_path / "file").open("wb") as file:
        assert S3Objects(s3).copy(LAKE, "a.bin", file)
        assert not S3Objects(s3).copy(LAKE, "b.bin", file)
    assert (tmp_path / "file").read_bytes() == b"ab" * (1 << 20)


def test_a_bucket_that_is_not_there_is_an_error_not_an_absence(s3: "S3Client") -> None:
    with pytest.raises(ClientError):
        S3Objects(s3).names("nowhere", "champions/")


def test_a_champion_in_s3_is_found_loaded_and_swapped(s3: "S3Client") -> None:
    shop = Shop(lambda bucket, key, body: s3.put_object(Bucket=bucket, Key=key, Body=body))
    board = Board()
    loader = ChampionLoader(objects=S3Objects.connect(), lake=LAKE, artifacts=ARTIFACTS, board=board)
    shop.publish("shop-1")
    shop.promote("shop-1")
    loader.look()
    first = board.states["shop"].serving
    assert first is not None
    loader.look()
    assert board.states["shop"].serving is first
    shop.publish("shop-2", level=50)
    shop.promote("shop-2")
    loader.look()
    second = board.states["shop"].serving
    assert second is not None
    assert second.publication.model_id == "shop-2"
