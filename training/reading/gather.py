"""Every table of a file with its meaning, whatever it lies in."""

from typing import Final

import polars as pl

from core.contracts.dataset import Reading
from core.contracts.sniff import Kind
from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError, refused_on_panic
from training.reading.files.containers import Part
from training.reading.ledger import LINE, Ledger, cell
from training.reading.limits import Limits
from training.reading.lines.text import text_tables
from training.reading.shapes.filename import COLUMN, understood
from training.reading.shapes.meaning import PLAN, Meaning
from training.reading.shapes.measurerows import of_quantity
from training.reading.tables import RawTable
from training.reading.workbooks.sheets import parquet_tables, sheet_tables

_SHOWN: Final = 3
_MOST: Final = 20


def gather(parts: list[Part], name: str, config: Reading, limits: Limits, ledger: Ledger) -> list[Meaning]:
    """Understand each part; a member of an archive that does not fit is told by name.

    Raises:
        FileRefusedError: no part can be understood, or one is of what others sold and came back.
    """
    meanings: list[Meaning] = []
    failed: list[tuple[str, FileRefusedError]] = []
    all_planned = all(naming.is_planned(part.member) for part in parts)
    for part in parts:
        own = Ledger()
        try:
            found = gather_one(part, name, config, limits, own)
            if naming.is_planned(part.member) and not all_planned:
                _check_planned(found, part.member)
            meanings += found
            ledger.absorb(own)
        except FileRefusedError as refused:
            if len(parts) == 1:
                ledger.absorb(own)
                raise
            failed.append((part.member, refused))
    if not meanings:
        raise failed[0][1]
    _check_returns(meanings, name)
    _tell_days(meanings, ledger)
    tell_unread(failed, name, ledger)
    return meanings


def _check_planned(found: list[Meaning], member: str) -> None:
    """Raise where quantities beside those sold are planned by the name of their file; covariates may lie ahead."""
    if any(meaning.shape != PLAN for meaning in found):
        raise FileRefusedError(Reason.NOT_A_TABLE, f"{member}: it holds by its name what was planned, and no sales.")


def gather_one(part: Part, name: str, config: Reading, limits: Limits, ledger: Ledger) -> list[Meaning]:
    """Every table of one part.

    Raises:
        FileRefusedError: it cannot be understood.
    """
    label = f"{name}/{part.member}" if part.member else name
    tables = _tables(part, label, config, limits, ledger)
    found: list[Meaning] = []
    failed: list[tuple[RawTable, FileRefusedError]] = []
    for table in tables:
        try:
            found.append(understood(of_quantity(table, config, ledger), config, label))
        except FileRefusedError as refused:
            failed.append((table, refused))
    if failed:
        raise _of_one(*failed[0], found, label)
    return found


def _of_one(table: RawTable, why: FileRefusedError, found: list[Meaning], label: str) -> FileRefusedError:
    """What is said where one of several tables is none of sales: an entry for it would be one for all."""
    beside = [meaning.table for meaning in found if meaning.table.header_line != table.header_line]
    if why.reason is not Reason.COLUMNS_MISSING or not beside or table.member or beside[0].header == table.header:
        return why
    told = ", ".join(map(repr, table.header[:_SHOWN]))
    return FileRefusedError(
        why.reason,
        f"{label}: the table under line {table.header_line} ({told}) has not the columns of sales that the one under "
        f"line {beside[0].header_line} has; leave it out, or upload it by itself to be told what it lacks.",
    )


def tell_unread(failed: list[tuple[str, FileRefusedError]], name: str, ledger: Ledger) -> None:
    """Say which members of an archive are no tables of sales, and why."""
    for member, why in failed:
        ledger.remark(Reason.NOT_A_TABLE, f"{member} was not read: {_bare(why.sentence, name, member)}")


def tell_others(others: list[str], ledger: Ledger) -> None:
    """Say which members of an archive are no tables."""
    if others:
        ledger.remark(Reason.NOT_A_TABLE, f"no tables, not read: {', '.join(others[:_MOST])}", count=len(others))


def is_of_returns(member: str) -> bool:
    """Does a member's name say that its quantities came back?"""
    return not words.OF_RETURNS.isdisjoint(words.fold(member).split())


def _check_returns(meanings: list[Meaning], name: str) -> None:
    """Raise where a member is of what came back, and others are not: they may be less it already, or not."""
    members = list(dict.fromkeys(meaning.table.member for meaning in meanings))
    back = next((member for member in members if is_of_returns(member)), None)
    sold = next((member for member in members if not is_of_returns(member)), None)
    if back is not None and sold is not None:
        raise FileRefusedError(
            Reason.AMBIGUOUS,
            f"{name}: beside {sold} stands {back}, which holds by its name what came back, and nothing tells whether "
            f"it is taken off {sold} already; upload {sold} alone if it is, or else write it into {sold} as negative "
            "quantities.",
        )


def _tell_days(meanings: list[Meaning], ledger: Ledger) -> None:
    """Days that no cell says are told in the verdict."""
    named = [meaning.table for meaning in meanings if COLUMN in meaning.table.header and meaning.table.frame.height]
    if not named:
        return
    days = [table.frame[cell(table.header.index(COLUMN))][0] for table in named]
    shown = ", ".join(map(repr, dict.fromkeys(days[:_SHOWN]))) + (", ..." if len(days) > _SHOWN else "")
    lines = pl.concat([table.frame[LINE] for table in named])
    ledger.remark(Reason.TITLE_READ, f"the day of each row is that of its file's name: {shown}", lines)


def _bare(sentence: str, name: str, member: str) -> str:
    """Without the names that stand before it anyway."""
    return sentence.removeprefix(f"{name}/").removeprefix(member).lstrip(":, ")


def _may_be_sales(table: RawTable, config: Reading, label: str) -> bool:
    """Has it the columns of sales? What is ambiguous is to be told, and not passed over."""
    try:
        understood(of_quantity(table, config, Ledger()), config, label)
    except FileRefusedError as refused:
        return refused.reason is not Reason.COLUMNS_MISSING
    return True


def _tables(part: Part, label: str, config: Reading, limits: Limits, ledger: Ledger) -> list[RawTable]:
    with refused_on_panic(label):
        if part.kind is Kind.PARQUET:
            return parquet_tables(part, label, limits, ledger)
        if part.kind is Kind.XLSX:
            return sheet_tables(
                part, label, config, limits, ledger, fits=lambda table: _may_be_sales(table, config, label)
            )
    return text_tables(part, label, config, limits, ledger)
