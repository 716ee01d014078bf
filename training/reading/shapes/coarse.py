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
_FOUR: Final = 4


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


def _is_year(table: RawTable, index: int) -> bool:
    named = any(role == words.YEAR for role, _ in words.roles_of(table.header[index]))
    texts = sample_of(table, index) if named else []
    return bool(texts) and all(text.removesuffix(".0").isdigit() and len(text[:_FOUR]) == _FOUR for text in texts)


def _refused(told: str) -> FileRefusedError:
    return FileRefusedError(Reason.COLUMNS_MISSING, f"{told}, and {CURE}.")
