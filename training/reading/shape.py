"""What kind of table is it: long, transaction lines, wide by item, store or date, or a plan."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.baskets import check_amounts, check_baskets, check_measures
from training.reading.columns import SALES, Roles, find_roles, holds_dates
from training.reading.dateforms import header_dates
from training.reading.deductions import deductions
from training.reading.errors import FileRefusedError
from training.reading.headings import check_heading
from training.reading.ledger import LINE, cell
from training.reading.measured import check_periods, measured
from training.reading.tables import RawTable
from training.reading.totals import is_total

LONG, TRANSACTIONS, PLAN = "long", "transactions", "plan"
WIDE_ITEMS, WIDE_STORES, WIDE_DATES = "wide_items", "wide_stores", "wide_dates"
WIDE: Final = (WIDE_ITEMS, WIDE_STORES, WIDE_DATES)
_MOSTLY: Final = 0.5
_WEEK_DAYS: Final = 7
_NUMBERED: Final = re.compile(r"^(?:d|day|f)[ _]?(?P<number>\d{1,4})$")
_FIRST_DAY: Final = re.compile(r"^\D*(?P<number>\d+) = (?P<day>\d{4}-\d\d-\d\d)$")
_M5: Final = {"item_id", "dept_id", "cat_id", "store_id", "state_id", "d_1"}
_NUMBER: Final = (
    r"^[\s\-+(\x{2212}]*[$\x{20ac}\x{a3}]?\s*[\d.,'\x{2019} \x{a0}\x{202f}]*\d[\d.,]*\s*[%\x{20ac}$\x{a3}]?\)?-?$"
)


@dataclass
class Meaning:
    """A raw table and what its columns mean.

    ``values`` are the columns that hold units in a wide table; ``one_each`` marks transaction
    lines without a quantity, each of which is one unit; ``deducted`` are quantities to take off the units.
    """

    table: RawTable
    shape: str
    roles: Roles
    values: list[int] = field(default_factory=list)
    covariates: list[int] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    deducted: list[int] = field(default_factory=list)
    one_each: bool = False

    def index(self, role: str) -> int | None:
        """Column of a role, None where the file has none."""
        return self.roles.of.get(role)

    def is_text(self, index: int) -> bool:
        """No column of numbers."""
        return not _is_numeric(self.table, index)

    @property
    def target(self) -> int | None:
        """Column of the units in a long table."""
        return self.roles.of.get(words.UNITS, self.roles.of.get(SALES))


def understand(table: RawTable, reading: Reading, name: str) -> Meaning:
    """Find the meaning of a table.

    Raises:
        FileRefusedError: a column that every sale needs cannot be found; the sentence says which
            columns there are and which configuration entry names it.
    """
    wide = _measured_days(table, reading, name)
    roles = wide.roles if wide else find_roles(table, reading.columns, name)
    wide = wide or _days_across(table, roles, reading, name)
    if wide is not None:
        return wide
    table = _days_counted(table, roles, reading)
    _need_date(table, roles, name)
    check_amounts(table, roles, name)
    check_measures(table, roles, name)
    check_baskets(table, roles, name)
    check_heading(table, roles, name)
    if words.UNITS in roles or SALES in roles:
        shape = TRANSACTIONS if _is_transactions(roles) else LONG
        less = deductions(table, roles)
        return _drop_totals(Meaning(table, shape, roles, covariates=list(roles.others), deducted=less))
    if words.MONEY in roles and is_total(table.header[roles.of[words.MONEY]]) and words.PRICE not in roles:
        roles.others.append(roles.of.pop(words.MONEY))
    numeric = [index for index in roles.others if _is_numeric(table, index)]
    fresh = [index for index in numeric if not _known_word(table.header[index]) and index not in roles.renamed]
    if words.DOCUMENT in roles and words.ITEM in roles and (words.MONEY not in roles or words.PRICE in roles):
        return Meaning(table, TRANSACTIONS, roles, covariates=list(roles.others), one_each=True)
    if _is_plan(table, roles, fresh):
        return Meaning(table, PLAN, roles, covariates=list(roles.others))
    named = [index for index in fresh if not is_total(table.header[index])]
    if len(named) > 1 and not (words.STORE in roles and words.ITEM in roles) and words.MONEY not in roles:
        _check_texts(table, roles, named, name)
        return _wide_values(table, roles, named, fresh)
    raise _no_target(table, roles, name)


def _measured_days(table: RawTable, reading: Reading, name: str) -> Meaning | None:
    """One column for each day and measure, of which those of the quantity count."""
    found = measured(table, name)
    if found is None:
        return None
    roles = find_roles(found.table, reading.columns, name, valued=(*found.dated, *found.others))
    if words.DATE in roles:
        return None
    meaning = _wide_dates(found.table, roles, found.dated)
    return replace(meaning, covariates=_without(meaning.covariates, found.others), ignored=found.others)


def _days_across(table: RawTable, roles: Roles, reading: Reading, name: str) -> Meaning | None:
    """One column for each day, month or numbered day."""
    dated = _date_columns(table, roles) or _month_columns(table, roles)
    return _wide_dates(table, roles, dated) if dated else _numbered_days(table, roles, reading, name)


def _without(indices: list[int], others: list[int]) -> list[int]:
    return [index for index in indices if index not in others]


def _is_transactions(roles: Roles) -> bool:
    return words.DOCUMENT in roles or words.CUSTOMER in roles


def _date_columns(table: RawTable, roles: Roles) -> list[int]:
    dates = header_dates(table.header)
    if len(dates) < 2 or words.DATE in roles.configured:  # noqa: PLR2004 - one column may be named by a day for other reasons
        return []
    return [index for index, name in enumerate(table.header) if name in dates]


def _month_columns(table: RawTable, roles: Roles) -> list[int]:
    """Columns named by months beside a column of years."""
    if words.YEAR not in roles or words.MONTH in roles or words.WEEK in roles:
        return []
    found = [i for i, header in enumerate(table.header) if words.fold(header) in words.MONTH_OF]
    return found if len(found) > 2 else []  # noqa: PLR2004 - fewer may be words of another kind


def _numbered_days(table: RawTable, roles: Roles, reading: Reading, name: str) -> Meaning | None:
    """Columns ``d_1``, ``d_2``, ...: days counted from one that the file does not tell.

    M5's own columns are known: its first day is 2011-01-29. Others need the configuration.
    """
    if words.DATE in roles or words.YEAR in roles:
        return None
    found = [
        (i, match) for i, header in enumerate(table.header) if (match := _NUMBERED.match(header.strip().casefold()))
    ]
    if len(found) < 2:  # noqa: PLR2004 - one alone counts nothing
        return None
    first = _FIRST_DAY.match(reading.date_format or "")
    start = first["day"] if first else "2011-01-29" if {*table.header} >= _M5 else None
    if start is None:
        column = table.header[found[0][0]]
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: the columns from {column!r} on count days without saying from which; tell the first day as "
            f"reading.date_format = '{column} = 2011-01-29'.",
        )
    offset = int(first["number"]) if first else 1
    begin = date.fromisoformat(start)
    renamed = list(table.header)
    for index, match in found:
        renamed[index] = (begin + timedelta(days=int(match["number"]) - offset)).isoformat()
    return _wide_dates(replace(table, header=tuple(renamed)), roles, [index for index, _ in found])


def _days_counted(table: RawTable, roles: Roles, reading: Reading) -> RawTable:
    """The table with a column of numbered days or weeks written as days, where the configuration tells the first.

    A number that is no whole one stays as it is and is refused with its row.
    """
    first = _FIRST_DAY.match(reading.date_format or "")
    if first is None or words.YEAR in roles:
        return table
    index = roles.of.get(words.DATE)
    if index is None:
        index = _counted(table, roles)
    if index is None:
        return table
    if words.DATE not in roles:
        roles.of[words.DATE] = index
        roles.others.remove(index)
    begin, column = date.fromisoformat(first["day"]), pl.col(cell(index))
    text = column.cast(pl.String).str.strip_chars().str.replace(r"\.0+$", "")
    after = text.str.extract(r"^(\d{1,5})$").cast(pl.Int64) - int(first["number"])
    length = _WEEK_DAYS if words.WEEK in dict(words.roles_of(table.header[index])) else 1
    days = (pl.lit(begin) + pl.duration(days=after * length)).dt.to_string("%Y-%m-%d")
    return replace(table, frame=table.frame.with_columns(pl.coalesce(days, text).alias(cell(index))))


def _counted(table: RawTable, roles: Roles) -> int | None:
    """Column that numbers the days or, where none does, the weeks."""
    for role in (words.DAY, words.WEEK):
        for index in roles.others:
            if role in dict(words.roles_of(table.header[index])) and _is_numeric(table, index):
                return index
    return None


def _wide_dates(table: RawTable, roles: Roles, dated: list[int]) -> Meaning:
    """One column a date; every other column names the series or describes it."""
    taken = set(dated)
    naming = (words.STORE, words.ITEM, words.YEAR)
    kept = {role: index for role, index in roles.of.items() if role in naming and index not in taken}
    others = [i for i in range(len(table.header)) if i not in taken and i not in kept.values()]
    text = [i for i in others if table.header[i] and not _is_numeric(table, i) and not is_total(table.header[i])]
    if words.ITEM not in kept and text:
        kept[words.ITEM] = text[0]
        others.remove(text[0])
    covariates = [i for i in others if table.header[i] and not is_total(table.header[i])]
    return Meaning(table, WIDE_DATES, Roles(of=kept), values=dated, covariates=covariates)


def _wide_values(table: RawTable, roles: Roles, named: list[int], fresh: list[int]) -> Meaning:
    headers = [table.header[index] for index in named]
    stores = words.ITEM in roles or sum(bool(_starts_as_store(name)) for name in headers) > _MOSTLY * len(headers)
    chosen = set(named)
    covariates = [index for index in roles.others if index not in chosen and index not in fresh]
    ignored = [index for index in fresh if index not in chosen]
    shape = WIDE_STORES if stores else WIDE_ITEMS
    return Meaning(table, shape, roles, values=named, covariates=covariates, ignored=ignored)


def _check_texts(table: RawTable, roles: Roles, named: list[int], name: str) -> None:
    """Raise where a text of unknown meaning differs from row to row: it may be the item, and a column the quantity."""
    unknown = [i for i in roles.others if i not in named and i not in roles.renamed and table.header[i]]
    texts = [i for i in unknown if table.frame[cell(i)].dtype == pl.String and not _is_numeric(table, i)]
    texts = [i for i in texts if not _known_word(table.header[i]) and table.frame[cell(i)].n_unique() > 1]
    if not texts or words.ITEM in roles:
        return
    told, columns = table.header[texts[0]], ", ".join(repr(table.header[index]) for index in named[:5])
    raise FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: {columns} may each be an item, or one of them the quantity of the items in {told!r}; name them as "
        f"reading.columns.units and reading.columns.item_id, or leave {told!r} out.",
    )


def _starts_as_store(name: str) -> bool:
    first = words.fold(name).split()[:1]
    return bool(first) and any(role == words.STORE for role, _ in words.roles_of(first[0]))


def _is_plan(table: RawTable, roles: Roles, fresh: list[int]) -> bool:
    """Dates, ids and covariates without a target: what is known of days ahead."""
    if words.STORE not in roles and words.ITEM not in roles:
        return False
    if words.MONEY in roles or words.DOCUMENT in roles:
        return False
    known = [i for i in roles.others if _known_word(table.header[i]) or i in roles.renamed]
    described = len(known) + sum(role in roles for role in (words.PRICE, words.PROMO, words.OPEN, words.CLOSED))
    return described > 0 and described >= len(fresh)


def _known_word(name: str) -> bool:
    tokens = words.fold(name).split()
    calendar = bool(tokens) and all(
        token in words.CALENDAR or token in ("of", "name", "number", "no", "is") for token in tokens
    )
    return (
        calendar
        or any(token in words.KNOWN_AHEAD for token in tokens)
        or words.fold(name).replace(" ", "") in words.KNOWN_AHEAD
    )


def _is_numeric(table: RawTable, index: int) -> bool:
    column = table.frame[cell(index)]
    if column.dtype.is_numeric():
        return True
    if column.dtype != pl.String or not table.header[index]:
        return False
    text = column.drop_nulls().head(2000).str.strip_chars()
    filled = text.filter((text != "") & ~text.str.to_lowercase().is_in(list(words.MISSING_WORDS)))
    if not filled.len() or holds_dates(table, index, strict=True):
        return False
    return int(filled.str.contains(_NUMBER).sum()) >= _MOSTLY * filled.len()


def _drop_totals(meaning: Meaning) -> Meaning:
    header = meaning.table.header
    meaning.covariates = [index for index in meaning.covariates if not is_total(header[index])]
    return meaning


def _need_date(table: RawTable, roles: Roles, name: str) -> None:
    if words.DATE in roles or words.YEAR in roles:
        return
    check_periods(table, name)
    columns = ", ".join(repr(header) for header in table.header[:30] if header)
    due = next(
        (h for i, h in enumerate(table.header) if words.is_other_day(h) and holds_dates(table, i, strict=True)), None
    )
    if due:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {due!r} is a day on which something is due, not the day of the sale, and no other column of the "
            f"header on line {table.header_line} holds dates; add the date of the order, or set "
            f"reading.columns.date = '{due}' to use it on purpose.",
        )
    counted = _counted(table, roles)
    dated = any(words.MONTH in dict(words.roles_of(header)) for header in table.header)  # days of months, not counted
    if counted is not None and not dated:
        day = table.header[counted]
        what = "days" if words.DAY in dict(words.roles_of(day)) else "weeks"
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {day!r} numbers the {what} without saying from which; tell the day of number 1 as "
            f"reading.date_format = '{day} 1 = {'2011-01-29' if what == 'days' else '2024-01-01'}'.",
        )
    several = [h for i, h in enumerate(table.header) if h and holds_dates(table, i, strict=True)]
    if len(several) > 1:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {', '.join(map(repr, several[:5]))} hold dates, and none is known as the day of the sale; "
            f"name it, such as reading.columns.date = '{several[0]}'.",
        )
    raise FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: no column of the header on line {table.header_line} ({columns}) holds dates; "
        "name it as reading.columns.date in the dataset's configuration.",
    )


def _on_hand(table: RawTable, roles: Roles) -> str:
    """What was taken for the stock, and may be the quantity."""
    if words.STOCK not in roles:
        return ""
    stock = table.header[roles.of[words.STOCK]]
    return f"; {stock!r} is taken for what is in stock, and reading.columns.units = '{stock}' makes it the quantity"


def _no_target(table: RawTable, roles: Roles, name: str) -> FileRefusedError:
    columns = ", ".join(repr(header) for header in table.header[:30] if header)
    if words.MONEY in roles:
        money = table.header[roles.of[words.MONEY]]
        return FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {money!r} is money and no column holds a quantity ({columns}){_on_hand(table, roles)}; add the "
            f"quantity, or set reading.columns.units = '{money}' to forecast money on purpose.",
        )
    named = [i for i, header in enumerate(table.header) if words.UNITS in dict(words.roles_of(header))]
    texts = table.frame.select(LINE, pl.col(cell(named[0])).cast(pl.String).alias("text")) if named else pl.DataFrame()
    if texts.height:
        line, text = texts.row(0)
        return FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {table.header[named[0]]!r} is called a quantity, and most of its cells are no numbers "
            f"(line {line}: {text!r}); write numbers, or name the quantity as reading.columns.units.",
        )
    return FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: no column of the header on line {table.header_line} ({columns}) holds the quantity sold; "
        "name it as reading.columns.units in the dataset's configuration.",
    )
