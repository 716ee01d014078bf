"""Which character divides the cells: the one under which a header and its rows agree."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from core.contracts.verdict import Reason
from training.reading.dialect.periods import coarse_columns
from training.reading.errors import FileRefusedError
from training.reading.lines.crossed import Cross, cross_at, find_cross
from training.reading.lines.header import MIN_SCORE, find_header, header_score
from training.reading.lines.headerless import header_cure
from training.reading.lines.monthheads import days_under_months, measures_under_days
from training.reading.lines.records import UNIT, leaves_open, split_record

CANDIDATES: Final = (",", ";", "\t", "|")
_RARE: Final = ("^", "~", "\x1f", "\x01", "#", "!", "\xa6", "\xa7", ":", " ")
"""Characters that divide cells in some files, and stand in cells as well: used where the configuration says so."""
_SAMPLE: Final = 300
_FIRST: Final = 20
_MOSTLY: Final = 0.5
_SQL: Final = re.compile(
    r"^\s*(?:INSERT\s+INTO|CREATE\s+TABLE|DROP\s+TABLE|COPY\s+\S+.*\sFROM\s+stdin)\b", re.IGNORECASE
)
_MARKUP: Final = re.compile(r"<[!?a-zA-Z]|[\[{]\s*([\[{\"]|$)")
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "a space"}


@dataclass(frozen=True)
class Layout:
    """Delimiter, where the header stands (index of its physical line) and how many fields rows have.

    ``cross`` are the two lines of names of a header that has two.
    """

    delimiter: str
    header_index: int
    header: tuple[str, ...]
    width: int
    score: int
    agreement: float
    cross: Cross | None = None

    @property
    def delimiter_name(self) -> str:
        """For people."""
        return mark_name(self.delimiter)


def mark_name(mark: str) -> str:
    """A delimiter as people call it: ``semicolon``."""
    return _NAMES.get(mark, repr(mark))


def find_layout(lines: list[str], name: str, wanted: frozenset[str], delimiter: str | None) -> Layout:
    """Judge the first lines of a file under each delimiter.

    Raises:
        FileRefusedError: no line names columns under any delimiter.
    """
    if delimiter is not None and (len(delimiter.encode()) != 1 or delimiter in '"\r\n'):
        raise FileRefusedError(
            Reason.CONFIG_INVALID,
            f"{name}: reading.delimiter = {delimiter!r} is not one plain character; write ',', ';', '|' or '\\t'.",
        )
    sample = lines[:_SAMPLE]
    found = [layout for mark in ([delimiter] if delimiter else CANDIDATES) if (layout := _under(sample, mark, wanted))]
    if not found:
        raise _no_header(lines, name, wanted)
    return max(found, key=lambda layout: (layout.score, layout.agreement, layout.width))


def has_layout(lines: list[str], wanted: frozenset[str]) -> bool:
    """Does a comma, semicolon, tab or pipe divide the lines into columns that one of them names?"""
    return any(_under(lines[:_SAMPLE], mark, wanted) is not None for mark in CANDIDATES)


def _under(sample: list[str], mark: str, wanted: frozenset[str]) -> Layout | None:
    rows, starts = _rows(sample, mark)
    best = find_header(rows, wanted)
    cross = find_cross(rows) if best is None else cross_at(rows, best[0])
    if best is None and cross is None:
        return None
    index, score = best or (0, 1)
    header = [field.strip() for field in rows[index]]
    if cross is not None:
        index, header = cross.last, list(cross.header)
    elif index + 1 < len(rows) and (dated := _of_two_lines(rows[index], rows[index + 1])) is not None:
        index, header = index + 1, dated
    while header and not header[-1]:
        header.pop()
    below = rows[index + 1 :]
    stop = next((i for i, row in enumerate(below) if header_score(row, wanted) > MIN_SCORE), len(below))
    filled = [row for row in below[:stop] if any(field.strip() for field in row)]
    raw = Counter(len(row) for row in filled).most_common(1)
    trim = 0 if raw and raw[0][0] == len(rows[index]) else len(header)
    widths = Counter(max(trim, _length(row)) if trim else len(row) for row in filled)
    common, agreeing = widths.most_common(1)[0] if widths else (len(header), 0)
    if common == len(header) + 1 and _has_row_names(filled, common):
        header.insert(0, "row")
    width = len(header)
    if trim == 0:  # the header has as many fields as its rows: the last ones lack a name, and are there all the same
        width = max(width, common)
    header += [""] * (width - len(header))
    share = agreeing / len(filled) if filled else 0.0
    return Layout(mark, starts[index], tuple(header), width, score, share, cross)


def _of_two_lines(above: list[str], below: list[str]) -> list[str] | None:
    return days_under_months(above, below) or measures_under_days(above, below)


def _length(row: list[str]) -> int:
    """Number of fields without the empty ones at the end."""
    return next((length for length in range(len(row), 0, -1) if row[length - 1].strip()), 0)


def _has_row_names(rows: list[list[str]], width: int) -> bool:
    """R writes row names without a name above them."""
    firsts = [row[0].strip() for row in rows if len(row) == width]
    lasts = [row[-1].strip() for row in rows if len(row) == width]
    return any(lasts) and firsts == [str(number) for number in range(1, len(firsts) + 1)]


def _rows(sample: list[str], mark: str) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    starts: list[int] = []
    index = 0
    while index < len(sample):
        raw, start = sample[index], index
        if '"' in raw and leaves_open(raw, mark):
            for stop in range(index + 1, min(index + 20, len(sample))):
                joined = "\n".join(sample[index : stop + 1])
                if not leaves_open(joined, mark):
                    raw, index = joined, stop
                    break
        rows.append(split_record(raw, mark))
        starts.append(start)
        index += 1
    return rows, starts


def _is_divided(lines: list[str]) -> bool:
    """A comma, semicolon, tab or pipe stands equally often in more than half of several lines."""
    filled = [line for line in lines if line.strip()]
    counts = [Counter(line.count(mark) for line in filled if mark in line).most_common(1) for mark in CANDIDATES]
    return len(filled) > 1 and any(common and 2 * common[0][1] > len(filled) for common in counts)


def _of_another_form(lines: list[str], first: int, shown: str, name: str) -> FileRefusedError | None:
    """Why lines of mark-up, or of statements, are no table."""
    markup = {"<": "XML or HTML", "{": "JSON", "[": "JSON"}.get(shown[0]) if _MARKUP.match(shown) else None
    if markup:
        return FileRefusedError(
            Reason.NOT_A_TABLE, f"{name}: looks like {markup} (line {first}: {shown!r}); export it as CSV."
        )
    statement = next((i for i, line in enumerate(lines, start=1) if _SQL.match(line)), None)
    if statement is None:
        return None
    return FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: looks like SQL (line {statement}: {lines[statement - 1].strip()[:80]!r}); run it in a database and "
        "export the table as CSV.",
    )


def _no_header(lines: list[str], name: str, wanted: frozenset[str]) -> FileRefusedError:
    first, text = next(((i, line) for i, line in enumerate(lines, start=1) if line.strip()), (0, ""))
    if not first:
        return FileRefusedError(Reason.EMPTY, f"{name}: holds nothing but blank lines; upload it again with its rows.")
    shown = text.replace(UNIT, ", ").strip()[:80]  # as a sheet shows its cells
    if refused := _of_another_form(lines[:_SAMPLE], first, shown, name):
        return refused
    marks = () if _is_divided(lines[:_SAMPLE]) else _RARE
    rare = [(layout, mark) for mark in marks if (layout := _under(lines[:_SAMPLE], mark, wanted))]
    rare = [found for found in rare if found[0].score >= MIN_SCORE and found[0].agreement > _MOSTLY]
    if rare:
        layout, mark = max(rare, key=lambda found: (found[0].score, found[0].agreement))
        regular = layout.agreement == 1.0 and all(layout.header)
        cure = f"set reading.delimiter = {mark!r}" if regular else "export it as CSV"
        what = _NAMES.get(mark, repr(mark)) + ("" if regular else ", though not all into the same number of them,")
        return FileRefusedError(
            Reason.NOT_A_TABLE,
            f"{name}: {what} seems to divide its lines into columns (line {layout.header_index + 1}: "
            f"{lines[layout.header_index].strip()[:80]!r}), and it may as well stand in cells; {cure}.",
        )
    if not any(mark in line for mark in (*CANDIDATES, UNIT) for line in lines[:_SAMPLE]):
        return FileRefusedError(
            Reason.NOT_A_TABLE,
            f"{name}: no comma, semicolon, tab or pipe divides its lines into columns (line {first}: {shown!r}); "
            "export it as CSV, or name the character that divides them as reading.delimiter.",
        )
    cut = (split_record(line, mark) for line in lines[:_FIRST] for mark in (*CANDIDATES, UNIT))
    if across := next((told for fields in cut if (told := coarse_columns(fields))), None):
        return FileRefusedError(Reason.COLUMNS_MISSING, f"{name}: {across}")
    return FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: no line names a date and a quantity (line {first}: {shown!r}); "
        f"{header_cure([line for line in lines[:_FIRST] if line.strip()], (*CANDIDATES, UNIT))}.",
    )
