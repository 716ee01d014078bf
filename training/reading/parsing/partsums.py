"""Names of a long table of which each is the sum of some others, such as regions beside their stores."""

from math import log10
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contracts.sales import DATE, UNITS

MOST_NAMES: Final = 200
"""Names beyond which sums of some are not looked for."""
_MOST_CASES: Final = 1500
_OTHERS: Final = 10
"""Of the other dimension so many are looked at, those of most rows."""
_FEWEST_NAMES: Final = 4
_ALIKE: Final = 1e-6
_NOTHING: Final = 1e-9
_SPANS: Final = 4
SURE: Final = 12.0
"""Digits of all different sums together: so seldom (1 in 10**12) would it be so by chance."""
_FEWEST_SHARES: Final = 3
_Floats = npt.NDArray[np.float64]


def sums_of_some(table: pl.DataFrame, own: str, other: str) -> list[tuple[str, list[str]]]:
    """Each name that is the sum of the same others in all cases of some span of days, with these.

    ``table`` has one row for each key. Spans are all days together, and each quarter of them: one day that was
    corrected spoils the others of its quarter alone.
    """
    names = table[own].unique().cast(pl.String).sort().to_list()
    if not _FEWEST_NAMES <= len(names) <= MOST_NAMES:
        return []
    cases = _cases(table, own, other, names)
    found: dict[str, list[str]] = {}
    for rows in (cases, *np.array_split(cases, _SPANS)):
        for at, parts in _sums(rows):
            found.setdefault(names[at], sorted(names[part] for part in parts))
    return [*found.items()]


def _sums(cases: _Floats) -> list[tuple[int, list[int]]]:
    """Columns that are sums of others, with these.

    Sums are greater than their parts: columns are tried from the least on, each against those that are no sums.
    """
    order = np.argsort(cases.sum(axis=0), kind="stable")
    order = order[cases[:, order].any(axis=0)]
    if len(cases) <= len(order):
        return []
    tried = cases[:, order]
    left = np.abs(np.diag(np.linalg.qr(tried, mode="r")))
    free = left > _NOTHING * np.linalg.norm(tried, axis=0)
    leaves = order[free]
    turned, triangle = np.linalg.qr(cases[:, leaves])
    found: list[tuple[int, list[int]]] = []
    for place in np.flatnonzero(~free):
        count = int(free[:place].sum())
        shares = np.linalg.solve(triangle[:count, :count], turned[:, :count].T @ tried[:, place])
        parts = _parts(cases, leaves[:count], shares, tried[:, place])
        several = cases[:, parts][(cases[:, parts] != 0).sum(axis=1) > 1]
        if len(parts) > 1 and is_proof(several.sum(axis=1), several.max(axis=1, initial=0.0), SURE + count * log10(2)):
            found.append((int(order[place]), parts))
    return found


def _cases(table: pl.DataFrame, own: str, other: str, names: list[str]) -> _Floats:
    """A row for each of some days and others, a column for each name."""
    counts = table.group_by(other).len().with_columns(pl.col(other).cast(pl.String).alias("called"))
    many = counts.sort("len", "called", descending=[True, False])[other].head(_OTHERS)
    days = table[DATE].unique().sort()
    every = max(1, len(days) * len(many) // _MOST_CASES)
    some = table.filter(
        pl.col(other).is_in(many.implode()) & pl.col(DATE).is_in(days.gather_every(every).implode())
    ).select(
        pl.struct(DATE, pl.col(other).cast(pl.String)).rank("dense").alias("case"),
        pl.col(own).cast(pl.String).replace_strict(names, range(len(names)), return_dtype=pl.UInt32).alias("name"),
        pl.col(UNITS).cast(pl.Float64).fill_null(0.0).alias("many"),
    )
    cases = np.zeros((int(some["case"].n_unique()), len(names)))
    cases[some["case"].to_numpy() - 1, some["name"].to_numpy()] = some["many"].to_numpy()
    return cases


def _parts(cases: _Floats, leaves: npt.NDArray[np.intp], shares: _Floats, whole: _Floats) -> list[int]:
    """The leaves of which a column is the sum, by their shares in it; none where it is not the plain sum of some."""
    plain = np.round(shares)
    if not np.isin(plain, (0, 1)).all() or not np.allclose(shares, plain, rtol=0, atol=_ALIKE):
        return []
    parts = leaves[plain == 1]
    same = np.allclose(cases[:, parts].sum(axis=1), whole, rtol=_ALIKE, atol=_ALIKE)
    return [int(part) for part in parts] if same else []


def is_proof(sums: _Floats, largest: _Floats, digits: float = SURE) -> bool:
    """Are there enough unlike sums of unlike shares? The same sum again, or its multiple, proves nothing more.

    Args:
        sums: (cases,) of two parts or more each.
        largest: (cases,) the largest part of each.
        digits: that the unlike sums must have together.
    """
    unlike = np.unique(np.column_stack([sums, largest])[sums > 0], axis=0)
    shares = np.unique(np.round(unlike[:, 1] / unlike[:, 0], 9))
    return len(shares) >= _FEWEST_SHARES and float(np.log10(1 + unlike[:, 0]).sum()) >= digits
