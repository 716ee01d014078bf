"""What a table lacks to be one of sales, and which entry or column would give it."""

from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.dialect.dateforms import readings, split_time
from training.reading.dialect.periods import CURE
from training.reading.errors import FileRefusedError, UndatedError
from training.reading.ledger import LINE, cell
from training.reading.lines.daycells import is_short_day
from training.reading.lines.decimalyears import quarters_of_years
from training.reading.lines.measured import check_periods
from training.reading.lines.years import lacks_year
from training.reading.roles import Roles
from training.reading.shapes.across import numbering_column
from training.reading.shapes.coarse import check_coarse
from training.reading.shapes.contents import SALES, holds_dates, sample_of
from training.reading.shapes.meaning import is_numeric
from training.reading.shapes.oneeach import ENTRY
from training.reading.shapes.undated import check_days, check_fiscal_periods, check_instants, check_months, check_weeks
from training.reading.shapes.widenames import is_word_name, known_word
from training.reading.tables import RawTable

_LOOKED_AT, _SHOWN = 200, 40
_PERIODS: Final = frozenset(
    {"week", "wk", "woche", "month", "monat", "period", "periode", "semaine", "mois", "semana", "mes"}
)
_RUNNING: Final = frozenset(words.WORDS["running_up"])
_EDGES: Final = frozenset(
    {"start", "end", "from", "to", "deposit", "payout", "settlement", "updated", "modified", "printed"}
)
"""Words of days that are seldom those of a sale."""


def need_date(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where no column is the day of the sale; the sentence names what comes nearest."""
    if words.DATE in roles or words.YEAR in roles:
        return
    check_periods(table, name)
    columns = ", ".join(repr(header) for header in table.header[:30] if header)
    several = [header for index, header in enumerate(table.header) if header and _holds_days(table, index)]
    due = next(
        (h for i, h in enumerate(table.header) if naming.is_other_day(h) and holds_dates(table, i, strict=True)), None
    )
    if due and all(map(naming.is_other_day, several)):
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {due!r} is a day on which something is due or was made, received, keyed in, reported, changed "
            "or sold last, or someone joined, not the day of the sale, and no other column of the header on line "
            f"{table.header_line} is one; add the date of the order, or set reading.columns.date = {due!r} to use "
            "it on purpose.",
        )
    check_months(table, name)
    counted = numbering_column(table, roles)
    dated = any(words.MONTH in dict(words.roles_of(header)) for header in table.header)  # days of months, not counted
    if counted is not None and not dated:
        day = table.header[counted]
        what = "days" if words.DAY in dict(words.roles_of(day)) else "weeks"
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {day!r} numbers the {what} without saying from which; tell the day of number 1 as "
            f"reading.date_format = '{day} 1 = {'2011-01-29' if what == 'days' else '2024-01-01'}'.",
        )
    if len(several) > 1:
        likely = min(several, key=lambda header: len(_EDGES.intersection(words.fold(header).split())))
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {', '.join(map(repr, several[:5]))} hold dates, and none is known as the day of the sale; "
            f"name it, such as reading.columns.date = '{likely}'.",
        )
    check_fiscal_periods(table, name)
    if (quarters := quarters_of_years(table)) is not None:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {quarters[0]!r} counts years in quarters (such as {quarters[1]!r}), and {CURE}.",
        )
    check_coarse(table, roles, name)
    check_weeks(table, name)
    check_days(table, name)
    check_instants(table, name)
    fiscal = next(
        (h for h in table.header if naming.is_fiscal(h) and _PERIODS.intersection(words.fold(h).split())), None
    )
    if fiscal is not None:
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {fiscal!r} is called fiscal, and on which day that year begins is not told; write the first day "
            "of each period into a column of the day.",
        )
    told = f"{name}: no column of the header on line {table.header_line} ({columns}) holds dates"
    raise UndatedError(told + _called_a_date(table, name))


def _holds_days(table: RawTable, index: int) -> bool:
    """Dates beyond doubt, or bare numbers such as 20240313 in a column that calls itself a date."""
    named = naming.is_date_name(table.header[index]) and holds_dates(table, index, days_only=True)
    return bool(sample_of(table, index)) and (named or holds_dates(table, index, strict=True))


def _called_a_date(table: RawTable, name: str) -> str:
    """What stands in a column that is called a date: no day with its year, or one in a form that nobody knows."""
    for index, header in enumerate(table.header):
        if not any(role == words.DATE for role, _ in words.roles_of(header)) and not naming.is_date_name(header):
            continue
        head = table.frame.head(_LOOKED_AT).select(LINE, pl.col(cell(index)).cast(pl.String).str.strip_chars())
        for line, text in head.iter_rows():
            if text and text.lower() not in words.MISSING_WORDS and not readings(split_time(text)[0]):
                if lacks_year(text) or is_short_day(text):
                    raise FileRefusedError(
                        Reason.COLUMNS_MISSING,
                        f"{name}: the days of {header!r} tell no year (line {line}: {text[:_SHOWN]!r}); write it into "
                        f"them, as {_with_year(text)[:_SHOWN]!r}.",
                    )
                return f": most cells of {header!r} are no day of a year (line {line}: {text[:_SHOWN]!r})"
    return ""


def _with_year(text: str) -> str:
    """``1/3/2024`` of ``1/3``, ``1 March 2024`` of ``1 March``."""
    mark = next((c for c in text if c in "-/."), " ") if is_short_day(text) else " "
    return f"{text.rstrip('.')}{mark}2024"


def check_aim(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the only quantity is a ``Target`` beside several numbers that may be what was sold of each item.

    Beside an item it may be a store, as they may be, where all are written as names.
    """
    index = roles.of.get(SALES)
    known = {words.UNITS, words.DOCUMENT} & roles.of.keys() or {words.UNITS, SALES} & roles.configured
    if index is None or known or words.fold(table.header[index]) not in words.AIMS:
        return
    numeric = [i for i in roles.others if is_numeric(table, i) and not words.roles_of(table.header[i])]
    if words.ITEM in roles:
        numeric = [i for i in numeric if is_word_name(table.header[i]) and not known_word(table.header[i])]
        numeric = [] if words.STORE in roles or not is_word_name(table.header[index]) else numeric
    if len(numeric) > 1:
        aim, shown = table.header[index], ", ".join(repr(table.header[i]) for i in numeric[:3])
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: {aim!r} may be the quantity, or an aim beside what was sold of {shown}, or one of them; leave it "
            f"out or write more of its name, or set reading.columns.units = '{aim}' if it is the quantity.",
            units=aim,
        )


