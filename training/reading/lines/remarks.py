"""Lines that somebody wrote beside the rows: ``Note: freezer broken``, ``Shop closed in the afternoon``."""

import re
from typing import Final

from training.reading import vocabulary as words

_MARKS: Final = frozenset(words.WORDS["remark_marks"])
_EVENTS: Final = frozenset(words.WORDS["remark_events"])
_CHANGES: Final = (
    frozenset(words.WORDS["changes_meaning"])
    | words.COUNTED_IN
    | words.VESSELS
    | words.OF_RETURNS
    | words.RETURN_WORDS
    | words.PLANNED
    | (words.NOT_OF_SALES - {"delivery", "deliveries", "lieferung", "prices", "inventur", "inventaire", "inventario"})
)
"""Words by which a line may say that the rows below it are of another kind."""
_FEWEST_WORDS: Final = 3
_MARK: Final = re.compile(r"^\W*(?P<word>[^\W\d]+)\.?\s*[:\u2013-]\s*\S")


def is_remark(text: str, *, below: bool = False) -> bool:
    """Is a text, alone in its line, a remark beside the rows? A name that may head the rows below it is none.

    ``below`` all rows there are none that it could change.
    """
    tokens = words.fold(text).split()
    mark = _MARK.match(text)
    marked = mark is not None and words.fold(mark["word"]) in _MARKS
    if not _CHANGES.isdisjoint(tokens):
        return below and marked
    spelt = [word for word in text.split() if word[0].isalpha()]
    small = 2 * sum(word[0].islower() for word in spelt) >= len(spelt)  # names are written with capitals
    return marked or (small and len(tokens) >= _FEWEST_WORDS and not _EVENTS.isdisjoint(tokens))
