"""Files of sales and of what is known ahead as frames for the engine, for commands that need no verdict.

Tables in the words of the sales table are taken as they stand, at any size. Every other file is read as an upload
would be: by the same reader, with the same refusals.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.dataset import DatasetConfig
from core.contracts.dataset import Reading as ReadingConfig
from core.contracts.errors import RejectedDataError
from core.contracts.sales import DATE, ITEM, KEY, NO_ID, SERIES, SOURCE, STORE, UNITS
from core.contracts.verdict import Dialect
from core.forecasting.infer import covariates, static_attributes
from core.forecasting.table import as_codes, compact
from training.compact import has_twins
from training.reading import Reading, read_file
from training.reading.vocabulary import fold

_MISSING: Final = ["", "NA", "N/A", "nan", "NaN", "null", "NULL"]
_SNIFFED_ROWS: Final = 10_000
_PARQUET: Final = b"PAR1"


@dataclass(frozen=True)
class Files:
    """What the files hold.

    Attributes:
        sales: date, store_id, item_id, units (Float64) and covariates, in the order of dates.
        future: Keys and covariates known in advance, or None.
        remarks: What reading left out or repaired, a sentence a file.
    """

    sales: pl.DataFrame
    future: pl.DataFrame | None
    remarks: tuple[str, ...] = ()


def read(sales: Path, future: Path | None, config: DatasetConfig) -> Files:
    """Read a sales file, and the one of what is known of the horizon, both in the same way: names must agree.

    Raises:
        RejectedDataError: a file cannot be used.
    """
    files = [sales] if future is None else [sales, future]
    for path in files:
        if not path.is_file():
            raise RejectedDataError(f"{path}: no such file")
    plain = list(_as_they_stand(files, config.reading))
    if len(plain) == len(files):
        told, *ahead = plain
        remarks: tuple[str, ...] = ()
    else:
        (told, *ahead), remarks = _as_uploads(sales, future, config)
    if UNITS not in told.columns:
        raise RejectedDataError(f"{sales}: no quantity is told; a file of sales is needed")
    return Files(compact(told), _asked(future, ahead[0], told) if future and ahead else None, remarks)


def roles(sales: pl.DataFrame, future: pl.DataFrame | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Covariates known in advance (those in both files) and static attributes."""
    static = static_attributes(sales)
    told = () if future is None else covariates(future)
    return tuple(name for name in covariates(sales) if name in told and name not in static), static


def _asked(path: Path, ahead: pl.DataFrame, sales: pl.DataFrame) -> pl.DataFrame:
    """The future file's rows; a target in it is ignored, and what names no series answers for none."""
    for name, word in ((ITEM, "item"), (STORE, "store")):
        if _is_absent(ahead[name]) and sales[name].n_unique() > 1:
            raise RejectedDataError(f"{path}: no {word} column, but the sales have {word}s; add {name}")
    return ahead.drop(UNITS, strict=False)


def _is_absent(ids: pl.Series) -> bool:
    return bool((ids.unique().cast(pl.String) == NO_ID).all())


def _as_they_stand(files: list[Path], reading: ReadingConfig) -> Iterator[pl.DataFrame]:
    """Each file in turn, as long as they are tables that need no reading: our names, ISO days, numbers, keys once."""
    if reading != ReadingConfig():
        return
    for number, path in enumerate(files):
        frame = _plain(path, needed=KEY if number else (*KEY, UNITS))
        if frame is None:
            return
        yield frame


def _plain(path: Path, needed: tuple[str, ...]) -> pl.DataFrame | None:
    raw = _typed(path, needed)
    return None if raw is None else _keyed(raw)


def _keyed(raw: pl.DataFrame) -> pl.DataFrame | None:
    """Days, ids as words and units as numbers, before all else; None where they are none or two rows have one key."""
    days = _days(raw[DATE])
    units = raw[UNITS].cast(pl.Float64, strict=False) if UNITS in raw.columns else None
    if days is None or (units is not None and units.null_count() > raw[UNITS].null_count()):
        return None
    ids = [_trimmed(raw[name]) if name in raw.columns else pl.lit(NO_ID, pl.Categorical).alias(name) for name in SERIES]
    frame = raw.with_columns(days, *ids, *([] if units is None else [units]))
    if any(frame[name].null_count() for name in KEY):
        return None
    first = [*KEY, *([] if units is None else [UNITS])]
    frame = as_codes(frame.select(*first, *(name for name in frame.columns if name not in first and fold(name))))
    return None if has_twins(frame.select(KEY)) else frame


