"""What kind of file is this, judged by its first bytes and never by its name."""

from enum import StrEnum
from typing import Final

SNIFF_BYTES: Final = 4096
"""How many first bytes ``sniff`` needs."""


class Kind(StrEnum):
    """Kinds of content an upload can have."""

    TEXT = "text"
    GZIP = "gzip"
    ZIP = "zip"
    XLSX = "xlsx"
    PARQUET = "parquet"
    EMPTY = "empty"
    UNKNOWN = "unknown"

    @property
    def readable(self) -> bool:
        """True when the reader can open it; whether it holds a table is not yet known."""
        return self not in (Kind.EMPTY, Kind.UNKNOWN)


_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_MAGIC: Final = {b"\x1f\x8b": Kind.GZIP, b"PAR1": Kind.PARQUET}
_OFFICE_NAMES: Final = (b"[Content_Types].xml", b"xl/", b"_rels/.rels", b"docProps/")
_FOREIGN: Final = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls) or another old office file",
    b"%PDF": "a PDF", b"\x89PNG": "an image", b"\xff\xd8\xff": "an image", b"GIF8": "an image",
    b"BZh": "packed by bzip2", b"\xfd7zXZ": "packed by xz", b"7z\xbc\xaf": "packed by 7-Zip", b"Rar!": "packed by RAR",
    b"\x28\xb5\x2f\xfd": "packed by zstd", b"\x7fELF": "a program", b"SQLite format 3": "an SQLite database",
    b"ARROW1": "an Arrow or Feather file", b"ORC": "an ORC file", b"Obj\x01": "an Avro file",
}  # fmt: skip
_MOST, _FEW = 0.7, 0.05
_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\f\x0b\x1a\x1b\x1c\x1d\x1e\x1f\x01")


def sniff(head: bytes) -> Kind:
    """Kind of a file from its first bytes (up to ``SNIFF_BYTES`` of them)."""
    if not head:
        return Kind.EMPTY
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.XLSX if head[30:60].startswith(_OFFICE_NAMES) else Kind.ZIP
    if foreign(head) is not None:
        return Kind.UNKNOWN
    return Kind.TEXT if _looks_like_text(head) else Kind.UNKNOWN


def foreign(head: bytes) -> str | None:
    """What a file is that is not read, for a sentence; None when its first bytes do not tell."""
    return next(
        (
            what
            for magic, what in _FOREIGN.items()
            if head.startswith(magic) and not (magic.isalpha() and _is_plain(head))
        ),
        None,
    )


def _is_plain(head: bytes) -> bool:
    return head[:200].isascii() and not any(byte < 32 and byte not in b"\t\n\r" for byte in head[:200])  # noqa: PLR2004


def unicode_without_bom(head: bytes) -> str | None:
    """``utf-16-le``, ``utf-32-be``, ... when the zero bytes of mostly western text show it."""
    sample = head[: len(head) // 4 * 4]
    if len(sample) < 4:  # noqa: PLR2004 - two characters are the least that show a pattern
        return None
    zeros = [sample[place::4].count(0) * 4 / len(sample) for place in range(4)]
    if min(zeros[1:]) > _MOST and zeros[0] < _FEW:
        return "utf-32-le"
    if min(zeros[:3]) > _MOST and zeros[3] < _FEW:
        return "utf-32-be"
    even, odd = sample[::2], sample[1::2]
    half = len(even)
    if odd.count(0) > _MOST * half and even.count(0) < _FEW * half:
        return "utf-16-le"
    if even.count(0) > _MOST * half and odd.count(0) < _FEW * half:
        return "utf-16-be"
    return None


def _looks_like_text(head: bytes) -> bool:
    if head.startswith(_BOMS) or unicode_without_bom(head) is not None:
        return True
    head = head.rstrip(b"\0")  # blocks of a file system that were never written end some copied files
    odd = sum(1 for byte in head if byte < 32 and byte not in _TEXT_CONTROLS)  # noqa: PLR2004 - control characters
    return bool(head) and odd * 100 <= len(head)
