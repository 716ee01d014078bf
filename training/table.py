"""The sales table: a Delta table of claims, of which the newest for each (date, store, item) is live.

A claim is a row as one object of the raw bucket says it, keyed by date, store, item and that
object's key. Only the newest version of an object has claims; among objects the newest time
wins. Claims that lost stay in the table with ``_live`` false, so that withdrawing a file brings
back what it had covered, and files may arrive in any order: the live rows are always those of
an oracle that reads the newest version of every file, oldest first.
"""

import os
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from core.contracts.errors import RejectedDataError, RetryableError
from core.contracts.sales import KEY, SOURCE, SOURCE_KEY, SOURCE_LINE, SOURCE_TIME, SOURCE_VERSION
from core.contracts.uploads import Upload
from training.order import key_code, sort_by_key

LIVE: Final = "_live"
ATTEMPTS: Final = 10
_DELETE: Final = "_delete"
_CLAIM: Final = [*KEY, SOURCE_KEY]
_TIME_TYPE: Final = pl.Datetime("us", "UTC")


def merge(uri: str, frame: pl.DataFrame, *, source: Upload, storage_options: Mapping[str, str] | None = None) -> int:
    """Make ``frame`` everything that one object says, and return the table version that holds it.

    Args:
        uri: Folder or s3 address of the Delta table; created when absent.
        frame: Canonical rows, one for each key, with ``_source_line``; any further columns are
            covariates and widen the table.
        source: The object version the rows came from. Rows of its older versions that ``frame``
            lacks are withdrawn; an older version than the table knows changes nothing.
        storage_options: For the object store; from the environment by default.

    Raises:
        RejectedDataError: two rows of ``frame`` have one key.
        RetryableError: other writers won every attempt.
    """
    if frame.height and key_code(frame).is_duplicated().any():
        raise RejectedDataError(f"{source.key}: two rows of one date, store and item cannot be merged")
    options = dict(storage_options) if storage_options is not None else options_for(uri)
    claims = _claims(frame, source)
    for attempt in range(ATTEMPTS):
        try:
            return _attempt(uri, claims, source, options)
        except (CommitFailedError, _LostCreationError):
            time.sleep(random.uniform(0, min(5.0, 0.05 * 2**attempt)))
    raise RetryableError(f"{uri}: {ATTEMPTS} attempts to merge {source.name} lost to other writers")


def withdraw(uri: str, *, source: Upload, storage_options: Mapping[str, str] | None = None) -> int:
    """Take back every row of one object; what it had covered is live again."""
    table = read(uri, storage_options=storage_options)
    return merge(uri, table.clear().drop(*SOURCE), source=source, storage_options=storage_options)


