"""Which older encoding a text is in, by words of its header that the vocabulary knows in it and in no other."""

import re
from typing import Final

from training.reading.vocabulary import MONTH_OF, fold, roles_of

_FIRST: Final = "cp1252"
_OTHERS: Final = (
    "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "cp932", "gb18030", "big5", "cp949", "cp874",
)  # fmt: skip
_EASTERN: Final = "cp1250"
_SLAVIC: Final = frozenset("\u0161\u017e\u0160\u017d")
"""Letters that both have in one place, in words of languages for which only the eastern one has all letters."""
_HEAD_BYTES: Final = 1 << 16
_MOST_LINES: Final = 40
_FEWEST_LETTERS: Final = 3
"""Letters beyond ASCII in the words that are known: fewer may be a chance."""
_SURE_WORD: Final = 5
"""Letters, some of them ASCII, of a known word that is no chance, however few are beyond ASCII."""
_LAST_LATIN: Final = "\u024f"
_LONGEST: Final = 1000
_CELL: Final = re.compile(r"[^,;\t|\"]+")


def by_header(data: bytes) -> tuple[str, list[str]] | None:
    """The encoding, with names of columns that it alone makes known words; None where cp1252 knows as many.

    One of the first lines that are not UTF-8 is the header.
    """
    rows = data[:_HEAD_BYTES].splitlines()[:_MOST_LINES]
    found = max((told for row in rows if _is_older(row) and (told := _told(row))), key=_letters, default=None)
    return found if found and (_letters(found) >= _FEWEST_LETTERS or any(map(_is_sure, found[1]))) else None


def _is_older(row: bytes) -> bool:
    try:
        row.decode("utf-8")
    except UnicodeDecodeError:
        return len(row) <= _LONGEST
    return False


def _told(row: bytes) -> tuple[str, list[str]] | None:
    known = {encoding: _known(row, encoding) for encoding in (_FIRST, *_OTHERS)}
    best = max(known, key=lambda encoding: len(known[encoding]))  # the first of those that know as many
    others = [names for names in known.values() if names != known[best]]
    if best == _FIRST and known[best] == known[_EASTERN] and any(_SLAVIC & set(name) for name in known[best]):
        return _EASTERN, known[best]
    if best == _FIRST or any(len(names) == len(known[best]) for names in others):
        return None
    return best, known[best]


def _known(row: bytes, encoding: str) -> list[str]:
    """Names beyond ASCII that the vocabulary has, of columns or of months."""
    try:
        cells = [text.strip() for text in _CELL.findall(row.decode(encoding))]
    except UnicodeDecodeError:
        return []
    return [text for text in cells if not text.isascii() and (roles_of(text) or _names_month(text))]


def _names_month(text: str) -> bool:
    """A month in whose word a letter beyond ASCII stands."""
    return any(token in MONTH_OF and token not in text.casefold() for token in fold(text).split())


def _letters(told: tuple[str, list[str]]) -> int:
    return sum(not letter.isascii() for name in told[1] for letter in name)


def _is_sure(name: str) -> bool:
    """``Ilość``; not a word with a letter of another script, of which the rest alone is known."""
    letters = [letter for letter in name if letter.isalpha()]
    latin = all(letter.isascii() or (letter.isalpha() and letter <= _LAST_LATIN) for letter in name)
    return latin and len(letters) >= _SURE_WORD and any(map(str.isascii, letters))
