"""The three buckets as a step sees them: typed documents, files and compare-and-set."""

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from pydantic import BaseModel

from core.contracts.errors import RetryableError

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectVersionTypeDef

_ONE_STREAM: Final = TransferConfig(multipart_threshold=5 << 40)
"""In pieces an emulator may answer each with the whole version; on AWS one stream is quick enough to parse from."""
Document = TypeVar("Document", bound=BaseModel)
_ABSENT = {"NoSuchKey", "404", "NotFound"}
_RACE_LOST = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}


@dataclass(frozen=True)
class Versions:
    """Ids of the versions of one object.

    Attributes:
        gone: those that were there when it was deleted last.
        alive: those uploaded since; of an object never deleted, only the newest.
    """

    gone: frozenset[str]
    alive: frozenset[str]


@dataclass(frozen=True)
class Bucket:
    """One bucket."""

    s3: "S3Client"
    name: str

    def uri(self, key: str) -> str:
        """``s3://`` address of a key."""
        return f"s3://{self.name}/{key}"

    def text(self, key: str) -> str | None:
        """Text of an object, None where there is none."""
        found = self._get(key)
        return None if found is None else found[0].decode()

    def document(self, model: type[Document], key: str) -> Document | None:
        """A stored document, None where there is none."""
        found = self._get(key)
        return None if found is None else model.model_validate_json(found[0])

    def document_and_tag(self, model: type[Document], key: str) -> tuple[Document | None, str | None]:
        """A stored document and the ETag to compare a later write with."""
        found = self._get(key)
        return (None, None) if found is None else (model.model_validate_json(found[0]), found[1])

    def put(self, key: str, body: bytes | str, content_type: str = "application/octet-stream") -> None:
        """Write an object, whatever stood there."""
        data = body.encode() if isinstance(body, str) else body
        self.s3.put_object(Bucket=self.name, Key=key, Body=data, ContentType=content_type)

    def put_document(self, key: str, document: BaseModel) -> None:
        """Write a document, whatever stood there."""
        self.put(key, document.model_dump_json(indent=2), "application/json")

    def replace_document(self, key: str, document: BaseModel, *, tag: str | None) -> None:
        """Write a document only if the object still has this ETag (None: does not exist).

        Raises:
            RetryableError: somebody else wrote it meanwhile.
        """
        body = document.model_dump_json(indent=2).encode()
        put = partial(self.s3.put_object, Bucket=self.name, Key=key, Body=body, ContentType="application/json")
        try:
            put(IfNoneMatch="*") if tag is None else put(IfMatch=tag)
        except ClientError as error:
            if error.response["Error"]["Code"] in _RACE_LOST:
                raise RetryableError(f"{self.uri(key)} changed while it was being written") from error
            raise

    def download(self, key: str, path: Path, version_id: str | None = None) -> Path:
        """Copy an object, or one version of it, into a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        extra = {"VersionId": version_id} if version_id and version_id != "null" else {}
        self.s3.download_file(self.name, key, str(path), ExtraArgs=extra, Config=_ONE_STREAM if extra else None)
        return path

    def upload(self, path: Path, key: str) -> None:
        """Copy a file into an object."""
        self.s3.upload_file(str(path), self.name, key)

    def keys(self, prefix: str) -> list[str]:
        """All keys below a prefix, sorted."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        return sorted(item["Key"] for page in pages for item in page.get("Contents", []))

    def folders(self, prefix: str) -> list[str]:
        """Names of the folders directly below a prefix, sorted."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix, Delimiter="/")
        found = [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])]
        return sorted(name.removeprefix(prefix).rstrip("/") for name in found)

    def newest_version(self, key: str) -> str | None:
        """Version id of what a reader of the key gets now; None when it is deleted."""
        try:
            return self.s3.head_object(Bucket=self.name, Key=key).get("VersionId", "null")
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise

    def versions(self, key: str) -> "Versions":
        """What the bucket still holds of a key, before and after it was deleted last."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.name, Prefix=key)
        objects: list[ObjectVersionTypeDef] = []
        marks: list[datetime] = []
        for page in pages:
            objects += [each for each in page.get("Versions", []) if each["Key"] == key]
            marks += [each["LastModified"] for each in page.get("DeleteMarkers", []) if each["Key"] == key]
        deleted = max(marks, default=None)
        alive = [each for each in objects if each["IsLatest"] or (deleted and each["LastModified"] > deleted)]
        gone = [each for each in objects if each not in alive]
        return Versions(*(frozenset(each["VersionId"] for each in part) for part in (gone, alive)))

    def _get(self, key: str) -> tuple[bytes, str] | None:
        try:
            answer = self.s3.get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise
        return answer["Body"].read(), answer["ETag"]


def key_of(uri: str) -> str:
    """Key part of an ``s3://bucket/key`` address."""
    return urlsplit(uri).path.lstrip("/")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
