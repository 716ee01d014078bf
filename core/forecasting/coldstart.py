"""Levels of series that have no history: from their siblings."""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from core.contracts.sales import ITEM, SERIES, STORE
from core.forecasting.features import Design, design
from core.forecasting.grid import Bools, Doubles, Floats, Ints, RunningSums
from core.forecasting.groups import MARK
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.spec import ForecastSpec

OWN_PREFIXES: Final = (
    "mean_", "deviation_", "zeros_", "since_", "last_", "phase_", "year_1", "year_2", "year_date",
    "year_holiday",
)  # fmt: skip


_SHARES: Final = (0.05, 20.0)
"""Bounds of how a store sells beside others."""
_LEAST: Final = 1e-3
_PRIOR: Final = 1.0
"""Siblings that the mean of a coarser group counts for."""
_BLOCK: Final = 256
"""Series whose running sums are held at one time."""
_ORIGINS: Final = 32
"""Origins whose levels of all series are looked at together."""


def is_own(name: str) -> bool:
    """True for a feature made of the series' own sales."""
    return name.startswith(OWN_PREFIXES) or f"{MARK}like" in name


@dataclass(frozen=True)
class Hidden:
    """Which rows are of a store, or of an item, that the model has not seen, or is shown as if it had not.

    Attributes:
        store: (rows,) flags.
        item: (rows,) flags.
    """

    store: Bools
    item: Bools

    @classmethod
    def none(cls, rows: int) -> Self:
        """Nothing is hidden."""
        return cls(np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool))

    @classmethod
    def drawn(cls, panel: Panel, rows: int, rng: np.random.Generator) -> Self:
        """Of a fourth of the rows the store, of a fourth the item, of a fourth both; never all there is of either."""
        kind = rng.integers(0, 4, rows)
        several = {name: panel.keys[name].n_unique() > 1 for name in (STORE, ITEM)}
        return cls((kind % 2 == 1) & several[STORE], (kind // 2 == 1) & several[ITEM])

    def take(self, chosen: Ints) -> Self:
        """Of some rows."""
        return type(self)(self.store[chosen], self.item[chosen])


def sibling_levels(panel: Panel, rows: Rows, spec: ForecastSpec, hidden: Hidden) -> Doubles:
    """Level a series would have by its siblings at each row's origin, itself left out.

    How the item sells in the other stores, times how this store sells beside others. Of an item that
    nobody sells yet, or that is hidden, how items of the same attributes sell; of such a store, how stores
    of the same attributes do.
    """
    levels = np.full(len(rows), np.nan)
    siblings = Siblings.of(panel)
    origins, place = np.unique(rows.origin, return_inverse=True)
    order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[order], np.arange(len(origins)), side="right")
    everyone = _levels(panel, origins, spec)
    for start in range(0, len(origins), _ORIGINS):
        here = everyone[start : start + _ORIGINS]
        chosen = order[ends[start - 1] if start else 0 : ends[start + len(here) - 1]]
        levels[chosen] = siblings.estimate(here, place[chosen] - start, rows.series[chosen], hidden.take(chosen))
    return levels


def _levels(panel: Panel, origins: Ints, spec: ForecastSpec) -> Doubles:
    """(origins, series) recent mean of every series at some origins."""
    levels = np.empty((len(origins), panel.units.shape[0]))
    for start in range(0, levels.shape[1], _BLOCK):
        sums = RunningSums(panel.units[start : start + _BLOCK])
        for local in range(len(sums.total)):
            levels[:, start + local] = sums.mean(np.full(len(origins), local), origins, spec.rhythm.level)
    return levels


def with_levels(
    panel: Panel, rows: Rows, spec: ForecastSpec, static: tuple[str, ...], as_if: Hidden | None = None
) -> tuple[Design, Doubles, Bools]:
    """Features, positive levels, and which rows have no history: all, ``as_if`` none had and ids were unseen."""
    made = design(panel, rows, spec, static)
    cold = ~np.isfinite(made.level) | (as_if is not None)
    hidden = as_if or Hidden.none(len(rows))
    level = made.level.copy()
    if cold.any():
        chosen = np.flatnonzero(cold)
        level[chosen] = sibling_levels(panel, rows.take(chosen), spec, hidden.take(chosen))
        _hide(made, panel, rows, hidden, static)
        own = np.array([place for place, name in enumerate(made.names) if is_own(name)], dtype=np.int64)
        made.values[chosen[:, None], own] = np.nan
        made.values[chosen, made.names.index("level")] = np.log(level[chosen])
    return made, np.maximum(level, 1e-3), cold


def _hide(made: Design, panel: Panel, rows: Rows, hidden: Hidden, static: tuple[str, ...]) -> None:
    """Blank the ids of what is hidden, and attributes that are as good as an id: an unseen one has others."""
    siblings = Siblings.of(panel)
    for column, flags in ((STORE, hidden.store), (ITEM, hidden.item)):
        if not flags.any():
            continue
        for place, name in enumerate(static):
            alone = siblings.alone(column, panel.static[:, place])
            made.values[flags & alone[rows.series], made.names.index(f"static_{name}")] = np.nan


class Siblings:
    """Who is like whom: by store, by item, and by attributes from the coarsest on.

    Args:
        stores: (series,) number of each one's store.
        items: (series,) number of each one's item.
        alike: groups of series that agree in the first one, two, ... attributes, those of fewest values first.
    """

    def __init__(self, stores: Ints, items: Ints, alike: tuple[Ints, ...]) -> None:
        self.stores, self.items = stores, items
        self._alike = {
            name: tuple((group, _numbered(np.column_stack([group, own]))) for group in alike)
            for name, own in ((STORE, stores), (ITEM, items))
        }

    @classmethod
    def of(cls, panel: Panel) -> Self:
        """Siblings of a panel's series; its first two static columns are the ids."""
        stores, items = (panel.keys[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in (STORE, ITEM))
        told = np.nan_to_num(panel.static[:, len(SERIES) :], nan=-1.0)
        order = np.argsort([len(np.unique(column)) for column in told.T], kind="stable")
        alike = tuple(_numbered(told[:, order[: depth + 1]]) for depth in range(len(order)))
        return cls(stores, items, alike)

    def estimate(self, level: Doubles, origin: Ints, series: Ints, hidden: Hidden) -> Doubles:
        """Levels of some series from the levels of all.

        Args:
            level: (origins, series) of all.
            origin: (rows,) which of those origins.
            series: (rows,) which series.
            hidden: (rows,) what is shown as unseen.
        """
        of_item = _others_mean(level, self.items)
        base = np.where(np.isnan(of_item), self._like(level, ITEM), of_item)
        ratio = level / np.where(base > 0, base, np.nan)
        of_store = _others_mean(ratio, self.stores)
        share = np.clip(np.where(np.isnan(of_store), 1.0, of_store), *_SHARES)
        like_item = self._like(level / share, ITEM)[origin, series]
        like_store = self._like(ratio, STORE)[origin, series]
        known_item, known_store = of_item[origin, series], of_store[origin, series]
        item = np.where(hidden.item | np.isnan(known_item), like_item, known_item)
        store = np.where(hidden.store | np.isnan(known_store), like_store, known_store)
        whole = np.array([np.nanmean(each) if np.isfinite(each).any() else 1.0 for each in level])[origin]
        estimate = np.where(np.isnan(item), whole, item) * np.clip(np.where(np.isnan(store), 1.0, store), *_SHARES)
        positive: Doubles = np.maximum(estimate, _LEAST)
        return positive

    def _like(self, values: Doubles, column: str) -> Doubles:
        """Mean of those of the same attributes but another store (or item), each drawn to that of the coarser group."""
        own = self.stores if column == STORE else self.items
        mean = _rest(values, np.zeros(values.shape[1], dtype=np.int64), own)
        for group, within in self._alike[column]:
            mean = _rest(values, group, within, mean)
        return mean

    def alone(self, column: str, values: Floats) -> Bools:
        """(series,) whether a value, one a series, is of one store (or item) alone: an unseen one would not have it."""
        own = self.stores if column == STORE else self.items
        distinct = np.unique(np.column_stack([values, own]), axis=0)
        value, owners = np.unique(distinct[:, 0], return_counts=True)
        alone: Bools = owners[np.searchsorted(value, values).clip(0, len(value) - 1)] == 1
        return alone


def _rest(values: Doubles, group: Ints, own: Ints, prior: Doubles | None = None) -> Doubles:
    """(origins, series) mean of each one's group without its own part; NaN where nothing is left, and no prior."""
    there = np.isfinite(values)
    filled, one = np.where(there, values, 0.0), there.astype(np.float64)
    total, count = (_sums(of, group) - _sums(of, own) for of in (filled, one))
    if prior is not None:
        known = np.isfinite(prior)
        total, count = total + np.where(known, _PRIOR * prior, 0.0), count + _PRIOR * known
    mean: Doubles = np.divide(total, count, out=np.full(values.shape, np.nan), where=count > 0)
    return mean


def _sums(values: Doubles, group: Ints) -> Doubles:
    """(origins, series) sum over each one's group."""
    groups = int(group.max(initial=0)) + 1
    place = group + groups * np.arange(len(values))[:, None]
    sums = np.bincount(place.ravel(), values.ravel(), groups * len(values)).astype(np.float64)
    of_groups: Doubles = sums.reshape(len(values), groups)[:, group]
    return of_groups


def _others_mean(values: Doubles, group: Ints) -> Doubles:
    """(origins, series) mean of each one's group without itself; NaN where it has no sibling with a value."""
    return _rest(values, group, np.arange(values.shape[1]))


def _numbered(rows: npt.NDArray[Any]) -> Ints:
    """(rows,) number of each distinct row."""
    numbers: Ints = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return numbers
