"""Bytes to UTF-8: strict first, then one proven fallback that the verdict records."""

import codecs
from dataclasses import dataclass

from core.contracts.sniff import SNIFF_BYTES, utf16_without_bom
from core.contracts.verdict import Reason
from training.reading.errors import FileRefusedError

_SHOWN = 5
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Decoded:
    """UTF-8 bytes with LF line ends, and how they were won."""

    data: bytes
    encoding: str
    fallback: str | None = None  # a sentence when strict UTF-8 did not hold


def to_utf8(data: bytes, name: str, wanted: str | None = None) -> Decoded:
    """Decode a text file.

    Raises:
        FileRefusedError: the configured or marked encoding does not hold for the whole file.
    """
    if wanted:
        return _by(data, wanted, name, f"configured as reading.encoding = {wanted!r}")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _by(data, encoding, name, "said by the byte order mark")
    if data.isascii() and b"\0" not in data[:SNIFF_BYTES]:
        return Decoded(_newlines(data), "utf-8")
    if guess := utf16_without_bom(data[:SNIFF_BYTES]):
        return _by(data, guess, name, "shown by its zero bytes")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _fallback(data, name, error)
    return Decoded(_newlines(data), "utf-8")


def _fallback(data: bytes, name: str, error: UnicodeDecodeError) -> Decoded:
    line = data.count(b"\n", 0, error.start) + 1
    rows = data.split(b"\n")
    broken = [index for index, row in enumerate(rows) if not _is_utf8(row)]
    if len(broken) < sum(not row.isascii() for row in rows):  # other rows are true UTF-8: only these are not
        for index in broken:
            rows[index] = _older(rows[index])
        lines = ", ".join(str(index + 1) for index in broken[:_SHOWN])
        sentence = f"{len(broken)} lines are not UTF-8 as the others are (lines {lines}); read as cp1252"
        return Decoded(_newlines(b"\n".join(rows)), "utf-8", sentence)
    for encoding in ("cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sentence = f"not UTF-8 (line {line}, byte 0x{data[error.start]:02x}); read as {encoding}"
        return Decoded(_newlines(text.encode()), encoding, sentence)
    raise AssertionError(f"{name}: latin-1 decodes everything")


def _older(row: bytes) -> bytes:
    try:
        return row.decode("cp1252").encode()
    except UnicodeDecodeError:
        return row.decode("latin-1").encode()


def _is_utf8(row: bytes) -> bool:
    try:
        row.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _by(data: bytes, encoding: str, name: str, why: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise FileRefusedError(
            Reason.NOT_A_TABLE,
            f"{name}: cannot be read as {encoding} ({why}): {error}; save it as UTF-8 or set reading.encoding.",
        ) from error
    return Decoded(_newlines(text.removeprefix("\ufeff").encode()), encoding)


def _newlines(data: bytes) -> bytes:
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        if b"\n" not in data:  # the line end of old Macs
            data = data.replace(b"\r", b"\n")
    return data
