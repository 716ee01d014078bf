"""Upkeep of a table: small files made one, files no version needs deleted, versions that models name kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from pydantic import BaseModel

from core.contracts.errors import RetryableError
from training.attempts import ATTEMPTS
from training.store import Bucket
from training.table import KEEPS_ITS_LOG

RETENTION_HOURS: Final = 7 * 24
"""Files a version of this last time needs stay: runs that read it may be under way, and a person may look back."""


class Maintained(BaseModel):
    """What was done to one table."""

    version: int
    kept: tuple[int, ...]
    """Old versions that models were trained on."""
    lost: tuple[int, ...]
    """Versions that models name but nobody can read any more."""
    files_compacted: int
    files_deleted: int


@dataclass(frozen=True)
class _Table:
    uri: str
    options: dict[str, str]

    def open(self, version: int | None = None) -> DeltaTable:
        return DeltaTable(self.uri, version=version, storage_options=self.options)


def maintain(
    uri: str,
    *,
    keep: frozenset[int],
    retention_hours: int = RETENTION_HOURS,
    storage_options: Mapping[str, str],
) -> Maintained | None:
    """Compact a table and delete the files that only versions older than the retention need.

    Writers may be at work: what they commit meanwhile stays. Repeating it changes nothing more.

    Args:
        uri: Folder or s3 address.
        keep: Versions that stay readable, however old.
        retention_hours: Files removed from the table for less long stay, too.
        storage_options: For the object store.

    Returns:
        What was done, None where there is no table.

    Raises:
        RetryableError: other writers won every attempt to compact.
    """
    table = _Table(uri, dict(storage_options))
    try:
        here = table.open()
    except TableNotFoundError:
        return None
    readable = {version for version in keep if version <= here.version() and _readable(table, version)}
    _keep_log(here)
    compacted = _compact(table)
    here = table.open()
    deleted = _vacuum(here, sorted(readable), retention_hours)
    here = table.open()
    here.create_checkpoint()
    return Maintained(
        version=here.version(),
        kept=tuple(sorted(readable)),
        lost=tuple(sorted(keep - readable)),
        files_compacted=compacted,
        files_deleted=deleted,
    )


def trained_versions(lake: Bucket, dataset: str) -> frozenset[int]:
    """Versions of the sales table that models of a dataset were trained on, or are being trained on.

    A run names its version in the ingest step's decision before a model names it in its manifest.
    """
    found: set[int] = set()
    for key in lake.keys(f"runs/{dataset}/"):
        if key.endswith(("/evaluation/manifest.json", "/ingest/decision.json")):
            paper = lake.document(_Paper, key)
            if paper and paper.dataset_version is not None and paper.due:
                found.add(paper.dataset_version)
    return frozenset(found)


class _Paper(BaseModel):
    """What a bundle's manifest and a run's decision have in common; a decision may also be that nothing is due."""

    dataset_version: int | None
    due: bool = True


def _readable(table: _Table, version: int) -> bool:
    try:
        table.open(version)
    except DeltaError:
        return False
    return True


def _keep_log(table: DeltaTable) -> None:
    """Tables made before we thought of it lose old versions' logs otherwise."""
    configuration = table.metadata().configuration
    if missing := {name: value for name, value in KEEPS_ITS_LOG.items() if configuration.get(name) != value}:
        table.alter.set_table_properties(missing)


def _compact(table: _Table) -> int:
    for _ in range(ATTEMPTS):
        try:
            return int(table.open().optimize.compact()["numFilesRemoved"])
        except CommitFailedError:
            continue  # a merge rewrote files meanwhile: look again
    raise RetryableError(f"{table.uri}: {ATTEMPTS} attempts to compact lost to writers")


def _vacuum(table: DeltaTable, keep: list[int], hours: int) -> int:
    """Delete what nothing needs: also files of writers that died, which no log mentions."""

    def vacuum(*, dry_run: bool) -> list[str]:
        return table.vacuum(
            hours, dry_run=dry_run, enforce_retention_duration=False, full=True, keep_versions=keep or None
        )

    return len(vacuum(dry_run=False)) if vacuum(dry_run=True) else 0
