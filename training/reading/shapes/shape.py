"""What kind of table is it: long, transaction lines, wide by item, store or date, or a plan."""

from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from training.reading import rowkinds
from training.reading import vocabulary as words
from training.reading.ledger import cell
from training.reading.lines.headings import check_heading
from training.reading.roles import Roles
from training.reading.shapes.across import days_across, days_counted, measured_days
from training.reading.shapes.among import check_unnamed
from training.reading.shapes.baskets import (
    check_amounts,
    check_baskets,
    check_levels,
    check_measures,
    check_measures_across,
    check_parts,
    check_qualifiers,
    check_side_by_side,
)
from training.reading.shapes.beside import table_beside
from training.reading.shapes.coarse import check_spans
from training.reading.shapes.columns import find_roles
from training.reading.shapes.contents import SALES, numbers_rows
from training.reading.shapes.deductions import deductions
from training.reading.shapes.lacking import are_lines_with_states, check_aim, need_date, no_target
from training.reading.shapes.lineprices import without_line_price
from training.reading.shapes.listings import check_listings
from training.reading.shapes.lists import check_counts_in_texts
from training.reading.shapes.meaning import (
    LONG,
    PLAN,
    TRANSACTIONS,
    Meaning,
    is_numeric,
)
from training.reading.shapes.multiples import check_multiples, check_multiples_across
from training.reading.shapes.oneeach import check_foreign, is_one_each, take_each_line
from training.reading.shapes.overall import total_of_columns
from training.reading.shapes.pairs import pairs
from training.reading.shapes.prices import check_catalogue, check_prices, check_quotes
from training.reading.shapes.provenunits import check_products, take_proven_stock
from training.reading.shapes.receipts import take_receipts
from training.reading.shapes.statecolumns import find_states
from training.reading.shapes.undated import check_fiscal
from training.reading.shapes.units import check_packs, check_units
from training.reading.shapes.unsold import (
    check_bought,
    check_counted,
    check_lost,
    check_moved,
    check_offered,
    check_other_quantity,
    check_published,
    check_returned,
)
from training.reading.shapes.wholes import check_totals, parts_of, whole_of
from training.reading.shapes.wide import check_texts, of_one_measure, wide_values
from training.reading.shapes.widenames import are_parts_of_one, check_names, known_word
from training.reading.tables import RawTable
from training.reading.totals import is_total

_OF_ITS_DAY: Final = (
    check_counts_in_texts, check_quotes, check_prices, check_amounts, need_date, check_spans, check_bought, check_moved,
    check_returned, check_offered, check_lost, check_published,
)  # fmt: skip
_OF_ITS_QUANTITY: Final = (
    check_aim, check_counted, check_measures, check_qualifiers, check_levels, check_parts, check_baskets, check_units,
    check_packs, check_heading, check_multiples, check_other_quantity,
)  # fmt: skip
"""What a table must not be, in the order in which a reader should be told."""


def understand(table: RawTable, reading: Reading, name: str) -> Meaning:
    """Find the meaning of a table.

    Raises:
        FileRefusedError: a column that every sale needs cannot be found; the sentence says which
            columns there are and which configuration entry names it.
    """
    meaning = _understood(table, reading, name)
    meaning.states = {words.fold(text): told for text, told in reading.states.items()}
    find_states(meaning)
    return meaning


