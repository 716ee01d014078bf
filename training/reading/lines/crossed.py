"""Two lines of names above each column, one of stores and one of items, as merged cells are exported; a row a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, split_time
from training.reading.dialect.datepatterns import EXCEL
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, Ledger, cell
from training.reading.lines.strays import kinds
from training.reading.tables import RawTable
from training.reading.totals import is_total

_FEWEST: Final = 2
_UNITS: Final = "units"
_OF_OTHER_FIGURES: Final = (
    words.PLANNED
    | words.AIMS
    | words.OF_RETURNS
    | words.GIVEN_BACK
    | words.STATISTICS
    | {"ly", "ty", "py", "cy", "last", "previous", "actual", "actuals", "ist", "vorjahr", "var", "diff", "stock"}
)
"""Words by which a name tells the kind of the figures below it: what was planned, came back, or of another year."""


@dataclass(frozen=True)
class Cross:
    """Names of each column in the line above and in the one below it, both blank where a column has none.

    ``last`` is the index of the last line of the header, ``labels`` what the two lines call themselves.
    """

    upper: tuple[str, ...]
    header: tuple[str, ...]
    last: int
    labels: tuple[str, str]

    @property
    def values(self) -> list[int]:
        """Columns of numbers, without those of totals."""
        named = [at for at, name in enumerate(self.upper) if name]
        return [at for at in named if not is_total(self.upper[at]) and not is_total(self.header[at])]


def cross_at(rows: Sequence[Sequence[str]], index: int) -> Cross | None:
    """The two lines of names of which ``index`` is one; None where the header is one line."""
    for upper in (index - 1, index):
        if 0 <= upper < len(rows) - 1 and (found := _crossed(rows, upper)) is not None:
            return found
    return None


def find_cross(rows: Sequence[Sequence[str]]) -> Cross | None:
    """The first such lines of a file in which no line alone looks like a header."""
    return next((found for index in range(len(rows) - 1) if (found := _crossed(rows, index)) is not None), None)


def _crossed(rows: Sequence[Sequence[str]], upper: int) -> Cross | None:
    above, below = ([text.strip() for text in rows[at]] for at in (upper, upper + 1))
    last = upper + 2 if upper + 2 < len(rows) and _is_day_name(rows[upper + 2]) else upper + 1
    data = next((row for row in rows[last + 1 :] if any(text.strip() for text in row)), None)
    if data is None or len(above) < _FEWEST or (told := kinds(data)).count("d") != 1:
        return None
    start = max(at for at, kind in enumerate(told) if kind in "dt") + 1
    width = next((at for at in range(len(below), 0, -1) if below[at - 1]), 0)
    names, held = below[start:width], _held(above, start, width)
    if not all(names) or not all(held) or not all(map(_is_name, {*names, *held})) or told.count("n") < _FEWEST:
        return None
    pairs = [*zip(held, names, strict=True)]
    if len({*pairs}) < len(pairs) or len({*held}) < _FEWEST or len({*held}) == len(pairs):
        return None
    inner = [name for group, name in pairs if not is_total(name) and not is_total(group)]
    if len({*inner}) == len(inner) and not all(map(_is_store, {*held})):
        return None  # kinds of items, for all that is told
    day = told.index("d")
    head = list(rows[last])[:start] if last > upper + 1 else [low or up for up, low in zip(above, below, strict=False)]
    head = [text.strip() for text in (*head, *[""] * start)][:start]
    own = _is_day_name([head[day]])
    labels = (above[day], below[day]) if last > upper + 1 or not own else ("", "")
    head[day] = head[day] if own else words.DATE
    return Cross(("",) * start + tuple(held), (*head, *names), last, labels)


def _held(above: Sequence[str], start: int, width: int) -> list[str]:
    """Names of the upper line, each until the next."""
    held, last = [], ""
    for at in range(start, width):
        last = (above[at] if at < len(above) else "") or last
        held.append(last)
    return held


def _is_day_name(row: Sequence[str]) -> bool:
    """One cell only, which is named by the day: ``date,,,,`` below the names of columns."""
    filled = [text for text in row if text.strip()]
    return len(filled) == 1 and bool(row[0].strip()) and words.DATE in dict(words.roles_of(filled[0]))


def _is_name(text: str) -> bool:
    """No number, day, measure nor kind of a quantity, and not what is counted in; a total is one."""
    if is_total(text):
        return True
    dated = any(form != EXCEL for form, _ in readings(split_time(text)[0]))
    plain = any(c.isalpha() for c in text) and not dated
    tokens = words.fold(text).split()
    counted = words.COUNTED_IN.issuperset(tokens) or words.KINDS_OF_QUANTITY.issuperset(tokens)
    other = not _OF_OTHER_FIGURES.isdisjoint(tokens)
    measure = words.measure_of(text) is not None
    known = words.days_of_week(text) or words.fold(text) in words.MONTH_OF
    return plain and not (counted or other or measure or known)


def _is_store(name: str) -> bool:
    """``Store 12``, ``Filiale Nord``, ``North``: begins with a word of stores, or has one of places."""
    tokens = words.fold(name).split()
    begins = any(role == words.STORE for token in tokens[:1] for role, _ in words.roles_of(token))
    return begins or not words.PLACES.isdisjoint(tokens)


def split_crossed(
    table: RawTable, cross: Cross, wanted: Literal["items", "stores"] | None, name: str, ledger: Ledger
) -> list[RawTable]:
    """One table for each name of the upper line, with a column of it.

    Raises:
        FileRefusedError: which of the names are stores is not told.
    """
    role = _role_above(cross, wanted, name)
    groups: dict[str, list[int]] = {}
    for at in cross.values:
        groups.setdefault(cross.upper[at], []).append(at)
    common = [at for at, text in enumerate(cross.upper) if not text]
    values = [cell(at) for at in cross.values]
    tables: list[RawTable] = []
    for group, columns in groups.items():
        own = [cell(at) for at in columns]
        blank = _all_blank(own) & ~_all_blank(values)  # of a store that was closed, and no blank line
        frame = table.frame.filter(~blank)
        ledger.read += frame.height - (0 if tables else table.frame.height)
        tables.append(_of_group(replace(table, frame=frame), cross, (role, group), common, columns))
    ledger.remark(
        Reason.TITLE_READ,
        f"two lines of names stand above the columns, of which the upper ones are "
        f"{'stores' if role == words.STORE else 'items'}: {', '.join(map(repr, list(groups)[:5]))}",
    )
    return tables


def _all_blank(names: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).fill_null("").str.strip_chars() == "" for name in names)


def _of_group(
    table: RawTable, cross: Cross, told: tuple[str, str], common: Sequence[int], columns: Sequence[int]
) -> RawTable:
    role, group = told
    lower = words.ITEM if role == words.STORE else words.STORE
    names = [*(cross.header[at] for at in common), *(cross.header[at] for at in columns), role]
    cells = [*(pl.col(cell(at)) for at in (*common, *columns)), pl.lit(group)]
    if len(columns) == 1:  # no table of several columns: its only one is the quantity
        names[-2:] = [_UNITS, role, lower]
        cells.append(pl.lit(cross.header[columns[0]]))
    frame = table.frame.select(LINE, *(column.alias(cell(at)) for at, column in enumerate(cells)))
    return replace(table, header=tuple(names), frame=frame)


def _role_above(cross: Cross, wanted: Literal["items", "stores"] | None, name: str) -> str:
    """Of what the names of the upper line are."""
    if wanted is not None:
        return words.STORE if wanted == "stores" else words.ITEM
    upper, lower = ({names[at] for at in cross.values} for names in (cross.upper, cross.header))
    said = [{role for role, _ in words.roles_of(label)} & {words.STORE, words.ITEM} for label in cross.labels]
    above = [words.STORE in said[0], words.ITEM in said[1], _mostly_stores(upper) and not _mostly_stores(lower)]
    below = [words.ITEM in said[0], words.STORE in said[1], _mostly_stores(lower) and not _mostly_stores(upper)]
    if any(above) != any(below):
        return words.STORE if any(above) else words.ITEM
    at = cross.values[0]
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: two names stand above each column, such as {cross.upper[at]!r} over {cross.header[at]!r} (lines "
        f"{cross.last} and {cross.last + 1}), and whether the upper ones are stores is not told; set "
        "reading.side_by_side = 'stores' if they are, or 'items' if they are items.",
    )


def _mostly_stores(names: set[str]) -> bool:
    return 2 * sum(map(_is_store, names)) > len(names)