def _on_hand(table: RawTable, roles: Roles) -> str:
    """What was taken for the stock, and may be the quantity."""
    if words.STOCK not in roles:
        return ""
    stock = table.header[roles.of[words.STOCK]]
    return f"; {stock!r} is taken for what is in stock, and reading.columns.units = '{stock}' makes it the quantity"


def are_lines_with_states(table: RawTable, roles: Roles) -> bool:
    """A state beside the code or name of an item is that of a line; beside a bare ``ID`` it is that of an order."""
    if words.ITEM not in roles or words.STATUS not in roles:
        return False
    rank = dict(words.roles_of(table.header[roles.of[words.ITEM]])).get(words.ITEM, 0)
    return rank <= words.ITEM_NAMES


def _each_line(table: RawTable, roles: Roles) -> str:
    """Lines of orders that name their items may each be one unit."""
    of_lines = {words.DOCUMENT, words.ITEM} <= roles.of.keys() or are_lines_with_states(table, roles)
    return f"set {ENTRY} if each line is one unit, or " if of_lines else ""


def _counted_in(table: RawTable, roles: Roles) -> str:
    """Columns named by what is counted in: ``Litres`` may be the quantity."""
    units = words.COUNTED_IN | words.VESSELS
    named = [i for i in roles.others if units.issuperset(words.fold(table.header[i]).split() or [""])]
    found = next((table.header[i] for i in named if is_numeric(table, i)), None)
    return "" if found is None else f"set reading.columns.units = '{found}' if that is it, or else "


def no_target(table: RawTable, roles: Roles, name: str) -> FileRefusedError:
    """Why no column is the quantity, and which entry would make one it."""
    columns = ", ".join(repr(header) for header in table.header[:30] if header)
    if table.encoding is not None and not table.encoding.startswith("utf"):
        columns += f", read as {table.encoding}: set reading.encoding if these are no words"
    if words.MONEY in roles:
        money = table.header[roles.of[words.MONEY]]
        return FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {money!r} is money and no column holds a quantity ({columns}){_on_hand(table, roles)}; "
            f"{_each_line(table, roles)}{_counted_in(table, roles)}add the quantity, or set reading.columns.units = "
            f"'{money}' to forecast money on purpose.",
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
    running = next((header for header in table.header if not _RUNNING.isdisjoint(words.fold(header).split())), None)
    if running is not None:
        return FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {running!r} runs up over several days by its name, and no column holds what was sold on each; "
            f"write the quantity of each day, or set reading.columns.units = '{running}' where it is that.",
        )
    if words.STOCK in roles:
        stock = table.header[roles.of[words.STOCK]]
        return FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {stock!r} is what is in stock, and no column holds what was sold ({columns}); add the quantity "
            f"sold, or set reading.columns.units = '{stock}' to forecast the stock on purpose.",
        )
    return FileRefusedError(
        Reason.COLUMNS_MISSING,
        f"{name}: no column of the header on line {table.header_line} ({columns}) holds the quantity sold; "
        f"{_each_line(table, roles)}{_counted_in(table, roles)}name it as reading.columns.units in the dataset's "
        "configuration.",
    )
