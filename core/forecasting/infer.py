"""What a table does not say of itself: which of its columns are what."""

import re
from typing import Final

import polars as pl

from core.contracts.sales import ITEM, KEY, SERIES, SOURCE, STORE, UNITS

_KNOWN: Final = re.compile(
    r"promo|open|holiday|event|snap|feast|easter|closed|weekend|price|discount|markdown|campaign|coupon|flyer|display",
    re.IGNORECASE,
)
_FEW: Final = 100_000


def covariates(sales: pl.DataFrame) -> tuple[str, ...]:
    """Columns that are neither key, target nor source."""
    return tuple(name for name in sales.columns if name not in (*KEY, UNITS, *SOURCE) and not name.startswith("_"))


def known_covariates(sales: pl.DataFrame, plan: pl.DataFrame | None) -> tuple[str, ...]:
    """Covariates that will be known for the horizon.

    Those the plan brings; promotions, opening and holidays by their names; whatever never changes
    within a series is no covariate but a static attribute.
    """
    fixed = set(static_attributes(sales))
    planned = set() if plan is None else set(covariates(plan))
    return tuple(name for name in covariates(sales) if name not in fixed and (name in planned or _KNOWN.search(name)))


def static_attributes(sales: pl.DataFrame) -> tuple[str, ...]:
    """Columns that have one value in each store, each item or each series."""
    names = covariates(sales)
    if not names or sales.is_empty():
        return ()
    found = [name for name in names if _fixed(sales, name)]
    varied = sales.select(pl.col(name).n_unique() for name in found) if found else None
    return tuple(name for name in found if varied is not None and varied[name].item() > 1)


def _fixed(sales: pl.DataFrame, name: str) -> bool:
    """True when no series has two values of a column; asked of a few series first, as most columns say no at once."""
    value = pl.col(name).to_physical() if isinstance(sales.schema[name], pl.Categorical) else pl.col(name)
    differs = (value.min() != value.max()).alias("differs")
    few = sales.head(_FEW)
    return not any(rows.group_by(SERIES).agg(differs)["differs"].any() for rows in (few, sales))


def ids(sales: pl.DataFrame) -> tuple[int, int]:
    """Number of stores and of items."""
    return sales[STORE].n_unique(), sales[ITEM].n_unique()
