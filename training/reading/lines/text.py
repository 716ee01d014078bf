"""A text file to its raw tables: every line is a header, a row, or is accounted for."""

import re
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading.errors import FileRefusedError
from training.reading.files.containers import Part
from training.reading.files.encoding import to_utf8
from training.reading.ledger import LINE, Ledger
from training.reading.limits import Limits
from training.reading.lines.aligned import aligned
from training.reading.lines.closings import closing_day
from training.reading.lines.crossed import split_crossed
from training.reading.lines.cutting import Section, header_lines, sections
from training.reading.lines.decimalyears import with_months
from training.reading.lines.delimiter import Layout, find_layout, has_layout
from training.reading.lines.headings import TITLES_OUT, headed, with_lone_heads
from training.reading.lines.measured import with_days_above
from training.reading.lines.ragged import Ruled, account_ragged
from training.reading.lines.records import RAW, UNIT, join_records, read_lines, split_fields, split_record
from training.reading.lines.strays import divided_otherwise, kinds
from training.reading.lines.titles import ROLES, TITLE, check_titles, find_titles, names_none, with_titles
from training.reading.lines.weeks import by_week, find_weeks
from training.reading.lines.wrapping import unwrapped
from training.reading.lines.years import with_year
from training.reading.tables import RawTable
from training.reading.vocabulary import DATE, ITEM, STORE

_SHOWN: Final = 20
_JUDGED: Final = 400
_MULTIPLE: Final = re.compile(
    r"\ben\s+miles\b|\b(?:in|en|em|i|w)\s+(?:thousands|millions|1[., ']?000s?|tsd\b|tausend|mio\b|millionen|milliers"
    r"|millones|milhares|milh\u00f5es|migliaia|milioni|duizend(?:tallen)?|miljoenen|tusen|tys\b)",
    re.IGNORECASE,
)
"""``Units (in thousands)``, ``Angaben in Tsd.``: in a line above the header."""


def text_tables(part: Part, name: str, config: Reading, limits: Limits, ledger: Ledger) -> list[RawTable]:
    """Raw tables of one text file; blank lines, repeats, totals and ragged rows go to the ledger."""
    decoded = to_utf8(part.data, name, config.encoding)
    if decoded.fallback:
        ledger.remark(Reason.ENCODING_FALLBACK, decoded.fallback)
    lines = unwrapped(read_lines(decoded.data, name, limits))
    source = Source(part.member, part.format, decoded.encoding, config.delimiter)
    wanted = frozenset(config.columns.values())
    plain = config.delimiter is not None or has_layout(lines[RAW].head(_JUDGED).to_list(), wanted)
    if not plain and (cut := aligned(lines, wanted)) is not None:
        lines, source = cut, replace(source, delimiter=UNIT)
        ledger.remark(Reason.ALIGNED, "columns are set apart by spaces, and line up on every line", lines[LINE].head(1))
    return tables_of(lines, source, name, config=config, limits=limits, ledger=ledger)


@dataclass(frozen=True)
class Source:
    """Where lines came from: archive member, format, encoding, the delimiter if it is known, and a sheet's name."""

    member: str
    format: str
    encoding: str | None
    delimiter: str | None
    title: str = ""


def tables_of(
    lines: pl.DataFrame, source: Source, name: str, *, config: Reading, limits: Limits, ledger: Ledger
) -> list[RawTable]:
    """Raw tables of lines that are divided into cells by one delimiter.

    Raises:
        FileRefusedError: no header, or more columns than the limits allow.
    """
    wanted = frozenset(config.columns.values())
    layout = find_layout(lines[RAW].head(_JUDGED).to_list(), name, wanted, source.delimiter)
    if layout.width > limits.max_columns:
        raise FileRefusedError(
            Reason.LIMIT_EXCEEDED,
            f"{name}: {layout.width:,} columns, beyond the limit max_columns = {limits.max_columns:,}.",
        )
    layout = _dated(lines, layout) if layout.cross is None else layout
    if layout.header_index:
        above = lines.head(layout.header_index)
        _check_multiples(above.select(LINE, RAW), name)
        _check_above(above.select(LINE, RAW), lines[RAW][layout.header_index + 1 :][:20].to_list(), layout, name)
        ledger.remark(Reason.PREAMBLE, "lines above the header were left out", above[LINE], above.height)
    names = [text for text in (source.title, source.member, name) if text]
    titles_above = lines[RAW].head(layout.header_index).to_list()
    records = join_records(lines.slice(layout.header_index), layout.delimiter, _widths(lines, layout))
    found = {role: titles for role in ROLES if (titles := _titled(lines, records, layout, config, role)).height}
    weeks = find_weeks(_around(lines, records, layout), layout.delimiter, layout.header, config.date_format, name)
    if weeks.height:
        found[DATE] = weeks
    for role, titles in found.items():
        check_titles(titles, header_lines(records, layout), name)
        told = ", ".join(map(repr, titles[TITLE].unique(maintain_order=True).head(5).to_list()))
        what = {STORE: "store", ITEM: "item", DATE: "first day of the week" if weeks.height else "day"}[role]
        ledger.remark(Reason.TITLE_READ, f"the {what} of each row is that of the title above it: {told}", titles[LINE])
    if found:
        below = pl.concat([titles[LINE] for titles in found.values()]).unique().sort()
        below = below.filter(below > records[LINE][0])
        ledger.read += below.len()
        ledger.leave_out(Reason.PREAMBLE, below, TITLES_OUT)
        records = records.filter(~pl.col(LINE).is_in(below.implode()))
    blocks = sections(records, layout, ledger, titles_above)
    tables = [headed(_table(block, layout, source, ledger), ledger) for block in blocks]
    for role, titles in found.items():
        if role != DATE or not weeks.height:
            tables = [with_titles(table, titles, name) for table in tables]
    if layout.cross is not None and len(tables) == 1:
        return split_crossed(tables[0], layout.cross, config.side_by_side, name, ledger)
    if weeks.height:
        return [table for tables_of_week in tables for table in by_week(tables_of_week, weeks, name)]
    tables = [with_months(table, ledger) for table in tables] if config.date_format is None else tables
    return [with_year(table, titles_above, names, config.date_format, ledger) for table in tables]


