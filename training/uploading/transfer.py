"""One file into a bucket: proven by SHA-256 at both ends, large ones in parts that a second try goes on from."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, ValidationError

from core.contracts.errors import RejectedDataError
from training.store import Bucket

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

MIB: Final = 1 << 20
PART_SIZE: Final = 8 * MIB
_MOST_PARTS: Final = 10_000

Say = Callable[[str], None]


class Part(BaseModel):
    """A part that arrived: what it holds, and the store's mark of it."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    etag: str


class Begun(BaseModel):
    """An upload in parts under way; the state file holds it, so that a later process can go on."""

    model_config = ConfigDict(frozen=True)

    bucket: str
    key: str
    sha256: str
    part_size: int
    upload_id: str = ""
    parts: dict[int, Part] = {}

    def keep(self, state: Path) -> None:
        """Write the state file; it is whole or as before."""
        state.parent.mkdir(parents=True, exist_ok=True)
        fresh = state.with_suffix(".new")
        fresh.write_text(self.model_dump_json(), encoding="utf-8")
        fresh.replace(state)


def send(
    bucket: Bucket, file: Path, key: str, *, sha256: str, state: Path, say: Say, part_size: int = PART_SIZE
) -> str:
    """Upload a file and return its version id.

    Args:
        bucket: Where to.
        file: What.
        key: Its key there.
        sha256: Of the whole file, in hex; kept as metadata.
        state: Small file that remembers an upload in parts until it is done.
        say: Told of each part.
        part_size: Files of up to two parts go in one piece.

    Raises:
        RejectedDataError: the file changed meanwhile.
    """
    size = file.stat().st_size
    if size <= 2 * part_size:
        return _whole(bucket, file, key, sha256)
    part_size = max(part_size, -(-size // (_MOST_PARTS * MIB)) * MIB)
    wanted = Begun(bucket=bucket.name, key=key, sha256=sha256, part_size=part_size)
    begun = _resume(bucket, wanted, state)
    return _InParts(bucket, file, begun, state, say).run()


def _whole(bucket: Bucket, file: Path, key: str, sha256: str) -> str:
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    try:
        with file.open("rb") as body:
            answer = bucket.s3.put_object(
                Bucket=bucket.name, Key=key, Body=body, ChecksumSHA256=digest, Metadata={"sha256": sha256}
            )
    except ClientError as error:
        if error.response["Error"]["Code"] in ("BadDigest", "InvalidRequest", "XAmzContentChecksumMismatch"):
            raise _changed(file) from error
        raise
    return answer.get("VersionId", "null")


def _resume(bucket: Bucket, wanted: Begun, state: Path) -> Begun:
    """The same upload begun earlier, with the parts that are still there; or a new one."""
    try:
        begun = Begun.model_validate_json(state.read_text(encoding="utf-8"))
        if begun == wanted.model_copy(update={"upload_id": begun.upload_id, "parts": begun.parts}):
            there = _arrived(bucket, begun)
            parts = {number: part for number, part in begun.parts.items() if there.get(number) == part.etag}
            return begun.model_copy(update={"parts": parts})
    except (OSError, ValidationError):
        pass  # no state, or one nobody can read: begin anew
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchUpload":
            raise
    answer = bucket.s3.create_multipart_upload(
        Bucket=bucket.name, Key=wanted.key, ChecksumAlgorithm="SHA256", Metadata={"sha256": wanted.sha256}
    )
    begun = wanted.model_copy(update={"upload_id": answer["UploadId"]})
    begun.keep(state)
    return begun


def _arrived(bucket: Bucket, begun: Begun) -> dict[int, str]:
    """Marks of the parts that the store holds, by number."""
    pages = bucket.s3.get_paginator("list_parts").paginate(Bucket=begun.bucket, Key=begun.key, UploadId=begun.upload_id)
    return {part["PartNumber"]: part["ETag"] for page in pages for part in page.get("Parts", [])}


@dataclass(frozen=True)
class _InParts:
    """An upload in parts, those that arrived earlier left out."""

    bucket: Bucket
    file: Path
    begun: Begun
    state: Path
    say: Say

    @property
    def _upload(self) -> dict[str, Any]:
        return {"Bucket": self.begun.bucket, "Key": self.begun.key, "UploadId": self.begun.upload_id}

    def run(self) -> str:
        """Send what is missing and make the parts one object; its version id."""
        whole = hashlib.sha256()
        parts = dict(self.begun.parts)
        count = -(-self.file.stat().st_size // self.begun.part_size)
        for number, block in enumerate(_blocks(self.file, self.begun.part_size), 1):
            whole.update(block)
            digest = base64.b64encode(hashlib.sha256(block).digest()).decode()
            if number in parts and parts[number].sha256 == digest:
                continue
            self.say(f"part {number} of {count}")
            sent = self.bucket.s3.upload_part(**self._upload, PartNumber=number, Body=block, ChecksumSHA256=digest)
            parts[number] = Part(sha256=digest, etag=sent["ETag"])
            self.begun.model_copy(update={"parts": parts}).keep(self.state)
        if whole.hexdigest() != self.begun.sha256:
            self.bucket.s3.abort_multipart_upload(**self._upload)
            self.state.unlink(missing_ok=True)
            raise _changed(self.file)
        done: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": part.etag, "ChecksumSHA256": part.sha256}
            for number, part in sorted(parts.items())
        ]
        answer = self.bucket.s3.complete_multipart_upload(**self._upload, MultipartUpload={"Parts": done})
        self.state.unlink(missing_ok=True)
        return answer.get("VersionId") or self.bucket.newest_version(self.begun.key) or "null"


def _blocks(file: Path, size: int) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(size):
            yield block


def _changed(file: Path) -> RejectedDataError:
    return RejectedDataError(f"{file}: changed while it was being uploaded; upload it again when it is finished")
