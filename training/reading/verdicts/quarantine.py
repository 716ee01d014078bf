"""Refused rows as a CSV that is safe to open: verbatim cells, line numbers, neutralised formulas."""

import csv
import io
from typing import Final

import polars as pl

from training.reading.ledger import CELLS, COLUMN, LINE, REASON

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def quarantine_csv(refused: pl.DataFrame, header: tuple[str, ...]) -> bytes:
    """``line,column,reason`` and the file's own cells of every refused row, in file order."""
    width = max(len(header), int(refused[CELLS].list.len().max() or 0))  # type: ignore[arg-type]
    names = [name or f"column {index + 1}" for index, name in enumerate(header)]
    names += [f"column {index + 1}" for index in range(len(names), width)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["line", "column", "reason", *(neutral(name) for name in names)])
    for line, column, reason, cells in refused.select(LINE, COLUMN, REASON, CELLS).iter_rows():
        writer.writerow([line, neutral(column or ""), reason, *(neutral(cell) for cell in cells)])
    return out.getvalue().encode()
