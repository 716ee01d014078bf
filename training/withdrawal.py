"""Taking back what a file brought, whatever is being done with it meanwhile.

A person withdraws versions, not a moment: those that were there when the file was deleted. Each gets a note first,
then its rows go. Whoever merges a version looks for its note after the merge and takes its own rows back, so that of a
merge and a withdrawal at one time nothing stays, in either order; and what is uploaded after the deletion is
another version, which no withdrawal touches.
"""

import difflib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError
from pydantic import AwareDatetime, BaseModel

from core.contracts import keys
from core.contracts.errors import RejectedDataError
from core.contracts.sales import SOURCE_KEY, SOURCE_TIME, SOURCE_VERSION
from core.contracts.uploads import Upload
from training import table
from training.place import Place
from training.store import Bucket

_TABLES: Final = ("sales", "plan")


class Note(BaseModel):
    """That one version of a file was taken back."""

    key: str
    version_id: str
    reason: str
    withdrawn_at: AwareDatetime


@dataclass(frozen=True)
class Withdrawn:
    """What became of it: by table, the version without the file's rows, and how many they were."""

    key: str
    versions: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Claims:
    """What a table holds of one object: the claims of one of its versions."""

    source: Upload
    rows: int


def withdraw(place: Place, dataset: str, key: str, *, reason: str = "", delete: bool = False) -> Withdrawn:
    """Take back the rows of a deleted file. Doing it twice, or again after it was killed, changes nothing more.

    Args:
        place: Where.
        dataset: The dataset.
        key: Key in the raw bucket, or the rest of it after the dataset's folder.
        reason: Kept in the table's history.
        delete: Delete the file first when it is still there.

    Raises:
        RejectedDataError: the file is still there, was never there, or is not one of this dataset.
    """
    key = _whole(dataset, key)
    if place.raw.newest_version(key) is not None:
        if not delete:
            raise RejectedDataError(
                f"{place.raw.uri(key)} is still there, and a table says what the files say: delete it first, "
                "or say --delete"
            )
        place.raw.s3.delete_object(Bucket=place.raw.name, Key=key)
    known = place.raw.versions(key)
    held = {name: found for name in _TABLES if (found := _held(*place.table(dataset, name), place.raw.name, key))}
    gone = known.gone | {claims.source.version_id for claims in held.values()} - known.alive
    if not gone and not known.alive:
        raise RejectedDataError(_never_there(place.raw, dataset, key))
    for version_id in sorted(gone):
        note = Note(key=key, version_id=version_id, reason=reason, withdrawn_at=datetime.now(UTC))
        place.lake.put_document(keys.withdrawn(key, version_id), note)
    done = Withdrawn(key)
    for name in _TABLES:
        uri, options = place.table(dataset, name)
        claims = _held(uri, options, place.raw.name, key)
        if claims is not None and claims.source.version_id in gone:
            done.versions[name] = table.withdraw(uri, source=claims.source, reason=reason, storage_options=options)
            done.rows[name] = claims.rows
    return done


def is_withdrawn(lake: Bucket, upload: Upload) -> bool:
    """Has a person taken this version back?"""
    return lake.document(Note, keys.withdrawn(upload.key, upload.version_id)) is not None


def take_back(uri: str, options: dict[str, str], upload: Upload, *, reason: str) -> None:
    """Take back the rows of exactly one version, where a table holds them."""
    claims = _held(uri, options, upload.bucket, upload.key)
    if claims is not None and claims.source.version_id == upload.version_id:
        table.withdraw(uri, source=claims.source, reason=reason, storage_options=options)


def _whole(dataset: str, key: str) -> str:
    whole = key if dataset == keys.DEFAULT_DATASET or key.startswith(f"{dataset}/") else f"{dataset}/{key}"
    if keys.dataset_of(whole) != dataset:
        raise RejectedDataError(f"{key!r} is no file of dataset {dataset!r}")
    return whole


def _held(uri: str, options: dict[str, str], bucket: str, key: str) -> _Claims | None:
    """What a table holds of an object: nothing, or claims of its newest version that was merged."""
    try:
        scan = pl.scan_delta(DeltaTable(uri, storage_options=options), storage_options=options)
    except TableNotFoundError:
        return None
    own = scan.filter(pl.col(SOURCE_KEY) == key).select(SOURCE_VERSION, SOURCE_TIME).collect()
    if not own.height:
        return None
    version_id, when = own.sort(SOURCE_TIME).row(-1)
    return _Claims(Upload(bucket=bucket, key=key, version_id=version_id, size=0, uploaded_at=when), own.height)


def _never_there(raw: Bucket, dataset: str, key: str) -> str:
    """Why there is nothing to withdraw, and which names come near."""
    folder = "" if dataset == keys.DEFAULT_DATASET else f"{dataset}/"
    near = difflib.get_close_matches(key, [name for name in raw.keys(folder) if not keys.is_ours(name)], n=3)
    meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"{raw.uri(key)}: no file of this name was ever uploaded{meant}"
