"""Levels of series that have no history: from their siblings."""

from typing import Final

import numpy as np

from core.contracts.sales import ITEM, STORE
from core.forecasting.grid import Doubles, Ints, RunningSums
from core.forecasting.groups import MARK
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.spec import ForecastSpec

OWN_PREFIXES: Final = (
    "mean_", "deviation_", "zeros_", "since_", "last_", "phase_", "year_1", "year_2", "year_date",
)  # fmt: skip


_BLOCK: Final = 256
"""Series whose running sums are held at one time."""


def is_own(name: str) -> bool:
    """True for a feature made of the series' own sales."""
    return name.startswith(OWN_PREFIXES) or f"{MARK}like" in name


def sibling_levels(panel: Panel, rows: Rows, spec: ForecastSpec) -> Doubles:
    """Level a series would have by its siblings at each row's origin, itself left out.

    The item's mean over the other stores, times how this store sells beside them; the item's mean
    for a new store; the store's for a new item; the mean of all for both.
    """
    levels = np.full(len(rows), np.nan)
    stores = panel.keys[STORE].rank("dense").to_numpy().astype(np.int64) - 1
    items = panel.keys[ITEM].rank("dense").to_numpy().astype(np.int64) - 1
    origins, place = np.unique(rows.origin, return_inverse=True)
    order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[order], np.arange(len(origins)), side="right")
    everyone = _levels(panel, origins, spec)
    for number, chosen in enumerate(np.split(order, ends[:-1])):
        levels[chosen] = _estimate(everyone[number], stores, items)[rows.series[chosen]]
    return levels


def _levels(panel: Panel, origins: Ints, spec: ForecastSpec) -> Doubles:
    """(origins, series) recent mean of every series at some origins."""
    levels = np.empty((len(origins), panel.units.shape[0]))
    for start in range(0, levels.shape[1], _BLOCK):
        sums = RunningSums(panel.units[start : start + _BLOCK])
        for local in range(len(sums.total)):
            levels[:, start + local] = sums.mean(np.full(len(origins), local), origins, spec.rhythm.level)
    return levels


def _estimate(level: Doubles, stores: Ints, items: Ints) -> Doubles:
    """Sibling estimate of every series from the levels of all."""
    of_item = _others_mean(level, items)
    overall = np.nanmean(level) if np.isfinite(level).any() else 1.0
    known = np.where(np.isnan(of_item), overall, of_item)
    share = _others_mean(level / np.where(known > 0, known, np.nan), stores)
    estimate = known * np.where(np.isnan(share), 1.0, np.clip(share, 0.05, 20))
    positive: Doubles = np.maximum(estimate, 1e-3)
    return positive


def _others_mean(values: Doubles, group: Ints) -> Doubles:
    """Mean of each one's group without itself; NaN where it has no sibling with a value."""
    there = np.isfinite(values)
    filled = np.where(there, values, 0.0)
    total = np.bincount(group, filled)[group] - filled
    count = np.bincount(group, there.astype(np.float64))[group] - there
    mean: Doubles = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
    return mean
