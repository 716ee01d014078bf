"""A block told by its distinct cells: each is judged once, by the rules of rows, and whole columns follow.

A block of regular sales has a thousandth as many distinct cells as rows. A small frame of *samples*, in which
each distinct cell of each column stands once or more, goes through the same functions that rows go through. When all
samples are read without a word, so is every row, and what a row says in a column is what the sample with its
cell says there. When not, the rows themselves are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.sales import DATE, ITEM, OPTIONAL, STORE, UNITS
from training.reading import vocabulary as words
from training.reading.dialect.days import DAY_TEXT
from training.reading.ledger import LINE, cell, is_cell, times
from training.reading.parsing.rows import UNITS_TEXT
from training.reading.shapes.meaning import Meaning

WORTH: Final = 4
"""Samples are made where they are fewer than the rows by this factor."""
_Places = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Coded:
    """Samples of a block, and for each column the sample that has a cell, by the number of the cell."""

    height: int
    line: int
    samples: pl.DataFrame
    cells: pl.DataFrame
    codes: Mapping[str, pl.Series]
    places: Mapping[str, _Places]
    present: Mapping[str, npt.NDArray[np.int64]]

    def column(self, name: str, values: pl.Series) -> pl.Series:
        """What every row says, by what the samples say; ``name`` is the column of cells that it is told by."""
        told = values.gather(pl.Series(self.places[name]))
        if values.dtype == self.cells.schema[name] and not self.cells[name].null_count():
            present = self.present[name]
            if told.null_count() == 0 and np.array_equal(told.to_physical().to_numpy()[present], present):
                return self.cells[name].alias(values.name)  # the cells as they stand
        return told.gather(self.codes[name])


def coded(block: pl.DataFrame, meaning: Meaning) -> Coded | None:
    """Samples of a block of categorical cells with line numbers; None where they would not be few."""
    if not block.height:
        return None
    names = [name for name in block.columns if is_cell(name)]
    codes = {name: _codes(block[name]) for name in names}
    numbers = {
        name: code.to_numpy().astype(np.int64) for name, code in codes.items()
    }  # numpy looks up fastest by these
    firsts = {name: _first(code) for name, code in numbers.items()}
    chosen = np.unique(np.concatenate([first[first < block.height] for first in firsts.values()]))
    if chosen.size * WORTH > block.height:
        return None
    samples = block[chosen].with_columns(pl.col(names).cast(pl.String))
    counted = [_counts(numbers[name], firsts[name], chosen).alias(times(name)) for name in names]
    samples = samples.with_columns(counted)
    derived = {DAY_TEXT: meaning.index(words.DATE), UNITS_TEXT: meaning.target}
    copies = [pl.col(times(cell(index))).alias(times(name)) for name, index in derived.items() if index is not None]
    last = chosen.size - 1  # of cells that do not occur, which no row asks for
    places = {name: np.minimum(np.searchsorted(chosen, firsts[name]), last).astype(np.int32) for name in names}
    present = {name: np.flatnonzero(first < block.height) for name, first in firsts.items()}
    return Coded(block.height, int(block[LINE][0]), samples.with_columns(copies), block, codes, places, present)


def _codes(column: pl.Series) -> pl.Series:
    """Numbers of the distinct cells; a blank is one of them."""
    physical = column.to_physical()
    if column.null_count():
        most = physical.max()
        physical = physical.fill_null((most if isinstance(most, int) else -1) + 1)
    return physical.rechunk()


def _first(codes: npt.NDArray[np.int64]) -> _Places:
    """Row in which each code stands first; beyond the last row for codes that do not occur."""
    first = np.full(int(codes.max()) + 1, codes.size, dtype=np.int32)
    first[codes[::-1]] = np.arange(codes.size - 1, -1, -1, dtype=np.int32)
    return first


def _counts(codes: npt.NDArray[np.int64], first: _Places, chosen: _Places) -> pl.Series:
    """How many rows each sample stands for in one column: those of its cell, told once."""
    counts = np.bincount(codes)
    said = np.zeros(chosen.size, dtype=np.int64)
    present = first < codes.size
    said[np.searchsorted(chosen, first[present])] = counts[present]
    return pl.Series(said)


def sources(meaning: Meaning, named: Mapping[str, str], kept: list[int]) -> dict[str, str | None]:
    """The column of cells that tells each canonical column; None for one that is the same in all rows.

    ``kept`` are the indices of the covariates in ``named``, in its order.
    """
    roles = {DATE: words.DATE, STORE: words.STORE, ITEM: words.ITEM, **{name: name for name in OPTIONAL}}
    found: dict[str, Any] = {name: meaning.index(role) for name, role in roles.items()}
    found[UNITS] = meaning.target
    if found["open"] is None:
        found["open"] = meaning.index(words.CLOSED)
    found |= dict(zip(named, kept, strict=True))
    return {name: None if index is None else cell(index) for name, index in found.items()}


def follows(samples: pl.DataFrame, read: pl.DataFrame, told: Mapping[str, str | None]) -> bool:
    """Is each canonical column told by its one column of cells? Blank quantities hang on other cells."""
    if read.height < samples.height or (UNITS in read.columns and read[UNITS].null_count()):
        return False
    for name in read.columns:
        source = told.get(name)
        if name == LINE or (source is None and read[name].n_unique() == 1):
            continue
        if source is None:
            return False
        pairs = pl.DataFrame({"cell": samples[source], "value": read[name]}).unique()
        if pairs.height > pairs["cell"].n_unique():
            return False
    return True
