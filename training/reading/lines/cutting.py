"""Cuts the lines of a text at each header that it has: several tables, repeats of one header, titles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading.ledger import LINE, Ledger
from training.reading.lines.delimiter import Layout
from training.reading.lines.header import MIN_SCORE, header_score, is_second_line
from training.reading.lines.records import RAW, split_record
from training.reading.lines.strays import divided_otherwise

_MAX_CANDIDATES: Final = 20_000
_TITLE_LINES: Final = 3
_PAGE_LINES: Final = 8


@dataclass(frozen=True)
class Section:
    """One table of a file: its header and the records under it."""

    header: tuple[str, ...]
    header_line: int
    records: pl.DataFrame


def header_lines(records: pl.DataFrame, layout: Layout) -> list[int]:
    """Lines of all headers."""
    rest = records.slice(1)
    rest = rest.with_columns((rest[RAW].str.strip_chars(f" {layout.delimiter}") == "").alias("blank"))
    return [int(records[LINE][0]), *(line for line, _ in _further_headers(rest, records.row(0)[1], layout))]


def sections(records: pl.DataFrame, layout: Layout, ledger: Ledger, above: Sequence[str] = ()) -> list[Section]:
    """Cut the records at each further header; leave out blank lines and repeats of the header.

    ``above`` are the lines above the first header, which printed lists repeat on each page.
    """
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
    titles = pl.concat([titles, _page_heads(rest, repeated, above)]).unique().sort()
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
        return [Section(starts[0][1], starts[0][0], kept)]
    return [
        Section(header, line, kept.filter((pl.col(LINE) > line) & (pl.col(LINE) < stop)))
        for (line, header), stop in zip(starts, stops, strict=True)
    ]


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


def _page_heads(rest: pl.DataFrame, repeated: list[int], above: Sequence[str]) -> pl.Series:
    """Lines above a repeat of the header that stand above the first one, too, but for their numbers."""
    heads = {_mask(raw) for raw in above if any(c.isalpha() for c in raw)}
    near = {line - step for line in repeated for step in range(1, _PAGE_LINES + 1)} if heads else set()
    lines = rest.filter(pl.col(LINE).is_in(list(near)) & ~pl.col("blank"))
    found = [line for line, raw in lines.select(LINE, RAW).iter_rows() if _mask(raw) in heads]
    return pl.Series(found, dtype=pl.Int64)


def _mask(raw: str) -> str:
    """``Page 3 of 12`` is ``Page # of #``."""
    return " ".join(re.sub(r"\d+", "#", raw).split())


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
