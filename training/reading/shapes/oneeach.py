"""Lines without a quantity: each is one unit, by what stands beside them or as the configuration says."""

from itertools import chain
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import vocabulary as words
from training.reading.dialect import numbers
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, cell
from training.reading.roles import Roles
from training.reading.shapes.contents import SALES
from training.reading.tables import RawTable

_LOOKED_AT: Final = 200
_SEVERAL_DAYS: Final = 2000
_CENT: Final = 0.011
_LESS_THAN_TWO: Final = 1.5
_LAST_LATIN: Final = "\u024f"
_FEW_UNITS: Final = r"^[1-9]\d?(?:[.,]0+)?$"
ENTRY: Final = "reading.one_each = true"


def take_each_line(table: RawTable, roles: Roles, name: str) -> None:
    """Let no column be the quantity, where the configuration says that each line is one unit.

    Raises:
        FileRefusedError: a column is known as the quantity sold.
    """
    if words.UNITS in roles:
        quantity = table.header[roles.of[words.UNITS]]
        raise FileRefusedError(
            Reason.CONFIG_INVALID,
            f"{name}: {ENTRY} says that each line is one unit, and {quantity!r} is a quantity (line "
            f"{table.header_line}); drop that entry, or the column.",
        )
    if SALES in roles:
        roles.others.append(roles.of.pop(SALES))
    roles.configured.add(words.UNITS)


def is_one_each(table: RawTable, roles: Roles, numeric: list[int]) -> bool:
    """Is each line one unit: of a document, or of one of the baskets of customers, beside which no number stands?"""
    if words.ITEM not in roles:
        return False
    if words.DOCUMENT in roles:
        return words.MONEY not in roles or words.PRICE in roles
    if not numeric and words.MONEY in roles and words.PRICE not in roles and words.CUSTOMER not in roles:
        return _of_one_amount(table, roles)
    of_a_line = (words.CUSTOMER, words.DATE, words.ITEM)
    if numeric or any(role not in roles for role in of_a_line) or words.MONEY in roles:
        return False
    named = [pl.col(cell(roles.of[role])).cast(pl.String).str.strip_chars().alias(role) for role in of_a_line]
    lines = table.frame.head(_LOOKED_AT).select(named).unique()
    return lines.select(words.CUSTOMER, words.DATE).unique().height < lines.height


def _of_one_amount(table: RawTable, roles: Roles) -> bool:
    """Have all lines of one item and day about the same amount, and a time each? Lines of several units have not."""
    if words.TIME not in roles or words.DATE not in roles:
        return False
    keys = [cell(roles.of[role]) for role in (words.DATE, words.ITEM)]
    head = table.frame.head(_SEVERAL_DAYS)
    for mark in numbers.MARKS:
        frame = head.select(*keys, numbers.numbers(head[cell(roles.of[words.MONEY])], mark)[0].alias("paid"))
        if frame["paid"].null_count():
            continue
        again = frame.group_by(keys).agg(pl.len(), pl.col("paid").min().alias("least"), pl.col("paid").max())
        again = again.filter(pl.col("len") > 1)
        return again.height > 1 and bool(
            ((again["least"] > 0) & (again["paid"] < _LESS_THAN_TWO * again["least"])).all()
        )
    return False


def check_foreign(table: RawTable, roles: Roles, numeric: list[int], name: str) -> None:
    """Raise where a column of numbers may be the quantity of each line.

    Its name is of letters that are not Latin, or says what is counted, or the price times it is the total.
    """
    unknown = [i for i in numeric if not words.roles_of(table.header[i])]
    foreign = (i for i in unknown if any(c.isalpha() and c > _LAST_LATIN for c in table.header[i]))
    counting = (i for i in unknown if _counts(table.header[i]))
    amounts = (i for i in unknown if _is_amount(table.header[i]) and is_few(table, i))
    column = next(chain(foreign, counting, amounts, (i for i in unknown if _makes_total(table, roles, i))), None)
    if column is None:
        _check_several(table, roles, name)
    else:
        header = table.header[column]
        raise FileRefusedError(
            Reason.COLUMNS_MISSING,
            f"{name}: {header!r} may be the quantity of each line, and is not known as one; set "
            f"reading.columns.units = '{header}', or {ENTRY} where each line is one unit.",
        )


def _check_several(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where totals are whole multiples of the prices beside them: of some lines more than one was sold."""
    if words.PRICE not in roles or words.MONEY not in roles:
        return
    price, total = (roles.of[role] for role in (words.PRICE, words.MONEY))
    frame = table.frame.head(_LOOKED_AT)
    for mark in numbers.MARKS:
        one, all_of = (numbers.numbers(frame[cell(at)], mark)[0] for at in (price, total))
        told = pl.DataFrame({LINE: frame[LINE], "one": one, "all": all_of}).drop_nulls().filter(pl.col("one") > _CENT)
        told = told.with_columns((pl.col("all") / pl.col("one")).alias("times"))
        whole = (told["all"] - told["times"].round() * told["one"]).abs() <= _CENT
        several = told.filter(pl.col("times").abs() > 1.5)  # noqa: PLR2004 - twice at least
        if told.height > 1 and whole.all() and several.height:
            line, times = several.row(0)[0], several["times"][0]
            raise FileRefusedError(
                Reason.COLUMNS_MISSING,
                f"{name}: no column is known as the quantity, and {table.header[total]!r} is {times:.0f} times "
                f"{table.header[price]!r} on line {line}, so not each line is one unit; add the quantity, or name its "
                "column as reading.columns.units.",
            )


def _counts(header: str) -> bool:
    """``Bottles``, ``No. of cups``: what is counted, and none of what an item weighs or holds."""
    tokens = set(words.fold(header).split())
    if tokens & {"no", "nr", "num", "number", "id", "code"} and "of" not in tokens:
        return False  # "Box number"
    beside = words.OF_AN_ITEM | words.OTHER_QUANTITY | {"volume", "content", "capacity"}
    return bool(tokens & (words.COUNTED_IN | words.COUNTED | words.VESSELS)) and not tokens & beside


def _is_amount(header: str) -> bool:
    """``productAmount``, ``Total pieces``: an amount, of money or of units."""
    return any(words.MONEY in dict(words.roles_of(token)) for token in words.fold(header).split())


def is_few(table: RawTable, index: int) -> bool:
    """Whole numbers from one on in all of the first rows, more than one in some: as many as a line may be of."""
    texts = table.frame[cell(index)].head(_LOOKED_AT).cast(pl.String).fill_null("").str.strip_chars()
    return bool(texts.len()) and bool(texts.str.contains(_FEW_UNITS).all()) and texts.n_unique() > 1


def _makes_total(table: RawTable, roles: Roles, index: int) -> bool:
    """Does the price times the column give the total on each of the first rows, and is it not always one?"""
    if words.PRICE not in roles or words.MONEY not in roles:
        return False
    frame = table.frame.head(_LOOKED_AT)
    for mark in numbers.MARKS:
        price, money, own = (
            numbers.numbers(frame[cell(at)], mark)[0] for at in (roles.of[words.PRICE], roles.of[words.MONEY], index)
        )
        told = pl.DataFrame({"made": price * own, "total": money, "own": own}).drop_nulls()
        close = (told["made"] - told["total"]).abs() <= _CENT
        if told.height > 1 and close.all() and (told["own"] != 1).any():
            return True
    return False
