"""A text file to its raw tables: every line is a header, a row, or is accounted for."""

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading.containers import Part
from training.reading.delimiter import Layout, find_layout
from training.reading.encoding import to_utf8
from training.reading.errors import FileRefusedError
from training.reading.header import MIN_SCORE, header_score, is_second_line
from training.reading.headings import TITLES_OUT, headed
from training.reading.ledger import CELLS, LINE, Ledger
from training.reading.limits import Limits
from training.reading.measured import with_days_above
from training.reading.records import FIELDS, RAW, UNIT, join_records, read_lines, split_fields, split_record
from training.reading.strays import divided_otherwise, kinds
from training.reading.tables import RawTable
from training.reading.titles import ROLES, TITLE, check_titles, find_titles, names_none, with_titles
from training.reading.totals import looks_total
from training.reading.vocabulary import DATE, ITEM, STORE
from training.reading.wrapping import unwrapped

_MAX_CANDIDATES: Final = 20_000
_TITLE_LINES: Final = 3
_SHOWN: Final = 20
_MOST_FEET: Final = 5
_BLANK_BETWEEN: Final = 2


@dataclass(frozen=True)
class _Block:
    """One table of a file: its header and the records under it."""

    header: tuple[str, ...]
    header_line: int
    records: pl.DataFrame


def text_tables(part: Part, name: str, config: Reading, limits: Limits, ledger: Ledger) -> list[RawTable]:
    """Raw tables of one text file; blank lines, repeats, totals and ragged rows go to the ledger."""
    decoded = to_utf8(part.data, name, config.encoding)
    if decoded.fallback:
        ledger.remark(Reason.ENCODING_FALLBACK, decoded.fallback)
    lines = unwrapped(read_lines(decoded.data, name, limits))
    source = Source(part.member, part.format, decoded.encoding, config.delimiter)
    return tables_of(lines, source, name, config=config, limits=limits, ledger=ledger)


@dataclass(frozen=True)
class Source:
    """Where lines came from: archive member or sheet, format, encoding, and the delimiter if it is known."""

    member: str
    format: str
    encoding: str | None
    delimiter: str | None


def tables_of(
    lines: pl.DataFrame, source: Source, name: str, *, config: Reading, limits: Limits, ledger: Ledger
) -> list[RawTable]:
    """Raw tables of lines that are divided into cells by one delimiter.

    Raises:
        FileRefusedError: no header, or more columns than the limits allow.
    """
    wanted = frozenset(config.columns.values())
    layout = find_layout(lines[RAW].head(400).to_list(), name, wanted, source.delimiter)
    if layout.width > limits.max_columns:
        raise FileRefusedError(
            Reason.LIMIT_EXCEEDED,
            f"{name}: {layout.width:,} columns, beyond the limit max_columns = {limits.max_columns:,}.",
        )
    layout = _dated(lines, layout)
    if layout.header_index:
        above = lines.head(layout.header_index)
        _check_above(above.select(LINE, RAW), lines[RAW][layout.header_index + 1 :][:20].to_list(), layout, name)
        ledger.remark(Reason.PREAMBLE, "lines above the header were left out", above[LINE], above.height)
    records = join_records(lines.slice(layout.header_index), layout.delimiter, _widths(lines, layout))
    found = {role: titles for role in ROLES if (titles := _titled(lines, records, layout, config, role)).height}
    if not found:
        return [headed(_table(block, layout, source, ledger), ledger) for block in _blocks(records, layout, ledger)]
    for role, titles in found.items():
        check_titles(titles, _headers(records, layout), name)
        told = ", ".join(map(repr, titles[TITLE].unique(maintain_order=True).head(5).to_list()))
        what = {STORE: "store", ITEM: "item", DATE: "day"}[role]
        ledger.remark(Reason.TITLE_READ, f"the {what} of each row is that of the title above it: {told}", titles[LINE])
    below = pl.concat([titles[LINE] for titles in found.values()]).unique().sort()
    below = below.filter(below > records[LINE][0])
    ledger.read += below.len()
    ledger.leave_out(Reason.PREAMBLE, below, TITLES_OUT)
    tables = [
        headed(_table(block, layout, source, ledger), ledger)
        for block in _blocks(records.filter(~pl.col(LINE).is_in(below.implode())), layout, ledger)
    ]
    for titles in found.values():
        tables = [with_titles(table, titles, name) for table in tables]
    return tables


def _dated(lines: pl.DataFrame, layout: Layout) -> Layout:
    """Measures that repeat in the header are told by the days of the line above it."""
    filled = [raw for raw in lines[RAW].head(layout.header_index).to_list() if raw.strip(f" {layout.delimiter}")]
    if not filled:
        return layout
    return replace(layout, header=with_days_above(layout.header, split_record(filled[-1], layout.delimiter)))


