"""The raw bucket as the function sees it: versions of objects and their first bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore.exceptions import ClientError

from core.contracts import keys
from core.contracts.sniff import SNIFF_BYTES
from lambdas.shared.clients import code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_GONE: Final = ("NoSuchKey", "NoSuchVersion", "404", "NotFound")
_MARKER: Final = ("MethodNotAllowed", "405")


@dataclass(frozen=True)
class Version:
    """One version of a raw object, or the mark that it was deleted."""

    key: str
    version_id: str
    size: int
    """Bytes; 0 for a deletion."""
    time: datetime
    deleted: bool = False


class Raw(Protocol):
    """What receiving an upload needs of the raw bucket."""

    def look(self, key: str, version_id: str) -> Version | None:
        """One version; None when it is gone or is a deletion."""
        ...

    def versions(self, key: str) -> list[Version]:
        """All versions of one object, deletions too."""
        ...

    def everything(self) -> Iterator[Version]:
        """All versions of all uploads; what the system itself writes is left out."""
        ...

    def first_bytes(self, key: str, version_id: str) -> bytes:
        """The first bytes of a version that is not empty."""
        ...


class RawObjects:
    """``Raw`` by boto3."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def look(self, key: str, version_id: str) -> Version | None:
        """One version; None when it is gone or is a deletion."""
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=key, VersionId=version_id)
        except ClientError as error:
            if code(error) in _GONE + _MARKER:
                return None
            raise
        return Version(key, version_id, head["ContentLength"], head["LastModified"])

    def versions(self, key: str) -> list[Version]:
        """All versions of one object, deletions too."""
        found = []
        for version in self._list(Prefix=key):
            if version.key != key:
                break  # listed in order of keys: what follows only begins like it
            found.append(version)
        return found

    def everything(self) -> Iterator[Version]:
        """All versions of all uploads; what the system itself writes is left out."""
        folders: list[str] = []
        for page in self._pages(Delimiter="/"):
            folders += [found["Prefix"] for found in page.get("CommonPrefixes", [])]
            yield from _versions(page)
        for folder in folders:
            if folder not in keys.OUR_RAW_PREFIXES:
                yield from self._list(Prefix=folder)

    def first_bytes(self, key: str, version_id: str) -> bytes:
        """The first bytes of a version that is not empty."""
        answer = self._client.get_object(
            Bucket=self._bucket, Key=key, VersionId=version_id, Range=f"bytes=0-{SNIFF_BYTES - 1}"
        )
        return answer["Body"].read(SNIFF_BYTES)  # the range is the server's to honour, the limit is ours

    def _list(self, **where: str) -> Iterator[Version]:
        for page in self._pages(**where):
            yield from _versions(page)

    def _pages(self, **where: str) -> Iterable[Any]:
        arguments: dict[str, Any] = {"Bucket": self._bucket, **where}
        return self._client.get_paginator("list_object_versions").paginate(**arguments)


def _versions(page: Any) -> list[Version]:
    """Versions and deletions of a page, which lists them apart, in order of keys."""
    versions = [
        Version(found["Key"], found["VersionId"], found["Size"], found["LastModified"])
        for found in page.get("Versions", [])
    ]
    deletions = [
        Version(found["Key"], found["VersionId"], 0, found["LastModified"], deleted=True)
        for found in page.get("DeleteMarkers", [])
    ]
    return sorted(versions + deletions, key=lambda version: version.key.encode())
