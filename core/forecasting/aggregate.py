"""Sums of forecasts with intervals of the sum.

Quantiles do not add up: errors of different series cancel out in part, and in part do not. What is
left of them is read off the backtest: its days are scenarios of all series at once, laid over the
forecast and summed. Each window is then foretold by the scenarios of the others, and the intervals
are stretched until they cover it (conformal), so that a drift nobody foresaw is in them too.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from core.contracts.errors import ConfigError
from core.contracts.sales import DATE, ITEM, SERIES, STORE, UNITS
from core.forecasting.grid import Doubles
from core.forecasting.metrics import quantile_columns
from core.forecasting.scenarios import Scenarios, spread_of

TOTAL: Final = "total"
LEVELS: Final = {"store": STORE, "item": ITEM}
DECIMALS: Final = 4
"""Of published units: means are rounded before they are summed, so that the sum of what is read is exact."""
_DEPARTMENTS: Final = ("department", "dept", "department_id", "dept_id", "departement", "abteilung")
_LEAST, _MOST = 1.0, 5.0
"""Bounds of the stretch: calibration widens what scenarios say and does not narrow it."""


@dataclass(frozen=True)
class Grouping:
    """Series by what they are summed to.

    Attributes:
        column: name of the group's column, None where there is one group.
        members: store_id, item_id and ``_group``, one row a series.
    """

    column: str | None
    members: pl.DataFrame

    @property
    def names(self) -> pl.Series:
        """Of the groups, sorted."""
        return self.members["_group"].unique().sort()


def grouping(series: pl.DataFrame, level: str, attributes: pl.DataFrame | None = None) -> Grouping:
    """Which series are summed to what.

    Args:
        series: store_id, item_id.
        level: ``store``, ``item``, ``total``, ``department`` or the name of a static attribute.
        attributes: rows with store_id, item_id and static attributes.

    Raises:
        ConfigError: there is no such attribute, or it is not known for a series.
    """
    series = series.select(SERIES).unique().sort(*SERIES)
    if level == TOTAL:
        return Grouping(None, series.with_columns(pl.lit(TOTAL).alias("_group")))
    if level in LEVELS:
        return Grouping(LEVELS[level], series.with_columns(pl.col(LEVELS[level]).alias("_group")))
    names = [] if attributes is None else [name for name in attributes.columns if name not in (*SERIES, DATE, UNITS)]
    column = department(names) if level == "department" else level
    if attributes is None or column not in names:
        raise ConfigError(
            f"aggregate = {level!r}: the sales have no such attribute; "
            f"there are store, item, total{''.join(f', {name}' for name in names)}"
        )
    told = attributes.select(pl.col(SERIES).cast(pl.String), pl.col(column).cast(pl.String).alias("_group"))
    by_item = told.drop_nulls().group_by(ITEM).agg(pl.col("_group").sort().first().alias("_of_item"))
    own = told.drop_nulls().group_by(SERIES).agg(pl.col("_group").sort().first())
    joined = series.join(own, on=list(SERIES), how="left").join(by_item, on=ITEM, how="left")
    group = pl.coalesce("_group", "_of_item", pl.lit("unknown"))
    return Grouping(column, joined.select(*SERIES, group.alias("_group")).sort(*SERIES))


def department(names: list[str]) -> str | None:
    """The column that holds departments, by its name."""
    folded = {name.lower().replace(" ", "_"): name for name in reversed(names)}
    return next((folded[name] for name in _DEPARTMENTS if name in folded), None)


def totals(forecast: pl.DataFrame, backtest: pl.DataFrame, grouped: Grouping, *, seed: int) -> pl.DataFrame:
    """Sum forecasts.

    Args:
        forecast: date, store_id, item_id, mean and quantiles.
        backtest: the model's; window, date, store_id, item_id, units, mean and the same quantiles.
        grouped: which series are summed to what.
        seed: of what series without a backtest are lent.

    Returns:
        date, the group's column, mean (the sum of the series' means), quantiles of the sum, and
        ``series``, the number summed; by group and date. A sum of one has that one's quantiles.
        Without a backtest the quantiles are summed, as if all series moved together: never too narrow.
    """
    rounded = forecast.with_columns(pl.col("mean").round(DECIMALS))
    summed = _summed(rounded, grouped)
    quantiles = quantile_columns(forecast)
    unasked = [name for name in quantile_columns(backtest) if name not in quantiles]
    known = (
        backtest.drop(unasked).join(grouped.members, on=list(SERIES), how="semi").filter(pl.col(UNITS).is_not_null())
    )
    if not known.is_empty():
        scenarios = Scenarios.of(known, rounded, grouped.members, seed)
        offsets = _offsets(rounded, grouped, scenarios, summed, tuple(quantiles.values()))
        stretch = _stretch(known, grouped, tuple(quantiles.values()), seed)
        values = np.maximum(summed["mean"].to_numpy()[:, None] + offsets * stretch, 0)
        values = np.maximum.accumulate(values, axis=1)
        alone = pl.col("series") == 1
        summed = summed.with_columns(
            pl.when(alone).then(pl.col(name)).otherwise(pl.Series(name, values[:, k])).alias(name)
            for k, name in enumerate(quantiles)
        )
    group = [] if grouped.column is None else [pl.col("_group").alias(grouped.column)]
    numbers = [pl.col(name).round(DECIMALS) for name in ("mean", *quantiles)]
    return summed.select(DATE, *group, *numbers, "series")


def every_level(
    forecast: pl.DataFrame, backtest: pl.DataFrame, attributes: pl.DataFrame | None, *, seed: int
) -> pl.DataFrame:
    """Sums by store, item and altogether, and by department where an attribute is one.

    Returns:
        ``level``, ``id`` (of the store, item or department; ``total`` of all), date, mean, quantiles, series.
    """
    found = department([] if attributes is None else attributes.columns)
    parts = []
    for level in (*LEVELS, *(["department"] if found else []), TOTAL):
        grouped = grouping(forecast, level, attributes)
        told = totals(forecast, backtest, grouped, seed=seed)
        named = pl.lit(TOTAL) if grouped.column is None else pl.col(grouped.column)
        rest = [name for name in told.columns if name not in (DATE, grouped.column)]
        parts.append(told.select(pl.lit(level).alias("level"), named.alias("id"), DATE, *rest))
    return pl.concat(parts)


def _summed(frame: pl.DataFrame, grouped: Grouping) -> pl.DataFrame:
    """Sums of every number by group and date."""
    numbers = [name for name in ("mean", UNITS, *quantile_columns(frame)) if name in frame.columns]
    rows = frame.join(grouped.members, on=list(SERIES))
    return rows.group_by("_group", DATE).agg(pl.col(numbers).sum(), pl.len().alias("series")).sort("_group", DATE)


def _offsets(
    frame: pl.DataFrame, grouped: Grouping, scenarios: Scenarios, summed: pl.DataFrame, quantiles: tuple[float, ...]
) -> Doubles:
    """(groups x dates, quantiles) distance of the sum's quantiles from its mean, in the order of ``summed``."""
    places = grouped.members.select(SERIES).with_row_index("_at")
    names = grouped.names
    group = names.search_sorted(grouped.members["_group"]).to_numpy().astype(np.int64)
    rows = frame.join(places, on=list(SERIES)).with_columns(spread_of(frame).alias("_spread"))
    wanted = summed.select("_group", DATE).with_row_index("_row")
    found = np.zeros((summed.height, len(quantiles)))
    for (day,), part in rows.partition_by(DATE, as_dict=True).items():
        spreads = np.zeros(grouped.members.height)
        spreads[part["_at"].to_numpy()] = part["_spread"].to_numpy()
        told = np.quantile(scenarios.sums(spreads, group, len(names)), quantiles, axis=1).T
        here = wanted.filter(pl.col(DATE) == day)
        found[here["_row"].to_numpy()] = told[names.search_sorted(here["_group"]).to_numpy()]
    return found


