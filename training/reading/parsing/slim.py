"""Rows of wide tables turned without the cells that no value needs, of which each line would repeat all.

A file with a column for units and one for revenue of each of 1,000 days has 1,000 such cells a row, and 1,000 lines of
it. Refused lines get them back.
"""

import polars as pl

from training.reading.ledger import CELLS, LINE, Ledger, cell, is_cell
from training.reading.parsing.fold import ALL, hashed
from training.reading.parsing.rows import spread
from training.reading.shapes.meaning import Meaning


def slim(part: Meaning, rows: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """One line for each number; a further cell stands for the idle ones: it is equal where all of them are."""
    idle = _idle(part)
    if not idle:
        return spread(part, rows, ledger)
    told = hashed(rows.select(idle), 0)[ALL].cast(pl.String)
    return spread(part, rows.with_columns(told.alias(_mark(part))), ledger, without=idle)


def with_idle(part: Meaning, refused: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Refused lines that were ``slim``, with all cells of their rows again."""
    idle = _idle(part)
    if not idle or not refused:
        return refused
    frame = part.table.frame
    values = {cell(index) for index in part.values}
    kept = [name for name in frame.columns if is_cell(name) and name not in values]
    own = [name for name in kept if name not in idle]
    cells = [
        pl.col(name).cast(pl.String).fill_null("") if name in idle else pl.col(CELLS).list.get(own.index(name))
        for name in kept
    ]
    label, units = (pl.col(CELLS).list.get(len(own) + place) for place in (1, 2))  # behind the one for the idle cells
    full = pl.concat_list([*cells, label, units]).alias(CELLS)
    beside = frame.select(LINE, *idle)
    return [
        rows.join(beside, on=LINE, how="left", maintain_order="left").with_columns(full).drop(idle) for rows in refused
    ]


def _idle(part: Meaning) -> list[str]:
    return [cell(index) for index in part.idle]


def _mark(part: Meaning) -> str:
    """Beyond the two cells that each line of a wide table gets."""
    return cell(len(part.table.header) + 2)
