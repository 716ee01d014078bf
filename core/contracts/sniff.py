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


_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_OFFICE_NAMES: Final = (b"[Content_Types].xml", b"xl/", b"_rels/.rels", b"docProps/")
_BINARY_MAGIC: Final = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd",
    b"Rar!", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"SQLite format 3",
)  # fmt: skip
_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\f\x0b\x1a\x1b\x1c\x1d\x1e\x1f\x01")


def sniff(head: bytes) -> Kind:
    """Kind of a file from its first bytes (up to ``SNIFF_BYTES`` of them)."""
    if not head:
        return Kind.EMPTY
    if head.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.XLSX if head[30:60].startswith(_OFFICE_NAMES) else Kind.ZIP
    if head.startswith(_BINARY_MAGIC):
        return Kind.UNKNOWN
    return Kind.TEXT if _looks_like_text(head) else Kind.UNKNOWN


def utf16_without_bom(head: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` when every other byte of mostly western text is zero."""
    sample = head[: len(head) // 2 * 2]
    if len(sample) < 4:  # noqa: PLR2004 - two characters are the least that show a pattern
        return None
    even, odd = sample[::2], sample[1::2]
    half = len(even)
    if odd.count(0) > 0.7 * half and even.count(0) < 0.05 * half:
        return "utf-16-le"
    if even.count(0) > 0.7 * half and odd.count(0) < 0.05 * half:
        return "utf-16-be"
    return None


def _looks_like_text(head: bytes) -> bool:
    if head.startswith(_BOMS) or utf16_without_bom(head) is not None:
        return True
    odd = sum(1 for byte in head if byte < 32 and byte not in _TEXT_CONTROLS)  # noqa: PLR2004 - control characters
    return odd * 100 <= len(head)
