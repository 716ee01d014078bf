"""Tables whose rows or columns are quarters, years or other periods that are no day, week or month."""

from typing import Final

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.periods import CURE, QUARTERS, coarse, coarse_columns
from training.reading.errors import FileRefusedError
from training.reading.roles import Roles
from training.reading.shapes.contents import sample_of
from training.reading.tables import RawTable

_MOSTLY: Final = 0.5
_FOUR, _LOOKED_AT = 4, 50
_STARTS: Final = frozenset(
    {"start", "from", "begin", "von", "ab", "beginn", "debut", "inicio", "inizio", "desde", "dal", "van", "du"}
)
_ENDS: Final = frozenset(
    {"end", "to", "until", "bis", "ende", "fin", "fine", "hasta", "al", "tot", "au", "thru", "through"}
)


def check_coarse(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a table without days tells longer periods, in its columns' names or in the cells of a column."""
    if across := coarse_columns(table.header):
        raise FileRefusedError(Reason.COLUMNS_MISSING, f"{name}: {across}")
    for index in roles.others:
        header, texts = table.header[index], sample_of(table, index)
        bare = not QUARTERS.isdisjoint(words.fold(header).split())
        told = [(text, what) for text in texts if (what := coarse(text, bare=bare)) is not None]
        if texts and len(told) >= _MOSTLY * len(texts):
            raise _refused(f"{name}: {told[0][0]!r} in {header!r} is {told[0][1]}")
        if bare and any(_is_year(table, other) for other in range(len(table.header))):
            raise _refused(f"{name}: {header!r} beside the year tells a quarter")
    for index, header in enumerate(table.header):
        if _is_year(table, index):
            raise _refused(f"{name}: {header!r} tells the year alone (such as {sample_of(table, index)[0]!r})")


def check_spans(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a row's day is the first or last of a period that is no day, week or month, as another column tells.

    Only rows among the first are looked at.
    """
    dated = roles.of.get(words.DATE)
    if dated is None or (words.DATE in roles.configured):
        return
    own = set(words.fold(table.header[dated]).split())
    side, other = (_STARTS, _ENDS) if own & _STARTS else (_ENDS, _STARTS)
    beside = [i for i, h in enumerate(table.header) if i != dated and _is_side(h, own - side, other)]
    if not own & side or not beside:
        return
    pairs = zip(sample_of(table, dated), sample_of(table, beside[0]), strict=False)
    texts = [f"{one} - {two}" if side is _STARTS else f"{two} - {one}" for one, two in pairs]
    told = [what for text in texts[:_LOOKED_AT] if (what := coarse(text)) is not None]
    if len(told) > _MOSTLY * len(texts[:_LOOKED_AT]):
        raise _refused(f"{name}: each row from {texts[0].replace(' - ', ' to ', 1)} is {told[0]}")


def _is_side(header: str, rest: set[str], side: frozenset[str]) -> bool:
    """``Period End`` beside ``Period Start``: the same name but for the side."""
    tokens = set(words.fold(header).split())
    return bool(tokens & side) and tokens - side == rest


def _is_year(table: RawTable, index: int) -> bool:
    named = any(role == words.YEAR for role, _ in words.roles_of(table.header[index]))
    texts = sample_of(table, index) if named else []
    return bool(texts) and all(text.removesuffix(".0").isdigit() and len(text[:_FOUR]) == _FOUR for text in texts)


def _refused(told: str) -> FileRefusedError:
    return FileRefusedError(Reason.COLUMNS_MISSING, f"{told}, and {CURE}.")
