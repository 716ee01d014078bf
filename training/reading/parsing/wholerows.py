"""Rows of a long table that are the sum of other rows of their day, under whatever name: both would count."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from core.contracts.sales import DATE, ITEM, STORE, UNITS
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, Ledger
from training.reading.parsing.partsums import is_proof, sums_of_some
from training.reading.shapes.meaning import LONG, Meaning
from training.reading.totals import looks_total

_DIMENSIONS: Final = ((STORE, ITEM, words.STORE), (ITEM, STORE, words.ITEM))
_FEWEST: Final = 3
"""Names of which one is the sum of two."""
_HALF: Final = (0.45, 0.55)
"""A sum of all others is half of all, where it is on nearly all days."""
_NEARLY_ALL: Final = 0.95
_MOSTLY: Final = 0.5
_LIKELY: Final = 0.25
_SHOWN: Final = 3
_MANY_ROWS: Final = 500_000
_ENOUGH_DAYS: Final = 100
_CLOSE: Final = 1e-6


@dataclass(frozen=True)
class WholeRows:
    """Rows that are left out.

    Attributes:
        column: ``STORE`` or ``ITEM``, which names them.
        name: what they are called there.
        sentence: what the verdict says of them.
    """

    column: str
    name: str
    sentence: str

    @property
    def rows(self) -> pl.Expr:
        """Which rows they are."""
        return pl.col(self.column).cast(pl.String) == self.name


def whole_rows(table: pl.DataFrame, meanings: list[Meaning]) -> list[WholeRows]:
    """Stores and items of long tables whose rows sum up others of their day; ``table`` has one row for each key.

    Raises:
        FileRefusedError: rows of one name are such sums on many days, and not on others.
    """
    if any(meaning.shape != LONG for meaning in meanings) or UNITS not in table.columns or table.height < _FEWEST:
        return []
    looked_at = _some_days(table)
    sums = looked_at.group_by(STORE, ITEM).agg(pl.col(UNITS).cast(pl.Float64).sum())
    found: list[WholeRows] = []
    for own, other, role in _DIMENSIONS:
        index = meanings[0].index(role)
        if index is None:
            continue
        halves = [name for name in _near_half(sums, own) if _is_likely(looked_at, own, other, name)]
        wholes = {name: told for name in halves if (told := _borne_out(table, own, other, name))}
        some = sums_of_some(looked_at, own, other)
        wholes |= {
            name: told
            for name, parts in some
            if name not in wholes and (told := _borne_out(table, own, other, name, parts))
        }
        column = meanings[0].table.header[index]
        if role not in meanings[0].roles.configured:
            _check_wider(looked_at, own, other, wholes, f"reading.columns.{role} = {column!r}")
        found += [
            WholeRows(own, name, f"rows of {name!r} in {column!r} were left out as totals: {told}")
            for name, told in wholes.items()
        ]
    return found


def _check_wider(looked_at: pl.DataFrame, own: str, other: str, wholes: Iterable[str], entry: str) -> None:
    """Raise where rows of a name that calls itself a total are never less than all others of their day together.

    ``Total US`` beside some of its retailers is the sum of none of them, and contains them.
    """
    names = looked_at[own].unique().cast(pl.String).sort()
    called = [name for name in names if looks_total(name)]
    for name in (name for name in called if name not in wholes):
        cases = _cases(looked_at, own, other, name, None).filter((pl.col("several") > 1) & (pl.col("whole") != 0))
        if cases.height >= _FEWEST and bool((cases["whole"] >= cases["parts"]).all()):
            line = cases.sort(DATE, LINE)[LINE][0]
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"Rows of {name!r} (line {line}) may be totals: on each day they are at least all others together, so "
                f"what these sold would count twice; leave them out, or set {entry} to count every name on its own.",
            )


def tell(found: Iterable[WholeRows], lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """The lines without such rows, which are counted as totals."""
    for whole in found:
        hit = lines.select(whole.rows.alias("hit"))["hit"]
        ledger.leave_out(Reason.TOTAL_ROW, lines[LINE].filter(hit), whole.sentence)
        lines = lines.filter(~hit)
    return lines


def _some_days(table: pl.DataFrame) -> pl.DataFrame:
    """Rows of enough days to find what may be a sum; all rows then have to bear it out."""
    if table.height <= _MANY_ROWS:
        return table
    dates = table[DATE]
    days = dates.unique().sort()
    every = max(1, min(table.height // _MANY_ROWS, len(days) // _ENOUGH_DAYS))
    if every == 1:
        return table
    some = dates.is_in(days.gather_every(every).implode())
    # Column by column: together they would first be cut alike, which copies those of blocks whole.
    return pl.DataFrame([table[name].filter(some) for name in (DATE, STORE, ITEM, UNITS, LINE)])


def _near_half(sums: pl.DataFrame, own: str) -> list[str]:
    each = sums.group_by(own).agg(pl.col(UNITS).sum())
    whole = float(each[UNITS].sum())
    if each.height < _FEWEST or whole <= 0:
        return []
    share = pl.col(UNITS) / whole
    return each.filter(share.is_between(*_HALF))[own].cast(pl.String).sort().to_list()


def _is_likely(looked_at: pl.DataFrame, own: str, other: str, name: str) -> bool:
    """Do the rows of some days speak for it? Only then all are looked at."""
    told = _cases(looked_at, own, other, name, None).filter(pl.col("several") > 1)
    return told.height > 0 and told["hit"].sum() >= _LIKELY * told.height


def _borne_out(table: pl.DataFrame, own: str, other: str, name: str, parts: list[str] | None = None) -> str | None:
    """On how many days the rows of one name are the sum of ``parts``, or of all others; None where they are not.

    Raises:
        FileRefusedError: they are on many days, and not on others.
    """
    cases = _cases(table, own, other, name, parts)
    told = cases.filter((pl.col("whole") != 0) | (pl.col("several") > 1))
    hits = told.filter("hit")
    sums = hits.filter(pl.col("several") > 1)
    if not is_proof(sums["parts"].to_numpy(), sums["largest"].to_numpy()) or hits.height < _MOSTLY * told.height:
        return None
    of = "day" if other == ITEM and table[ITEM].n_unique() == 1 else f"day and {'item' if other == ITEM else 'store'}"
    share = f"{hits.height:,} of {told.height:,} are the sum of {_named(parts)} of the {of}"
    alone = told.filter(pl.col("several") == 0)
    if alone.height or hits.height < _NEARLY_ALL * told.height:
        raise _in_doubt(alone if alone.height else told.filter(~pl.col("hit")), name, share)
    return share


def _named(parts: list[str] | None) -> str:
    if parts is None:
        return "all others"
    more = f" and {len(parts) - _SHOWN} more" if len(parts) > _SHOWN else ""
    return f"{', '.join(map(repr, parts[:_SHOWN]))}{more}"


def _cases(table: pl.DataFrame, own: str, other: str, name: str, parts: list[str] | None) -> pl.DataFrame:
    """For each day and item (or store): the quantity of one name, and what is known of its parts."""
    units, called = pl.col(UNITS).cast(pl.Float64).fill_null(0.0), pl.col(own).cast(pl.String)
    mine = called == name
    others = units.filter(~mine if parts is None else called.is_in(parts))
    cases = table.group_by(DATE, other).agg(
        units.filter(mine).sum().alias("whole"),
        others.sum().alias("parts"),
        others.max().alias("largest"),
        (others != 0).sum().alias("several"),
        pl.col(LINE).filter(mine).min(),
    )
    near = _CLOSE * (1 + pl.col("parts").abs())
    return cases.with_columns(((pl.col("whole") - pl.col("parts")).abs() <= near).alias("hit"))


def _in_doubt(others: pl.DataFrame, name: str, share: str) -> FileRefusedError:
    at = others.sort(DATE, LINE, nulls_last=True).row(0, named=True)
    where = f"line {at[LINE]}, {at[DATE]}" if at[LINE] is not None else f"{at[DATE]}, where it has no row"
    what = "stands without any" if at["several"] == 0 else "is not"
    return FileRefusedError(
        Reason.AMBIGUOUS,
        f"Rows of {name!r} may be totals: {share}, so both would count; one {what} ({where}). Leave them out, or where "
        f"{name!r} is none, upload its rows in a file of their own.",
    )
