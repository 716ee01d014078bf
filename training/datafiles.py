"""Data files of a Delta table, written a slice of compact rows at a time, and the commits that add them.

A file that no commit names is no part of the table; upkeep deletes it once it is older than the retention.
"""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Final

import polars as pl
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.transaction import AddAction, create_table_with_add_actions

from core.contracts.sales import DATE, SOURCE_KEY
from core.contracts.uploads import Upload
from training.addresses import size_of
from training.claims import claims_of
from training.compact import plain

ROWS_A_FILE: Final = 1 << 21


def write(uri: str, rows: pl.DataFrame, source: Upload, options: Mapping[str, str]) -> list[AddAction]:
    """Write all claims of one object version as data files that no version of the table has yet.

    Claims are made a slice at a time: beside the rows themselves they would need several times their memory.
    No rows give no file.
    """
    return [
        _write(uri, claims_of(plain(piece, texts=False), source, codes=True), dict(options))
        for piece in rows.iter_slices(ROWS_A_FILE)
        if piece.height
    ]


def schema_of(rows: pl.DataFrame, source: Upload) -> Schema:
    """Schema of a table of these claims."""
    return Schema.from_arrow(claims_of(plain(rows.clear()), source).schema)


def create(
    uri: str,
    schema: Schema,
    files: list[AddAction],
    *,
    configuration: Mapping[str, str | None],
    options: Mapping[str, str],
    commit: CommitProperties,
) -> None:
    """Make the table of these files, as its first version."""
    create_table_with_add_actions(
        uri,
        schema,
        files,
        mode="error",
        configuration=configuration,
        storage_options=dict(options),
        commit_properties=commit,
    )


def append(table: DeltaTable, files: list[AddAction], commit: CommitProperties) -> None:
    """Add the files to the table, as its next version."""
    table.create_write_transaction([*files], "append", table.schema(), commit_properties=commit)


def _write(uri: str, claims: pl.DataFrame, options: dict[str, str]) -> AddAction:
    name = f"part-{uuid.uuid4()}.zstd.parquet"
    claims.write_parquet(
        f"{uri}/{name}", compression="zstd", compression_level=1, storage_options=options or None, mkdir=True
    )
    return AddAction(
        path=name,
        size=size_of(f"{uri}/{name}", options),
        partition_values={},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps(_stats(claims)),
    )


def _stats(claims: pl.DataFrame) -> dict[str, object]:
    """What lets a reader leave the file alone: its days and its source."""
    key = str(claims[SOURCE_KEY][0])
    return {
        "numRecords": claims.height,
        "minValues": {DATE: str(claims[DATE].min()), SOURCE_KEY: key},
        "maxValues": {DATE: str(claims[DATE].max()), SOURCE_KEY: key},
        "nullCount": {DATE: 0, SOURCE_KEY: 0},
    }
