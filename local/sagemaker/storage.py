"""Moving files between a job's folders and S3."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Storage:
    """S3 addresses in, local files out, and back."""

    def __init__(self, client: S3Client) -> None:
        self._s3 = client

    @staticmethod
    def split(uri: str) -> tuple[str, str]:
        """``s3://bucket/key`` -> bucket, key."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return bucket, key

    def objects(self, uri: str) -> list[tuple[str, str]]:
        """Objects an address stands for, as SageMaker reads it: that object, or all beneath that prefix.

        Gives (key, path relative to the address).
        """
        bucket, prefix = self.split(uri)
        keys = [
            item["Key"]
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            for item in page.get("Contents", [])
        ]
        folder = prefix if prefix.endswith("/") or not prefix else prefix + "/"
        if prefix in keys and not prefix.endswith("/"):
            return [(prefix, prefix.rpartition("/")[2])]
        return [(key, key.removeprefix(folder)) for key in keys if key.startswith(folder) and not key.endswith("/")]

    def download(self, uri: str, folder: Path) -> int:
        """Fetch everything at an address into a folder; number of files."""
        bucket, _ = self.split(uri)
        found = self.objects(uri)
        folder.mkdir(parents=True, exist_ok=True)
        for key, name in found:
            target = folder / name
            if not target.resolve().is_relative_to(folder.resolve()):
                continue  # a key such as '../x' is no file of this job
            target.parent.mkdir(parents=True, exist_ok=True)
            self._s3.download_file(bucket, key, str(target))
        return len(found)

    def upload_file(self, path: Path, uri: str) -> None:
        """Put one file at exactly this address."""
        bucket, key = self.split(uri)
        self._s3.upload_file(str(path), bucket, key)

    def upload(self, folder: Path, uri: str, seen: dict[Path, tuple[int, int]] | None = None) -> None:
        """Put a folder's files beneath an address; with ``seen``, only those changed since.

        With ``seen`` the folder is in use: a file that is gone before its turn was a draft of another.
        """
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            try:
                state = (path.stat().st_size, path.stat().st_mtime_ns)
                if seen is None or seen.get(path) != state:
                    self.upload_file(path, f"{uri.rstrip('/')}/{path.relative_to(folder).as_posix()}")
            except FileNotFoundError:
                if seen is None:
                    raise
                continue
            if seen is not None:
                seen[path] = state

    def read(self, uri: str) -> bytes:
        """Bytes of one object."""
        bucket, key = self.split(uri)
        return self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def write(self, uri: str, body: bytes) -> None:
        """Put one object."""
        bucket, key = self.split(uri)
        self._s3.put_object(Bucket=bucket, Key=key, Body=body)
