"""Lines that have more or fewer cells than the header: totals, notes, feet, and rows that are refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading.errors import FileRefusedError
from training.reading.ledger import CELLS, LINE, Ledger
from training.reading.lines.delimiter import mark_name
from training.reading.lines.header import MIN_SCORE, header_score
from training.reading.lines.records import FIELDS, split_record
from training.reading.lines.remarks import is_remark
from training.reading.lines.strays import MARKS, divided_otherwise, kinds
from training.reading.totals import looks_total

_MOST_FEET: Final = 5
_BLANK_BETWEEN: Final = 2
_SHOWN: Final = 80
_PAGE: Final = re.compile(
    r"^(?:page|seite|p[aá]gina|pag\.?|sida|side|strona|strana|sivu|sayfa|oldal|страница|стр\.?|第)\s*:?\s*\d+"
    r"(?:\s*(?:of|von|de|di|van|sur|av|af|z|из|/)\s*\d+)?(?:\s*[页頁])?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Ruled:
    """How the lines of a table are divided, into how many cells, below which line."""

    delimiter: str
    width: int
    header_line: int


def account_ragged(
    ragged: pl.DataFrame, frame: pl.DataFrame, layout: Ruled, ledger: Ledger, *, member: str = ""
) -> None:
    """Totals and foot notes are left out; every other row of a wrong width is refused.

    Raises:
        FileRefusedError: one of them is the header of a further table, whose cells another character divides.
    """
    delimiter, width = layout.delimiter, layout.width
    last = frame[LINE].max() if frame.height else 0
    feet = _feet(ragged, frame)
    totals, notes, refused = [], [], []
    for line, fields in ragged.iter_rows():
        _check_header(line, fields, layout)
        filled = [field.strip() for field in fields if field.strip()]
        if any(looks_total(text) for text in filled[:2]):
            totals.append(line)
        elif (
            line in feet
            or _is_trailer(filled, line, layout.header_line, last, frame.height)
            or (len(filled) == 1 and _is_note(filled[0], delimiter, width, below=isinstance(last, int) and line > last))
            or (len(filled) == 1 and is_remark(filled[0]) and not divided_otherwise(filled[0], delimiter, width))
        ):
            notes.append(line)
        else:
            refused.append(line)
    ledger.leave_out(Reason.TOTAL_ROW, pl.Series(totals, dtype=pl.Int64), "rows of totals were left out")
    ledger.leave_out(Reason.PREAMBLE, pl.Series(notes, dtype=pl.Int64), "notes below or in the table were left out")
    rows = ragged.filter(pl.col(LINE).is_in(refused)).rename({FIELDS: CELLS})
    told = pl.Series([_told(fields, layout) for fields in rows[CELLS].to_list()], dtype=pl.String)
    ledger.refuse(rows, Reason.RAGGED_ROW, member or None, pl.lit(told))


def _told(fields: Sequence[str], layout: Ruled) -> str:
    """How many cells a row has, and which other character divides it into as many as it should have."""
    told, mark = f"{len(fields)} fields where the header has {layout.width}", None
    if len(fields) < layout.width:
        raw, others = layout.delimiter.join(fields), (mark for mark in MARKS if mark != layout.delimiter)
        mark = next((mark for mark in others if len(split_record(raw, mark)) == layout.width), None)
    return told if mark is None else f"{told}; divided by {mark_name(mark)} it has as many"


def _check_header(line: int, fields: Sequence[str], layout: Ruled) -> None:
    """Raise where a line names columns under another delimiter, as where two files were put together."""
    raw = layout.delimiter.join(fields)
    if len(fields) >= layout.width or any(c.isdigit() for c in raw):
        return
    for mark in MARKS:
        if mark != layout.delimiter and header_score(split_record(raw, mark)) > MIN_SCORE:
            raise FileRefusedError(
                Reason.NOT_A_TABLE,
                f"Line {line} ({raw.strip()[:_SHOWN]!r}) names columns divided by {mark_name(mark)}, and the header on "
                f"line {layout.header_line} is divided by {mark_name(layout.delimiter)}: two files stand in one. "
                "Upload each by itself, or write both with one delimiter.",
            )


def _feet(ragged: pl.DataFrame, frame: pl.DataFrame) -> set[int]:
    """The few ragged lines that end the file below a blank line, no cell of which is where a row has the like."""
    if not frame.height:
        return set()
    last = int(frame[LINE][-1])
    below = ragged.filter(pl.col(LINE) > last)
    if not 0 < below.height <= _MOST_FEET or int(below[LINE][0]) < last + _BLANK_BETWEEN:
        return set()
    row = kinds([text or "" for text in frame.row(-1)[1:]])
    found = {int(line): kinds(fields) for line, fields in below.iter_rows()}
    sold = {line for line, told in found.items() if row.startswith(told) or ("n" in told and told.count("d") == 1)}
    return {line for line, told in found.items() if len(told) > 1 and "t" in told} - sold


def _is_trailer(filled: list[str], line: int, header_line: int, last: object, rows: int) -> bool:
    """``TRL|28|406``, ``86,records downloaded`` below all rows: a word, and how many rows or lines stand above."""
    counts = {str(line - header_line - 1), str(line - 1), str(line), str(rows)}
    below = isinstance(last, int) and line > last
    if len(filled) == 2 and not any(c.isdigit() for c in filled[1]):  # noqa: PLR2004
        filled = filled[::-1]
    told = [text.lstrip("0") for text in filled[1:]]
    return below and len(filled) > 1 and all(text.isdigit() for text in filled[1:]) and not counts.isdisjoint(told)


def _is_note(text: str, delimiter: str, width: int, *, below: bool) -> bool:
    """A line of one cell: below all rows, the number of a page, or marked as a comment."""
    marked = text.startswith(("#", "--", "//")) or _PAGE.match(text) is not None
    return (below or marked) and not divided_otherwise(text, delimiter, width)
