"""What becomes of an object that was dropped: claimed to be ingested, or judged at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from core.contracts import keys
from core.contracts.errors import RejectedDataError
from core.contracts.sniff import sniff
from core.contracts.uploads import Upload
from core.contracts.verdict import Kind, Reason, Verdict
from lambdas.on_upload.raw import Raw, Version
from lambdas.shared.dynamo import UNNAMED
from lambdas.shared.events import Change, ObjectEvent
from lambdas.shared.verdicts import Verdicts, refuse

_NO_VERSION: Final = "null"


class Claims(Protocol):
    """What receiving an upload needs of the uploads table."""

    def known(self, dataset: str, upload: Upload) -> bool:
        """True when this version has been claimed."""
        ...

    def claim(self, dataset: str, upload: Upload, verdict: Verdict | None = None) -> bool:
        """Remember an upload, waiting, or closed by a verdict already written; False when it is known."""
        ...


@dataclass(frozen=True)
class Desk:
    """All that is needed to receive an upload."""

    bucket: str
    """Name of the raw bucket."""
    raw: Raw
    claims: Claims
    verdicts: Verdicts


@dataclass
class Received:
    """What came of one or more events."""

    datasets: set[str] = field(default_factory=set)
    """Datasets in which something may wait."""
    verdicts: list[Verdict] = field(default_factory=list)
    """Verdicts given at once."""
    claimed: int = 0

    def add(self, other: "Received") -> None:
        """Take over what came of another event."""
        self.datasets |= other.datasets
        self.verdicts += other.verdicts
        self.claimed += other.claimed


def receive(desk: Desk, event: ObjectEvent, now: datetime) -> Received:
    """Claim what an event speaks of; one that came before, or that concerns our own objects, changes nothing.

    Raises:
        RejectedDataError: the event is about another bucket.
    """
    if event.bucket != desk.bucket:
        raise RejectedDataError(f"an event is about bucket {event.bucket!r}, expected {desk.bucket!r}; check the rule")
    if keys.is_ours(event.key):
        return Received()
    return take_in(desk, _versions(desk.raw, event), now)


def take_in(desk: Desk, versions: Iterable[Version], now: datetime) -> Received:
    """Claim each of these versions that is not known."""
    received = Received()
    for version in versions:
        dataset = dataset_or_none(version.key)
        if dataset is not None:
            received.datasets.add(dataset)
        upload = _upload(desk.bucket, version)
        if not desk.claims.known(dataset or UNNAMED, upload):
            _claim(desk, upload, received, deleted=version.deleted, now=now)
    return received


def dataset_or_none(key: str) -> str | None:
    """Dataset of a key; None when its folder is not a dataset name."""
    try:
        return keys.dataset_of(key)
    except RejectedDataError:
        return None


def _versions(raw: Raw, event: ObjectEvent) -> list[Version]:
    """Versions an event speaks of: the one it names, else every version of that object."""
    if event.version_id is None:
        gone = Version(event.key, _NO_VERSION, 0, event.time, deleted=True)
        return raw.versions(event.key) or [gone]
    found = raw.look(event.key, event.version_id) if event.change is Change.CREATED else None
    return [found or Version(event.key, event.version_id, 0, event.time, deleted=True)]


def _claim(desk: Desk, upload: Upload, received: Received, *, deleted: bool, now: datetime) -> None:
    """The verdict is written before the claim: a crash between the two is repeated, not lost."""
    dataset = dataset_or_none(upload.key)
    verdict = judge(desk, dataset, upload, deleted=deleted, now=now)
    standing = desk.verdicts.create(upload, verdict) if verdict else None
    if desk.claims.claim(dataset or UNNAMED, upload, standing):
        received.claimed += 1
        received.verdicts += [standing] if standing else []


def judge(desk: Desk, dataset: str | None, upload: Upload, *, deleted: bool, now: datetime) -> Verdict | None:
    """The verdict on what no run can read; None for what a run must look at."""
    key = upload.key
    if deleted:
        sentence = f"{key!r} was deleted. Rows that came from earlier versions stay in the table."
        return refuse(upload, dataset, Reason.DELETED, sentence, kind=Kind.IGNORED, now=now)
    if key.endswith("/"):
        sentence = f"{key!r} is a folder, not a file; there is nothing to read."
        return refuse(upload, dataset, Reason.FOLDER, sentence, kind=Kind.IGNORED, now=now)
    try:
        keys.dataset_of(key)
    except RejectedDataError as error:
        return refuse(upload, None, Reason.DATASET_NAME, f"{error}.", now=now)
    if upload.size == 0:
        sentence = f"{key!r} has no bytes; export it again and upload it."
        return refuse(upload, dataset, Reason.EMPTY, sentence, now=now)
    if sniff(desk.raw.first_bytes(key, upload.version_id)).readable:
        return None
    sentence = f"{key!r} is neither text nor gzip, zip, xlsx or parquet; export it as CSV and upload that."
    return refuse(upload, dataset, Reason.FORMAT_UNKNOWN, sentence, now=now)


def _upload(bucket: str, version: Version) -> Upload:
    return Upload(
        bucket=bucket, key=version.key, version_id=version.version_id, size=version.size, uploaded_at=version.time
    )
