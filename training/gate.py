"""The gate: a challenger serves only if it beats seasonal naive and does not lose to the champion."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from core.contracts.dataset import Gate
from core.contracts.sales import SERIES, UNITS

_RESAMPLES = 1000


@dataclass(frozen=True)
class Ruling:
    """The gate's answer, its reason as a sentence, and every number that decided it."""

    approved: bool
    reason: str
    numbers: dict[str, Any]


def rule(challenger: pl.DataFrame, champion: pl.DataFrame | None, gate: Gate, *, seed: int) -> Ruling:
    """Judge backtest forecasts of the same rows.

    Args:
        challenger: rows with store_id, item_id, units, mean and naive (seasonal naive's forecast).
        champion: the same rows with the champion's mean, None where nothing serves yet.
        gate: the dataset's rule.
        seed: of the bootstrap.
    """
    actual = float(challenger[UNITS].abs().sum())
    numbers: dict[str, Any] = {"rule": gate.model_dump(), "seed": seed, "resamples": _RESAMPLES, "actual": actual}
    if actual == 0:
        return Ruling(False, "nothing was sold in the backtest windows, so no error can be measured", numbers)
    wape = _wape(challenger, "mean")
    naive = _wape(challenger, "naive")
    numbers |= {"wape": wape, "naive_wape": naive, "naive_ratio": wape / naive if naive else None}
    if wape >= naive * gate.max_naive_ratio:
        reason = f"WAPE {wape:.4f} does not beat seasonal naive's {naive:.4f} x {gate.max_naive_ratio:g}"
        return Ruling(False, reason, numbers)
    if champion is None:
        return Ruling(True, f"WAPE {wape:.4f} beats seasonal naive's {naive:.4f}; no champion serves yet", numbers)
    return _against_champion(challenger, champion, gate, seed, numbers)


def _against_champion(
    challenger: pl.DataFrame, champion: pl.DataFrame, gate: Gate, seed: int, numbers: dict[str, Any]
) -> Ruling:
    wape, champion_wape = numbers["wape"], _wape(champion, "mean")
    low, high = ratio_interval(challenger, champion, confidence=gate.confidence, seed=seed)
    numbers |= {"champion_wape": champion_wape, "champion_ratio_low": low, "champion_ratio_high": high}
    between = f"ratio {low:.3f} to {high:.3f} at {gate.confidence:.0%} confidence, at most {gate.max_champion_ratio:g}"
    if low > gate.max_champion_ratio:
        reason = f"WAPE {wape:.4f} loses to the champion's {champion_wape:.4f} beyond noise ({between})"
        return Ruling(False, reason, numbers)
    reason = (
        f"WAPE {wape:.4f} beats seasonal naive's {numbers['naive_wape']:.4f} and does not lose to the "
        f"champion's {champion_wape:.4f} beyond noise ({between})"
    )
    return Ruling(True, reason, numbers)


def ratio_interval(
    challenger: pl.DataFrame, champion: pl.DataFrame, *, confidence: float, seed: int
) -> tuple[float, float]:
    """Interval of challenger WAPE over champion WAPE by a paired bootstrap over series.

    Whole series are drawn, both models' errors together: errors of one series hang together in time.
    Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 8.
    """
    errors = _errors(challenger, "a").join(_errors(champion, "b"), on=list(SERIES), how="inner").sort(list(SERIES))
    pairs = errors.select("a", "b").to_numpy()
    if not pairs[:, 1].sum():
        return (1.0, 1.0) if not pairs[:, 0].sum() else (float("inf"), float("inf"))
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(len(pairs), np.full(len(pairs), 1 / len(pairs)), size=_RESAMPLES)
    sums = counts @ pairs
    ratios = sums[:, 0] / np.maximum(sums[:, 1], np.finfo(float).tiny)
    tail = (1 - confidence) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail])
    return float(low), float(high)


def _errors(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    error = (pl.col(UNITS) - pl.col("mean")).abs().sum().alias(name)
    return frame.group_by(list(SERIES)).agg(error)


def _wape(frame: pl.DataFrame, column: str) -> float:
    error = (frame[UNITS] - frame[column]).abs().sum()
    return float(error) / float(frame[UNITS].abs().sum())
