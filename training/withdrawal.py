"""Taking back what a file brought, whatever is being done with it meanwhile.

A person withdraws versions, not a moment: those that were there when the file was deleted. Each gets a note first,
then its rows go. Whoever merges a version looks for its note after the merge and takes its own rows back, so that of a
merge and a withdrawal at one time nothing stays, in either order; and what is uploaded after the deletion is
another version, which no withdrawal touches.
"""

import difflib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel

from core.contracts import keys
from core.contracts.errors import RejectedDataError
from core.contracts.uploads import Upload
from training import table
from training.place import Place
from training.store import Bucket


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
    tables = {name: place.table(dataset, name) for name in table.TABLES}
    # before the bucket is asked: what is in a table by then, and not alive after, is gone though it may have expired
    held = set[str]().union(*(table.versions_of(uri, key, options) for uri, options in tables.values()))
    if place.raw.newest_version(key) is not None:
        if not delete:
            raise RejectedDataError(
                f"{place.raw.uri(key)} is still there, and a table says what the files say: delete it first, "
                "or say --delete"
            )
        place.raw.s3.delete_object(Bucket=place.raw.name, Key=key)
    known = place.raw.versions(key)
    gone = known.gone | held - known.alive
    if not gone and not known.alive:
        raise RejectedDataError(_never_there(place.raw, dataset, key))
    for version_id in sorted(gone):
        note = Note(key=key, version_id=version_id, reason=reason, withdrawn_at=datetime.now(UTC))
        place.lake.put_document(keys.withdrawn(key, version_id), note)
    done = Withdrawn(key)
    for name, (uri, options) in tables.items():
        taken = table.withdraw(uri, key, gone, reason=reason, storage_options=options)
        if taken is not None and taken.gone:
            done.versions[name], done.rows[name] = taken.version, taken.gone
    return done


def is_withdrawn(lake: Bucket, upload: Upload) -> bool:
    """Has a person taken this version back?"""
    return lake.document(Note, keys.withdrawn(upload.key, upload.version_id)) is not None


def _whole(dataset: str, key: str) -> str:
    whole = key if dataset == keys.DEFAULT_DATASET or key.startswith(f"{dataset}/") else f"{dataset}/{key}"
    if keys.dataset_of(whole) != dataset:
        raise RejectedDataError(f"{key!r} is no file of dataset {dataset!r}")
    return whole


def _never_there(raw: Bucket, dataset: str, key: str) -> str:
    """Why there is nothing to withdraw, and which names come near."""
    folder = "" if dataset == keys.DEFAULT_DATASET else f"{dataset}/"
    near = difflib.get_close_matches(key, [name for name in raw.keys(folder) if not keys.is_ours(name)], n=3)
    meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"{raw.uri(key)}: no file of this name was ever uploaded{meant}"