def _typed(path: Path, needed: tuple[str, ...], texts: Collection[str] = KEY) -> pl.DataFrame | None:
    """The table as polars reads it, ``texts`` as they are written; None where it is none or lacks what is needed."""
    with path.open("rb") as stream:
        is_parquet = stream.read(len(_PARQUET)) == _PARQUET
    try:
        if is_parquet:
            scan = pl.scan_parquet(path)
            if not set(needed) <= set(scan.collect_schema()):
                return None
            return scan.with_columns(pl.col(pl.String).cast(pl.Categorical)).collect(engine="streaming")
        header = pl.read_csv(path, n_rows=0).columns
        return _csv(path, [name for name in header if name in texts]) if set(needed) <= set(header) else None
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        return None  # the reader of uploads says what is wrong with it


def _csv(path: Path, texts: list[str]) -> pl.DataFrame:
    kinds = dict.fromkeys(texts, pl.String)
    for rows in (_SNIFFED_ROWS, None):
        try:
            return pl.read_csv(path, schema_overrides=kinds, null_values=_MISSING, infer_schema_length=rows)
        except pl.exceptions.ComputeError:
            if rows is None:
                raise
    raise AssertionError("unreachable: the second reading returns or raises")


def _trimmed(ids: pl.Series) -> pl.Series:
    """Ids as words without space around them, each held once."""
    if isinstance(ids.dtype, pl.Categorical):
        words = ids.unique().cast(pl.String)
        if words.equals(words.str.strip_chars()):
            return ids
    return ids.cast(pl.String).str.strip_chars().cast(pl.Categorical)


def _days(column: pl.Series) -> pl.Series | None:
    if column.dtype == pl.Date:
        return column
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.date()
    words = column.cast(pl.String).str.strip_chars()
    found = words.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return None if found.is_null().any() else found


def _as_uploads(sales: Path, future: Path | None, config: DatasetConfig) -> tuple[list[pl.DataFrame], tuple[str, ...]]:
    sold = read_file(sales, config=config)
    frames, remarks = [_table(sales, sold)], [*_remarks(sales, sold)]
    if future is not None:
        ahead = read_file(future, config=config)
        alike = None if ahead.table is not None else _in_words_of(frames[0], sold.verdict.dialect, future)
        frames.append(_table(future, ahead) if alike is None else alike)
        remarks += _remarks(future, ahead) if alike is None else []
    return frames, tuple(remarks)


def _table(path: Path, reading: Reading) -> pl.DataFrame:
    if reading.table is None:
        raise RejectedDataError(f"{path}: {reading.verdict.sentence}")
    return as_codes(reading.table.drop(SOURCE, strict=False))


def _remarks(path: Path, reading: Reading) -> list[str]:
    return [f"{path}: {reading.verdict.sentence}"] if reading.quarantine or reading.verdict.notes else []


def _in_words_of(sales: pl.DataFrame, sold: Dialect | None, path: Path) -> pl.DataFrame | None:
    """A future in columns of its sales: keys alone, or a target not yet known beside them.

    As an upload either would say nothing, so the reader of uploads takes neither. None where a column that the sales
    have too holds something else here.
    """
    named = {} if sold is None else {theirs: ours for ours, theirs in sold.columns.items()}
    days = tuple(theirs for theirs, ours in named.items() if ours == DATE) or (DATE,)
    raw = _typed(path, days, {theirs for theirs, ours in named.items() if ours in KEY} | set(KEY))
    if raw is None:
        return None
    ours = {fold(name): name for name in covariates(sales)}
    named |= {name: ours[fold(name)] for name in raw.columns if name not in named and fold(name) in ours}
    told = raw.select(name for name in raw.columns if named.get(name, name) in sales.columns).rename(
        named, strict=False
    )
    told = told.drop(UNITS, strict=False)
    if any(_is_text(told[name]) != _is_text(sales[name]) for name in told.columns if name not in KEY):
        return None
    return _keyed(told)


def _is_text(column: pl.Series) -> bool:
    return isinstance(column.dtype, pl.String | pl.Categorical)
