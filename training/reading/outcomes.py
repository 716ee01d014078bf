"""Whether a word of the state or kind of rows says that they were sold, that they were not yet, or nothing known."""

from typing import Final

from training.reading.vocabulary import FALSE_WORDS, MISSING_WORDS, WORDS, fold

_PAID: Final = frozenset(WORDS["paid"])
_DONE: Final = frozenset(WORDS["done"]) | _PAID
_BESIDE: Final = frozenset(WORDS["beside_done"])
_TEXTS: Final = frozenset(map(fold, WORDS["done_texts"]))
_DENIALS: Final = frozenset(map(fold, WORDS["denials"]))
_DENYING: Final = tuple(WORDS["denying"])
_MANY_THINGS: Final = frozenset(WORDS["done_of_many_things"])
_ROWS: Final = frozenset(map(fold, WORDS["rows_of_sales"])) | frozenset(WORDS["channels"])
_SHORTEST: Final = 4
"""Letters of a word that a syllable before it may deny: ``unpaid``, not ``uno``."""


def is_sold(text: str) -> bool:
    """``Fulfilled``, ``wc-completed``, ``Teilweise versandt``: a state of what was sold; not ``Unfulfilled``."""
    folded = fold(text)
    tokens = set(folded.split())
    return folded in _TEXTS or (bool(tokens & _DONE) and tokens <= _DONE | _BESIDE)


def is_done(text: str) -> bool:
    """``Delivered``, ``paid``: a state of what was sold, and of nothing else; not ``ok`` or ``Complete``."""
    return is_sold(text) and _MANY_THINGS.isdisjoint(fold(text).split())


def is_denied(text: str) -> bool:
    """``Unfulfilled``, ``Not delivered``, ``Nicht versandt``: denies what a state of something sold says."""
    tokens = fold(text).split()
    denied = any(_is_denied(token, _DONE) for token in tokens)
    return denied or (bool(_DENIALS.intersection(tokens)) and bool(_DONE.intersection(tokens)) and not is_sold(text))


def is_unpaid(text: str) -> bool:
    """``Not paid``, ``noch nicht bezahlt``, ``Non réglée``: denies that it was paid for, and nothing else."""
    tokens = fold(text).split()
    if any(_is_denied(token, _PAID) for token in tokens):
        return True
    said = bool(_DENIALS.intersection(tokens)) and bool(_PAID.intersection(tokens))
    return said and set(tokens) <= _DENIALS | _PAID | _BESIDE


def _is_denied(token: str, words: frozenset[str]) -> bool:
    """``unshipped``, ``nezaplaceno``."""
    rests = (token.removeprefix(prefix) for prefix in _DENYING if token.startswith(prefix))
    return token not in _DONE and any(len(rest) >= _SHORTEST and rest in words for rest in rests)


def is_named_done(name: str) -> bool:
    """``Paid``, ``Is Delivered``, ``Versendet?``: a flag of that name says no of what is not sold, or not yet."""
    tokens = set(fold(name).split())
    return bool(tokens & _DONE) and tokens <= _DONE | {"is", "was", "ist", "est", "flag", "yn", "y", "n"}


def says_nothing(text: str) -> bool:
    """A blank, a dash, ``n/a``: no word."""
    return not fold(text) or text.strip().lower() in MISSING_WORDS


def says_no(text: str) -> bool:
    """``No``, ``0``, ``False``."""
    return text.strip().lower() in FALSE_WORDS | {"0", "0.0"}


def is_row_of_sales(text: str) -> bool:
    """``Online order``, ``Barverkauf``, ``Takeaway``: a kind of row that is one of sales."""
    tokens = set(fold(text).split())
    return bool(tokens) and tokens <= _ROWS | _DONE
