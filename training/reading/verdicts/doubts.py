"""Remarks on columns that were taken for what they most likely are, and may be something else."""

import re
from typing import Final

import polars as pl

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.ledger import LINE, Ledger, cell
from training.reading.shapes.areas import is_area
from training.reading.shapes.contents import SALES, SAMPLE, sample_of
from training.reading.shapes.lists import may_list
from training.reading.shapes.meaning import LONG, TRANSACTIONS, WIDE, WIDE_STORES, Meaning, is_numeric
from training.reading.shapes.oneeach import ENTRY, is_few
from training.reading.shapes.overall import may_be_items
from training.reading.shapes.widenames import known_word, starts_as_store

_OF_MONEY: Final = frozenset(words.WORDS["sales_of_money"])
_SEVERAL_ITEMS: Final = frozenset(words.WORDS["several_items"])
_CENTS, _TENTHS = r"\d[.,]\d{2}$", r"\d[.,]\d{1,2}$"
_PARTS_OF_COUNTRIES: Final = frozenset(words.WORDS["parts_of_countries"])
_SEVERAL: Final = 2
_MOSTLY, _NEARLY_ALL = 0.5, 0.9
_NUMBERS: Final = frozenset(
    {"no", "nr", "num", "number", "id", "code", "index", "age", "rating", "score", "rank", "level", "class"}
)


def tell_doubts(meaning: Meaning, ledger: Ledger) -> None:
    """Say what of a table may be read in another way, and which entry says that it may not."""
    if meaning.shape in (LONG, TRANSACTIONS):
        for told in (
            _money(meaning),
            _lists(meaning),
            _beside(meaning),
            _delivered(meaning),
            _each(meaning),
            _parts(meaning),
        ):
            if told is not None:
                ledger.remark(Reason.TAKEN_AS, told)
    elif meaning.shape in WIDE:
        for told in (_goods(meaning), _stores(meaning)):
            if told is not None:
                ledger.remark(Reason.TAKEN_AS, told)


def _money(meaning: Meaning) -> str | None:
    """``Weekly_Sales`` with cents in most cells."""
    index = meaning.roles.of.get(SALES)
    if index is None or words.UNITS in meaning.roles or SALES in meaning.roles.configured:
        return None
    header = meaning.table.header[index]
    texts = pl.Series(sample_of(meaning.table, index), dtype=pl.String)
    if _OF_MONEY.isdisjoint(words.fold(header).split()) or not texts.len():
        return None
    cents, tenths = (texts.str.contains(form).sum() / texts.len() for form in (_CENTS, _TENTHS))
    if cents <= _MOSTLY or tenths < _NEARLY_ALL:
        return None
    return (
        f"{header!r} has cents in most cells and may be money; it was taken for the quantity, as no other column is "
        f"known as one: name that as reading.columns.units, or set reading.columns.units = {header!r} to forecast this "
        "on purpose"
    )


def _lists(meaning: Meaning) -> str | None:
    """A cell that may name several items, where too little bears it out."""
    index = meaning.index(words.ITEM)
    if index is None or words.ITEM in meaning.roles.configured:
        return None
    header, frame = meaning.table.header[index], meaning.table.frame
    if frame.schema[cell(index)] != pl.String:
        return None
    several = words.DOCUMENT in meaning.roles or not _SEVERAL_ITEMS.isdisjoint(words.fold(header).split())
    found = may_list(frame.select(LINE, pl.col(cell(index)).str.strip_chars().alias("text")).head(SAMPLE), several)
    if found is None:
        return None
    line, text = found
    return (
        f"{header!r} may name several items in a cell (line {line}: {text[:80]!r}), and each text was taken as one "
        f"item: export one row for each item, or set reading.columns.item_id = {header!r} where each text is one"
    )


def _beside(meaning: Meaning) -> str | None:
    """``Mug`` and ``Cup`` beside a ``Quantity`` that is not their sum."""
    named = may_be_items(meaning.table, meaning.roles)
    if not named:
        return None
    header = meaning.table.header[meaning.roles.of[words.UNITS]]
    shown = ", ".join(map(repr, named[:3]))
    return (
        f"{header!r} was counted, and {shown} beside it, which may each be an item, were taken for what describes it: "
        f"set reading.columns.{words.snake(header)} = {header!r} to count them, or "
        f"reading.columns.units = {header!r} if this is right"
    )


def _delivered(meaning: Meaning) -> str | None:
    """``Delivered`` beside the ``Quantity`` it is a part of: what was ordered may not all have been sold."""
    target = meaning.roles.of.get(words.UNITS)
    if target is None or words.UNITS in meaning.roles.configured or naming.is_shipped(meaning.table.header[target]):
        return None
    header, frame = meaning.table.header, meaning.table.frame.head(3 * SAMPLE)
    for index in meaning.covariates:
        named = naming.is_shipped(header[index]) and {role for role, _ in words.roles_of(header[index])} <= {
            words.UNITS
        }
        if not named or index in meaning.roles.renamed or not is_numeric(meaning.table, index):
            continue
        one, other = (pl.col(cell(at)).cast(pl.String).fill_null("").str.strip_chars() for at in (target, index))
        unlike = frame.select(LINE, one.alias("one"), other.alias("other")).filter(pl.col("one") != pl.col("other"))
        if unlike.height:
            line, counted, beside = unlike.row(0)
            return (
                f"{header[target]!r} was counted, and {header[index]!r} beside it, which may be what was sold, differs "
                f"from it (line {line}: {counted!r} and {beside!r}): set reading.columns.units = {header[index]!r} to "
                f"count that, or reading.columns.units = {header[target]!r} if this is right"
            )
    return None


