"""What a table does not say of itself: its frequency, and which of its columns are what."""

import re
from typing import Final

import numpy as np
import polars as pl

from core.contracts.dataset import Frequency
from core.contracts.sales import DATE, ITEM, KEY, SERIES, SOURCE, STORE, UNITS

_KNOWN: Final = re.compile(
    r"promo|open|holiday|event|snap|feast|easter|closed|weekend|price|discount|markdown|campaign|coupon|flyer|display",
    re.IGNORECASE,
)
_FEW: Final = 100_000
_WEEKLY_GAP, _MONTHLY_GAP, _QUARTERLY_GAP = 7, 28, 3
_NO_CHANCE: Final = 50
"""To one, that dates so far apart are no chance of periods in which little was sold."""
_UNITS: Final[dict[Frequency, str]] = {"D": "days", "W": "weeks", "M": "months"}


def infer_frequency(sales: pl.DataFrame) -> Frequency:
    """Days, weeks, months or quarters, from the distinct dates of the table.

    Weeks: all dates are whole weeks apart. Months: all lie on a month's first, or last, or same
    day. Quarters: so do they, and all are three months apart, or six, ... A table of one date is daily.
    """
    frequency, step, _ = _steps(sales)
    return "Q" if (frequency, step) == ("M", _QUARTERLY_GAP) else frequency


def odd_steps(sales: pl.DataFrame) -> str | None:
    """Why no forecasts are made of a table whose rows are of other periods, as fortnights or years; None: they are.

    Taken as weeks or months that sold nothing in between, they would be forecast for each of those.
    """
    frequency, step, dates = _steps(sales)
    if step == 1 or (frequency, step) == ("M", _QUARTERLY_GAP):
        return None
    apart = f"{step} {_UNITS[frequency]}"
    return (
        f"sales lie {apart} apart ({dates[0]}, {dates[1]}, ...), and periods of {apart} are not forecast: give sales "
        f"of days, weeks, months or quarters; or, if nothing was sold in between, say so by "
        f'frequency = "{frequency}" in the configuration (--frequency {frequency})'
    )


def _steps(sales: pl.DataFrame) -> tuple[Frequency, int, pl.Series]:
    """Days, weeks or months, how many of them lie between any two dates at the least, and the dates."""
    dates = sales[DATE].drop_nulls().unique().sort()
    if len(dates) < 2:  # noqa: PLR2004 - one date has no distance
        return "D", 1, dates
    days = dates.diff().dt.total_days().drop_nulls().to_numpy()
    frequency: Frequency = "D"
    gaps = days
    if not (days % _WEEKLY_GAP).any():
        frequency, gaps = "W", days // _WEEKLY_GAP
    elif days.min() >= _MONTHLY_GAP and (dates.dt.day().n_unique() == 1 or bool((dates == dates.dt.month_end()).all())):
        frequency, gaps = "M", (dates.dt.year().cast(pl.Int64) * 12 + dates.dt.month()).diff().drop_nulls().to_numpy()
    step = int(np.gcd.reduce(gaps))
    return frequency, step if step ** len(gaps) >= _NO_CHANCE else 1, dates


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
