"""Claims, frame to frame: what one object says beside what the table holds, and what must change for it."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from typing import Final, Self

import polars as pl

from core.contracts.sales import KEY, SOURCE, SOURCE_KEY, SOURCE_LINE, SOURCE_TIME, SOURCE_VERSION
from core.contracts.uploads import Upload
from training.order import key_code, sort_by_key

LIVE: Final = "_live"
DELETE: Final = "_delete"
CLAIM: Final = [*KEY, SOURCE_KEY]
_TIME_TYPE: Final = pl.Datetime("us", "UTC")


def claims_of(frame: pl.DataFrame, source: Upload, *, codes: bool = False) -> pl.DataFrame:
    """Canonical rows as claims of one object version, whose name is a code where ``codes`` are asked for."""
    line = pl.col(SOURCE_LINE) if SOURCE_LINE in frame.columns else pl.lit(None)
    text = pl.Categorical() if codes else pl.String()
    return frame.with_columns(
        pl.lit(source.key).cast(text).alias(SOURCE_KEY),
        pl.lit(source.version_id).cast(text).alias(SOURCE_VERSION),
        line.cast(pl.Int64).alias(SOURCE_LINE),
        pl.lit(time_of(source)).cast(_TIME_TYPE).alias(SOURCE_TIME),
        pl.lit(value=True).alias(LIVE),
    )


def time_of(source: Upload) -> datetime:
    """When a version was uploaded, UTC."""
    when = source.uploaded_at
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def same_types(claims: pl.DataFrame, here: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
    """Agree on column types; text wins over number. True when the table's own column must change."""
    retyped = False
    for name in claims.columns:
        mine, theirs = claims.schema[name], here.schema.get(name)
        if theirs is None or mine == theirs or name in CLAIM:
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


def changes_of(claims: pl.DataFrame, here: pl.DataFrame, key: str) -> pl.DataFrame:
    """Claims to write or delete (``_delete``) so that the table says what it should."""
    if _says_already(claims, here, key):
        return claims.clear()
    others = here.filter(pl.col(SOURCE_KEY) != key)
    gone = here.filter(pl.col(SOURCE_KEY) == key).join(claims, on=CLAIM, how="anti")
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
        fresh.with_columns(pl.lit(value=False).alias(DELETE)),
        pl.concat([gone, after.clear()], how="diagonal_relaxed").with_columns(pl.lit(value=True).alias(DELETE)),
    ]
    return pl.concat(marked, how="diagonal_relaxed")


def _says_already(claims: pl.DataFrame, here: pl.DataFrame, key: str) -> bool:
    """The common repeat, told quickly: nobody else speaks of these days, and the rows are the same."""
    if claims.height != here.height or set(claims.columns) != set(here.columns) or (here[SOURCE_KEY] != key).any():
        return False
    return sort_by_key(here.select(claims.columns)).equals(sort_by_key(claims), null_equal=True)


@dataclass(frozen=True)
class Effect:
    """What a merge did to the live rows: how many came, got other values, went."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0

    def __bool__(self) -> bool:
        """True when the live rows say something else than before."""
        return bool(self.added or self.changed or self.withdrawn)

    def __add__(self, other: "Effect") -> "Effect":
        """Of both, on different days."""
        return Effect(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def metadata(self) -> dict[str, str]:
        """As a commit carries it."""
        return {f"rows_{name}": str(count) for name, count in vars(self).items()}

    @classmethod
    def of(cls, metadata: Mapping[str, str]) -> Self:
        """The opposite of ``metadata``, among whatever else a commit says."""
        return cls(**{each.name: int(metadata[f"rows_{each.name}"]) for each in fields(cls)})


def effect(changes: pl.DataFrame, here: pl.DataFrame) -> Effect:
    """Compare the live rows before and after ``changes``, whoever says them."""
    if not here.height:
        return Effect(added=changes.height)
    touched, names = changes.select(KEY).unique(), list(KEY)
    before = here.filter(pl.col(LIVE)).join(touched, on=names, how="semi")
    fresh = changes.filter(~pl.col(DELETE) & pl.col(LIVE))
    stays = before.join(changes, on=CLAIM, how="anti").select(KEY)
    after = pl.concat([fresh.select(KEY), stays])
    values = [name for name in changes.columns if name not in (*SOURCE, LIVE, DELETE)]
    known = pl.concat([before, fresh.clear()], how="diagonal_relaxed").select(values)
    return Effect(
        added=after.join(before, on=names, how="anti").height,
        changed=fresh.join(before, on=names, how="semi").join(known, on=values, how="anti", nulls_equal=True).height,
        withdrawn=before.join(after, on=names, how="anti").height,
    )
