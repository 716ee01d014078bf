"""A text file laid open: unpacked and in UTF-8, in a file that can be read block by block.

What an upload is wrapped in or written in is undone a block at a time, into a temporary folder, so that it needs no
more memory than the plain file. Where the whole file must be seen first, it is left to be read as a whole.
"""

import codecs
import gzip
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from core.contracts.sniff import SNIFF_BYTES, Kind, sniff
from training.reading.files.containers import pieces, tables_in
from training.reading.files.encoding import Mixed, Older, marked, newlines
from training.reading.files.scripts import by_header
from training.reading.limits import Limits
from training.reading.streaming.blocks import IrregularError, whole_lines

_BLOCK: Final = 1 << 20
_FEW_LINES: Final = 64
_LONG_LINE: Final = 1 << 10


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


@dataclass(frozen=True)
class Opened:
    """The texts of an upload, and the members of its archive that hold no table."""

    texts: list[Laid]
    others: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of all texts."""
        return sum(laid.path.stat().st_size for laid in self.texts)

    @property
    def has_long_lines(self) -> bool:
        """Are the first lines of the first text as long as those of wide tables?"""
        with self.texts[0].path.open("rb") as file:
            data = file.read(_FEW_LINES * _LONG_LINE)
        return data.count(b"\n") < _FEW_LINES


def opened(path: Path, folder: Path, name: str, limits: Limits) -> Opened | None:
    """The text files that an upload is or holds; None where it holds none, or tables of another kind.

    Raises:
        FileRefusedError: damaged, or beyond a limit.
    """
    kind = _kind(path)
    if kind is Kind.TEXT:
        return Opened([Laid(path)])
    if kind is Kind.GZIP:
        into = folder / "unpacked"
        with gzip.open(path) as stream:
            _write(into, pieces(stream, name, limits, path.stat().st_size, 0))
        return Opened([Laid(into, wrapped="gzip")]) if _kind(into) is Kind.TEXT else None
    return _members(path, folder, name, limits) if kind is Kind.ZIP else None


def _members(path: Path, folder: Path, name: str, limits: Limits) -> Opened | None:
    found, used = Opened([]), 0
    try:
        with zipfile.ZipFile(path) as archive:
            members = tables_in(archive)
            if members is None or len(archive.infolist()) > limits.max_members:
                return None
            for number, info in enumerate(members):
                into = folder / str(number)
                with archive.open(info) as stream:
                    _write(into, pieces(stream, name, limits, path.stat().st_size, used))
                used += into.stat().st_size
                kind = _kind(into)
                if kind is Kind.TEXT:
                    found.texts.append(Laid(into, member=info.filename, wrapped="zip"))
                elif kind in (Kind.EMPTY, Kind.UNKNOWN):
                    found.others.append(info.filename)
                else:
                    return None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None  # read as a whole it is refused with all that there is to say
    return found if found.texts else None


def _kind(path: Path) -> Kind:
    with path.open("rb") as file:
        return sniff(file.read(SNIFF_BYTES))


def in_utf8(laid: Laid, folder: Path, wanted: str | None) -> Laid:
    """The text in UTF-8 where a mark, its zero bytes or the configuration tell its encoding.

    Raises:
        IrregularError: it is not written in that encoding.
    """
    with laid.path.open("rb") as file:
        encoding = wanted or marked(file.read(SNIFF_BYTES))
    if encoding is None:
        return laid
    into = folder / f"{laid.path.name}.utf-8"
    try:
        with laid.path.open("rb") as file:
            _write(into, _decoded(iter(lambda: file.read(_BLOCK), b""), encoding))
    except (UnicodeError, LookupError) as error:
        raise IrregularError from error
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
    into = folder / f"{laid.path.name}.lines"
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


def from_older(laid: Laid, folder: Path, size: int) -> Laid:
    """Text that is not UTF-8, in UTF-8, where all lines say one older encoding, or some beside others in UTF-8.

    Raises:
        IrregularError: words speak for a third encoding, or its header does.
    """
    with laid.path.open("rb") as file:
        if by_header(file.read(size)) is not None:
            raise IrregularError
    into = folder / f"{laid.path.name}.older"
    for encoding, form in (("cp1252", Older()), ("utf-8", Mixed())):
        try:
            with laid.path.open("rb") as file:
                _write(into, (form.utf8(newlines(data)) for data, _ in whole_lines(file, size, size)))
            return replace(laid, path=into, encoding=encoding, fallback=form.sentence)
        except UnicodeError:
            continue
    raise IrregularError


def _write(into: Path, data: Iterator[bytes]) -> None:
    with into.open("wb") as file:
        file.writelines(data)
