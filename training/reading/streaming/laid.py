"""A text file laid open: unpacked and in UTF-8, in a file that can be read block by block.

What an upload is wrapped in or written in is undone a block at a time, into a temporary folder, so that it needs no
more memory than the plain file. Where the whole file must be seen first, it is left to be read as a whole.
"""

import codecs
import gzip
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from core.contracts.sniff import SNIFF_BYTES, Kind, sniff
from training.reading.files.containers import pieces, tables_in
from training.reading.files.encoding import Mixed, Older, marked, newlines
from training.reading.limits import Limits
from training.reading.streaming.blocks import IrregularError, whole_lines

_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Laid:
    """A file of text, and what it was made of.

    Attributes:
        path: the upload itself, or what was made of it.
        member: the archive's member, empty without one.
        wrapped: in what it lay.
        encoding: what it was written in.
        fallback: the sentence of an encoding that was not proven, None where it was.
    """

    path: Path
    member: str = ""
    wrapped: str = ""
    encoding: str = "utf-8"
    fallback: str | None = None


def unpacked(path: Path, folder: Path, name: str, limits: Limits) -> Laid | None:
    """The one text file that an upload is or holds; None for any other.

    Raises:
        FileRefusedError: damaged, or beyond a limit.
    """
    with path.open("rb") as file:
        kind = sniff(file.read(SNIFF_BYTES))
    if kind is Kind.TEXT:
        return Laid(path)
    into = folder / "unpacked"
    if kind is Kind.GZIP:
        with gzip.open(path) as stream:
            _write(into, pieces(stream, name, limits, path.stat().st_size, 0))
        return _of_text(Laid(into, wrapped="gzip"))
    return _of_text(_member(path, into, name, limits)) if kind is Kind.ZIP else None


def _member(path: Path, into: Path, name: str, limits: Limits) -> Laid | None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = tables_in(archive)
            if members is None or len(members) != 1 or len(archive.infolist()) > limits.max_members:
                return None
            with archive.open(members[0]) as stream:
                _write(into, pieces(stream, name, limits, path.stat().st_size, 0))
            return Laid(into, member=members[0].filename, wrapped="zip")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None  # read as a whole it is refused with all that there is to say


def _of_text(laid: Laid | None) -> Laid | None:
    if laid is None:
        return None
    with laid.path.open("rb") as file:
        return laid if sniff(file.read(SNIFF_BYTES)) is Kind.TEXT else None


def in_utf8(laid: Laid, folder: Path, wanted: str | None) -> Laid | None:
    """The text in UTF-8 where a mark, its zero bytes or the configuration tell its encoding; None where that fails."""
    with laid.path.open("rb") as file:
        encoding = wanted or marked(file.read(SNIFF_BYTES))
    if encoding is None:
        return laid
    into = folder / "utf-8"
    try:
        with laid.path.open("rb") as file:
            _write(into, _decoded(iter(lambda: file.read(_BLOCK), b""), encoding))
    except (UnicodeError, LookupError):
        return None
    return replace(laid, path=into, encoding=encoding)


def _decoded(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    first = True
    for block in blocks:
        text = decoder.decode(block)
        yield (text.removeprefix("\ufeff") if first else text).encode()
        first = first and not text
    yield decoder.decode(b"", final=True).encode()


def with_line_feeds(laid: Laid, folder: Path) -> Laid:
    """The text with LF at the end of each line."""
    into = folder / "lines"
    with laid.path.open("rb") as file:
        _write(into, _fed(iter(lambda: file.read(_BLOCK), b"")))
    return replace(laid, path=into)


def _fed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for block in blocks:
        data = held + block
        held = b"\r" if data.endswith(b"\r") else b""  # its LF may follow
        yield newlines(data.removesuffix(held))
    yield newlines(held)


def from_older(laid: Laid, folder: Path, size: int) -> Laid | None:
    """Text that is not UTF-8, in UTF-8, where all lines say one older encoding, or some beside others in UTF-8.

    None where words speak for a third encoding.
    """
    into = folder / "older"
    for encoding, form in (("cp1252", Older()), ("utf-8", Mixed())):
        try:
            with laid.path.open("rb") as file:
                _write(into, (form.utf8(newlines(data)) for data, _ in whole_lines(file, size, size)))
            return replace(laid, path=into, encoding=encoding, fallback=form.sentence)
        except UnicodeError:
            continue
        except IrregularError:
            return None
    return None


def _write(into: Path, data: Iterator[bytes]) -> None:
    with into.open("wb") as file:
        file.writelines(data)
