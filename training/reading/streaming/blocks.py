"""A long text file in blocks of whole lines, and the cells of a block."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl

from core.contracts.dataset import Reading
from core.contracts.sniff import SNIFF_BYTES
from core.contracts.verdict import Reason
from training.reading.ledger import LINE, Ledger, cell
from training.reading.limits import Limits
from training.reading.lines.delimiter import Layout, find_layout
from training.reading.lines.records import RAW, read_lines
from training.reading.lines.text import rows_under
from training.reading.lines.wrapping import unwrapped


class IrregularError(Exception):
    """The file is not so regular that its blocks can be read one by one; it must be read as a whole."""


class NotUtf8Error(IrregularError):
    """The file is written in another encoding."""


class LoneReturnError(IrregularError):
    """A CR alone ends lines of the file, and blocks are counted by LF."""


@dataclass(frozen=True)
class Block:
    """Whole lines of a file: UTF-8, LF line ends; ``line`` is the number of the first."""

    data: bytes
    line: int
    last: bool


def blocks_of(path: Path, size: int, first: int) -> Iterator[Block]:
    """Blocks of about ``size`` bytes, the first of about ``first``, each ending with a line end but perhaps the last.

    Raises:
        NotUtf8Error: another encoding.
        LoneReturnError: a CR alone.
        IrregularError: a block without a line end, or marks that are no text.
    """
    line = 1
    with path.open("rb") as file:
        for data, last in whole_lines(file, size, first):
            if last and data[-1:] in (b"\x1a", b"\0"):
                raise IrregularError  # what pads the end is no row
            yield Block(_text(data), line, last=last)
            line += count(data, b"\n")


def whole_lines(file: IO[bytes], size: int, first: int) -> Iterator[tuple[bytes, bool]]:
    """Whole lines as they stand, and whether they are the last.

    Raises:
        LoneReturnError: a block without a line end but a CR.
        IrregularError: a block without a line end.
    """
    held = b""
    following = file.read(first)
    while following:
        data, following = held + following, file.read(size)
        cut = len(data) if not following else data.rfind(b"\n") + 1
        if not cut:
            raise LoneReturnError if b"\r" in data else IrregularError
        data, held = data[:cut], data[cut:]
        yield data, not following


def _text(data: bytes) -> bytes:
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotUtf8Error from error
        if b"\n" + codecs.BOM_UTF8 in data or data.startswith(codecs.BOM_UTF8):
            raise IrregularError  # files were put together here
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        if b"\r" in data:
            raise LoneReturnError
    return data


@dataclass(frozen=True)
class Plan:
    """How the blocks of one table are read: the layout, the header's line and text, the column of dates.

    ``member`` is the name of the table's file in an archive.
    """

    layout: Layout
    header: tuple[int, str]
    date: int
    member: str = ""

    def cells(self, block: Block, name: str, limits: Limits, ledger: Ledger) -> pl.DataFrame:
        """Line and cells of every row as texts; other lines go to the ledger.

        Raises:
            IrregularError: a line of the block can be judged only with the rest of the file.
        """
        lines = read_lines(block.data, name, limits).with_columns(pl.col(LINE) + (block.line - 1))
        rows = rows_under(self.layout, self.header, lines, ledger, member=self.member)
        unsure = not block.last and (Reason.PREAMBLE in ledger.left_out or not lines[RAW][-1].strip())
        if rows is None or not rows.height or unsure:
            raise IrregularError
        return rows

    def quick(self, block: Block, limits: Limits, texts: pl.Categorical) -> pl.DataFrame | None:
        """Cells of a block in which every line is a row: no quotes, cells as the header has, digits in each date."""
        data, width = block.data, len(self.layout.header)
        mark = self.layout.delimiter.encode()
        rows = count(data, b"\n") + (not data.endswith(b"\n"))
        if width < 2 or b'"' in data or count(data, mark) != rows * (width - 1) or _has_long_line(data, limits):  # noqa: PLR2004
            return None
        names = [cell(index) for index in range(width)]
        try:
            frame = pl.read_csv(
                data, separator=self.layout.delimiter, quote_char=None, has_header=False,
                schema=dict.fromkeys(names, texts),
            )  # fmt: skip
        except pl.exceptions.PolarsError:
            return None
        if frame.shape != (rows, width):
            return None
        days = frame[names[self.date]].unique()
        if days.null_count() or not days.cast(pl.String).str.contains(r"\d").all():
            return None
        return frame.select(pl.int_range(block.line, block.line + rows, dtype=pl.Int64).alias(LINE), pl.all())


def count(data: bytes, mark: bytes) -> int:
    """How often one byte stands in others; quicker than the others' own count where it stands often."""
    if len(mark) > 1:
        return data.count(mark)
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == mark[0]))


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
    if unwrapped(lines) is not lines:
        raise IrregularError
    wanted = frozenset(config.columns.values())
    layout = find_layout(lines[RAW].head(400).to_list(), name, wanted, config.delimiter)
    return layout, (layout.header_index + 1, lines[RAW][layout.header_index])
