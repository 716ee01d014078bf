"""Taking back what a file brought: its rows, and the notes that say its content is in the table."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel

from core.contracts import keys
from core.contracts.errors import RejectedDataError
from core.contracts.uploads import Upload
from core.contracts.verdict import Verdict
from training import table
from training.history import rows_of
from training.place import Place

_TABLES: Final = ("sales", "plan")


class _Note(BaseModel):
    """Which upload brought some content, as ingest writes it."""

    key: str


@dataclass(frozen=True)
class Withdrawn:
    """What became of it: by table, the version without the file's rows, and how many they were."""

    key: str
    versions: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def withdraw(place: Place, dataset: str, key: str, *, reason: str = "", delete: bool = False) -> Withdrawn:
    """Take back the rows of a deleted file. Doing it twice changes nothing.

    Args:
        place: Where.
        dataset: The dataset.
        key: Key in the raw bucket, or the rest of it after the dataset's folder.
        reason: Kept in the table's history.
        delete: Delete the file first when it is still there.

    Raises:
        RejectedDataError: the file is still there, or is not one of this dataset.
    """
    key = _whole(dataset, key)
    if place.raw.newest_version(key) is not None:
        if not delete:
            raise RejectedDataError(
                f"{place.raw.uri(key)} is still there, and a table says what the files say: delete it first, "
                "or say --delete"
            )
        place.raw.s3.delete_object(Bucket=place.raw.name, Key=key)
    done = Withdrawn(key)
    source = Upload(bucket=place.raw.name, key=key, version_id="withdrawn", size=0, uploaded_at=datetime.now(UTC))
    for name in _TABLES:
        uri, options = place.table(dataset, name)
        if rows := rows_of(uri, key, storage_options=options):
            done.versions[name] = table.withdraw(uri, source=source, reason=reason, storage_options=options)
            done.rows[name] = rows
    _forget(place, dataset, key)
    return done


def _whole(dataset: str, key: str) -> str:
    whole = key if dataset == keys.DEFAULT_DATASET or key.startswith(f"{dataset}/") else f"{dataset}/{key}"
    if keys.dataset_of(whole) != dataset:
        raise RejectedDataError(f"{key!r} is no file of dataset {dataset!r}")
    return whole


def _forget(place: Place, dataset: str, key: str) -> None:
    """Its content is no longer in the table: uploaded again, by any name, it is to be read again."""
    verdicts = keys.verdict(key, "x").removesuffix("x.json")
    for paper in place.raw.keys(verdicts):
        verdict = place.raw.document(Verdict, paper)
        if verdict is None or verdict.sha256 is None:
            continue
        note = keys.ingested(dataset, verdict.sha256)
        found = place.lake.document(_Note, note)
        if found is not None and found.key == key:
            place.lake.s3.delete_object(Bucket=place.lake.name, Key=note)
