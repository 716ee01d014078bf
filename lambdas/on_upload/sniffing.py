"""Can a run read this file at all? Decided from its first bytes, never from its name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.contracts.verdict import Reason
from lambdas.on_upload.raw import SNIFFED_BYTES


@dataclass(frozen=True)
class Trouble:
    """Why a file cannot be read."""

    reason: Reason
    sentence: str
    """Follows the file's name."""


Sniff = Callable[[bytes], Trouble | None]

_READABLE: Final = (b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"\xfe\xff")
_CONTROL: Final = bytes(range(9)) + bytes(range(14, 32))
_MAX_CONTROL_SHARE: Final = 0.02
"""Text may hold a stray control character; whether it harms is for the reader to say."""


def sniff(first: bytes) -> Trouble | None:
    """None for text, gzip, zip, xlsx and parquet; else why not."""
    if first.startswith(_READABLE):
        return None
    if not first.strip() and len(first) < SNIFFED_BYTES:
        return Trouble(Reason.EMPTY, "holds nothing but blanks; export it again and upload it.")
    controls = len(first) - len(first.translate(None, _CONTROL))
    if controls <= _MAX_CONTROL_SHARE * len(first):
        return None
    return Trouble(
        Reason.FORMAT_UNKNOWN,
        "is neither text nor gzip, zip, xlsx or parquet; export it as CSV and upload that.",
    )
