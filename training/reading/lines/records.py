"""Physical lines to records: quoted newlines joined, fields split, line numbers kept."""

import csv
import io
import re
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.limits import Limits

RAW: Final = "_raw"
UNIT: Final = "\x1f"
"""Divides the cells of a spreadsheet's row; under it quotes are cells' own."""
FIELDS: Final = "_fields"
_MAX_JOINED: Final = 200
_MAX_PATTERN: Final = 100

csv.field_size_limit(1 << 30)


def read_lines(data: bytes, name: str, limits: Limits) -> pl.DataFrame:
    """All physical lines as ``_source_line`` (from 1) and ``_raw``; blank lines are empty strings.

    Raises:
        FileRefusedError: more lines, or a longer one, than the limits allow.
    """
    if not data:
        return pl.DataFrame(schema={LINE: pl.Int64, RAW: pl.String})
    frame = pl.read_csv(
        data,
        separator="\x01" if b"\x01" not in data else "\x02",
        quote_char=None,
        has_header=False,
        new_columns=[RAW],
        infer_schema=False,
        truncate_ragged_lines=True,
    ).select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE), pl.col(RAW).fill_null(""))
    expected = data.count(b"\n") + (not data.endswith(b"\n"))
    if frame.height != expected:
        text = data.decode().removesuffix("\n").split("\n")
        frame = pl.DataFrame({LINE: range(1, len(text) + 1), RAW: text}, schema={LINE: pl.Int64, RAW: pl.String})
    longest = frame[RAW].str.len_bytes().max()
    if isinstance(longest, int) and longest > limits.max_line_bytes:
        raise FileRefusedError(
            Reason.LIMIT_EXCEEDED,
            f"{name}: a line of {longest:,} bytes, beyond the limit max_line_bytes = {limits.max_line_bytes:,}; "
            "is this a table?",
        )
    if frame.height > limits.max_rows:
        raise FileRefusedError(
            Reason.LIMIT_EXCEEDED,
            f"{name}: {frame.height:,} lines, beyond the limit max_rows = {limits.max_rows:,}; split the file.",
        )
    return frame


def split_record(raw: str, delimiter: str) -> list[str]:
    """Fields of one record, quotes resolved."""
    if '"' not in raw or delimiter == UNIT:
        return raw.split(delimiter)
    rows = list(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter, skipinitialspace=True))
    return rows[0] if len(rows) == 1 else raw.split(delimiter)


def leaves_open(raw: str, delimiter: str) -> bool:
    """True when a quoted field begins in ``raw`` and does not end there."""
    if delimiter == UNIT:
        return False
    position, length = 0, len(raw)
    while position <= length:
        while position < length and raw[position] == " ":
            position += 1
        if position < length and raw[position] == '"':
            position = _closing_quote(raw, position + 1)
            if position < 0:
                return True
        following = raw.find(delimiter, position)
        if following < 0:
            return False
        position = following + 1
    return False


def _closing_quote(raw: str, position: int) -> int:
    while True:
        quote = raw.find('"', position)
        if quote < 0:
            return -1
        if raw[quote + 1 : quote + 2] != '"':
            return quote + 1
        position = quote + 2


def join_records(lines: pl.DataFrame, delimiter: str, widths: frozenset[int]) -> pl.DataFrame:
    """Join lines that a quoted newline divides, where the joined record has one of ``widths`` fields.

    A stray quote that would swallow whole records joins nothing: its line stays alone.
    """
    odd = (
        lines.select((pl.col(RAW).str.count_matches('"', literal=True) % 2 == 1).alias("odd"))["odd"]
        .arg_true()
        .to_list()
    )
    if not odd:
        return lines
    raws = lines[RAW]
    joined: dict[int, str] = {}
    swallowed: set[int] = set()
    after = -1
    odd_set = set(odd)
    for start in odd:
        if start <= after or not leaves_open(raws[start], delimiter):
            continue
        window = raws.slice(start, _MAX_JOINED).to_list()
        stop = next((i for i in range(1, len(window)) if start + i in odd_set), None)
        if stop is None or not _is_one_record(window[: stop + 1], delimiter, widths):
            continue
        joined[start] = "\n".join(window[: stop + 1])
        after = start + stop
        swallowed.update(range(start + 1, after + 1))
    if not joined:
        return lines
    keep = pl.Series([index not in swallowed for index in range(lines.height)])
    replaced = raws.to_list()
    for index, text in joined.items():
        replaced[index] = text
    return lines.with_columns(pl.Series(RAW, replaced)).filter(keep)


