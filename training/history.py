"""What happened to a table: its versions and what made each, and where one row comes from."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError
from pydantic import BaseModel, ConfigDict, Field

from core.contracts.errors import RejectedDataError
from core.contracts.sales import DATE, ITEM, SOURCE_KEY, SOURCE_TIME, STORE
from training.claims import LIVE


class What(StrEnum):
    """Kinds of change."""

    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    COMPACTED = "compacted"
    VACUUMED = "vacuumed"
    SETTINGS = "settings"
    OTHER = "other"


class Change(BaseModel):
    """One version of a table and what made it."""

    model_config = ConfigDict(frozen=True)

    version: int
    made_at: datetime
    what: What
    source_key: str | None = Field(None, description="the raw object that made it")
    source_version: str | None = None
    rows_added: int | None = Field(None, description="live rows that came; None where the version does not say")
    rows_changed: int | None = None
    rows_withdrawn: int | None = None
    reason: str = ""


_OPERATIONS: Final = {
    "WRITE": What.MERGED, "MERGE": What.MERGED, "CREATE TABLE": What.MERGED, "OPTIMIZE": What.COMPACTED,
    "VACUUM START": What.VACUUMED, "VACUUM END": What.VACUUMED, "SET TBLPROPERTIES": What.SETTINGS,
}  # fmt: skip
_METRICS: Final = {
    "rows_added": ("num_target_rows_inserted", "num_added_rows"),
    "rows_changed": ("num_target_rows_updated",),
    "rows_withdrawn": ("num_target_rows_deleted",),
}


def history(uri: str, *, storage_options: Mapping[str, str], limit: int | None = None) -> list[Change]:
    """Versions of a table, newest first.

    Raises:
        RejectedDataError: there is no table.
    """
    return [_change(entry) for entry in _open(uri, storage_options).history(limit)]


def claims(
    uri: str, *, day: date, store: str, item: str, storage_options: Mapping[str, str], version: int | None = None
) -> pl.DataFrame:
    """All that files ever said of one row, the live claim first, then what it covers, newest first.

    Returns:
        The table's columns, sources and ``_live``.

    Raises:
        RejectedDataError: there is no table.
    """
    table = _open(uri, storage_options, version)
    same = (pl.col(DATE) == day) & (pl.col(STORE) == store) & (pl.col(ITEM) == item)
    found = pl.scan_delta(table, storage_options=dict(storage_options)).filter(same).collect()
    return found.sort(LIVE, SOURCE_TIME, SOURCE_KEY, descending=True)


def _open(uri: str, options: Mapping[str, str], version: int | None = None) -> DeltaTable:
    try:
        return DeltaTable(uri, version=version, storage_options=dict(options))
    except TableNotFoundError as error:
        raise RejectedDataError(f"{uri}: no such table; nothing was merged yet") from error


def _change(entry: Mapping[str, Any]) -> Change:
    what = _OPERATIONS.get(entry["operation"], What.OTHER)
    if entry.get("action") == "withdraw":
        what = What.WITHDRAWN
    metrics = entry.get("operationMetrics") or {}
    counts = {name: _count(entry.get(name), metrics, others) for name, others in _METRICS.items()}
    return Change(
        version=entry["version"],
        made_at=datetime.fromtimestamp(entry["timestamp"] / 1000, UTC),
        what=what,
        source_key=entry.get("source_key"),
        source_version=entry.get("source_version"),
        reason=entry.get("reason") or "",
        **(counts if what in (What.MERGED, What.WITHDRAWN) else {}),
    )


def _count(told: str | None, metrics: Mapping[str, Any], others: tuple[str, ...]) -> int | None:
    """Our own count of live rows; of a version made before we counted, the library's count of stored ones."""
    if told is not None:
        return int(told)
    return next((int(metrics[name]) for name in others if name in metrics), None)
