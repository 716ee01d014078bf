"""Parquet and xlsx to raw tables."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

import fastexcel
import polars as pl

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading import naming
from training.reading.errors import FileRefusedError
from training.reading.files.containers import Part
from training.reading.ledger import LINE, Ledger, cell
from training.reading.limits import Limits
from training.reading.lines.monthdays import days_of_one_period
from training.reading.lines.records import RAW, UNIT
from training.reading.lines.text import Source, tables_of
from training.reading.tables import RawTable
from training.reading.workbooks.named import are_stores, sums_of_others, tell_stores, with_store
from training.reading.workbooks.workbook import restyled

_FEW: Final = 5
_NESTED: Final = (pl.List, pl.Struct, pl.Array, pl.Object, pl.Binary)


def parquet_tables(part: Part, name: str, limits: Limits, ledger: Ledger) -> list[RawTable]:
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
    if column.dtype == pl.Binary:  # texts of writers that do not mark them as such
        text = _utf8(column)
        if text is not None:
            return text
    if column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime):
        return _in_calendar(column)
    if isinstance(column.dtype, _NESTED):
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)
    if column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.String):
        return column
    return column.cast(pl.String)


def _in_calendar(column: pl.Series) -> pl.Series:
    """The days as they are; as texts where one lies outside the years 1 to 9999, which no library can write."""
    if getattr(column.dtype, "time_unit", None) == "ns":
        return column  # 64 bits reach from 1677 to 2262
    first, last = (pl.Series([edge]).cast(column.dtype).to_physical()[0] for edge in (date.min, date.max))
    count = column.to_physical()
    inside = count.is_between(first, last)
    if inside.all():
        return column
    days = column.to_frame("day").with_columns(count.alias("count"), inside.alias("inside"))
    text = pl.when("inside").then("day").dt.to_string("%Y-%m-%d" if column.dtype == pl.Date else "%Y-%m-%d %H:%M:%S")
    beyond = pl.when(~pl.col("inside")).then(pl.format("{} after 1970", "count"))
    return days.select(pl.coalesce(text, beyond).alias(column.name)).to_series()


def _utf8(column: pl.Series) -> pl.Series | None:
    try:
        return column.cast(pl.String)
    except pl.exceptions.PolarsError:
        return None


def sheet_tables(
    part: Part, name: str, config: Reading, limits: Limits, ledger: Ledger, *, fits: Callable[[RawTable], bool]
) -> list[RawTable]:
    """Tables of a workbook: the configured sheet, or the first with a table that ``fits`` and all of the same columns.

    Raises:
        FileRefusedError: damaged, no such sheet, or no sheet holds a table.
    """
    book = _open(part, name)
    if config.sheet is not None and config.sheet not in book.sheet_names:
        raise FileRefusedError(
            Reason.CONFIG_INVALID,
            f"{name}: reading.sheet = {config.sheet!r}, but the sheets are {', '.join(map(repr, book.sheet_names))}.",
        )
    found: list[tuple[str, list[RawTable], Ledger]] = []
    failed: dict[str, FileRefusedError] = {}
    shown = [config.sheet] if config.sheet else _shown(book)
    for sheet in shown:
        own = Ledger()
        try:
            label, source = f"{name}, sheet {sheet!r}", Source(part.member, part.format, None, UNIT, sheet)
            tables = _sheet(book, sheet, label, source, config=config, limits=limits, ledger=own)
            found.append((sheet, tables, own))
        except FileRefusedError as error:
            failed[sheet] = error
    if not found:
        raise next(iter(failed.values()))
    without = [sheet for sheet, error in failed.items() if error.reason is not Reason.EMPTY]
    hidden = [] if config.sheet else [sheet for sheet in book.sheet_names if sheet not in shown]
    for told, sheets in (("sheets without a table", without), ("hidden sheets", hidden)):
        if sheets:
            names = ", ".join(map(repr, sheets))
            cure = f"; reading.sheet = '{sheets[0]}' reads that one" if told == "hidden sheets" else ""
            ledger.remark(Reason.NOT_A_TABLE, f"{told} were not read: {names}{cure}", count=len(sheets))
    return _of_one_shape(_leading(found, fits), ledger)


def _leading(
    found: list[tuple[str, list[RawTable], Ledger]], fits: Callable[[RawTable], bool]
) -> list[tuple[str, list[RawTable], Ledger]]:
    """The sheets, after one that fits where the first does not, as that of a report's parameters."""
    if len({_names(tables) for _, tables, _ in found}) == 1:
        return found
    fit = next((entry for entry in found if all(map(fits, entry[1]))), found[0])
    return [fit, *(entry for entry in found if entry is not fit)]


