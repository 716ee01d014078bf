"""The sales table: a Delta table of claims, of which the newest for each (date, store, item) is live.

A claim is a row as one object of the raw bucket says it, keyed by date, store, item and that
object's key. Only the newest version of an object has claims; among objects the newest time
wins. Claims that lost stay in the table with ``_live`` false, so that withdrawing a file brings
back what it had covered, and files may arrive in any order: the live rows are always those of
an oracle that reads the newest version of every file, oldest first.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction

from core.contracts.errors import RejectedDataError
from core.contracts.sales import DATE, SOURCE, SOURCE_KEY, SOURCE_TIME, SOURCE_VERSION
from core.contracts.uploads import Upload
from training import datafiles, slices
from training.addresses import options_for
from training.attempts import Change, LostCreationError, Merged, until_won
from training.claims import CLAIM, DELETE, LIVE, Effect, changes_of, claims_of, effect, same_types, time_of
from training.compact import has_twins, plain
from training.order import sort_by_key
from training.slices import Days, Scope

TABLES: Final = ("sales", "plan")
"""Of a dataset."""
KEEPS_ITS_LOG: Final = {"delta.enableExpiredLogCleanup": "false", "delta.logRetentionDuration": "interval 36500 days"}
"""Without its log a version cannot be read, though its files are there; models name versions."""
_NOTHING_NEW: Final = pl.DataFrame(schema={DATE: pl.Date, "len": pl.UInt32})


def merge(uri: str, frame: pl.DataFrame, *, source: Upload, storage_options: Mapping[str, str] | None = None) -> int:
    """As ``upsert``; the table version that holds what was merged."""
    return upsert(uri, frame, source=source, storage_options=storage_options).version


def upsert(
    uri: str,
    frame: pl.DataFrame,
    *,
    source: Upload,
    storage_options: Mapping[str, str] | None = None,
    look: Callable[[], None] = lambda: None,
) -> Merged:
    """Make ``frame`` everything that one object says.

    Args:
        uri: Folder or s3 address of the Delta table; created when absent.
        frame: Canonical rows, one for each key, with ``_source_line``, plain or compact; any further columns
            are covariates and widen the table.
        source: The object version the rows came from. Rows of its older versions that ``frame``
            lacks are withdrawn; an older version than the table knows changes nothing.
        storage_options: For the object store; from the environment by default.
        look: Called at each attempt between reading the table and writing to it, and what it raises ends the
            merge. Nothing is written upon another version of the table than was read before.

    Raises:
        RejectedDataError: two rows of ``frame`` have one key.
        RetryableError: other writers won every attempt, or the object store failed each.
    """
    if has_twins(frame):
        raise RejectedDataError(f"{source.key}: two rows of one date, store and item cannot be merged")
    options = dict(storage_options) if storage_options is not None else options_for(uri)
    change = Change({
        "action": "merge", "source_key": source.key, "source_version": source.version_id,
        "source_time": time_of(source).isoformat(),
    })  # fmt: skip
    merging = _Merging(uri, frame, source, options, change, look)
    return until_won(merging.attempt, lambda: change.stands(uri, options), f"{uri}: merging {source.name}")


def withdraw(
    uri: str,
    key: str,
    versions: Collection[str],
    *,
    reason: str = "",
    storage_options: Mapping[str, str] | None = None,
) -> Merged | None:
    """Take back every row of these versions of one object; what they had covered is live again.

    Rows of any other version of it stay, whenever that was uploaded. None where there is no table.
    """
    options = dict(storage_options) if storage_options is not None else options_for(uri)
    change = Change({"action": "withdraw", "reason": reason, "source_key": key})

    def attempt() -> Merged | None:
        table = _open(uri, options)
        if table is None:
            return None
        own, named = pl.col(SOURCE_KEY) == key, pl.col(SOURCE_VERSION).is_in(list(versions))
        scan = pl.scan_delta(table, storage_options=options).filter(own & named)
        gone = scan.group_by(SOURCE_VERSION).len().sort(SOURCE_VERSION).collect(engine="streaming")
        said = change.with_note(source_version=", ".join(gone[SOURCE_VERSION]))
        scope = Scope.of(table, key, (), options)
        return _say(scope, lambda here, _: here.filter(own & ~named), _NOTHING_NEW, said, gone=int(gone["len"].sum()))

    return until_won(attempt, lambda: change.stands(uri, options), f"{uri}: withdrawing {key}")


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


def versions_of(uri: str, key: str, storage_options: Mapping[str, str] | None = None) -> dict[str, datetime]:
    """Versions of one object that the table has rows of, with the times they were uploaded; none without a table."""
    options = dict(storage_options) if storage_options is not None else options_for(uri)
    table = _open(uri, options)
    if table is None:
        return {}
    own = pl.scan_delta(table, storage_options=options).filter(pl.col(SOURCE_KEY) == key)
    return dict(own.select(SOURCE_VERSION, SOURCE_TIME).unique().collect().iter_rows())


def version(uri: str, storage_options: Mapping[str, str] | None = None) -> int | None:
    """Newest version of the table, None where there is none."""
    options = dict(storage_options) if storage_options is not None else options_for(uri)
    table = _open(uri, options)
    return None if table is None else int(table.version())


def _open(uri: str, options: dict[str, str]) -> DeltaTable | None:
    try:
        return DeltaTable(uri, storage_options=options)
    except TableNotFoundError:
        return None


@dataclass
class _Merging:
    """One object version on its way into a table.

    Every commit stands on exactly the version that was looked at: when another writer was quicker, all is looked
    at once more. So no two writers can both add a claim that each must judge by the other's.
    """

    uri: str
    rows: pl.DataFrame
    source: Upload
    options: dict[str, str]
    change: Change
    look: Callable[[], None]
    files: list[AddAction] = field(default_factory=list)
    """Claims as data files, once they were written: no attempt changes them."""

    def attempt(self) -> Merged:
        table = _open(self.uri, self.options)
        if table is None:
            self.look()
            self._create()
            return Merged(0, Effect(added=self.rows.height))
        scope = Scope.of(table, self.source.key, (self.rows[DATE].min(), self.rows[DATE].max()), self.options)
        self.look()
        if self._overtaken(table):
            return Merged(int(table.version()), Effect())  # the table knows a newer version of this object
        if not scope.rows and self.rows.height and self._fits(table):
            done = Effect(added=self.rows.height)
            datafiles.append(table, self._written(), self.change.commit(done))
            return Merged(int(table.version()) + 1, done)
        return _say(scope, self._claims, self.rows.group_by(DATE).len(), self.change)

    def _overtaken(self, table: DeltaTable) -> bool:
        newer = (pl.col(SOURCE_KEY) == self.source.key) & (pl.col(SOURCE_TIME) > time_of(self.source))
        scan = pl.scan_delta(table, storage_options=self.options).filter(newer)
        return scan.select(SOURCE_KEY).limit(1).collect().height > 0

    def _claims(self, here: pl.DataFrame, days: Days | None) -> pl.DataFrame:
        del here
        rows = self.rows if days is None else self.rows.filter(pl.col(DATE).is_between(*days))
        return claims_of(plain(rows), self.source)

    def _create(self) -> None:
        schema, files = datafiles.schema_of(self.rows, self.source), self._written()
        commit = self.change.commit(Effect(added=self.rows.height))
        try:
            datafiles.create(self.uri, schema, files, configuration=KEEPS_ITS_LOG, options=self.options, commit=commit)
        except CommitFailedError:
            raise
        except (DeltaError, FileExistsError) as error:
            if "exist" in str(error).lower():
                raise LostCreationError(self.uri) from error
            raise

    def _fits(self, table: DeltaTable) -> bool:
        """Has the table all columns of the rows, of their types?"""
        mine = {each.name: each.type for each in datafiles.schema_of(self.rows, self.source).fields}
        theirs = {each.name: each.type for each in table.schema().fields}
        return mine.items() <= theirs.items()

    def _written(self) -> list[AddAction]:
        self.files = self.files or datafiles.write(self.uri, self.rows, self.source, self.options)
        return self.files


def _say(
    scope: Scope,
    saying: Callable[[pl.DataFrame, Days | None], pl.DataFrame],
    new: pl.DataFrame,
    change: Change,
    *,
    gone: int = 0,
) -> Merged:
    """Make what ``saying`` tells all that one object says; ``gone`` of its claims go by that."""
    if scope.rows + new["len"].sum() > slices.ROWS_AT_ONCE:
        said = slices.say(scope, saying, new, change, gone=gone)
        if said is not None:
            return said
    table, here = scope.table, scope.claims()
    claims, here, retyped = same_types(saying(here, None), here)
    changes = changes_of(claims, here, change.note["source_key"])
    if not changes.height:
        return Merged(int(table.version()), Effect())
    done = effect(changes, here)
    commit = change.commit(done, gone)
    if retyped:
        return Merged(_rewrite(table, changes, scope.options, commit), done, gone)
    _commit_merge(table, changes, commit)
    return Merged(int(table.version()), done, gone)


def _commit_merge(table: DeltaTable, changes: pl.DataFrame, commit: CommitProperties) -> None:
    first, last = str(changes["date"].min()), str(changes["date"].max())
    same = " AND ".join(f"t.{name} = s.{name}" for name in CLAIM)
    merger = table.merge(
        changes,
        predicate=f"t.date >= '{first}' AND t.date <= '{last}' AND {same}",
        source_alias="s",
        target_alias="t",
        merge_schema=True,
        commit_properties=commit,
    )
    columns = {name: f"s.`{name}`" for name in changes.columns if name != DELETE}
    merger = merger.when_matched_delete(predicate="s._delete = true")
    merger = merger.when_matched_update(updates=columns)
    merger.when_not_matched_insert(updates=columns, predicate="s._delete = false").execute()


def _rewrite(table: DeltaTable, changes: pl.DataFrame, options: dict[str, str], commit: CommitProperties) -> int:
    """A column changes its type: write the whole table anew, in one version."""
    whole = pl.scan_delta(table, storage_options=options).collect()
    _, whole, _ = same_types(changes.drop(DELETE), whole)
    kept = whole.join(changes, on=CLAIM, how="anti")
    fresh = changes.filter(~pl.col(DELETE)).drop(DELETE)
    after = pl.concat([kept, fresh], how="diagonal_relaxed")
    before = int(table.version())
    write_deltalake(
        table,
        sort_by_key(after),
        mode="overwrite",
        schema_mode="overwrite",
        storage_options=options,
        commit_properties=commit,
    )
    return max(int(table.version()), before + 1)
