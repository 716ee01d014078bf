"""Lines of one cell that head the rows below them, down to the total that names them, as ledgers write their groups."""

from dataclasses import replace
from itertools import pairwise
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, split_time
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, Ledger, cell
from training.reading.lines.records import FIELDS
from training.reading.lines.titles import ROLES, heading
from training.reading.roles import Roles
from training.reading.tables import RawTable
from training.reading.totals import HINT, looks_total, total_of

HEADING: Final = "group heading"
"""Name of the column that headings become; the configuration may give it another meaning."""
TITLES_OUT: Final = "titles above rows were left out"
_SHOWN: Final = 5
_FEWEST: Final = 2
_PLACE: Final = "_place"
_TEXT: Final = "_text"


def headed(table: RawTable, ledger: Ledger) -> RawTable:
    """The table with its headings as a column, where each heading is closed by the total of its name.

    Groups may lie in groups: a row belongs to the innermost. The headings are left out and counted.
    """
    frame = table.frame
    if not _may_have_headings(frame, len(table.header)):
        return table
    marks = _marks(frame, len(table.header))
    spans = _spans(marks) or _sections(frame[LINE], marks)
    if spans is None:
        return table
    lines = [line for line, kind, _ in spans if kind == "head"]
    shown = list(dict.fromkeys(label for _, kind, label in spans if kind == "head" and label))
    state = pl.DataFrame(
        [(line, label) for line, _, label in spans], schema={LINE: pl.Int64, HEADING: pl.String}, orient="row"
    )
    rows = frame.filter(~pl.col(LINE).is_in(lines)).with_columns(pl.col(LINE).set_sorted())
    rows = rows.join_asof(state.sort(LINE), on=LINE, strategy="backward")
    ledger.leave_out(Reason.PREAMBLE, pl.Series(lines, dtype=pl.Int64), TITLES_OUT)
    told = ", ".join(map(repr, shown[:_SHOWN]))
    own = _own_column(table, frame, rows, lines)
    column = HEADING if own is None else table.header[own]
    ledger.remark(
        Reason.TITLE_READ, f"rows are told by the heading above them, as column {column!r}: {told}", state[LINE].head(1)
    )
    if own is not None:
        text = pl.col(cell(own))
        filled = pl.when(text.fill_null("").str.strip_chars() == "").then(HEADING).otherwise(text)
        return replace(table, frame=rows.with_columns(filled.alias(cell(own))).drop(HEADING))
    rows = rows.rename({HEADING: cell(len(table.header))})
    return replace(table, header=(*table.header, HEADING), frame=rows)


def _own_column(table: RawTable, frame: pl.DataFrame, rows: pl.DataFrame, heads: list[int]) -> int | None:
    """The column with a name in which all headings stand, where it is blank on the rows below them but for totals."""
    headings = frame.filter(pl.col(LINE).is_in(heads))
    for index, header in enumerate(table.header):
        name = cell(index)
        filled = rows.filter(pl.col(name).fill_null("").str.strip_chars() != "")[name].unique().to_list()
        if (headings[name].fill_null("").str.strip_chars() != "").any():
            return index if header.strip() and all(map(looks_total, filled)) else None
    return None


