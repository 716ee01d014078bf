"""A long text file in blocks of whole lines, and the cells of a block."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.sniff import SNIFF_BYTES
from core.contracts.verdict import Reason
from training.reading.delimiter import Layout, find_layout
from training.reading.ledger import LINE, Ledger, cell
from training.reading.limits import Limits
from training.reading.records import RAW, read_lines
from training.reading.text import rows_under


class IrregularError(Exception):
    """The file is not so regular that its blocks can be read one by one; it must be read as a whole."""


@dataclass(frozen=True)
class Block:
    """Whole lines of a file: UTF-8, LF line ends; ``line`` is the number of the first."""

    data: bytes
    line: int
    last: bool


def blocks_of(path: Path, size: int) -> Iterator[Block]:
    """Blocks of about ``size`` bytes, each ending with a line end but perhaps the last.

    Raises:
        IrregularError: not UTF-8 without a mark, or a block without a line end.
    """
    line, held = 1, b""
    with path.open("rb") as file:
        following = file.read(size)
        while following:
            data, following = held + following, file.read(size)
            cut = len(data) if not following else data.rfind(b"\n") + 1
            if not cut:
                raise IrregularError
            data, held = data[:cut], data[cut:]
            yield Block(_text(data), line, last=not following)
            line += data.count(b"\n")


def _text(data: bytes) -> bytes:
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise IrregularError from error
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data


@dataclass(frozen=True)
class Plan:
    """How the blocks of one table are read: the layout, the header's line and text, the column of dates."""

    layout: Layout
    header: tuple[int, str]
    date: int

    def cells(self, block: Block, name: str, limits: Limits, ledger: Ledger) -> pl.DataFrame:
        """Line and cells of every row; other lines go to the ledger.

        Raises:
            IrregularError: a line of the block can be judged only with the rest of the file.
        """
        quick = self._quick(block, limits)
        if quick is not None:
            ledger.read += quick.height
            return quick
        lines = read_lines(block.data, name, limits).with_columns(pl.col(LINE) + (block.line - 1))
        rows = rows_under(self.layout, self.header, lines, ledger)
        unsure = not block.last and (Reason.PREAMBLE in ledger.left_out or not lines[RAW][-1].strip())
        if rows is None or not rows.height or unsure:
            raise IrregularError
        return rows

    def _quick(self, block: Block, limits: Limits) -> pl.DataFrame | None:
        """Cells of a block in which every line is a row: no quotes, cells as the header has, digits in each date."""
        data, width = block.data, len(self.layout.header)
        mark = self.layout.delimiter.encode()
        rows = data.count(b"\n") + (not data.endswith(b"\n"))
        if width < 2 or b'"' in data or data.count(mark) != rows * (width - 1) or _has_long_line(data, limits):  # noqa: PLR2004
            return None
        names = [cell(index) for index in range(width)]
        try:
            frame = pl.read_csv(
                data, separator=self.layout.delimiter, quote_char=None, has_header=False, new_columns=names,
                infer_schema=False,
            )  # fmt: skip
        except pl.exceptions.PolarsError:
            return None
        if frame.shape != (rows, width):
            return None
        days = frame[names[self.date]].unique()
        if days.null_count() or not days.str.contains(r"\d").all():
            return None
        return frame.select(pl.int_range(block.line, block.line + rows, dtype=pl.Int64).alias(LINE), pl.all())


def _has_long_line(data: bytes, limits: Limits) -> bool:
    """May there be a line beyond the limit? One such would cover a whole window of half its length."""
    window = max(limits.max_line_bytes // 2, 1)
    return any(data.find(b"\n", start, start + window) < 0 for start in range(0, len(data) - window + 1, window))


def layout_of(block: Block, name: str, limits: Limits, config: Reading) -> tuple[Layout, tuple[int, str]]:
    """Layout of a file by its first block, with the line and text of its header."""
    lines = read_lines(block.data, name, limits)
    odd = pl.col(RAW).str.count_matches('"', literal=True) % 2 == 1
    if block.data.startswith(codecs.BOM_UTF8) or b"\0" in block.data[:SNIFF_BYTES] or lines.select(odd.any()).item():
        raise IrregularError
    wanted = frozenset(config.columns.values())
    layout = find_layout(lines[RAW].head(400).to_list(), name, wanted, config.delimiter)
    return layout, (layout.header_index + 1, lines[RAW][layout.header_index])
