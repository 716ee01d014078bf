"""From the ledger to the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from core.contracts.sales import DATE, ITEM, STORE
from core.contracts.verdict import Counts, Dialect, Kind, Note, Reason, Refusal, Verdict
from training.reading.errors import FileRefusedError
from training.reading.ledger import CELLS, COLUMN, LINE, REASON, VALUE, Ledger
from training.reading.verdicts.cures import Claim, Known, cure

_FEW_LINES: Final = 5
_LOOKED_AT: Final = 1000
"""Rows of one key whose cells are looked at."""
_LONGEST: Final = 60
_QUIET: Final = (
    Reason.HALF_DAY, Reason.REFUNDED_IN_PART, Reason.CHARGES_KEPT, Reason.ID_ROUNDED, Reason.UNSETTLED, Reason.TAKEN_AS,
    Reason.WORD_UNKNOWN,
)  # fmt: skip
_PHRASES: Final = {
    Reason.BLANK_LINE: ("blank line", "blank lines"),
    Reason.REPEATED_HEADER: ("repeated header", "repeated headers"),
    Reason.PREAMBLE: ("line around the table", "lines around the table"),
    Reason.TOTAL_ROW: ("row of totals", "rows of totals"),
    Reason.DUPLICATE_EXACT: ("exact duplicate", "exact duplicates"),
    Reason.CANCELLED: ("cancelled", "cancelled"),
    Reason.REFUNDED: ("refunded sale left out", "refunded sales left out"),
    Reason.NO_ITEM: ("line that is no item", "lines that are no items"),
    Reason.LINES_SUMMED: ("line summed", "lines summed"),
    Reason.RETURNS_NETTED: ("return netted", "returns netted"),
    Reason.UNITS_MISSING: ("cell without a number", "cells without a number"),
    Reason.DUPLICATE_CONFLICT: ("row of which the last was taken", "rows of which the last was taken"),
}


def refusals(ledger: Ledger, most: int, known: Mapping[str, Known]) -> tuple[tuple[Refusal, ...], pl.DataFrame]:
    """Refused rows in file order: at most ``most`` as models, all of them as a frame.

    ``known`` is what each archive member or sheet proved of itself, by its name.
    """
    if not ledger.refused:
        return (), pl.DataFrame()
    frame = pl.concat(ledger.refused).sort(LINE, maintain_order=True)
    shown = frame.head(most)
    claims = _claims(frame, shown)
    listed = tuple(
        Refusal(
            line=line,
            column=column,
            value=value,
            reason=Reason(reason),
            cure=(ledger.hints.get(column or "") if not value.strip() else None)
            or cure(Reason(reason), value, _known_of(column, known), claims.get(value, Claim())),
        )
        for line, column, value, reason in shown.select(LINE, COLUMN, VALUE, REASON).iter_rows()
    )
    return listed, frame


def _known_of(column: str | None, known: Mapping[str, Known]) -> Known:
    """A column is named after its member, where there is one."""
    own = (told for member, told in known.items() if member and column and column.startswith(f"{member}: "))
    return next(own, next(iter(known.values())))


def _claims(frame: pl.DataFrame, shown: pl.DataFrame) -> dict[str, Claim]:
    """Who claims each key that several rows have, of the keys that are shown."""
    conflicts = pl.col(REASON) == Reason.DUPLICATE_CONFLICT.value
    rows = frame.filter(conflicts).join(shown.filter(conflicts), on=VALUE, how="semi", maintain_order="left")
    line = pl.col(LINE).cast(pl.String)
    told = pl.when(pl.col(COLUMN).is_null()).then(line).otherwise(pl.format("{} of '{}'", line, COLUMN))
    grouped = rows.group_by(VALUE).agg(told.head(_FEW_LINES).alias(LINE), pl.col(CELLS).head(_LOOKED_AT))
    return {value: Claim(tuple(lines), tuple(map(tuple, cells))) for value, lines, cells in grouped.iter_rows()}


def refused_file(error: FileRefusedError, ledger: Ledger, dialect: Dialect | None) -> Verdict:
    """Verdict of a file that is refused whole: every data row seen counts as refused."""
    return Verdict(
        kind=Kind.REJECTED,
        sentence=error.sentence,
        dialect=dialect,
        counts=Counts(read=ledger.read, refused=ledger.read),
        refusals=error.refusals,
        notes=(*_note(error), *ledger.notes()),
    )


def without_name(verdict: Verdict, name: str) -> Verdict:
    """Sentences do not begin with the name of the file: whoever shows them shows it beside."""

    def told(sentence: str) -> str:
        for mark in (": ", ", "):
            if sentence.startswith(name + mark):
                rest = sentence.removeprefix(name + mark)
                return rest if rest.startswith("reading.") else rest[:1].upper() + rest[1:]
        return sentence

    notes = tuple(note.model_copy(update={"sentence": told(note.sentence)}) for note in verdict.notes)
    return verdict.model_copy(update={"sentence": told(verdict.sentence), "notes": notes})


def _note(error: FileRefusedError) -> tuple[Note]:
    return (Note(reason=error.reason, sentence=error.sentence, lines=tuple(r.line for r in error.refusals)),)


def judged(
    name: str, *, table: pl.DataFrame, ledger: Ledger, dialect: Dialect, listed: Sequence[Refusal], tolerance: float
) -> Verdict:
    """Verdict of a file that was read to its end."""
    counts = Counts(
        read=ledger.read,
        kept=ledger.kept,
        merged=ledger.merged,
        left_out=ledger.left_out_count,
        refused=ledger.refused_count,
        canonical=table.height,
    )
    share = counts.refused / max(counts.read - counts.left_out, 1)
    known = _Found(counts, tuple(ledger.notes()), share, tolerance, tuple(listed), "units" in table.columns)
    kind, sentence, reason = _end(name, known)
    if kind is Kind.REJECTED:
        counts = counts.model_copy(update={"canonical": 0})
    days = (table[DATE].min(), table[DATE].max()) if table.height else (None, None)
    return Verdict.model_validate(
        {
            "kind": kind,
            "sentence": sentence,
            "dialect": dialect,
            "counts": counts,
            "first_date": days[0],
            "last_date": days[1],
            "stores": table[STORE].n_unique() if table.height else 0,
            "items": table[ITEM].n_unique() if table.height else 0,
            "refusals": tuple(listed),
            "notes": (*([Note(reason=reason, sentence=sentence)] if reason else []), *ledger.notes()),
        }
    )


@dataclass(frozen=True)
class _Found:
    """What decides the verdict."""

    counts: Counts
    notes: tuple[Note, ...]
    share: float
    tolerance: float
    listed: tuple[Refusal, ...]
    is_sales: bool


def _end(name: str, known: _Found) -> tuple[Kind, str, Reason | None]:
    counts, share, tolerance = known.counts, known.share, known.tolerance
    why = _commonest(known.listed)
    if counts.refused and (share > tolerance or not counts.canonical):
        return (
            Kind.REJECTED,
            f"{name}: {counts.refused:,} of {_rows(counts.read - counts.left_out)} "
            f"{'is' if counts.refused == 1 else 'are'} refused ({share:.1%}, tolerated "
            f"{tolerance:.1%}), so nothing was taken; {why}.",
            Reason.TOO_MANY_REFUSED,
        )
    if not counts.canonical and counts.left_out:
        return Kind.REJECTED, f"{name}: no row of sales is left: {_told(known.notes)}; upload sales.", Reason.NO_ROWS
    if not counts.canonical:
        told = f"{name}: there is a header and no row of sales under it; upload it again with its rows."
        return Kind.REJECTED, told, Reason.NO_ROWS
    what = "of sales" if known.is_sales else "known ahead"
    rows = f"{_rows(counts.canonical)} {what} from {counts.read:,} read"
    if counts.refused:
        return Kind.QUARANTINED, f"{name}: {rows}; {counts.refused:,} refused and kept apart: {why}.", None
    changed = [note for note in known.notes if note.reason not in _QUIET]
    if changed:
        return Kind.REPAIRED, f"{name}: {rows}; {_told(changed)}.", None
    return Kind.ACCEPTED, f"{name}: {rows}, taken as they stand.", None


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _told(notes: Sequence[Note]) -> str:
    """``59 blank lines, 35 repeated headers``; lines around the table come from two books."""
    counts: dict[tuple[str, str], int] = {}
    for note in notes:
        if note.reason in _PHRASES:
            counts[_PHRASES[note.reason]] = counts.get(_PHRASES[note.reason], 0) + note.count
    told = ", ".join(f"{n:,} {one if n == 1 else many}" for (one, many), n in counts.items())
    others = [note.sentence.rstrip(".") for note in notes if note.reason not in _PHRASES]
    return "; ".join([*([told] if told else []), *others])


def _commonest(listed: Sequence[Refusal]) -> str:
    if not listed:
        return ""
    first = listed[0]
    column = f" in {first.column!r}" if first.column else ""
    return f"the first is line {first.line}: {_short(first.value)!r}{column} ({first.reason.value}); {first.cure}"


def _short(value: str | None) -> str | None:
    """A cell as a sentence can carry it; the list of refusals has it whole."""
    return value if value is None or len(value) <= _LONGEST else value[:_LONGEST] + "\u2026"