def _stretch(known: pl.DataFrame, grouped: Grouping, quantiles: tuple[float, ...], seed: int) -> Doubles:
    """(quantiles,) factors by which held-out windows show the offsets too narrow; the median has none."""
    windows = known.sort("window").partition_by("window", maintain_order=True)
    ratios = []
    for number, part in enumerate(windows):
        others = [*windows[:number], *windows[number + 1 :]] or windows
        scenarios = Scenarios.of(pl.concat(others), part, grouped.members, seed)
        summed = _summed(part, grouped)
        low, high = (
            _offsets(part, grouped, scenarios, summed, tuple(side(q, 1 - q) for q in quantiles)) for side in (min, max)
        )
        several = (summed["series"] > 1).to_numpy()
        error = (summed[UNITS] - summed["mean"]).to_numpy()[:, None]
        ratios.append(_ratios(error[several], low[several], high[several]))
    told = np.concatenate(ratios)
    return np.array([_conformal(told[:, k], abs(2 * q - 1)) for k, q in enumerate(quantiles)])


def _ratios(error: Doubles, low: Doubles, high: Doubles) -> Doubles:
    """(rows, quantiles) how far each sum was off, in units of the interval's half on that side; NaN if it has none."""
    half = np.abs(np.where(error > 0, high, low))
    ratios: Doubles = np.divide(np.abs(error), half, out=np.full(half.shape, np.nan), where=half > 0)
    return ratios


def _conformal(ratios: Doubles, covered: float) -> float:
    """The ratio that the share ``covered`` does not exceed (Vovk et al. 2005), within bounds."""
    told = ratios[np.isfinite(ratios)]
    if not len(told) or covered == 0:
        return 1.0
    rank = min(1.0, covered * (len(told) + 1) / len(told))
    return float(np.clip(np.quantile(told, rank), _LEAST, _MOST))


def coverage(totals_: pl.DataFrame, actual: pl.DataFrame, grouped: Grouping) -> float | None:
    """Share of sums inside the outer quantiles.

    Args:
        totals_: what ``totals`` returned.
        actual: date, store_id, item_id, units.
        grouped: the same grouping.
    """
    sold = actual.join(grouped.members, on=list(SERIES)).group_by("_group", DATE).agg(pl.col(UNITS).sum())
    if grouped.column is None:
        rows = totals_.join(sold, on=DATE)
    else:
        rows = totals_.join(sold.rename({"_group": grouped.column}), on=[grouped.column, DATE])
    low, *_, high = quantile_columns(totals_)
    inside = rows[UNITS].is_between(rows[low], rows[high])
    return None if rows.is_empty() else int(inside.sum()) / rows.height
