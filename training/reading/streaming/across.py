"""Wide tables in blocks: what the rows of a part show that only all rows of the file settle."""

from dataclasses import dataclass, field, replace

import polars as pl

from core.contracts.dataset import Reading
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.dialect.digits import plain_texts
from training.reading.ledger import cell
from training.reading.lines.headings import has_lone_cells
from training.reading.parsing import sums
from training.reading.parsing.rows import NAME, UNITS_TEXT
from training.reading.shapes.contents import MOST_STRAYS, SAMPLE
from training.reading.shapes.meaning import WIDE, WIDE_DATES, Meaning
from training.reading.shapes.shape import understand
from training.reading.shapes.wholes import may_be_whole
from training.reading.shapes.widenames import known_word
from training.reading.streaming.blocks import IrregularError
from training.reading.tables import RawTable
from training.reading.totals import HINT

SAMPLED = 2000
"""Cells of a column that are looked at to find what it means; the first block must hold as many."""
_KEYS = (words.DATE, words.STORE, words.ITEM)
_PLAIN = r"^\s*-?\d+(?:\.\d+)?\s*$"


@dataclass
class Across:
    """What rows of a wide table show of the whole.

    Attributes:
        rows: those that are no totals.
        lone: one of them has a single cell, as a heading has.
        totals: one of them may be called a total.
        blank: rows that lack an id, by the column of the id.
        filled: rows that have it.
    """

    rows: int = 0
    lone: bool = False
    totals: bool = False
    blank: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Across") -> None:
        """Pool what further rows show."""
        self.rows += other.rows
        self.lone |= other.lone
        self.totals |= other.totals
        for mine, told in ((self.blank, other.blank), (self.filled, other.filled)):
            for name, count in told.items():
                mine[name] = mine.get(name, 0) + count


def across(part: Meaning, rows: pl.DataFrame) -> Across:
    """What a part of a wide table shows; ``rows`` are those left of it once totals are gone."""
    frame, width = part.table.frame, len(part.table.header)
    beside = {*part.values, *part.idle, *part.beside}
    labels = [cell(index) for index in range(width) if index not in beside]
    named = any(frame[name].unique().str.contains(HINT).any() for name in labels) or _names_total(part)
    nameless = frame.select(pl.all_horizontal([_is_blank(name) for name in labels]).any()).item()
    ids = [cell(index) for role in _KEYS if (index := part.index(role)) is not None]
    blank = {name: int(rows.select(_is_blank(name).sum()).item()) for name in ids}
    return Across(
        rows.height,
        has_lone_cells(frame, width),
        named or bool(nameless),
        blank,
        {name: rows.height - count for name, count in blank.items()},
    )


def _names_total(part: Meaning) -> bool:
    """May a row that lacks an id call itself a total in a cell beside the values?"""
    ids = [cell(index) for role in _KEYS if (index := part.index(role)) is not None]
    if not ids or not part.idle:
        return False
    lacking = part.table.frame.filter(pl.any_horizontal([_is_blank(name) for name in ids]))
    return any(lacking[cell(index)].str.contains(HINT).any() for index in part.idle)


def _is_blank(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.strip_chars() == ""


def check_across(meaning: Meaning, seen: Across) -> None:
    """Raise where all rows together may mean what no part of them shows.

    Raises:
        IrregularError: sums are looked for in a table of its size, a note may stand below it, a heading may be closed
            by its total, a total may be that of an earlier row's name, or days and ids may stand on the first row of
            their group only.
    """
    small = seen.rows * len(meaning.values) <= sums.MOST_CELLS
    noted = seen.lone and meaning.shape != WIDE_DATES
    several = noted or (seen.totals and (seen.lone or any(seen.blank.values())))
    grouped = any(2 * count >= seen.filled[name] for name, count in seen.blank.items() if count)
    if small or several or grouped:
        raise IrregularError


def is_regular_across(meaning: Meaning, table: RawTable, config: Reading, name: str, sampled: int) -> bool:
    """One column a date, item or store, and no column whose role more rows than those of ``table`` could change."""
    if meaning.shape not in WIDE:
        return False
    named = {*meaning.values, *meaning.idle} if meaning.shape == WIDE_DATES or meaning.sided else set()
    labels = [index for index in range(len(table.header)) if index not in named]
    if meaning.shape != WIDE_DATES and _may_be_others(meaning):
        return False
    sure = all(table.frame.height - table.frame[cell(index)].null_count() >= sampled for index in labels)
    roles = [{role for role, _ in words.roles_of(table.header[index])} for index in labels]
    told = any(words.TYPE in found or words.DOCUMENT in found for found in roles)
    if not sure or told or sum(words.UNITS in found for found in roles) > 1:
        return False
    if not any(words.fold(header) == "id" for header in table.header):
        return True
    again = understand(replace(table, frame=pl.concat([table.frame, table.frame])), config, name)  # an id that repeats
    return replace(again, table=meaning.table) == meaning


def _may_be_others(meaning: Meaning) -> bool:
    """May the columns be anything but items or stores, if more rows are seen? A text that varies may be the item."""
    header = meaning.table.header
    texts = [index for index in meaning.covariates if meaning.is_text(index) and not known_word(header[index])]
    untold = meaning.index(words.DATE) is None or (bool(texts) and words.ITEM not in meaning.roles)
    if meaning.sided:
        return untold
    summed = any({words.UNITS, "sales"} & dict(words.roles_of(header[index])).keys() for index in meaning.ignored)
    priced = words.PRICE in meaning.roles or any(map(naming.is_priced, header))
    whole = any(map(may_be_whole, header))  # a row further down may show that it is no sum
    return priced or whole or untold or summed


def thin(meaning: Meaning) -> list[str]:
    """Columns of values of which the first block has too few numbers to tell that they hold no days."""
    header = meaning.table.header
    few = [
        index
        for index in (() if meaning.sided else meaning.values)
        if naming.is_date_name(header[index])
        or words.DATE in dict(words.roles_of(header[index]))
        or _numbers(meaning.table.frame[cell(index)]) <= MOST_STRAYS
    ]
    return list(dict.fromkeys(header[index].strip() for index in few))


def _numbers(column: pl.Series) -> int:
    return int(column.drop_nulls().head(SAMPLE).str.contains(_PLAIN).sum())


def check_thin(lines: pl.DataFrame, names: list[str]) -> None:
    """Raise where such a column has a cell that is no plain number: it may be of another kind.

    Raises:
        IrregularError: the file must be read as a whole.
    """
    texts = lines.filter(pl.col(NAME).is_in(names))[UNITS_TEXT].unique() if names else pl.Series([], dtype=pl.String)
    others = texts.filter(~plain_texts(texts).str.contains(_PLAIN))
    if not words.MISSING_WORDS.issuperset(others.str.strip_chars().str.to_lowercase()):
        raise IrregularError