def _around(lines: pl.DataFrame, records: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Lines above and below the header."""
    return pl.concat([lines.head(layout.header_index).select(LINE, RAW), records.slice(1).select(LINE, RAW)])


def _dated(lines: pl.DataFrame, layout: Layout) -> Layout:
    """Measures that repeat in the header are told by the days of the line above it."""
    filled = [raw for raw in lines[RAW].head(layout.header_index).to_list() if raw.strip(f" {layout.delimiter}")]
    if not filled:
        return layout
    below = next(
        (kinds(split_record(raw, layout.delimiter)) for raw in lines[RAW][layout.header_index + 1 :] if raw), ""
    )
    above = split_record(filled[-1], layout.delimiter)
    return replace(layout, header=with_days_above(layout.header, above, below))


def _titled(lines: pl.DataFrame, records: pl.DataFrame, layout: Layout, config: Reading, role: str) -> pl.DataFrame:
    """Titles that say the store or the item of the rows below them, where no column does."""
    above = lines.head(layout.header_index)
    lines = _around(lines, records, layout)
    own = False
    if role == DATE:  # a day above the table may be that of the print, and rows may have one of their own
        lines = records.slice(1).select(LINE, RAW)
        own = any("d" in kinds(fields) for raw in lines[RAW].head(_SHOWN) if len(fields := _cells(raw, layout)) > 1)
        lines = lines.clear() if own else lines
    if not names_none(role, layout.header, tuple(config.columns)):
        lines = lines.clear()
    found = find_titles(lines, layout.delimiter, layout.width, role)
    if role == DATE and not found.height and not own and names_none(role, layout.header, tuple(config.columns)):
        return closing_day(above.select(LINE, RAW), layout.delimiter, layout.width)
    return found.clear() if role == DATE and found[TITLE].n_unique() < 2 else found  # noqa: PLR2004 - one day heads nothing


def _cells(raw: str, layout: Layout) -> list[str]:
    return [field for field in split_record(raw, layout.delimiter) if field.strip()]


def rows_under(
    layout: Layout, header: tuple[int, str], lines: pl.DataFrame, ledger: Ledger, *, member: str = ""
) -> pl.DataFrame | None:
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
    blocks = sections(pl.concat([top, lines]), layout, ledger)
    if len(blocks) > 1 or Reason.REPEATED_HEADER in ledger.left_out:
        return None
    frame, ragged = split_fields(blocks[0].records, layout.delimiter, len(layout.header))
    if ragged.height:
        ruled = Ruled(layout.delimiter, len(layout.header), header[0])
        account_ragged(ragged, frame, ruled, ledger, member=member)
    return frame


def _widths(lines: pl.DataFrame, layout: Layout) -> frozenset[int]:
    """Numbers of fields that records of this file commonly have."""
    plain = lines.filter(~pl.col(RAW).str.contains('"', literal=True))
    counts = plain[RAW].str.count_matches(layout.delimiter, literal=True).value_counts(name="n")
    common = counts.filter((pl.col("n") * 20 > plain.height) & (pl.col(RAW) > 0))[RAW].to_list()
    return frozenset({layout.width, *(count + 1 for count in common)})


def _check_multiples(above: pl.DataFrame, name: str) -> None:
    """Raise where a line above the header says that the numbers below are counted in thousands or millions."""
    for line, raw in above.iter_rows():
        if (told := _MULTIPLE.search(raw)) is not None:
            raise FileRefusedError(
                Reason.AMBIGUOUS,
                f"{name}: line {line} ({raw.strip()[:80]!r}) says that numbers are counted {told.group()!r}; "
                "export them in full, or take that line out to read them as they are written.",
            )


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


def _table(block: Section, layout: Layout, source: Source, ledger: Ledger) -> RawTable:
    header = block.header
    frame, ragged = with_lone_heads(*split_fields(block.records, layout.delimiter, len(header)))
    if ragged.height:
        ruled = Ruled(layout.delimiter, len(header), block.header_line)
        account_ragged(ragged, frame, ruled, ledger, member=source.member)
    delimiter = None if layout.delimiter == UNIT else layout.delimiter
    return RawTable(source.member, source.format, header, block.header_line, frame, source.encoding, delimiter)
