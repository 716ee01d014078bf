"""Folds lines of one (date, store, item) into canonical rows, and accounts for each."""

from typing import Final

import polars as pl

from core.contracts.sales import DATE, ITEM, KEY, OPTIONAL, STORE, UNITS
from core.contracts.verdict import Reason
from training.order import CODE, key_code, sort_by_key
from training.reading.ledger import LINE, Ledger, is_cell

ORDER: Final = "_table"
ONE_EACH: Final = "_one_each"
_KEY: Final = list(KEY)


def fold(lines: pl.DataFrame, covariates: list[str], ledger: Ledger, *, transactions: bool, rule: str) -> pl.DataFrame:
    """Canonical rows, one for each key, sorted by key.

    ``lines`` has the key, the optional columns, covariates, the source line and the verbatim
    cells. In transaction lines different rows are summed; in a long file ``rule`` says what
    becomes of them: ``sum``, ``last`` or ``reject``.
    """
    lines = lines.with_columns(key_code(lines))
    lines = _without_repeats(lines, ledger, transactions=transactions)
    twins = lines[CODE].is_duplicated()
    if not twins.any():
        ledger.kept += lines.height
        return _canonical(lines, covariates)
    single, several = lines.filter(~twins), lines.filter(twins)
    ledger.kept += single.height
    if transactions or rule == "sum":
        folded = _summed(several, covariates, ledger)
    elif rule == "last":
        ledger.merged += several.height
        folded = several.sort(ORDER, LINE).unique(_KEY, keep="last", maintain_order=True)
    else:
        ledger.refuse(several, Reason.DUPLICATE_CONFLICT, None, pl.format("{} {} {}", DATE, STORE, ITEM))
        return _canonical(single, covariates)
    return _canonical(
        pl.concat([_canonical(single, covariates), _canonical(folded, covariates)], how="diagonal_relaxed"), covariates
    )


def _without_repeats(lines: pl.DataFrame, ledger: Ledger, *, transactions: bool) -> pl.DataFrame:
    """Rows equal in every cell are one; where each line is one unit they are many."""
    if transactions and ONE_EACH in lines.columns:
        return lines
    twins = lines[CODE].is_duplicated()
    if not twins.any():
        return lines
    cells = [name for name in lines.columns if is_cell(name)]
    several = lines.filter(twins).with_columns(
        pl.concat_str(
            [pl.col(name).cast(pl.String).fill_null("").str.strip_chars() for name in cells], separator="\x1f"
        ).alias("_all")
    )
    first = several.select(pl.struct([*_KEY, "_all"]).is_first_distinct().alias("first"))["first"]
    again = several.filter(~first)
    if not again.height:
        return lines
    ledger.leave_out(Reason.DUPLICATE_EXACT, again[LINE], "rows equal to an earlier one in every column count once")
    drop = again.select(ORDER, LINE, *(["_name"] if "_name" in again.columns else []))
    return lines.join(drop, on=drop.columns, how="anti", nulls_equal=True, maintain_order="left")


def _summed(several: pl.DataFrame, covariates: list[str], ledger: Ledger) -> pl.DataFrame:
    ledger.merged += several.height
    ledger.remark(Reason.LINES_SUMMED, "lines of one day, store and item were summed", several[LINE], several.height)
    negative = several.filter(pl.col(UNITS) < 0)
    if negative.height:
        ledger.remark(Reason.RETURNS_NETTED, "returns were netted on their own day", negative[LINE], negative.height)
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
    return sort_by_key(rows.select(names))
