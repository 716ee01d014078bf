"""Requests and answers of ``/invocations``: parquet or JSON on the wire, frames inside.

A request is one table: ``date``, ``store_id``, ``item_id``, ``units`` and covariates, and a boolean
``_future`` that is true on the rows to be forecast (their ``units`` are not looked at). As JSON it is
``{"history": [...], "future": [...]}``, or an array of rows with ``_future`` in them.
"""

from io import BytesIO
from typing import Final

import orjson
import polars as pl

from core.contracts.sales import DATE, KEY, SERIES, UNITS
from core.forecasting.groups import GROUPS
from service.problems import ProblemError, quoted

PARQUET: Final = "application/vnd.apache.parquet"
PARQUET_NAMES: Final = (PARQUET, "application/x-parquet", "application/parquet")
JSON: Final = "application/json"
FUTURE: Final = "_future"
COLUMNS: Final = (*KEY, "mean", "p10", "p50", "p90", "tier")
EXPLAINED: Final = (*KEY, "mean", *GROUPS, "tier", "basis")


def read(body: bytes, kind: str) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """History and future of a request; no future where no row is flagged.

    Args:
        body: as sent.
        kind: ``PARQUET`` or ``JSON``.

    Raises:
        ProblemError: 400 not in that format, 422 a column is missing or of a wrong type, by name.
    """
    frame = _canonical(_from_parquet(body) if kind == PARQUET else _from_json(body))
    told = [name for name in frame.columns if name != FUTURE]
    future = frame.filter(frame[FUTURE])[[name for name in told if name != UNITS]]
    history = frame.filter(~frame[FUTURE])[told]
    if not history.height and not future.height:
        raise ProblemError(422, "no_rows", "the request has no rows; send history, and the rows to forecast as _future")
    return history, future if future.height else None


def write(forecasts: pl.DataFrame, kind: str, model_id: str | None, columns: tuple[str, ...] = COLUMNS) -> bytes:
    """Body of an answer: the table as parquet, or as ``{"model_id", "forecasts": [rows]}``."""
    table = forecasts[list(columns)]
    if kind == JSON:
        return orjson.dumps({"model_id": model_id, "forecasts": table.to_dicts()})
    buffer = BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


def _from_parquet(body: bytes) -> pl.DataFrame:
    try:
        return pl.read_parquet(BytesIO(body))
    except pl.exceptions.PolarsError as error:
        raise ProblemError(400, "not_parquet", f"the body is not readable parquet: {error}") from error


def _from_json(body: bytes) -> pl.DataFrame:
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, "not_json", f"the body is not JSON: {error}") from error
    parts: list[tuple[object, bool | None]] = [(sent, None)] if isinstance(sent, list) else []
    if isinstance(sent, dict):
        parts = [(sent.get("history") or [], False), (sent.get("future") or [], True)]
    rows: list[dict[str, object]] = []
    for part, flag in parts:
        if not isinstance(part, list) or not all(isinstance(row, dict) for row in part):
            raise ProblemError(422, "not_rows", 'send {"history": [rows], "future": [rows]}; a row is an object')
        rows += part if flag is None else [{**row, FUTURE: flag} for row in part]
    if not rows:
        raise ProblemError(422, "no_rows", 'send {"history": [rows], "future": [rows]}; there is no row in the body')
    try:
        return pl.from_dicts(rows, infer_schema_length=None)
    except (pl.exceptions.PolarsError, TypeError, OverflowError) as error:
        raise ProblemError(422, "mixed_types", f"a column holds values of different types: {error}") from error


def _canonical(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in KEY if name not in frame.columns]
    if missing:
        raise ProblemError(422, "column_missing", f"column {missing[0]} is missing; there are {frame.columns}")
    if FUTURE not in frame.columns:
        frame = frame.with_columns(pl.lit(False).alias(FUTURE))
    if UNITS not in frame.columns:
        frame = frame.with_columns(pl.lit(None, pl.Float64).alias(UNITS))
    kept = [name for name in frame.columns if not name.startswith("_") or name == FUTURE]
    frame = frame[kept].with_columns(_date(frame), *(_id(frame, name) for name in SERIES), _units(frame), _flag(frame))
    for name, dtype in frame.schema.items():
        if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
            raise ProblemError(
                422, "column_type", f"column {name} is {dtype}; a covariate is a number, a flag or a text"
            )
    for name in KEY:
        if frame[name].null_count():
            raise ProblemError(422, "value_missing", f"column {name} has {frame[name].null_count()} empty values")
    return frame


def _date(frame: pl.DataFrame) -> pl.Series:
    column = frame[DATE]
    if column.dtype == pl.String:
        read_as = column.str.to_date("%Y-%m-%d", strict=False)
        bad = column.filter(read_as.is_null() & column.is_not_null())
        if len(bad):
            raise ProblemError(422, "date_unreadable", f"date {quoted(bad[0])} is not a date as 2024-05-31")
        return read_as
    if column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime):
        return column.cast(pl.Date)
    raise ProblemError(422, "column_type", f"column date is {column.dtype}; send dates, or text as 2024-05-31")


def _id(frame: pl.DataFrame, name: str) -> pl.Series:
    column = frame[name]
    if column.dtype == pl.String or column.dtype.is_integer() or isinstance(column.dtype, pl.Categorical | pl.Enum):
        return column.cast(pl.String)
    raise ProblemError(422, "column_type", f"column {name} is {column.dtype}; ids are text")


def _units(frame: pl.DataFrame) -> pl.Series:
    column = frame[UNITS]
    if column.dtype.is_numeric() or column.dtype == pl.Null:
        return column.cast(pl.Float64)
    raise ProblemError(422, "column_type", f"column units is {column.dtype}; units are numbers")


def _flag(frame: pl.DataFrame) -> pl.Series:
    column = frame[FUTURE]
    if column.dtype in (pl.Boolean, pl.Null):
        return column.cast(pl.Boolean).fill_null(False)
    raise ProblemError(422, "column_type", f"column {FUTURE} is {column.dtype}; it is true or false")
