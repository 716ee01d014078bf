"""Words that rows say of their state or kind, and how many rows of each count."""

from dataclasses import dataclass, field
from typing import Final

SETTLED, WAITING, UNKNOWN = "settled", "waiting", "unknown"
MOST_WORDS: Final = 200
"""Beyond as many words of one block a column tells no states, and the commonest are told."""


@dataclass
class Word:
    """Rows of one word.

    Attributes:
        line: the first of them.
        read: how many there are.
        kept: how many of them count.
        known: whether the word is known to say that something was sold or not, to wait for something, or not at all.
    """

    line: int
    read: int
    kept: int
    known: str

    def add(self, other: "Word") -> None:
        """Pool the rows of another part of the file."""
        self.line = min(self.line, other.line)
        self.read += other.read
        self.kept += other.kept
        self.known = min(self.known, other.known)  # what one part of a file shows to be settled is


@dataclass
class Said:
    """Words of each column of states, and of each of kinds, by the name of the column."""

    states: dict[str, dict[str, Word]] = field(default_factory=dict)
    kinds: dict[str, dict[str, Word]] = field(default_factory=dict)

    def add(self, other: "Said") -> None:
        """Pool what further lines say."""
        for mine, theirs in ((self.states, other.states), (self.kinds, other.kinds)):
            for header, found in theirs.items():
                own = mine.setdefault(header, {})
                for text, word in found.items():
                    if text in own:
                        own[text].add(word)
                    else:
                        own[text] = Word(word.line, word.read, word.kept, word.known)
