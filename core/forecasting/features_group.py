"""Features from the sales of a series' siblings: its store, its item, everything.

One series' noise hides what all of them show: last week's trend, last year's season. A group's
sales are summed and described as one series is, relative to the group's own level.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from core.contracts.sales import ITEM, STORE
from core.forecasting.features_past import Columns, Past, past_features
from core.forecasting.grid import Floats, Ints
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.spec import Rhythm

_KEPT: Final = (
    "mean_7", "mean_28", "mean_364", "mean_4", "mean_13", "mean_52", "phase_4", "phase_13",
    "year_1_ratio", "year_1_growth", "year_2_ratio", "year_date",
)  # fmt: skip


@dataclass(frozen=True)
class Groups:
    """Running sums of each kind of group, and every series' place in it."""

    kinds: dict[str, tuple[Past, Ints]]

    @classmethod
    def of(cls, panel: Panel, rhythm: Rhythm) -> Self:
        """Groups worth having: those that join at least two series and are not all of them."""
        count = panel.units.shape[0]
        stores = panel.keys[STORE].rank("dense").to_numpy().astype(np.int64) - 1
        items = panel.keys[ITEM].rank("dense").to_numpy().astype(np.int64) - 1
        candidates = {"all": np.zeros(count, dtype=np.int64), "store": stores, "item": items}
        kinds = {}
        for name, group in candidates.items():
            size = int(group.max(initial=-1)) + 1
            units = _summed(panel.units, group, size)
            known = ~np.isnan(units)
            launch = np.where(known.any(axis=1), known.argmax(axis=1), units.shape[1])
            kinds[name] = (Past.of(units, launch, rhythm), group)
        return cls(kinds)


def group_features(groups: Groups, rows: Rows) -> Columns:
    """The kept columns of each kind of group."""
    columns: Columns = {}
    for name, (past, group) in groups.kinds.items():
        described, _ = past_features(past, Rows(group[rows.series], rows.origin, rows.target))
        columns |= {f"{name}_{key}": described[key] for key in _KEPT if key in described}
    return columns


def _summed(units: Floats, group: Ints, size: int) -> Floats:
    """Sum over each group's members; unknown where none is known."""
    total = np.zeros((size, units.shape[1]), dtype=np.float32)
    known = np.zeros((size, units.shape[1]), dtype=bool)
    np.add.at(total, group, np.nan_to_num(units))
    np.logical_or.at(known, group, ~np.isnan(units))
    return np.where(known, total, np.float32(np.nan))
