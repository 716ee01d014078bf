"""A change of many claims, judged and written a slice of days at a time: at once it would take many times their memory.

No claim is judged by one of another day, so slices are independent. They are gone through twice: to count what the
change does, which its commit must say, and to write what the days hold after it, in one commit.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from arro3.core import RecordBatch, RecordBatchReader, Table
from deltalake import DeltaTable, write_deltalake

from core.contracts.sales import DATE, SOURCE_KEY
from training.attempts import Change, Merged
from training.claims import CLAIM, DELETE, Effect, changes_of, effect, same_types
from training.order import sort_by_key

ROWS_AT_ONCE: Final = 500_000
"""Claims judged at one time."""

Days = tuple[date, date]
"""First and last of a slice."""


@dataclass(frozen=True)
class Scope:
    """What a change has to look at: the claims of a table on some days.

    Attributes:
        sizes: date and len, of the table's claims there.
    """

    table: DeltaTable
    options: dict[str, str]
    sizes: pl.DataFrame

    @classmethod
    def of(cls, table: DeltaTable, key: str, days: Iterable[Any], options: dict[str, str]) -> "Scope":
        """The days that one object speaks of now or spoke of before."""
        scan = pl.scan_delta(table, storage_options=options)
        own = scan.filter(pl.col(SOURCE_KEY) == key).select(
            pl.col(DATE).min().alias("a"), pl.col(DATE).max().alias("b")
        )
        spoken = [day for day in (*own.collect().row(0), *days) if day is not None]
        if not spoken:
            return cls(table, options, pl.DataFrame(schema={DATE: pl.Date, "len": pl.UInt32}))
        there = scan.filter(pl.col(DATE).is_between(min(spoken), max(spoken)))
        return cls(table, options, there.group_by(DATE).len().sort(DATE).collect(engine="streaming"))

    @property
    def rows(self) -> int:
        """Claims of the table."""
        return int(self.sizes["len"].sum())

    def claims(self, days: Days | None = None) -> pl.DataFrame:
        """Those of a slice, or of all days."""
        scan = pl.scan_delta(self.table, storage_options=self.options)
        if not self.rows:
            return scan.limit(0).collect()
        first, last = days or (self.sizes[DATE][0], self.sizes[DATE][-1])
        return scan.filter(pl.col(DATE).is_between(first, last)).collect()

    def slices(self, new: pl.DataFrame) -> list[Days]:
        """Days in their order, as many together as have few claims.

        Args:
            new: date and len, of claims to come.
        """
        sizes = pl.concat([self.sizes, new.cast(self.sizes.schema)]).group_by(DATE).sum().sort(DATE)
        slices: list[Days] = []
        held = ROWS_AT_ONCE
        for day, count in sizes.iter_rows():
            if held + count > ROWS_AT_ONCE:
                slices, held = [*slices, (day, day)], 0
            slices[-1], held = (slices[-1][0], day), held + count
        return slices


Say = Callable[[pl.DataFrame, Days], pl.DataFrame]
"""All that the object says on the days of a slice, by what the table holds there."""


def say(scope: Scope, saying: Say, new: pl.DataFrame, change: Change, *, gone: int = 0) -> Merged | None:
    """Make what ``saying`` tells all that one object says; None where a column must change its type.

    Args:
        scope: of the change.
        saying: the claims.
        new: date and len, of claims to come.
        change: for the commit.
        gone: claims that the object takes back.
    """
    first = date.min
    blank, claims = scope.claims((first, first)), saying(scope.claims((first, first)), (first, first))
    claims, blank, retyped = same_types(claims.clear(), blank.clear())
    if retyped:
        return None
    after = pl.concat([blank, claims], how="diagonal_relaxed")
    key, done, touched = change.note["source_key"], Effect(), []
    for days in scope.slices(new):
        here, changes = _judged(scope, saying, days, key)
        if changes.height:
            done += effect(changes, here)
            touched.append(days)
    if not touched:
        return Merged(int(scope.table.version()), Effect())
    spoken = [days for days in scope.slices(new) if touched[0] <= days <= touched[-1]]
    batches = _after(scope, saying, spoken, key, after)
    write_deltalake(
        scope.table,
        RecordBatchReader.from_batches(Table.from_arrow(after).schema, batches),
        mode="overwrite",
        predicate=f"{DATE} >= '{spoken[0][0]}' AND {DATE} <= '{spoken[-1][1]}'",
        schema_mode="merge" if set(after.columns) > set(blank.columns) else None,
        commit_properties=change.commit(done, gone),
    )
    return Merged(int(scope.table.version()), done, gone)


def _judged(scope: Scope, saying: Say, days: Days, key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a slice holds, and what must change in it."""
    here = scope.claims(days)
    claims, here, _ = same_types(saying(here, days), here)
    return here, changes_of(claims, here, key)


def _after(scope: Scope, saying: Say, slices: list[Days], key: str, blank: pl.DataFrame) -> Iterator[RecordBatch]:
    """Arrow batches of what the slices hold after the change."""
    for days in slices:
        here, changes = _judged(scope, saying, days, key)
        kept = here.join(changes, on=CLAIM, how="anti")
        fresh = changes.filter(~pl.col(DELETE)).drop(DELETE)
        whole = pl.concat([blank, kept, fresh], how="diagonal_relaxed").select(blank.columns)
        yield from Table.from_arrow(sort_by_key(whole).cast(blank.schema)).to_batches()
