"""Reading S3 objects by ETag: what did not change is not sent again."""

from contextlib import closing
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Literal, Protocol
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from core.contracts.errors import RejectedModelError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT: Final = {"NoSuchKey", "404", "NotFound"}
_SAME: Final = {"304", "NotModified"}
UNCHANGED: Final = "unchanged"
_PIECE: Final = 1 << 20
"""Bytes of a large object held at one time."""


@dataclass(frozen=True)
class Found:
    """An object's bytes and ETag."""

    body: bytes
    tag: str


class Objects(Protocol):
    """What the loader needs of S3."""

    def read(self, bucket: str, key: str, unless: str | None = None) -> Found | Literal["unchanged"] | None:
        """An object; ``unchanged`` when its ETag is still ``unless``; None where there is none."""

    def copy(self, bucket: str, key: str, file: IO[bytes]) -> bool:
        """Write an object into a file, piece by piece; False where there is none."""

    def names(self, bucket: str, prefix: str) -> list[str]:
        """Keys below a prefix."""


def key_in(bucket: str, uri: str) -> str:
    """Key of an ``s3://`` address in a bucket.

    Raises:
        RejectedModelError: it is somewhere else.
    """
    address = urlsplit(uri)
    if (address.scheme, address.netloc) != ("s3", bucket):
        raise RejectedModelError(f"{uri}: forecasts are served from s3://{bucket} only")
    return address.path.lstrip("/")


class S3Objects:
    """``Objects`` over boto3."""

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    @classmethod
    def connect(cls) -> "S3Objects":
        """A client that gives up soon: the next look comes in seconds, and a stop must not wait long."""
        limits = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "max_attempts": 2})
        return cls(boto3.client("s3", config=limits))

    def read(self, bucket: str, key: str, unless: str | None = None) -> Found | Literal["unchanged"] | None:
        """See ``Objects``."""
        try:
            answer = (
                self._s3.get_object(Bucket=bucket, Key=key, IfNoneMatch=unless)
                if unless
                else self._s3.get_object(Bucket=bucket, Key=key)
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _SAME:
                return UNCHANGED
            if code in _ABSENT:
                return None
            raise
        with answer["Body"] as body:
            return UNCHANGED if unless and answer["ETag"] == unless else Found(body.read(), answer["ETag"])

    def copy(self, bucket: str, key: str, file: IO[bytes]) -> bool:
        """See ``Objects``."""
        try:
            answer = self._s3.get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return False
            raise
        with closing(answer["Body"]) as body:
            for piece in body.iter_chunks(_PIECE):
                file.write(piece)
        return True

    def names(self, bucket: str, prefix: str) -> list[str]:
        """See ``Objects``."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]
