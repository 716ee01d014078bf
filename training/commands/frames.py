"""Long sales files as frames for the engine, for commands that need no verdict.

Canonical names are taken as they are, the file's own words for them are understood, every
further column is a covariate. Ids stay the strings they were written as.
"""

from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.errors import RejectedDataError
from core.contracts.sales import DATE, ITEM, NO_ID, STORE, UNITS
from core.forecasting.infer import covariates, static_attributes
from training.reading.vocabulary import fold, roles_of

_ROLES: Final = {
    DATE: ("date",),
    STORE: ("store_id",),
    ITEM: ("item_id",),
    UNITS: ("units", "sales"),
    "open": ("open",),
}
_BEST_RANKS: Final = 2
_MISSING: Final = ["", "NA", "N/A", "nan", "NaN", "null", "NULL"]
_SNIFFED_ROWS: Final = 10_000


def read_sales(path: Path, reading: Reading) -> pl.DataFrame:
    """Read a sales file.

    Returns:
        date, store_id, item_id, units (Float64) and the file's further columns.

    Raises:
        RejectedDataError: no date or no quantity column, or a value that is neither.
    """
    raw = _read(path, reading)
    frame = raw.rename(_names(raw, path, reading, needed=(DATE, UNITS)))
    units = frame[UNITS].cast(pl.Float64, strict=False)
    lost = units.is_null() & frame[UNITS].is_not_null()
    if lost.any():
        row = int(lost.arg_true()[0])
        raise RejectedDataError(f"{path}: data row {row + 1}: units {frame[UNITS][row]!r} is not a number")
    return _with_keys(frame.with_columns(units.alias(UNITS)), path, reading)


def read_future(path: Path, reading: Reading, sales: pl.DataFrame) -> pl.DataFrame:
    """Read what is known of the horizon: keys and covariates; a target column in it is ignored."""
    raw = _read(path, reading)
    frame = raw.rename(_names(raw, path, reading, needed=(DATE,)))
    if ITEM not in frame.columns and sales[ITEM].n_unique() > 1:
        raise RejectedDataError(f"{path}: no item column, but the sales have items; add item_id")
    if STORE not in frame.columns and sales[STORE].n_unique() > 1:
        raise RejectedDataError(f"{path}: no store column, but the sales have stores; add store_id")
    return _with_keys(frame.drop(UNITS, strict=False), path, reading)


def roles(sales: pl.DataFrame, future: pl.DataFrame | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Covariates known in advance (those in both files) and static attributes."""
    static = static_attributes(sales)
    told = () if future is None else covariates(future)
    return tuple(name for name in covariates(sales) if name in told and name not in static), static


def _read(path: Path, reading: Reading) -> pl.DataFrame:
    if not path.is_file():
        raise RejectedDataError(f"{path}: no such file")
    with path.open("rb") as stream:
        parquet = stream.read(4) == b"PAR1"
    if parquet:
        return pl.scan_parquet(path).with_columns(pl.col(pl.String).cast(pl.Categorical)).collect(engine="streaming")
    separator = reading.delimiter or _separator(path)
    try:
        header = pl.read_csv(path, separator=separator, n_rows=0).columns
        text = {name: pl.String for name in header if _is_id(name, reading)}
        for rows in (_SNIFFED_ROWS, None):
            try:
                return pl.read_csv(
                    path,
                    separator=separator,
                    schema_overrides=text,
                    null_values=_MISSING,
                    infer_schema_length=rows,
                    decimal_comma=reading.decimal == ",",
                    encoding="utf8" if reading.encoding in (None, "utf-8", "utf8") else str(reading.encoding),
                )
            except pl.exceptions.ComputeError:
                if rows is None:
                    raise
    except pl.exceptions.PolarsError as error:
        raise RejectedDataError(f"{path}: not a readable CSV or parquet table: {error}") from error
    raise AssertionError("unreachable: the second reading returns or raises")


def _separator(path: Path) -> str:
    """The delimiter that divides the header most often."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        header = stream.readline()
    return max(",;\t|", key=header.count)


def _is_id(name: str, reading: Reading) -> bool:
    ours = {theirs: our for our, theirs in reading.columns.items()}.get(name, name)
    return ours in (DATE, STORE, ITEM) or any(role in (DATE, STORE, ITEM) for role, _ in roles_of(name))


def _names(frame: pl.DataFrame, path: Path, reading: Reading, needed: tuple[str, ...]) -> dict[str, str]:
    """The file's column -> ours, for the columns that have another name."""
    found = {ours: theirs for ours, theirs in reading.columns.items() if theirs in frame.columns}
    for ours, wanted in _ROLES.items():
        taken = set(found.values())
        if ours in found:
            continue
        if ours in frame.columns:
            found[ours] = ours
            continue
        ranked = [
            (wanted.index(role), rank, place, name)
            for place, name in enumerate(frame.columns)
            if name not in taken and name not in _ROLES
            for role, rank in roles_of(name)
            if role in wanted and rank < _BEST_RANKS
        ]
        if ranked:
            found[ours] = min(ranked)[3]
    missing = [name for name in needed if name not in found]
    if missing:
        raise RejectedDataError(
            f"{path}: no column for {' and '.join(missing)} among {', '.join(frame.columns)}; "
            f'name it in the config: [reading.columns] {missing[0]} = "..."'
        )
    return {theirs: ours for ours, theirs in found.items() if theirs != ours}


def _with_keys(frame: pl.DataFrame, path: Path, reading: Reading) -> pl.DataFrame:
    """Dates as Date, ids as trimmed strings, ``all`` where there is no such column."""
    ids = [
        _trimmed(frame[name]) if name in frame.columns else pl.lit(NO_ID, pl.Categorical).alias(name)
        for name in (STORE, ITEM)
    ]
    frame = frame.with_columns(_dates(frame[DATE], path, reading).alias(DATE), *ids)
    gone = frame.select(pl.any_horizontal(pl.col(DATE, STORE, ITEM).is_null()).alias("gone"))["gone"]
    if gone.any():
        row = int(gone.arg_true()[0])
        raise RejectedDataError(f"{path}: data row {row + 1}: date, store or item is missing or unreadable")
    first = [DATE, STORE, ITEM, *([UNITS] if UNITS in frame.columns else [])]
    return frame.select(*first, *(name for name in frame.columns if name not in first and fold(name)))


def _trimmed(ids: pl.Series) -> pl.Series:
    """Ids as words without space around them, each held once."""
    if isinstance(ids.dtype, pl.Categorical):
        words = ids.unique().cast(pl.String)
        if words.equals(words.str.strip_chars()):
            return ids
    return ids.cast(pl.String).str.strip_chars().cast(pl.Categorical)


def _dates(column: pl.Series, path: Path, reading: Reading) -> pl.Series:
    if column.dtype == pl.Date:
        return column
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.date()
    words = column.cast(pl.String).str.strip_chars()
    formats = [reading.date_format] if reading.date_format else ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y"]
    for pattern in formats:
        text = words.str.slice(0, 10) if pattern == "%Y-%m-%d" else words
        parsed = text.str.to_date(pattern, strict=False)
        if not parsed.is_null().any():
            return parsed
    raise RejectedDataError(
        f"{path}: dates such as {words.drop_nulls()[0] if words.count() else None!r} are not all of one form I know; "
        'name it in the config: [reading] date_format = "%d/%m/%Y"'
    )