def _is_one_record(window: list[str], delimiter: str, widths: frozenset[int]) -> bool:
    if len(split_record("\n".join(window), delimiter)) not in widths:
        return False
    return not any(len(split_record(inner, delimiter)) in widths and inner.strip() for inner in window[1:-1])


def split_fields(records: pl.DataFrame, delimiter: str, width: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of exactly ``width`` fields as cells, and the ragged rest as lists of fields.

    Fields beyond ``width`` that are empty are dropped; a row that lacks fields is ragged.
    """
    names = [cell(index) for index in range(width)]
    plain = pl.col(RAW).str.count_matches(delimiter, literal=True) == width - 1
    if delimiter != UNIT:
        plain &= ~pl.col(RAW).str.contains('"', literal=True)
    parts, rest = _take(records, plain, delimiter, names, quote=None)
    texts = rest.height > 0 and bool(rest[RAW].str.contains('="', literal=True).any())
    if rest.height and delimiter != UNIT and width <= _MAX_PATTERN:
        quoted, rest = _take(
            rest, pl.col(RAW).str.contains(_well_quoted(delimiter, width)), delimiter, names, quote='"'
        )
        parts += quoted
    ragged: list[tuple[int, list[str]]] = []
    rows: list[tuple[int, list[str]]] = []
    for line, raw in rest.iter_rows():
        fields = split_record(raw, delimiter)
        while len(fields) > width and not fields[-1].strip():
            fields.pop()
        (rows if len(fields) == width else ragged).append((line, fields))
    if rows:
        parts.append(_cells(rows, names))
    frame = pl.concat(parts) if parts else pl.DataFrame(schema={LINE: pl.Int64, **dict.fromkeys(names, pl.String)})
    if len(parts) > 1:
        frame = frame.sort(LINE)
    if texts:  # ="0012" is how spreadsheets are told that a cell is a text
        frame = frame.with_columns(pl.col(names).str.replace(r'^\s*="(.*)"\s*$', "$1"))
    return frame, pl.DataFrame(ragged, schema={LINE: pl.Int64, FIELDS: pl.List(pl.String)}, orient="row")


def _take(
    records: pl.DataFrame, fits: pl.Expr, delimiter: str, names: list[str], *, quote: str | None
) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """Split the records that surely have as many fields as there are ``names``; returns the others too."""
    mask = records.select(fits.alias("fits"))["fits"]
    sure = records if mask.all() else records.filter(mask)
    parts = [_split(sure, delimiter, names, quote)] if sure.height else []
    return parts, records.filter(~mask) if sure.height != records.height else records.clear()


def _well_quoted(delimiter: str, width: int) -> str:
    """Pattern of one line whose fields are each bare or wholly in quotes."""
    mark = re.escape(delimiter)
    field = rf'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    return rf"^{field}(?:{mark}{field}){{{width - 1}}}$"


def _split(sure: pl.DataFrame, delimiter: str, names: list[str], quote: str | None) -> pl.DataFrame:
    if len(names) == 1 and quote is None:
        return sure.rename({RAW: names[0]})
    text = sure.select(pl.col(RAW).str.join("\n")).item().encode()
    cells = pl.read_csv(
        text, separator=delimiter, quote_char=quote, has_header=False, new_columns=names, infer_schema=False
    )
    if cells.shape != (sure.height, len(names)):
        return _cells([(line, split_record(raw, delimiter)) for line, raw in sure.iter_rows()], names)
    return pl.concat([sure.select(LINE), cells], how="horizontal")


def _cells(rows: list[tuple[int, list[str]]], names: list[str]) -> pl.DataFrame:
    flat = {LINE: [line for line, _ in rows]} | {
        name: [fields[index] for _, fields in rows] for index, name in enumerate(names)
    }
    return pl.DataFrame(flat, schema={LINE: pl.Int64, **dict.fromkeys(names, pl.String)})
