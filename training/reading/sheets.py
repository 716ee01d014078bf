"""Parquet and xlsx to raw tables."""

import io
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading.containers import Part
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, Ledger, cell
from training.reading.limits import Limits
from training.reading.tables import RawTable

_NESTED: Final = (pl.List, pl.Struct, pl.Array, pl.Object, pl.Binary)


def parquet_tables(part: Part, config: Reading, name: str, limits: Limits, ledger: Ledger) -> list[RawTable]:  # noqa: ARG001
    """The one table of a parquet file; rows are numbered from 1.

    Raises:
        FileRefusedError: damaged, or beyond a limit.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(part.data))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileRefusedError(
            Reason.NOT_A_TABLE, f"{name}: the parquet file is damaged ({error}); write it again."
        ) from error
    if frame.height > limits.max_rows:
        raise FileRefusedError(
            Reason.LIMIT_EXCEEDED, f"{name}: {frame.height:,} rows, beyond max_rows; split the file."
        )
    header = tuple(frame.columns)
    cells = [_plain(frame[column]).alias(cell(index)) for index, column in enumerate(header)]
    lines = pl.Series(LINE, range(1, frame.height + 1), dtype=pl.Int64)
    ledger.read += frame.height
    return [RawTable(part.member, part.format, header, 1, pl.DataFrame([lines, *cells]))]


def _plain(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, _NESTED):
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)
    if (
        column.dtype.is_numeric()
        or column.dtype in (pl.Date, pl.Boolean, pl.String)
        or isinstance(column.dtype, pl.Datetime)
    ):
        return column
    return column.cast(pl.String)


def sheet_tables(part: Part, config: Reading, name: str, limits: Limits, ledger: Ledger) -> list[RawTable]:
    raise FileRefusedError(Reason.FORMAT_UNKNOWN, f"{name}: xlsx is not read yet")
