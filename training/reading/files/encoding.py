"""Bytes to UTF-8: strict first, then one proven fallback that the verdict records."""

import codecs
import re
from dataclasses import dataclass, field

from core.contracts.sniff import SNIFF_BYTES, unicode_without_bom
from core.contracts.verdict import Reason
from training.reading.errors import FileRefusedError
from training.reading.files.scripts import by_header

_SHOWN, _NAMES = 5, 3
_OTHERS = ("mac_roman", "cp1250", "cp850")
# signs that may stand between letters
_BETWEEN = "\u2019\u2018\u00b4\u00b7\u2013\u2014\u00ae\u2122\u00a9\u00b0\u20ac\u00a0\u00ad\u00b2\u00b3\u00d7"
_UPPER = "".join(chr(code) for code in range(0x80, 0x180) if chr(code).isupper())
_SIGNS = "".join(
    {char for encoding in (*_OTHERS, "latin-1") for char in bytes(range(128, 256)).decode(encoding, "ignore")}
    - set(_BETWEEN)
)
_SIGNS = "".join(re.escape(char) for char in sorted(_SIGNS) if not char.isalpha()) + "\u0192"
_BEFORE = "\xa3\xa4\xa5\xa6\xac\xaf\xa8\xb8"  # no word begins so
_LETTER = r"[^\W\d_]"
_ODD = re.compile(
    rf"[a-z][{_UPPER}]|[A-Za-z][{_UPPER}](?=[a-z])|{_LETTER}[{_SIGNS}](?={_LETTER})|[{_BEFORE}](?={_LETTER})|[\x80-\x9f]"
    r"|[a-z]{2}(?<![cdkm]m)\xb3(?=[a-z])"  # a power of three stands in no word
    r"|[A-Za-z][\u03c0\u03a9]|[\u03c0\u03a9][A-Za-z]"  # nor a Greek letter, which mac_roman has for constants
)
_WORD = re.compile(r"[^\s;,|\"]+")
_BEGUN = b"\n" + codecs.BOM_UTF8
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
        return Decoded(_plain(data), "utf-8")
    if guess := unicode_without_bom(data[:SNIFF_BYTES]):
        return _by(data, guess, name, "shown by its zero bytes")
    data = _plain(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _fallback(data, error)
    return Decoded(data, "utf-8")


def marked(head: bytes) -> str | None:
    """Encoding that a file's first bytes tell: by a mark or by zero bytes. None for UTF-8 and older encodings."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    return unicode_without_bom(head)


@dataclass
class Older:
    """cp1252 to UTF-8, by blocks of whole lines, where ``to_utf8`` would read the whole file so.

    ``sentence`` is what there is to say of it once a line is not UTF-8.
    """

    line: int = 1
    sentence: str | None = None

    def utf8(self, data: bytes) -> bytes:
        """The next lines.

        Raises:
            UnicodeError: a line speaks for another encoding.
        """
        before, self.line = self.line, self.line + data.count(b"\n")
        if data.isascii():
            return data
        rows = [row for row in data.split(b"\n") if not row.isascii()]
        if any(_is_utf8(row) for row in rows) or _ODD.search(b"\n".join(rows).decode("cp1252")):
            raise UnicodeError
        self.sentence = self.sentence or _told(data, before)
        return data.decode("cp1252").encode()


@dataclass
class Mixed:
    """Lines of two encodings to UTF-8, by blocks of whole lines: those that are not UTF-8, though others are."""

    line: int = 1
    broken: int = 0
    first: list[int] = field(default_factory=list)
    others: bool = False

    def utf8(self, data: bytes) -> bytes:
        """The next lines."""
        before, self.line = self.line, self.line + data.count(b"\n")
        if data.isascii():
            return data
        rows = data.split(b"\n")
        for index, row in enumerate(rows):
            if row.isascii():
                continue
            if _is_utf8(row):
                self.others = True
                continue
            rows[index] = older_text(row).encode()
            self.broken += 1
            self.first += [before + index] if len(self.first) < _SHOWN else []
        return b"\n".join(rows)

    @property
    def sentence(self) -> str:
        """What there is to say once all lines were seen.

        Raises:
            UnicodeError: they are of one encoding.
        """
        if not (self.others and self.broken):
            raise UnicodeError
        return _told_mixed(self.broken, self.first)


def _told_mixed(count: int, lines: list[int]) -> str:
    shown = ", ".join(map(str, lines))
    return f"{count} lines are not UTF-8 as the others are (lines {shown}); read as cp1252"


def _told(data: bytes, line: int) -> str:
    """Where lines, of which ``line`` is the first, are not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = line + data.count(b"\n", 0, error.start)
        return f"not UTF-8 (line {where}, byte 0x{data[error.start]:02x}); read as cp1252"
    raise UnicodeError


def _fallback(data: bytes, error: UnicodeDecodeError) -> Decoded:
    line = data.count(b"\n", 0, error.start) + 1
    by_names = by_header(data)
    if by_names is not None and (known := _decoded(data, by_names[0])) is not None:
        names = ", ".join(map(repr, by_names[1][:_NAMES]))
        sentence = (
            f"not UTF-8 (line {line}, byte 0x{data[error.start]:02x}); read as {by_names[0]}, which names {names}"
        )
        return Decoded(known.encode(), by_names[0], sentence)
    rows = data.split(b"\n")
    broken = [index for index, row in enumerate(rows) if not _is_utf8(row)]
    if len(broken) < sum(not row.isascii() for row in rows):  # other rows are true UTF-8: only these are not
        for index in broken:
            rows[index] = older_text(rows[index]).encode()
        sentence = _told_mixed(len(broken), [index + 1 for index in broken[:_SHOWN]])
        return Decoded(b"\n".join(rows), "utf-8", sentence)
    encoding, text = _by_words(data)
    sentence = f"not UTF-8 (line {line}, byte 0x{data[error.start]:02x}); read as {encoding}"
    odd = _ODD.search(_decoded(data, "cp1252") or "")
    if odd is not None:
        word = [
            text
            for text in _WORD.findall(odd.string[max(odd.start() - _SHOWN, 0) : odd.end() + _SHOWN])
            if _ODD.search(text)
        ] or [odd.group()]
        told = (
            ", which gives {!r}: set reading.encoding if that is wrong"
            if encoding == "cp1252"
            else ", for cp1252 gives {!r}"
        )
        sentence += told.format(max(word, key=len))
    return Decoded(text.encode(), encoding, sentence)


def _by_words(data: bytes) -> tuple[str, str]:
    """Encoding and text: cp1252, unless its words are odd and exactly one other encoding gives none that is."""
    first = "cp1252" if (text := _decoded(data, "cp1252")) is not None else "latin-1"
    text = data.decode(first) if text is None else text
    if not _ODD.search(text):
        return first, text
    sane = [
        (encoding, other)
        for encoding in _OTHERS
        if (other := _decoded(data, encoding)) is not None and not _ODD.search(other)
    ]
    return sane[0] if len(sane) == 1 else (first, text)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def older_text(row: bytes) -> str:
    """A line that is not UTF-8 though others of its file are."""
    try:
        return row.decode("cp1252")
    except UnicodeDecodeError:
        return row.decode("latin-1")


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
    return Decoded(_plain(text.removeprefix("\ufeff").encode()), encoding)


def _plain(data: bytes) -> bytes:
    """Line ends as LF, and none of the marks that no editor shows.

    Files that were put together have a byte order mark where each began; old ones end with ^Z or zero bytes.
    """
    data = newlines(data)
    data = data.replace(_BEGUN, b"\n") if _BEGUN in data else data
    return data.rstrip(b"\x1a\0") if data[-1:] in (b"\x1a", b"\0") else data


def newlines(data: bytes) -> bytes:
    """Every line end as LF: CR LF, LF and a CR alone, as editors count them."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