def _understood(table: RawTable, reading: Reading, name: str) -> Meaning:
    check_side_by_side(table, name)
    wide = measured_days(table, reading, name) or pairs(table, reading, name)
    roles = wide.roles if wide else find_roles(table, reading.columns, name, valued=table_beside(table))
    wide = wide or days_across(table, roles, reading, name)
    if wide is not None:
        check_measures_across(wide.table, wide.values, name)
        return wide
    table = days_counted(table, roles, reading)
    take_proven_stock(table, roles)
    if reading.one_each:
        take_each_line(table, roles, name)
    else:
        take_receipts(table, roles)
    for check in _OF_ITS_DAY:
        check(table, roles, name)
    check_fiscal(table, roles, reading, name)
    for check in _OF_ITS_QUANTITY:
        check(table, roles, name)
    if words.UNITS in roles or SALES in roles:
        if (across := total_of_columns(table, roles, name)) is not None:
            return across
        shape = TRANSACTIONS if _is_transactions(roles) or _tells_returns(table, roles) else LONG
        less = deductions(table, roles)
        told = without_line_price(table, roles)
        return _drop_totals(Meaning(table, shape, roles, covariates=list(roles.others), deducted=less, told=told))
    if words.MONEY in roles and is_total(table.header[roles.of[words.MONEY]]) and words.PRICE not in roles:
        roles.others.append(roles.of.pop(words.MONEY))
    numeric = [index for index in roles.others if is_numeric(table, index)]
    fresh = [index for index in numeric if not known_word(table.header[index]) and index not in roles.renamed]
    check_listings(table, roles, name)
    if reading.one_each or is_one_each(table, roles, fresh):
        if not reading.one_each:
            check_foreign(table, roles, fresh, name)
        return Meaning(table, TRANSACTIONS, roles, covariates=list(roles.others), one_each=True)
    if _is_plan(table, roles, fresh):
        return Meaning(table, PLAN, roles, covariates=list(roles.others))
    named = parts_of(table, fresh, name) if _is_wide(table, roles, fresh) else []
    named = of_one_measure(table, named)
    if len(named) > 1:
        return _across(table, roles, named, fresh, name)
    raise no_target(table, roles, name)


def _across(table: RawTable, roles: Roles, named: list[int], fresh: list[int], name: str) -> Meaning:
    """One column for each item or store, or for each part of what stands in a total of them."""
    whole = whole_of(table, fresh, named) if are_parts_of_one([table.header[index] for index in named]) else None
    if whole is not None:
        roles.of[words.UNITS] = whole
        roles.others = [index for index in roles.others if index not in (whole, *named)]
        return Meaning(table, LONG, roles, covariates=list(roles.others), ignored=named)
    check_texts(table, roles, named, name)
    check_names([table.header[index] for index in named], name, of_items=words.ITEM in roles)
    check_totals([table.header[index] for index in named], name)
    check_multiples_across([table.header[index] for index in named], name)
    check_catalogue(table, roles, named, name)
    check_unnamed(table, named, name)
    check_products(table, named, name)
    return wide_values(table, roles, named, fresh)


def _is_transactions(roles: Roles) -> bool:
    return words.DOCUMENT in roles or words.CUSTOMER in roles


def _tells_returns(table: RawTable, roles: Roles) -> bool:
    """Do rows say that they are sales, and others that they take goods back? No row of a whole day does."""
    if words.TYPE not in roles:
        return False
    said = {*table.frame[cell(roles.of[words.TYPE])].cast(pl.String).fill_null("").unique()} - {""}
    return 0 < len(rowkinds.returned_kinds(said)) < len(said)


def _is_plan(table: RawTable, roles: Roles, fresh: list[int]) -> bool:
    """Dates, ids and covariates without a target: what is known of days ahead."""
    if words.STORE not in roles and words.ITEM not in roles:
        return False
    numbered = any(numbers_rows(table, at) for at in roles.others)
    if words.MONEY in roles or words.TIME in roles or _is_transactions(roles) or numbered:
        return False
    known = [i for i in roles.others if known_word(table.header[i]) or i in roles.renamed]
    described = len(known) + sum(role in roles for role in (words.PRICE, words.PROMO, words.OPEN, words.CLOSED))
    return described > 0 and described >= len(fresh)


def _is_wide(table: RawTable, roles: Roles, fresh: list[int]) -> bool:
    """May several columns of numbers be items or stores?"""
    told = (words.STORE in roles and words.ITEM in roles) or are_lines_with_states(table, roles)
    return len(fresh) > 1 and not told and words.MONEY not in roles


def _drop_totals(meaning: Meaning) -> Meaning:
    header = meaning.table.header
    meaning.covariates = [index for index in meaning.covariates if not is_total(header[index])]
    return meaning
