"""From a raw table to lines of one shape: one day text, one store, one item, one number each."""

from collections.abc import Collection
from typing import Final

import polars as pl

from core.contracts.sales import NO_ID
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, split_time
from training.reading.dialect.days import CLOCK, DAY_TEXT, day_text
from training.reading.ledger import LINE, Ledger, cell, is_cell
from training.reading.lines.remarks import is_remark
from training.reading.lines.titles import EVERY, says_all
from training.reading.parsing.compact import check_compact
from training.reading.parsing.groups import filled_down
from training.reading.parsing.sums import check_sums
from training.reading.shapes.meaning import (
    LONG,
    PLAN,
    TRANSACTIONS,
    WIDE,
    WIDE_DATES,
    WIDE_ITEMS,
    WIDE_STORES,
    Meaning,
)
from training.reading.totals import is_total, looks_total, totals_of_others

NAME: Final = "_name"
UNITS_TEXT: Final = "_units_text"
STORE_TEXT: Final = "_store_text"
ITEM_TEXT: Final = "_item_text"
_TOLD_AS_TEXT: Final = ('="', "'")
"""How spreadsheets are told that an id is no number: ``="00417"``, ``'00417``."""
_MARKED: Final = r"^\s*\p{L}[^:\d]{3,40}:(?:\s|$)"
"""``Exported by: ...``, which is no day."""


def clean(meaning: Meaning, ledger: Ledger, *, whole: bool = True) -> pl.DataFrame:
    """Add the day text, leave out totals and foot notes, and fill what stands on the first row of a group only.

    Rows that are sums of others are looked for in a ``whole`` table.
    """
    frame = _with_days(meaning)
    frame = _without_totals(meaning, frame, ledger)
    if whole:
        check_compact(meaning, frame)
        check_sums(meaning, frame)
    return filled_down(meaning, _without_notes(meaning, frame, ledger), ledger)


def see_clock(meaning: Meaning, frame: pl.DataFrame) -> None:
    """Sales at different times of one day are transaction lines, or parts of the day in a wide table."""
    time = meaning.index(words.TIME)
    column = cell(time) if time is not None else CLOCK
    if meaning.shape in (TRANSACTIONS, PLAN) or column not in frame.columns:
        return
    if frame[column].drop_nulls().n_unique() > 1:
        meaning.timed = meaning.shape in WIDE
        meaning.shape = TRANSACTIONS if meaning.shape == LONG else meaning.shape


def spread(meaning: Meaning, frame: pl.DataFrame, ledger: Ledger, *, without: Collection[str] = ()) -> pl.DataFrame:
    """One line for each number: wide tables are turned, blank cells of them are no rows.

    ``without`` are columns of a wide table that its lines do not get.
    """
    if meaning.shape in WIDE:
        frame = _turn(meaning, frame, ledger, without)
    texts = {STORE_TEXT: words.STORE, ITEM_TEXT: words.ITEM}
    added = [
        _id_text(frame, index).alias(name) if (index := meaning.index(role)) is not None else pl.lit(NO_ID).alias(name)
        for name, role in texts.items()
        if name not in frame.columns
    ]
    if meaning.shape not in WIDE and meaning.target is not None:
        added.append(pl.col(cell(meaning.target)).alias(UNITS_TEXT))
    return frame.with_columns(added)