def _parts(meaning: Meaning) -> str | None:
    """``West`` beside ``Nevada`` under ``Region``: it may hold that."""
    index = meaning.index(words.STORE)
    if index is None or words.STORE in meaning.roles.configured or not is_area(meaning.table.header[index]):
        return None
    frame = meaning.table.frame.head(3 * SAMPLE)
    frame = frame.select(LINE, pl.col(cell(index)).cast(pl.String).str.strip_chars().alias("text"))
    named = frame.drop_nulls().unique("text", keep="first", maintain_order=True)
    wide = named.filter(named["text"].map_elements(_is_part, pl.Boolean))
    others = named.filter(~pl.col("text").is_in(wide["text"].implode()))
    if not wide.height or others.height < _SEVERAL:
        return None
    (line, part), (_, other) = wide.row(0), others.row(0)
    header = meaning.table.header[index]
    return (
        f"{header!r} says {part!r} (line {line}) beside {other!r}, which may lie within it, and both were counted: "
        f"leave out the rows of areas that hold others, or set reading.columns.store_id = {header!r} if none does"
    )


def _is_part(text: str) -> bool:
    tokens = words.fold(text).split()
    return bool(tokens) and _PARTS_OF_COUNTRIES.issuperset(tokens)


def _each(meaning: Meaning) -> str | None:
    """Lines of one unit each beside a column of few whole numbers under a name that says nothing else."""
    if not meaning.one_each or words.UNITS in meaning.roles.configured:
        return None
    header, frame = meaning.table.header, meaning.table.frame
    for index in meaning.covariates:
        if index in meaning.roles.renamed or not _may_count(header[index]) or not is_numeric(meaning.table, index):
            continue
        if is_few(meaning.table, index):
            text = pl.col(cell(index)).cast(pl.String).str.strip_chars()
            line, several = frame.filter(text.str.contains(r"^(?:[2-9]|\d\d)")).select(LINE, text.alias("text")).row(0)
            return (
                f"each line was counted as one unit, and {header[index]!r} may be how many there are (line {line}: "
                f"{several!r}): set reading.columns.units = {header[index]!r} to count them, or {ENTRY} if this is "
                "right"
            )
    return None


def _goods(meaning: Meaning) -> str | None:
    """``Oil`` beside columns of items: goods, or what is known of the day."""
    for index in meaning.covariates:
        header = meaning.table.header[index]
        named = words.KNOWN_IN_GOODS.issuperset(words.fold(header).split() or [""])
        if named and index not in meaning.roles.renamed and _are_counts(meaning, index):
            return (
                f"{header!r} was taken for what is known of each day, and may be one of the columns that are counted; "
                f"write more of its name if it is, or set reading.columns.{words.snake(header)} = {header!r} if this "
                "is right"
            )
    return None


def _stores(meaning: Meaning) -> str | None:
    """``sld`` and ``onh`` beside an item: columns that nothing but their number calls stores."""
    item, headers = meaning.index(words.ITEM), [meaning.table.header[index] for index in meaning.values]
    if meaning.shape != WIDE_STORES or item is None or meaning.beside or _are_stores(headers):
        return None
    shown = ", ".join(map(repr, headers[:3])) + (", ..." if len(headers) > 3 else "")  # noqa: PLR2004 - as many
    items = meaning.table.header[item]
    return (
        f"no column is known as the quantity, and {shown} were each taken for a store of the items in "
        f"{items!r}: where one of them is their quantity, set reading.columns.units to it, such as "
        f"reading.columns.units = {headers[0]!r}"
    )


def _are_stores(headers: list[str]) -> bool:
    """Named like stores or places, or numbered alike: ``Shop 1``, ``Leeds``, ``CA_1`` and ``TX_2``, ``101``."""
    forms = {re.sub(r"\d+", "9", re.sub(r"[^\W\d_]", "A", header)) for header in headers}
    numbered = len(forms) == 1 and ("9" in next(iter(forms)) or all(len(header) == 1 for header in headers))
    places = all(words.PLACES.issuperset(words.fold(header).split()) for header in headers)
    return numbered or places or all(map(starts_as_store, headers))


def _are_counts(meaning: Meaning, index: int) -> bool:
    texts = sample_of(meaning.table, index)
    return all(text.isdigit() for text in texts) and not {"0", "1"}.issuperset(texts)


def _may_count(header: str) -> bool:
    """A name of which no word says what else is counted or numbered."""
    tokens = set(words.fold(header).split())
    told = tokens & (words.OF_AN_ITEM | words.OTHER_QUANTITY | _NUMBERS)
    named = known_word(header) or naming.describes_sale(header) or naming.is_footfall(header) or naming.is_key(header)
    return bool(tokens) and not (told or named or words.roles_of(header))