def _of_one_shape(found: list[tuple[str, list[RawTable], Ledger]], ledger: Ledger) -> list[RawTable]:
    found = _without_planned(found, ledger)
    first = _names(found[0][1])
    found = _without_sums(found, [sheet for sheet, tables, _ in found if _names(tables) == first], ledger)
    same = [entry for entry in found if _names(entry[1]) == first]
    others = [(sheet, tables) for sheet, tables, _ in found if _names(tables) != first]
    if len(same) > 1:
        told = ", ".join(repr(sheet) for sheet, _, _ in same)
        ledger.remark(
            Reason.SHEETS_JOINED, f"sheets of the same columns were read as one table: {told}", count=len(same)
        )
    if others:
        told = ", ".join(f"{sheet!r} ({_outline(tables)})" for sheet, tables in others[:_FEW])
        told += f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        ledger.remark(
            Reason.NOT_A_TABLE,
            f"sheets with other columns than {same[0][0]!r} were not read: {told}; reading.sheet = '{others[0][0]}' "
            "reads that one alone",
            count=len(others),
        )
    tables: list[RawTable] = []
    for sheet, members, own in same:
        ledger.absorb(own)
        tables += [
            replace(table, member=f"{table.member}/{sheet}".strip("/") if len(same) > 1 else table.member)
            for table in members
        ]
    return _of_stores(tables, [sheet for sheet, _, _ in same], ledger)


def _of_stores(tables: list[RawTable], sheets: list[str], ledger: Ledger) -> list[RawTable]:
    """Tables with the store that the name of their sheet tells, where all names do and no column does."""
    if len(tables) != len(sheets) or not are_stores(sheets, tables[0].header):
        return tables
    tell_stores(tables, sheets, ledger)
    return [with_store(table, sheet) for table, sheet in zip(tables, sheets, strict=True)]


def _without_sums(
    found: list[tuple[str, list[RawTable], Ledger]], same: list[str], ledger: Ledger
) -> list[tuple[str, list[RawTable], Ledger]]:
    """The sheets but those of the same columns that are called the total of the others."""
    sums = sums_of_others(same)
    if not sums:
        return found
    told = ", ".join(map(repr, sums))
    ledger.remark(
        Reason.NOT_A_TABLE,
        f"sheets of totals, by their names, were not read: {told}; reading.sheet = '{sums[0]}' reads that one alone",
        count=len(sums),
    )
    return [entry for entry in found if entry[0] not in sums]


def _without_planned(
    found: list[tuple[str, list[RawTable], Ledger]], ledger: Ledger
) -> list[tuple[str, list[RawTable], Ledger]]:
    """The sheets but those of what was planned by their names, where others are none of these."""
    planned = [sheet for sheet, _, _ in found if naming.is_planned(sheet)]
    if not planned or len(planned) == len(found):
        return found
    told = ", ".join(map(repr, planned))
    ledger.remark(
        Reason.NOT_A_TABLE,
        f"sheets of what was planned, by their names, were not read: {told}; reading.sheet = '{planned[0]}' reads that "
        "one alone",
        count=len(planned),
    )
    return [entry for entry in found if entry[0] not in planned]


def _shown(book: fastexcel.ExcelReader) -> list[str]:
    """Sheets that whoever opens the workbook sees; all of them where none is."""
    hidden = {sheet for sheet in book.sheet_names if _is_hidden(book, sheet)}
    return [sheet for sheet in book.sheet_names if sheet not in hidden] or list(book.sheet_names)


def _is_hidden(book: fastexcel.ExcelReader, sheet: str) -> bool:
    try:
        return book.load_sheet(sheet, header_row=None, n_rows=0).visible != "visible"
    except (fastexcel.FastExcelError, ValueError):
        return False  # what is wrong with it is said where it is read


def _outline(tables: list[RawTable]) -> str:
    """Rows and first columns of a sheet: ``12 rows of Day, Shop, Product, ...``."""
    rows, names = sum(table.frame.height for table in tables), [name for name in tables[0].header if name]
    shown = ", ".join(names[:_FEW]) + (", ..." if len(names) > _FEW else "")
    return f"{rows:,} {'row' if rows == 1 else 'rows'} of {shown}"


def _names(tables: list[RawTable]) -> tuple[str, ...]:
    """Names of the columns; the days of a month, or of a week, are those of any other."""
    days = days_of_one_period(tables[0].header)
    names = (name.casefold() for name in tables[0].header if name and name not in days)
    return tuple(sorted([*names, *([""] if days else [])]))


def _open(part: Part, name: str) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(part.data)
    except (fastexcel.FastExcelError, ValueError, OSError) as error:
        raise FileRefusedError(
            Reason.NOT_A_TABLE,
            f"{name}: the workbook cannot be opened ({_short(error)}); save it again as xlsx or CSV.",
        ) from error


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


def _sheet(
    book: fastexcel.ExcelReader,
    sheet: str,
    label: str,
    source: Source,
    *,
    config: Reading,
    limits: Limits,
    ledger: Ledger,
) -> list[RawTable]:
    try:
        grid = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
        grid = restyled(book, sheet, grid, config.decimal)
    except (fastexcel.FastExcelError, ValueError) as error:
        raise FileRefusedError(Reason.NOT_A_TABLE, f"{label}: cannot be read ({_short(error)}).") from error
    if not grid.height or not grid.width:
        raise FileRefusedError(Reason.EMPTY, f"{label}: the sheet is empty.")
    cells = [pl.col(column).fill_null("").str.replace_all(r"[\r\n\x1f]+", " ") for column in grid.columns]
    lines = grid.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), pl.concat_str(cells, separator=UNIT).alias(RAW)
    )
    return tables_of(lines, source, label, config=config, limits=limits, ledger=ledger)