def _titled(lines: pl.DataFrame, records: pl.DataFrame, layout: Layout, config: Reading, role: str) -> pl.DataFrame:
    """Titles that say the store or the item of the rows below them, where no column does."""
    above = lines.head(layout.header_index)
    lines = pl.concat([above.select(LINE, RAW), records.slice(1).select(LINE, RAW)])
    if role == DATE:  # a day above the table may be that of the print, and rows may have one of their own
        lines = records.slice(1).select(LINE, RAW)
        own = any("d" in kinds(fields) for raw in lines[RAW].head(_SHOWN) if len(fields := _cells(raw, layout)) > 1)
        lines = lines.clear() if own else lines
    if not names_none(role, layout.header, tuple(config.columns)):
        lines = lines.clear()
    found = find_titles(lines, layout.delimiter, layout.width, role)
    return found.clear() if role == DATE and found[TITLE].n_unique() < 2 else found  # noqa: PLR2004 - one day heads nothing


def _cells(raw: str, layout: Layout) -> list[str]:
    return [field for field in split_record(raw, layout.delimiter) if field.strip()]


def _headers(records: pl.DataFrame, layout: Layout) -> list[int]:
    """Lines of all headers."""
    rest = records.slice(1)
    rest = rest.with_columns((rest[RAW].str.strip_chars(f" {layout.delimiter}") == "").alias("blank"))
    return [int(records[LINE][0]), *(line for line, _ in _further_headers(rest, records.row(0)[1], layout))]


def rows_under(layout: Layout, header: tuple[int, str], lines: pl.DataFrame, ledger: Ledger) -> pl.DataFrame | None:
    """Cells of some further lines of a regular table, whose header is given as line and text.

    None where a line stands in a relation to others that a part of the file does not show:
    a quotation mark left open, a further header.
    """
    odd = lines.select((pl.col(RAW).str.count_matches('"', literal=True) % 2 == 1).any()).item()
    titled = any(
        names_none(role, layout.header, ()) and find_titles(lines, layout.delimiter, layout.width, role).height
        for role in ROLES
    )
    if odd or titled:
        return None
    top = pl.DataFrame({LINE: [header[0]], RAW: [header[1]]}, schema=lines.schema)
    blocks = _blocks(pl.concat([top, lines]), layout, ledger)
    if len(blocks) > 1 or Reason.REPEATED_HEADER in ledger.left_out:
        return None
    frame, ragged = split_fields(blocks[0].records, layout.delimiter, len(layout.header))
    if ragged.height:
        _account_ragged(ragged, frame, layout.delimiter, len(layout.header), ledger)
    return frame


def _widths(lines: pl.DataFrame, layout: Layout) -> frozenset[int]:
    """Numbers of fields that records of this file commonly have."""
    plain = lines.filter(~pl.col(RAW).str.contains('"', literal=True))
    counts = plain[RAW].str.count_matches(layout.delimiter, literal=True).value_counts(name="n")
    common = counts.filter((pl.col("n") * 20 > plain.height) & (pl.col(RAW) > 0))[RAW].to_list()
    return frozenset({layout.width, *(count + 1 for count in common)})


def _blocks(records: pl.DataFrame, layout: Layout, ledger: Ledger) -> list[_Block]:
    """Cut the records at each further header; leave out blank lines and repeats of the header."""
    first = records.row(0)
    # a header that a quoted newline divides was joined by now
    rest = records.slice(1)
    blank = rest[RAW].str.strip_chars(f' \t"{layout.delimiter}\r\x0c\x1a\xa0-=_+|*') == ""
    rest = rest.with_columns(blank.alias("blank"))
    headers = _further_headers(rest, records.row(0)[1], layout)
    repeated = [line for line, fields in headers if fields is None]
    repeated += _second_line(rest, layout, {line for line, _ in headers})
    started = [(line, fields) for line, fields in headers if fields is not None]
    titles = _titles(rest, [line for line, _ in headers], layout)
    ledger.leave_out(Reason.PREAMBLE, titles, "titles above a further header were left out")
    kept = rest.filter(~pl.col("blank"))
    if repeated or titles.len():
        kept = kept.filter(~pl.col(LINE).is_in([*repeated, *titles.to_list()]))
    ledger.read += rest.height - len(started)
    ledger.leave_out(Reason.BLANK_LINE, rest.filter("blank")[LINE], "blank lines were left out")
    ledger.leave_out(
        Reason.REPEATED_HEADER, pl.Series(repeated, dtype=pl.Int64), "lines that repeat the header were left out"
    )
    starts = [(int(first[0]), layout.header), *started]
    stops = [line for line, _ in started] + [1 << 62]
    kept = kept.drop("blank")
    if len(starts) == 1:
        return [_Block(starts[0][1], starts[0][0], kept)]
    return [
        _Block(header, line, kept.filter((pl.col(LINE) > line) & (pl.col(LINE) < stop)))
        for (line, header), stop in zip(starts, stops, strict=True)
    ]