def _id_text(frame: pl.DataFrame, index: int) -> pl.Expr:
    column = pl.col(cell(index))
    if frame.schema[cell(index)].is_float():
        whole = (column == column.round(0)).all()
        return (
            pl.when(whole)
            .then(column.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(column.cast(pl.String))
            .fill_null("")
        )
    text = column.cast(pl.String).fill_null("").str.strip_chars()
    told = frame[cell(index)] if frame.schema[cell(index)] == pl.String else None
    if told is None or not any(told.str.contains(mark, literal=True).any() for mark in _TOLD_AS_TEXT):
        return text
    return text.str.replace(r'^="(.*)"$', "$1").str.replace(r"^'(\d+)$", "$1")


def _with_days(meaning: Meaning) -> pl.DataFrame:
    frame = meaning.table.frame
    if meaning.shape == WIDE_DATES:
        return frame
    index = meaning.index(words.DATE)
    if index is not None:
        return day_text(frame, cell(index))
    return frame.with_columns(_composed(meaning).alias(DAY_TEXT), pl.lit(None, dtype=pl.String).alias(CLOCK))


def _composed(meaning: Meaning) -> pl.Expr:
    """A day from the columns year, month and day, or year and week."""
    of = meaning.roles.of

    def part(role: str) -> pl.Expr:
        return pl.col(cell(of[role])).cast(pl.String).fill_null("").str.strip_chars().str.replace(r"\.0$", "")

    year = part(words.YEAR)
    if words.MONTH not in of:
        return year + "-W" + part(words.WEEK).str.extract(r"(\d+)").fill_null("")
    month = part(words.MONTH)
    sep = pl.when(month.str.contains(r"^\d+$")).then(pl.lit("-")).otherwise(pl.lit(" "))
    text = pl.concat_str(year, sep, month)
    return pl.concat_str(text, sep, part(words.DAY)) if words.DAY in of else text


def _undated(frame: pl.DataFrame) -> list[str]:
    return [text for text in frame[DAY_TEXT].unique().to_list() if not readings(split_time(text)[0])]


def _without_totals(meaning: Meaning, frame: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    lines: set[int] = set()
    for role in (words.STORE, words.ITEM, words.TIME):
        index = meaning.index(role)
        if index is not None and frame.schema[cell(index)] == pl.String:
            ids = frame[cell(index)].unique().drop_nulls()
            every = every_of(ids, role) if role != words.TIME else []
            named = [text for text in ids.to_list() if is_total(text.strip())] + (
                every if len(every) < len(ids) else []
            )
            if named:
                lines.update(frame.filter(pl.col(cell(index)).is_in(named))[LINE].to_list())
    if DAY_TEXT in frame.columns and (undated := _undated(frame)):
        rows = frame.filter(pl.col(DAY_TEXT).is_in(undated))
        cells = [name for name in rows.columns if is_cell(name) and rows.schema[name] == pl.String][:6]
        for line, *texts in rows.select(LINE, *cells).iter_rows():
            filled = [text.strip() for text in texts if text and text.strip()]
            if any(looks_total(text) for text in filled[:3]):
                lines.add(line)
    lines.update(_group_totals(meaning, frame))
    if not lines:
        return frame
    total = pl.col(LINE).is_in(list(lines))
    ledger.leave_out(Reason.TOTAL_ROW, frame.filter(total)[LINE], "rows of totals were left out")
    return frame.filter(~total)


def every_of(texts: pl.Series, role: str) -> list[str]:
    """``All Stores``, ``Alle Filialen``: beside others it is their total; ``All`` alone may be a name."""
    return [text for text in texts.filter(texts.str.contains(EVERY)) if " " in text.strip() and says_all(text, role)]


def _group_totals(meaning: Meaning, frame: pl.DataFrame) -> list[int]:
    """Lines of ``S1 Total`` below the rows of ``S1``, which lack a day or an id that rows have."""
    keys = [DAY_TEXT] if DAY_TEXT in frame.columns and meaning.shape != WIDE_DATES else []
    keys += [cell(index) for role in (words.STORE, words.ITEM) if (index := meaning.index(role)) is not None]
    lacking = frame.filter(pl.any_horizontal([_is_empty(key) for key in keys])) if keys else frame.clear()
    values = {cell(index) for index in meaning.values}
    found: set[int] = set()
    for name in frame.columns if lacking.height else ():
        if not is_cell(name) or name in values or frame.schema[name] != pl.String:
            continue
        others = [_is_empty(key) for key in keys if key != name]
        named = totals_of_others(lacking[name], frame[name]) if others else []
        named += [text for text in lacking[name].drop_nulls().unique() if others and is_total(text)]
        if named:
            found.update(lacking.filter(pl.col(name).is_in(named) & pl.any_horizontal(others))[LINE].to_list())
    return sorted(found)


def _is_empty(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("").str.strip_chars() == ""


def _without_notes(meaning: Meaning, frame: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Rows after the last dated one that have no date, and one cell only or ``Printed by: ...``, are foot notes.

    One that names a store or an item, and not in the first column, is a row that lacks the rest. A remark alone in its
    row may stand anywhere.
    """
    if meaning.shape == WIDE_DATES or not frame.height:
        return frame
    unread = _undated(frame)
    if not unread:
        return frame
    undated = pl.col(DAY_TEXT).is_in(unread)
    last = frame.filter(~undated)[LINE].max()
    if last is None:
        return frame
    cells = [name for name in frame.columns if is_cell(name)]
    filled = pl.sum_horizontal(
        [(pl.col(name).cast(pl.String).fill_null("").str.strip_chars() != "").cast(pl.Int32) for name in cells]
    )
    marked = pl.col(DAY_TEXT).str.contains(_MARKED)
    named = {cell(index) for role in (words.STORE, words.ITEM) if (index := meaning.index(role)) is not None} - {
        cells[0]
    }
    of_an_id = pl.any_horizontal([~_is_empty(name) for name in named]) if named else pl.lit(value=False)
    text = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in cells])
    lone = frame.filter(undated & (filled == 1)).select(LINE, text.alias(DAY_TEXT))
    tail = frame.filter((pl.col(LINE) > last) & undated & (((filled <= 1) & ~of_an_id) | marked))[LINE].to_list()
    first = frame.filter(~undated)[LINE].min()  # above all rows it may head them
    within = (entry for entry in lone.iter_rows() if entry[0] > first and entry[0] not in tail)
    remarks = [line for line, said in within if is_remark(said, below=line > last)]
    ledger.leave_out(Reason.PREAMBLE, pl.Series(remarks, dtype=pl.Int64), "remarks among the rows were left out")
    ledger.leave_out(Reason.PREAMBLE, pl.Series(tail, dtype=pl.Int64), "notes below the table were left out")
    return frame.filter(~pl.col(LINE).is_in([*tail, *remarks])) if tail or remarks else frame


def _turn(meaning: Meaning, frame: pl.DataFrame, ledger: Ledger, without: Collection[str]) -> pl.DataFrame:
    """Wide to long. The ledger counts cells from here on; a row without any stays one blank row."""
    values = [cell(index) for index in meaning.values]
    dropped = {*values, *without}
    kept = [name for name in frame.columns if name not in dropped]
    same = pl.String if any(frame.schema[name] == pl.String for name in values) else pl.Float64
    turned = _with_beside(meaning, frame.with_columns(pl.col(values).cast(same)), kept)
    filled = pl.col(UNITS_TEXT).is_not_null()
    if same == pl.String:
        filled &= pl.col(UNITS_TEXT).str.strip_chars() != ""
    turned = turned.filter(filled)
    empty = frame.filter(~pl.col(LINE).is_in(turned[LINE].unique().implode()))
    ledger.leave_out(Reason.BLANK_LINE, empty[LINE], "blank lines were left out")
    ledger.read += turned.height + empty.height - frame.height
    names = {cell(index): meaning.table.header[index].strip() for index in meaning.values}
    label = pl.col(NAME).replace_strict(names, return_dtype=pl.String)
    extra = len(meaning.table.header)
    turned = turned.with_columns(label.alias(NAME)).with_columns(
        pl.col(NAME).alias(cell(extra)), pl.col(UNITS_TEXT).cast(pl.String).alias(cell(extra + 1))
    )
    into = {WIDE_ITEMS: ITEM_TEXT, WIDE_STORES: STORE_TEXT}.get(meaning.shape)
    if into:
        return turned.with_columns(pl.col(NAME).alias(into))
    if meaning.index(words.MONTH) is not None:
        day = pl.concat_str(_composed(meaning), pl.lit("-"), pl.col(NAME))
    elif (year := meaning.index(words.YEAR)) is not None:
        day = pl.concat_str(pl.col(cell(year)).cast(pl.String), pl.lit(" "), pl.col(NAME))
    else:
        day = pl.col(NAME)
    return turned.with_columns(day.alias(DAY_TEXT), pl.lit(None, dtype=pl.String).alias(CLOCK))


def _with_beside(meaning: Meaning, frame: pl.DataFrame, kept: list[str]) -> pl.DataFrame:
    """One row for each value, with what stands beside it in the same row of the file."""
    values = [cell(index) for index in meaning.values]
    if not meaning.beside:
        return frame.unpivot(values, index=kept, variable_name=NAME, value_name=UNITS_TEXT)
    parts = []
    for number, value in enumerate(values):
        filled = {into: of_each[number] for into, of_each in meaning.beside.items()}
        own = [
            pl.col(cell(source)).cast(frame.schema[cell(into)]).alias(cell(into))
            for into, source in filled.items()
            if source is not None
        ]
        rows = frame.with_columns(own).select(*kept, pl.lit(value).alias(NAME), pl.col(value).alias(UNITS_TEXT))
        parts.append(rows)
    return pl.concat(parts)
