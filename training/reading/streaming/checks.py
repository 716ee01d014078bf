"""What a part of a file cannot tell: where that matters, the file is read as a whole."""

from collections.abc import Callable, Iterable
from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.verdict import Reason
from training.reading import naming, rowkinds
from training.reading import vocabulary as words
from training.reading.ledger import CELLS, REASON, Ledger, cell
from training.reading.limits import Limits
from training.reading.parsing.charges import no_items
from training.reading.parsing.kinds import LOOKED_AT
from training.reading.parsing.movements import tells_movements
from training.reading.parsing.rows import every_of
from training.reading.parsing.saidwords import named_column
from training.reading.parsing.stated import are_flags_in_part, tells_flags
from training.reading.parsing.untold import texts_of_lines
from training.reading.shapes.baskets import KINDS_OF_AMOUNT
from training.reading.shapes.columns import say_the_same
from training.reading.shapes.listings import may_offer, told_offers
from training.reading.shapes.meaning import LONG, TRANSACTIONS, WIDE, WIDE_ITEMS, WIDE_STORES, Meaning
from training.reading.shapes.rivals import may_be_position, may_number_lines
from training.reading.streaming.across import check_across
from training.reading.streaming.blocks import IrregularError
from training.reading.streaming.seen import Seen
from training.reading.tables import RawTable

_ONE_KIND: Final = KINDS_OF_AMOUNT | words.MEASURE_KINDS | words.QUALIFIERS | words.LEVELS


def is_regular(meaning: Meaning, config: Reading) -> bool:
    """A table with a column of days, none of whose columns gets its role from all of the file's rows."""
    header = meaning.table.header
    roles = [{role for role, _ in words.roles_of(name)} for name in header]
    counted = sum(words.UNITS in found for found in roles) < 2  # noqa: PLR2004 - two claims are compared cell by cell
    timed = (
        meaning.shape == LONG and meaning.index(words.TIME) is not None
    )  # transactions, if times differ further down
    return (
        meaning.shape in (LONG, TRANSACTIONS, WIDE_ITEMS, WIDE_STORES)
        and " = " not in (config.date_format or "")
        and meaning.index(words.DATE) is not None
        and not (meaning.deducted or timed)
        and counted
        and (words.PACK_SIZES | words.WHOLES).isdisjoint(map(words.fold, header))
        and not (meaning.shape == TRANSACTIONS and config.duplicates == "reject" and texts_of_lines(meaning))
        and not any(words.TYPE in found for found in roles)
        and words.TYPE not in meaning.roles
        and not any(naming.given_back(name) for name in header)
        and not tells_movements(header)
        and not any(_is_twin(meaning, index) for index in meaning.covariates)
        and not may_number_lines(meaning.table, meaning.roles)
        and not any(may_be_position(meaning.table, meaning.roles, index) for index in range(len(header)))
    )


def _is_twin(meaning: Meaning, index: int) -> bool:
    """Does a column repeat the days, as an ``End Date`` may? Whether it does on all rows, only they tell."""
    date = meaning.index(words.DATE)
    return date is not None and meaning.table.frame.height > 0 and say_the_same(meaning.table, date, index)


def check_seen(meaning: Meaning, seen: Seen, limits: Limits) -> None:
    """Raise where all blocks together show what no block could be read by.

    Raises:
        IrregularError: the file must be read as a whole.
    """
    counted_twice = seen.units is not None and seen.units["item"].n_unique() < seen.units.height
    netted = seen.orders.taken_back and seen.negative  # a line of another block may take a sale back
    counted_twice |= len(seen.sight.strong.measures) > 1  # whether of one item, only all blocks tell
    if meaning.shape in WIDE:
        check_across(meaning, seen.across)
    watched = {named_column(meaning, index) for index in meaning.watched}
    counted_twice |= not watched.isdisjoint(seen.ledger.said.states)  # all rows tell whether it is a column of states
    several = len(seen.promo) > 1 or counted_twice or netted or not seen.orders.by_line
    if several or seen.ledger.read > limits.max_rows or _has_kinds(meaning, seen):
        raise IrregularError


_OF_KINDS: Final[tuple[Callable[[Iterable[str]], object], ...]] = (
    rowkinds.kinds_of_no_sale, rowkinds.told_twice, rowkinds.told_in_parts, rowkinds.may_be_returns,
    rowkinds.are_sales_and_returns,
)  # fmt: skip


def kinds_told(table: RawTable) -> list[int]:
    """Columns whose names, or the cells of whose first rows, promise to say of each row of what kind it is."""
    told = (rowkinds.tells_kind, tells_flags, lambda name: words.fold(name) in _ONE_KIND)
    first = table.frame.head(LOOKED_AT)
    return [
        at
        for at, name in enumerate(table.header)
        if any(tells(name) for tells in told) or rowkinds.tell_kinds(first[cell(at)].cast(pl.String).drop_nulls())
    ]


def offers_told(meaning: Meaning) -> list[int]:
    """Further columns that may say of each line of one unit whether it was sold."""
    kinds = kinds_told(meaning.table)
    named = [at for at, header in enumerate(meaning.table.header) if meaning.one_each and may_offer(header)]
    return [at for at in named if at not in kinds]


def _has_kinds(meaning: Meaning, seen: Seen) -> bool:
    """Do rows say of themselves that they are of several kinds, some of them no sales of an item?"""
    offers = offers_told(meaning)
    for index, said in seen.said.items():
        header = meaning.table.header[index]
        name = words.fold(header)
        offered = meaning.one_each and may_offer(header) and told_offers(header, said)
        if offered or (name in _ONE_KIND and len(said - {""}) > 1):
            return True
        if index in offers:
            continue
        if any(tells(said) for tells in _OF_KINDS) or rowkinds.kinds_given(said, header):
            return True
        if tells_flags(header) and are_flags_in_part(said):
            return True
        if name in words.LINE_KINDS and meaning.shape == TRANSACTIONS and no_items(said):
            return True
    return False


def check_items(meaning: Meaning, ledger: Ledger) -> None:
    """Raise where rows of one day may be of several items; in a wide table they are told by the columns.

    Raises:
        IrregularError: the file must be read as a whole.
    """
    if (
        meaning.shape not in WIDE
        and words.ITEM not in meaning.roles
        and any((refused[REASON] == Reason.DUPLICATE_CONFLICT.value).any() for refused in ledger.refused)
    ):
        raise IrregularError


def begins_within(part: Meaning, lines: pl.DataFrame) -> bool:
    """May the first row belong to an order that is named in the block before?"""
    document = part.index(words.DOCUMENT)
    return document is not None and lines.height > 0 and not (lines[cell(document)][0] or "").strip()


def names_every(part: Meaning) -> bool:
    """Is a store or item called ``All Stores`` or the like?"""
    named = [(index, role) for role in (words.STORE, words.ITEM) if (index := part.index(role)) is not None]
    return any(every_of(part.table.frame[cell(index)].drop_nulls().unique(), role) for index, role in named)


def has_lone_cell(refused: pl.DataFrame) -> bool:
    """A row of one filled cell may head the rows below it."""
    filled = pl.col(CELLS).list.eval(pl.element().str.strip_chars() != "").list.sum()
    return bool(refused.select((filled == 1).any()).item())