def with_lone_heads(frame: pl.DataFrame, ragged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines of one cell alone that totals name, and these totals, as rows that are blank further on."""
    names = [name for name in frame.columns if name != LINE]
    heads = {words.fold(fields[0]) for fields in ragged[FIELDS].to_list() if len(fields) == 1}
    if not heads or not frame.height:
        return frame, ragged
    first = frame[names[0]].fill_null("")
    texts = [*first.filter(first.str.contains(HINT)).unique(), *(fields[0] for fields in ragged[FIELDS].to_list())]
    heads &= {total for text in texts if (total := total_of(text))}
    taken = [
        (line, *fields, *[""] * (len(names) - len(fields)))
        for line, fields in ragged.iter_rows()
        if len(fields) < len(names)
        and (total_of(fields[0]) in heads or (len(fields) == 1 and words.fold(fields[0]) in heads))
    ]
    if not taken:
        return frame, ragged
    rows = pl.DataFrame(taken, schema=frame.schema, orient="row")
    return pl.concat([frame, rows]).sort(LINE), ragged.filter(~pl.col(LINE).is_in(rows[LINE].implode()))


def has_lone_cells(frame: pl.DataFrame, width: int) -> bool:
    """Has a row one cell only, as a heading has?"""
    return _may_have_headings(frame, width) and bool((_marks(frame, width)[_PLACE] == 1).any())


def _may_have_headings(frame: pl.DataFrame, width: int) -> bool:
    """A heading is blank in all columns but one: no two columns are filled on every row."""
    full = 0
    for index in range(width):
        column = frame[cell(index)]
        if column.dtype != pl.String:
            return False
        full += not column.null_count() and not (column.str.strip_chars() == "").any()
        if full > 1:
            return False
    return width > 1 and frame.height > 0


def _marks(frame: pl.DataFrame, width: int) -> pl.DataFrame:
    """Rows of one cell, and rows whose first cell has a word of totals: line, text, how many cells are filled."""
    filled = [pl.col(cell(index)).fill_null("").str.strip_chars() for index in range(width)]
    count = pl.sum_horizontal([(text != "").cast(pl.Int32) for text in filled]).alias(_PLACE)
    first = pl.coalesce([pl.when(text != "").then(text) for text in filled]).alias(_TEXT)
    marks = frame.select(LINE, count, first)
    return marks.filter((pl.col(_PLACE) == 1) | pl.col(_TEXT).str.contains(HINT))


def _spans(marks: pl.DataFrame) -> list[tuple[int, str, str | None]] | None:
    """Where which heading begins to hold: (line, head or close, label); None where one is not closed by its total."""
    totals = {total for text in marks[_TEXT].to_list() if text and (total := total_of(text))}
    open_: list[str] = []
    spans: list[tuple[int, str, str | None]] = []
    for line, count, text in marks.select(LINE, _PLACE, _TEXT).iter_rows():
        closes = total_of(text)
        if closes is not None and closes in map(words.fold, open_):
            while words.fold(open_.pop()) != closes:
                return None  # a group in it is still open
            spans.append((line, "close", _label(open_[-1]) if open_ else None))
        elif count == 1 and words.fold(text) in totals and not readings(split_time(text)[0]):
            open_.append(text)
            spans.append((line, "head", _label(text)))
        elif count == 1 and open_:
            return None  # it may head the rows below it as well
    return spans if spans and not open_ else None


def _sections(lines: pl.Series, marks: pl.DataFrame) -> list[tuple[int, str, str | None]] | None:
    """The same of several headings that no total closes, where the first row is one and rows stand under each."""
    lone = marks.filter(pl.col(_PLACE) == 1)
    heads = {line: text for line, _, text in lone.iter_rows() if not looks_total(text)}
    if len(heads) < _FEWEST or len({*heads.values()}) < len(heads) or any(map(_is_day, heads.values())):
        return None
    told = [line in heads for line in lines.sort()]
    if not told[0] or told[-1] or any(one and then for one, then in pairwise(told)):
        return None
    return [(line, "head", _label(text)) for line, text in heads.items()]


def _is_day(text: str) -> bool:
    return bool(readings(split_time(text)[0]))


def _label(text: str) -> str:
    """``Artikel: 4711`` is called 4711."""
    return next((told[1] for role in ROLES[:2] if (told := heading(text, role))), text)


def check_heading(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where headings may be stores or of another kind: a column names the items, and none the stores."""
    if HEADING not in table.header or (index := table.header.index(HEADING)) not in roles.others:
        return
    if index in roles.renamed or words.STORE in roles or words.CUSTOMER in roles or words.ITEM not in roles:
        return
    line, label = table.frame.select(LINE, cell(index)).row(0)
    item = table.header[roles.of[words.ITEM]]
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: rows stand under headings such as {label!r} (above line {line}) and {item!r} names the items, so "
        f"whether the headings are stores is not told; set reading.columns.store_id = '{HEADING}', or "
        f"reading.columns.group = '{HEADING}' where they are none.",
    )
