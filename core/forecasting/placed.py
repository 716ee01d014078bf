"""Rows of a frame with their place in a panel, told block by block."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.sales import DATE, SERIES, STOCK, UNITS
from core.forecasting.calendar import Calendar
from core.forecasting.encoding import Encoding
from core.forecasting.grid import Floats, Ints

OPEN: Final = "open"
_BLOCK: Final = 2_000_000
"""Rows whose places and codes are held at one time."""
_COLUMN: Final = "_t"


@dataclass(frozen=True)
class Block:
    """Some rows: what they say, and the series and column they say it of."""

    frame: pl.DataFrame
    series: Ints
    column: Ints

    def coded(self, encoding: Encoding) -> Floats | None:
        """Their values of one covariate, NaN where they say nothing; None where there is no such column."""
        if f"={encoding.name}" in self.frame.columns:
            return floats(self.frame[f"={encoding.name}"])
        return floats(encoding.apply(self.frame[encoding.name])) if encoding.name in self.frame.columns else None


@dataclass(frozen=True)
class Placed:
    """Rows of one frame that lie in a panel.

    Attributes:
        frame: ids, date (or column, where rows were made one), units, covariates.
        keys: of all series of the panel.
        first: period of column 0.
    """

    frame: pl.DataFrame
    keys: pl.DataFrame
    calendar: Calendar
    first: int
    _series: list[npt.NDArray[np.int32]] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        """All rows, in their order."""
        for number, start in enumerate(range(0, self.frame.height, _BLOCK)):
            part = self.frame.slice(start, _BLOCK)
            if number == len(self._series):
                self._series.append(self._found(part))
            yield Block(part, self._series[number].astype(np.int64), self._columns(part))

    @property
    def tells_stock(self) -> bool:
        """True where a column of numbers or flags tells the stock; words of that name are something else."""
        kind = self.frame.schema.get(STOCK)
        return kind is not None and (kind.is_numeric() or kind == pl.Boolean)

    def once_each(self, shape: tuple[int, int], encodings: tuple[Encoding, ...]) -> Self:
        """The same with at most one row for a cell: units summed, covariates averaged."""
        seen = np.zeros(shape, dtype=np.bool_)
        for block in self.blocks():
            seen[block.series, block.column] = True
        if int(np.count_nonzero(seen)) == self.frame.height:
            return self
        frame = self.frame
        codes = [e.apply(frame[e.name]).alias(f"={e.name}") for e in encodings if e.name in frame.columns]
        units = [pl.col(UNITS).cast(pl.Float64)] if UNITS in frame.columns else []
        flags = [pl.col(OPEN).cast(pl.Float32, strict=False)] if OPEN in frame.columns else []
        flags += [pl.col(STOCK).cast(pl.Float32)] if self.tells_stock else []
        period = pl.Series(_COLUMN, self._columns(frame))
        rows = frame.select(*SERIES, *units, *flags).with_columns(period, *codes)
        others = [name for name in rows.columns if name not in (*SERIES, _COLUMN, UNITS)]
        summed = [pl.when(pl.col(UNITS).count() > 0).then(pl.col(UNITS).sum()).alias(UNITS)] if units else []
        one = rows.group_by(*SERIES, _COLUMN, maintain_order=True).agg(*summed, pl.col(others).mean())
        return type(self)(one, self.keys, self.calendar, self.first)

    def _found(self, part: pl.DataFrame) -> npt.NDArray[np.int32]:
        found = part.select(SERIES).join(
            self.keys.with_row_index("_s"), on=list(SERIES), how="left", maintain_order="left"
        )
        return found["_s"].to_numpy().astype(np.int32)

    def _columns(self, part: pl.DataFrame) -> Ints:
        if _COLUMN in part.columns:
            return part[_COLUMN].to_numpy().astype(np.int64)
        return self.calendar.index(part[DATE]) - self.first


def floats(column: pl.Series) -> Floats:
    """Float32, NaN for null."""
    return column.cast(pl.Float32).to_numpy()