def read(uri: str, version: int | None = None, storage_options: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Live rows of one version of the table (the newest by default), sorted by key, with their source.

    Raises:
        TableNotFoundError: there is no table.
    """
    options = dict(storage_options) if storage_options is not None else options_for(uri)
    table = DeltaTable(uri, version=version, storage_options=options)
    frame = pl.scan_delta(table, storage_options=options).filter(pl.col(LIVE)).drop(LIVE).collect()
    others = [name for name in frame.columns if name not in SOURCE]
    return sort_by_key(frame.select(*others, *SOURCE))


def version(uri: str, storage_options: Mapping[str, str] | None = None) -> int | None:
    """Newest version of the table, None where there is none."""
    options = dict(storage_options) if storage_options is not None else options_for(uri)
    table = _open(uri, options)
    return None if table is None else int(table.version())


def options_for(uri: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Storage options of an address: for S3 conditional puts, and the endpoint of a laptop world."""
    if urlsplit(uri).scheme not in ("s3", "s3a"):
        return {}
    options = {"aws_conditional_put": "etag"}
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        options |= {"aws_endpoint": endpoint, "aws_virtual_hosted_style_request": "false"}
        if endpoint.startswith("http://"):
            options["aws_allow_http"] = "true"
    names = {
        "AWS_ACCESS_KEY_ID": "aws_access_key_id",
        "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
        "AWS_SESSION_TOKEN": "aws_session_token",
    }
    options |= {ours: environ[name] for name, ours in names.items() if environ.get(name)}
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    return options | ({"aws_region": region} if region else {})


class _LostCreationError(Exception):
    """Somebody else created the table first."""


def _open(uri: str, options: dict[str, str]) -> DeltaTable | None:
    try:
        return DeltaTable(uri, storage_options=options)
    except TableNotFoundError:
        return None


def _claims(frame: pl.DataFrame, source: Upload) -> pl.DataFrame:
    line = pl.col(SOURCE_LINE) if SOURCE_LINE in frame.columns else pl.lit(None)
    return frame.with_columns(
        pl.lit(source.key).alias(SOURCE_KEY),
        pl.lit(source.version_id).alias(SOURCE_VERSION),
        line.cast(pl.Int64).alias(SOURCE_LINE),
        pl.lit(_time_of(source)).cast(_TIME_TYPE).alias(SOURCE_TIME),
        pl.lit(value=True).alias(LIVE),
    )


def _attempt(uri: str, claims: pl.DataFrame, source: Upload, options: dict[str, str]) -> int:
    table = _open(uri, options)
    commit = CommitProperties(custom_metadata={"source_key": source.key, "source_version": source.version_id})
    if table is None:
        return _create(uri, claims, options, commit)
    here = _in_scope(table, claims, source, options)
    if here.filter((pl.col(SOURCE_KEY) == source.key) & (pl.col(SOURCE_TIME) > _time_of(source))).height:
        return int(table.version())  # the table knows a newer version of this object
    claims, here, retyped = _same_types(claims, here)
    changes = _changes(claims, here, source.key)
    if not changes.height:
        return int(table.version())
    if retyped:
        return _rewrite(table, changes, options, commit)
    _commit_merge(table, changes, commit)
    return int(table.version())


def _time_of(source: Upload) -> datetime:
    when = source.uploaded_at
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def _create(uri: str, claims: pl.DataFrame, options: dict[str, str], commit: CommitProperties) -> int:
    try:
        write_deltalake(uri, claims.to_arrow(), mode="error", storage_options=options, commit_properties=commit)
    except CommitFailedError:
        raise
    except (DeltaError, FileExistsError) as error:
        if "exist" in str(error).lower():
            raise _LostCreationError(uri) from error
        raise
    return int(DeltaTable(uri, storage_options=options).version())


def _in_scope(table: DeltaTable, claims: pl.DataFrame, source: Upload, options: dict[str, str]) -> pl.DataFrame:
    """Claims of this object, and those of others on the days it speaks of now or spoke of before."""
    scan = pl.scan_delta(table, storage_options=options)
    own = scan.filter(pl.col(SOURCE_KEY) == source.key).select(
        pl.col("date").min().alias("a"), pl.col("date").max().alias("b")
    )
    first, last = own.collect().row(0)
    days = [day for day in (first, last, claims["date"].min(), claims["date"].max()) if day is not None]
    if not days:
        return scan.limit(0).collect()
    return scan.filter(pl.col("date").is_between(min(days), max(days))).collect()


def _same_types(claims: pl.DataFrame, here: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
    """Agree on column types; text wins over number. True when the table's own column must change."""
    retyped = False
    for name in claims.columns:
        mine, theirs = claims.schema[name], here.schema.get(name)
        if theirs is None or mine == theirs or name in _CLAIM:
            continue
        if pl.String in (mine, theirs):
            claims, here = claims.with_columns(_as_text(claims, name)), here.with_columns(_as_text(here, name))
            retyped |= theirs != pl.String
        elif theirs == pl.Boolean:
            here, retyped = here.with_columns(pl.col(name).cast(mine)), True
        else:
            claims = claims.with_columns(pl.col(name).cast(theirs))
    return claims, here, retyped


def _as_text(frame: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    if frame.schema[name].is_float():
        whole = column.cast(pl.Int64, strict=False)
        return pl.when(column == whole).then(whole.cast(pl.String)).otherwise(column.cast(pl.String)).alias(name)
    return column.cast(pl.String)


def _changes(claims: pl.DataFrame, here: pl.DataFrame, key: str) -> pl.DataFrame:
    """Claims to write or delete (``_delete``) so that the table says what it should."""
    if _says_already(claims, here, key):
        return claims.clear()
    others = here.filter(pl.col(SOURCE_KEY) != key)
    gone = here.filter(pl.col(SOURCE_KEY) == key).join(claims, on=_CLAIM, how="anti")
    after = pl.concat([others, claims], how="diagonal_relaxed")
    contested = key_code(after).is_duplicated()
    lone = after.filter(~contested).with_columns(pl.lit(value=True).alias(LIVE))
    if contested.any():
        oldest_first = after.filter(contested).sort(SOURCE_TIME, SOURCE_KEY)
        judged = oldest_first.with_columns(pl.struct(KEY).is_last_distinct().alias(LIVE))
        after = pl.concat([lone, judged])
    else:
        after = lone
    known = pl.concat([here, after.clear()], how="diagonal_relaxed").select(after.columns)
    # rows that stand in the table already, exactly so, need no write
    fresh = after.join(known, on=after.columns, how="anti", nulls_equal=True)
    marked = [
        fresh.with_columns(pl.lit(value=False).alias(_DELETE)),
        pl.concat([gone, after.clear()], how="diagonal_relaxed").with_columns(pl.lit(value=True).alias(_DELETE)),
    ]
    return pl.concat(marked, how="diagonal_relaxed")


def _says_already(claims: pl.DataFrame, here: pl.DataFrame, key: str) -> bool:
    """The common repeat, told quickly: nobody else speaks of these days, and the rows are the same."""
    if claims.height != here.height or set(claims.columns) != set(here.columns) or (here[SOURCE_KEY] != key).any():
        return False
    return sort_by_key(here.select(claims.columns)).equals(sort_by_key(claims), null_equal=True)


def _commit_merge(table: DeltaTable, changes: pl.DataFrame, commit: CommitProperties) -> None:
    first, last = str(changes["date"].min()), str(changes["date"].max())
    same = " AND ".join(f"t.{name} = s.{name}" for name in _CLAIM)
    merger = table.merge(
        changes.to_arrow(),
        predicate=f"t.date >= '{first}' AND t.date <= '{last}' AND {same}",
        source_alias="s",
        target_alias="t",
        merge_schema=True,
        commit_properties=commit,
    )
    columns = {name: f"s.`{name}`" for name in changes.columns if name != _DELETE}
    merger = merger.when_matched_delete(predicate="s._delete = true")
    merger = merger.when_matched_update(updates=columns)
    merger.when_not_matched_insert(updates=columns, predicate="s._delete = false").execute()


def _rewrite(table: DeltaTable, changes: pl.DataFrame, options: dict[str, str], commit: CommitProperties) -> int:
    """A column changes its type: write the whole table anew, in one version."""
    whole = pl.scan_delta(table, storage_options=options).collect()
    _, whole, _ = _same_types(changes.drop(_DELETE), whole)
    kept = whole.join(changes, on=_CLAIM, how="anti")
    fresh = changes.filter(~pl.col(_DELETE)).drop(_DELETE)
    after = pl.concat([kept, fresh], how="diagonal_relaxed")
    before = int(table.version())
    write_deltalake(
        table,
        sort_by_key(after).to_arrow(),
        mode="overwrite",
        schema_mode="overwrite",
        storage_options=options,
        commit_properties=commit,
    )
    return max(int(table.version()), before + 1)
