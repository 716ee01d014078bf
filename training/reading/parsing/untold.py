"""Rows of one day that only a text of unknown meaning tells apart, where no column is known as the item."""

from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.sales import KEY
from core.contracts.verdict import Reason, Refusal
from training.reading import naming, states
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell, is_cell
from training.reading.shapes.contents import holds_dates, sample_of
from training.reading.shapes.meaning import LONG, TRANSACTIONS, Meaning
from training.reading.shapes.widenames import known_word

_MOSTLY: Final = 0.5
_SURELY_REPEATED: Final = 20
"""Rows beyond which a text that never comes again names each row, and no item."""
_SHOWN: Final = 3
_KEY: Final = list(KEY)


def check_untold(meaning: Meaning, lines: pl.DataFrame, config: Reading, name: str) -> None:
    """Raise where such a text may be the item: lines of several items would be summed, or rows refused, as one.

    Raises:
        FileRefusedError: the sentence names the column and the entries that settle it.
    """
    if meaning.index(words.ITEM) is not None or meaning.target is None or config.duplicates != "reject":
        return
    several = lines.filter(pl.struct(_KEY).is_duplicated()) if meaning.shape in (LONG, TRANSACTIONS) else lines.clear()
    if not several.height:
        return
    if meaning.shape == LONG:
        several = several.unique([column for column in several.columns if is_cell(column)], maintain_order=True)
        several = several.filter(pl.struct(_KEY).is_duplicated())  # one row written twice is one
        if not several.height:
            return
        tolerated = several.height <= config.max_refused_share * lines.height
        texts = [] if tolerated else [index for index in meaning.covariates if _may_be_items(meaning, index)]
        found = [index for index in texts if _groups(several, _KEY, index) == several.height]
    else:
        found = [index for index in texts_of_lines(meaning) if _is_of_lines(meaning, lines, index)]
    if found:
        raise _refused(meaning, several, found, name)


def texts_of_lines(meaning: Meaning) -> list[int]:
    """Columns that may be the item of each line, and are not known to describe how or by whom it was sold."""
    if meaning.index(words.ITEM) is not None:
        return []
    named = [index for index in meaning.covariates if not naming.describes_sale(meaning.table.header[index])]
    return [index for index in named if _may_be_items(meaning, index)]


def _may_be_items(meaning: Meaning, index: int) -> bool:
    """Words in most cells, or keys, under a name that tells nothing of the calendar, people or what is known ahead."""
    header = meaning.table.header[index]
    if index in meaning.roles.renamed or known_word(header) or naming.is_personal(header) or states.is_state(header):
        return False
    column = meaning.table.frame[cell(index)]
    if column.dtype != pl.String or holds_dates(meaning.table, index, strict=True):
        return False
    sample = sample_of(meaning.table, index)
    if naming.is_key(header) and meaning.shape == TRANSACTIONS and sample:
        return True
    worded = [text for text in sample if any(c.isalpha() for c in text)]
    flags = {text.casefold() for text in sample} <= words.TRUE_WORDS | words.FALSE_WORDS | words.MISSING_WORDS
    filled = int((column.str.strip_chars() != "").sum())
    return len(worded) > _MOSTLY * len(sample) and not flags and filled > _MOSTLY * len(column)


def _groups(rows: pl.DataFrame, keys: list[str], index: int) -> int:
    return rows.select(*keys, pl.col(cell(index)).fill_null("").str.strip_chars()).unique().height


def _is_of_lines(meaning: Meaning, lines: pl.DataFrame, index: int) -> bool:
    """Does the text differ between lines of a day, and of an order where orders have several, and come again?"""
    if _groups(lines, _KEY, index) == lines.select(_KEY).unique().height:
        return False
    if lines.height > _SURELY_REPEATED and _groups(lines, [], index) == lines.height:
        return False
    document = meaning.index(words.DOCUMENT)
    if document is None or lines[cell(document)].n_unique() == lines.height:
        return True
    return _groups(lines, [cell(document)], index) > lines[cell(document)].n_unique()


def _refused(meaning: Meaning, several: pl.DataFrame, found: list[int], name: str) -> FileRefusedError:
    header, label = meaning.table.header[found[0]], meaning.table.label(found[0])
    shown = _shown(several, found[0])
    where = ", ".join(f"line {line}: {text!r}" for line, text in shown)
    names = [meaning.table.header[index] for index in found[:_SHOWN]]
    told = ", ".join(repr(text) if text else f"column {index + 1}" for text, index in zip(names, found, strict=False))
    unknown, stores = ("item", "") if words.STORE in meaning.roles else ("item or the store", ", or store_id,")
    named = f"set reading.columns.item_id = '{header}'{stores} if that is what it names"
    cure = f"{named if header else 'write its name into the header'}, or reading.duplicates = 'sum' to add the rows up"
    return FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: no column is known as the {unknown}, and rows of one day differ in {told} ({where}); {cure} as one "
        "item named 'all'.",
        tuple(Refusal(line=line, column=label, value=text, reason=Reason.AMBIGUOUS, cure=cure) for line, text in shown),
    )


def _shown(several: pl.DataFrame, index: int) -> list[tuple[int, str]]:
    """Two rows of one day, with their texts that differ."""
    text = pl.col(cell(index)).fill_null("").str.strip_chars().alias("text")
    rows = several.select(*_KEY, LINE, text).sort(LINE)
    rows = rows.filter(pl.col("text").n_unique().over(_KEY) > 1)
    rows = rows.filter(pl.all_horizontal([pl.col(key) == rows[key][0] for key in _KEY]))
    pair = [rows.row(0, named=True), rows.filter(pl.col("text") != rows["text"][0]).row(0, named=True)]
    return [(row[LINE], row["text"]) for row in pair]
