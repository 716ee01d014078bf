"""Folds lines of one (date, store, item) into canonical rows, and accounts for each."""

from typing import Final

import polars as pl

from core.contracts.sales import DATE, ITEM, KEY, OPTIONAL, STORE, UNITS
from core.contracts.verdict import Reason
from training.order import CODE, key_code
from training.reading.ledger import LINE, Ledger, is_cell

ORDER: Final = "_table"
MEMBER: Final = "_member"
"""Archive member or sheet of a line, where there are several."""
ONE_EACH: Final = "_one_each"
ALL: Final = "_all"
"""What stands for all cells of a line: equal where they are."""
_KEY: Final = list(KEY)


def fold(lines: pl.DataFrame, covariates: list[str], ledger: Ledger, *, transactions: bool, rule: str) -> pl.DataFrame:
    """Canonical rows, one for each key, sorted by key.

    ``lines`` has the key, the optional columns, covariates, the source line and the verbatim
    cells, or ``ALL`` for them. In transaction lines different rows are summed; in a long file ``rule`` says what
    becomes of them: ``sum``, ``last`` or ``reject``.
    """
    if CODE not in lines.columns:
        lines = lines.with_columns(key_code(lines))
    twins = twins_of(lines[CODE])
    if twins.any() and not (transactions and ONE_EACH in lines.columns):
        lines, twins = without_repeats(lines, twins, ledger)
    negative = lines.filter(pl.col(UNITS) < 0) if UNITS in lines.columns and (transactions or rule == "sum") else None
    if negative is not None and negative.height:
        ledger.remark(Reason.RETURNS_NETTED, "returns were netted on their own day", negative[LINE], negative.height)
    if not twins.any():
        ledger.kept += lines.height
        return _canonical(lines, covariates)
    single, several = lines.filter(~twins), lines.filter(twins)
    ledger.kept += single.height
    if UNITS in lines.columns and (transactions or rule == "sum"):
        folded = _summed(several, covariates, ledger)
    elif rule != "reject":
        ledger.merged += several.height
        told = "of different rows of one date, store and item the last was taken"
        ledger.remark(Reason.DUPLICATE_CONFLICT, told, several[LINE], several.height)
        folded = several.sort(ORDER, LINE).unique(CODE, keep="last", maintain_order=True)
    else:
        for rows in several.partition_by(MEMBER, maintain_order=True) if MEMBER in several.columns else [several]:
            member = rows[MEMBER][0] if MEMBER in rows.columns else None
            ledger.refuse(rows, Reason.DUPLICATE_CONFLICT, member, pl.format("{} {} {}", DATE, STORE, ITEM))
        return _canonical(single, covariates)
    return _canonical(pl.concat([single, folded], how="diagonal_relaxed"), covariates)


def twins_of(code: pl.Series) -> pl.Series:
    """Which codes stand more than once; most files are sorted, and there neighbours tell."""
    if code.is_sorted():
        same = (code == code.shift(1)).fill_null(value=False)
        return same | same.shift(-1, fill_value=False)
    return code.is_duplicated()


def without_repeats(lines: pl.DataFrame, twins: pl.Series, ledger: Ledger) -> tuple[pl.DataFrame, pl.Series]:
    """Rows equal in every cell are one. Returns the rows left and which of them still share a key."""
    numbered = lines.with_row_index("_row")
    several = numbered.filter(twins)
    if ALL not in several.columns:
        several = several.with_columns(all_cells(several))
    again = several.filter(~pl.struct(CODE, ALL).is_first_distinct())
    if not again.height:
        return lines, twins
    ledger.leave_out(Reason.DUPLICATE_EXACT, again[LINE], "rows equal to an earlier one in every column count once")
    left = numbered.join(again.select("_row"), on="_row", how="anti", maintain_order="left").drop("_row")
    return left, left[CODE].is_duplicated()


def all_cells(lines: pl.DataFrame) -> pl.Expr:
    """The verbatim cells of each line as one text, ``ALL``."""
    cells = [pl.col(name).cast(pl.String).fill_null("").str.strip_chars() for name in lines.columns if is_cell(name)]
    return pl.concat_str(cells, separator="\x1f").alias(ALL)


def hashed(lines: pl.DataFrame, width: int) -> pl.DataFrame:
    """Lines with ``ALL`` in eight bytes: of their own cells and as many blank ones as make ``width``.

    Two lines that differ are taken for equal once in some 10**19 pairs of one key.
    """
    blank = "\x1f" * (width - sum(map(is_cell, lines.columns)))
    return lines.with_columns(lines.select(pl.concat_str(all_cells(lines), pl.lit(blank)).hash().alias(ALL)))


def _summed(several: pl.DataFrame, covariates: list[str], ledger: Ledger) -> pl.DataFrame:
    ledger.merged += several.height
    ledger.remark(Reason.LINES_SUMMED, "lines of one day, store and item were summed", several[LINE], several.height)
    weight = pl.col(UNITS).clip(lower_bound=0).fill_null(0)
    how: dict[str, pl.Expr] = {
        "price": pl.when((weight * pl.col("price").is_not_null()).sum() > 0)
        .then((pl.col("price") * weight).sum() / (weight * pl.col("price").is_not_null()).sum())
        .otherwise(pl.col("price").mean()),
        "promo": pl.col("promo").max(),
        "open": pl.col("open").any(),
        "stock": pl.col("stock").last(),
    }
    total = pl.when(pl.col(UNITS).is_not_null().any()).then(pl.col(UNITS).sum()).alias(UNITS)
    return (
        several.sort(ORDER, LINE)
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col(CODE).first(),
            total,
            *[how[name].alias(name) for name in OPTIONAL if name in several.columns],
            *[pl.col(name).drop_nulls().first() for name in covariates],
            pl.col(LINE).min(),
        )
    )


def varying(lines: pl.DataFrame, covariates: list[str]) -> list[str]:
    """Covariates that differ between lines of one key: they describe the line, not the day."""
    if not covariates:
        return []
    counts = lines.group_by(_KEY).agg(pl.col(covariates).drop_nulls().n_unique()).select(pl.col(covariates).max())
    return [name for name in covariates if (counts[name][0] or 0) > 1]


def _canonical(rows: pl.DataFrame, covariates: list[str]) -> pl.DataFrame:
    names = [*_KEY, *[name for name in (UNITS, *OPTIONAL) if name in rows.columns], *covariates, LINE]
    if not rows[CODE].is_sorted():
        rows = rows.select(*names, CODE)[rows[CODE].arg_sort()]
    return rows.select(names)
