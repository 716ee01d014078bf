"""Forecast quality: WAPE, bias, RMSSE, pinball loss and coverage.

A measure whose denominator is zero is None, neither 0 nor infinity.
"""

import numpy as np
import polars as pl

from core.contracts.models import Scores
from core.contracts.sales import DATE, KEY, SERIES, UNITS
from core.forecasting.table import as_words


def scores(frame: pl.DataFrame, history: pl.DataFrame | None = None) -> Scores:
    """Score forecasts against what was sold.

    Args:
        frame: units, mean and any quantile columns (p10, p50, p90, ...); rows without units are left
            out. Columns date, store_id, item_id (and window) are needed for RMSSE.
        history: date, store_id, item_id, units of the same series, by which RMSSE is scaled; only
            rows before the first date of ``frame`` are used.
    """
    rows = frame.filter(pl.col(UNITS).is_not_null() & pl.col("mean").is_not_null())
    total = float(rows[UNITS].abs().sum())
    error = rows["mean"] - rows[UNITS]
    quantiles = quantile_columns(rows)
    return Scores(
        rows=rows.height,
        wape=_ratio(float(error.abs().sum()), total),
        bias=_ratio(float(error.sum()), total),
        rmsse=None if history is None else rmsse(rows, history),
        pinball=_ratio(_pinball_sum(rows, quantiles), total),
        coverage=_coverage(rows, quantiles),
    )


def quantile_columns(frame: pl.DataFrame) -> dict[str, float]:
    """Quantile columns by name: ``p10`` is 0.1, ``p2.5`` is 0.025."""
    found = {}
    for name in frame.columns:
        if name.startswith("p") and name[1:].replace(".", "", 1).isdigit():
            found[name] = float(name[1:]) / 100
    return dict(sorted(found.items(), key=lambda item: item[1]))


def quantile_name(quantile: float) -> str:
    """Column of a quantile: 0.1 is ``p10``."""
    return f"p{round(quantile * 100, 4):g}"


def rmsse(rows: pl.DataFrame, history: pl.DataFrame) -> float | None:
    """Root mean squared scaled error (Hyndman & Koehler 2006; M5), mean over series.

    Each series' squared error is divided by the mean squared difference of neighbouring days of
    its history, then weighted by its units in ``history``. Series without a difference are left out; None where no
    series is left.
    """
    if rows.is_empty():
        return None
    told = history.lazy().select(*KEY, UNITS).filter((pl.col(DATE) < rows[DATE].min()) & pl.col(UNITS).is_not_null())
    before = told if history[DATE].is_sorted() else told.sort(DATE)
    change = pl.col(UNITS).diff().pow(2).mean().alias("scale")
    scale = as_words(before.group_by(SERIES).agg(change, pl.col(UNITS).abs().sum().alias("weight")).collect())
    errors = as_words(rows).group_by(SERIES).agg((pl.col("mean") - pl.col(UNITS)).pow(2).mean().alias("mse"))
    joined = errors.join(scale, on=list(SERIES)).filter((pl.col("scale") > 0) & (pl.col("weight") > 0))
    if joined.is_empty():
        return None
    weight = joined["weight"].to_numpy()
    return float(np.average(np.sqrt(joined["mse"].to_numpy() / joined["scale"].to_numpy()), weights=weight))


def _pinball_sum(rows: pl.DataFrame, quantiles: dict[str, float]) -> float | None:
    """Sum over rows of the mean pinball loss of all quantiles."""
    if not quantiles:
        return None
    losses = []
    for name, level in quantiles.items():
        gap = rows[UNITS] - rows[name]
        losses.append(float((gap.clip(0) * level).sum()) + float(((-gap).clip(0) * (1 - level)).sum()))
    return sum(losses) / len(losses)


def _coverage(rows: pl.DataFrame, quantiles: dict[str, float]) -> float | None:
    """Share of rows inside the outer quantiles."""
    if len(quantiles) < 2 or rows.is_empty():  # noqa: PLR2004 - an interval has two ends
        return None
    low, *_, high = quantiles
    return float(rows.select(pl.col(UNITS).is_between(pl.col(low), pl.col(high)).mean()).item())


def _ratio(part: float | None, whole: float) -> float | None:
    return None if part is None or whole == 0 else part / whole
