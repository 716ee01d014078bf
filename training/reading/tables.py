"""A table as it stands in the file, before anything is understood of it."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class RawTable:
    """Cells under one header.

    ``frame`` has the physical line (Int64) and one column ``_c0``, ``_c1``, ... for each name of
    ``header``; text files give strings, parquet and typed sheets may give dates and numbers.
    """

    member: str
    format: str
    header: tuple[str, ...]
    header_line: int
    frame: pl.DataFrame
    encoding: str | None = None
    delimiter: str | None = None

    def label(self, index: int) -> str:
        """The file's own name of a column, with its archive member."""
        name = self.header[index] or f"column {index + 1}"
        return f"{self.member}: {name}" if self.member else name