def _check_above(above: pl.DataFrame, below: list[str], layout: Layout, name: str) -> None:
    """Raise where a line above the header is a row: left out as a title it would be lost."""
    rows = {kinds(split_record(raw, layout.delimiter)) for raw in below}
    rows = {found for found in rows if "d" in found and "n" in found}
    for line, raw in above.iter_rows():
        if kinds(split_record(raw, layout.delimiter)) in rows or divided_otherwise(raw, layout.delimiter, layout.width):
            raise FileRefusedError(
                Reason.NOT_A_TABLE,
                f"{name}: line {line} ({raw.strip()[:80]!r}) looks like a row and stands above the header "
                f"(line {layout.header_index + 1}); put the header first, or each table in a file of its own.",
            )


def _titles(rest: pl.DataFrame, headers: list[int], layout: Layout) -> pl.Series:
    """Lines of one cell that stand right above a further header, blank lines apart."""
    delimiter = layout.delimiter
    near = {line - step for line in headers for step in range(1, _TITLE_LINES + 1)}
    above = rest.filter(pl.col(LINE).is_in(list(near)) & ~pl.col("blank"))
    alone = pl.col(RAW).str.strip_chars(f" {delimiter}").str.contains(delimiter, literal=True)
    titles = above.filter(~alone)
    rows = [
        line for line, raw in titles.select(LINE, RAW).iter_rows() if divided_otherwise(raw, delimiter, layout.width)
    ]
    return titles.filter(~pl.col(LINE).is_in(rows))[LINE]


def _second_line(rest: pl.DataFrame, layout: Layout, known: set[int]) -> list[int]:
    """The line right below the header, where it tells types or units."""
    for line, raw in rest.filter(~pl.col("blank")).select(LINE, RAW).head(1).iter_rows():
        if line not in known and is_second_line(layout.header, split_record(raw, layout.delimiter)):
            return [line]
    return []


def _further_headers(rest: pl.DataFrame, header_raw: str, layout: Layout) -> list[tuple[int, tuple[str, ...] | None]]:
    """Lines below the first header that name columns again; None for a repeat of the current one."""
    after_blank = pl.col("blank").shift(1, fill_value=False)
    odd_width = pl.col(RAW).str.count_matches(layout.delimiter, literal=True) != layout.width - 1
    odd_width &= ~pl.col(RAW).str.contains('"', literal=True)
    candidates = rest.filter(
        ~pl.col("blank")
        & pl.col(RAW).str.contains(layout.delimiter, literal=True)
        & (~pl.col(RAW).str.contains(r"\d") | after_blank | odd_width | (pl.col(RAW) == header_raw))
    ).head(_MAX_CANDIDATES)
    current = _names(layout.header)
    known: dict[str, tuple[str, ...] | None] = {}
    found: list[tuple[int, tuple[str, ...] | None]] = []
    for line, raw in candidates.select(LINE, RAW).iter_rows():
        if raw not in known:
            fields = tuple(field.strip() for field in split_record(raw, layout.delimiter))
            known[raw] = fields if _names(fields) == current or header_score(fields) > MIN_SCORE else None
        header = known[raw]
        if header is None:
            continue
        same = _names(header) == current
        found.append((line, None if same else header))
        current = current if same else _names(header)
    return found


def _names(header: tuple[str, ...]) -> tuple[str, ...]:
    names = [name.strip().casefold() for name in header]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _table(block: _Block, layout: Layout, source: Source, ledger: Ledger) -> RawTable:
    header = block.header
    frame, ragged = split_fields(block.records, layout.delimiter, len(header))
    if ragged.height:
        _account_ragged(ragged, frame, layout.delimiter, len(header), ledger, member=source.member)
    delimiter = None if layout.delimiter == UNIT else layout.delimiter
    return RawTable(source.member, source.format, header, block.header_line, frame, source.encoding, delimiter)


def _account_ragged(
    ragged: pl.DataFrame, frame: pl.DataFrame, delimiter: str, width: int, ledger: Ledger, *, member: str = ""
) -> None:
    """Totals and foot notes are left out; every other row of a wrong width is refused."""
    last = frame[LINE].max() if frame.height else 0
    feet = _feet(ragged, frame)
    totals, notes, refused = [], [], []
    for line, fields in ragged.iter_rows():
        filled = [field.strip() for field in fields if field.strip()]
        if any(looks_total(text) for text in filled[:2]):
            totals.append(line)
        elif line in feet or (
            len(filled) == 1 and _is_note(filled[0], delimiter, width, below=isinstance(last, int) and line > last)
        ):
            notes.append(line)
        else:
            refused.append(line)
    ledger.leave_out(Reason.TOTAL_ROW, pl.Series(totals, dtype=pl.Int64), "rows of totals were left out")
    ledger.leave_out(Reason.PREAMBLE, pl.Series(notes, dtype=pl.Int64), "notes below or in the table were left out")
    rows = ragged.filter(pl.col(LINE).is_in(refused)).rename({FIELDS: CELLS})
    count = pl.format("{} fields where the header has " + str(width), pl.col(CELLS).list.len())
    ledger.refuse(rows, Reason.RAGGED_ROW, member or None, count)


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


def _is_note(text: str, delimiter: str, width: int, *, below: bool) -> bool:
    """A line of one cell: below all rows, or marked as a comment."""
    return (below or text.startswith(("#", "--", "//"))) and not divided_otherwise(text, delimiter, width)
