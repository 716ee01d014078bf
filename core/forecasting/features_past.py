"""Features from a series' own sales up to the origin."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from core.forecasting.grid import Doubles, Floats, Ints, RunningSums, last_where
from core.forecasting.rows import Rows
from core.forecasting.spec import Rhythm

Columns = dict[str, Doubles | Floats]
_PHASES: Final = (1, 2, 4, 8, 13, 26)
_LAGS: Final = 4
_BLEND: Final = 0.2
"""Share of the yearly mean in the level: a series silent for weeks keeps one."""


@dataclass(frozen=True)
class Past:
    """Running sums of a block of series, made once and used by all its rows."""

    rhythm: Rhythm
    units: Floats
    sums: RunningSums
    phased: RunningSums
    zeros: RunningSums
    last_sale: Ints
    launch: Ints

    @classmethod
    def of(cls, units: Floats, launch: Ints, rhythm: Rhythm) -> Self:
        """Prepare (series, periods) units; ``launch`` is each series' first column with a value."""
        nothing = np.where(np.isnan(units), np.nan, units <= 0)
        return cls(
            rhythm,
            units,
            RunningSums(units, squares=True),
            RunningSums(units, rhythm.cycle),
            RunningSums(nothing),
            last_where(units > 0),
            launch,
        )

    def value(self, series: Ints, column: Ints) -> Doubles:
        """Units at some columns; NaN before the panel."""
        inside = column >= 0
        taken = self.units[series, np.maximum(column, 0)].astype(np.float64)
        return np.where(inside, taken, np.nan)

    def level(self, series: Ints, origin: Ints) -> Doubles:
        """Scale of a series at an origin: its recent mean, with a share of the yearly one."""
        recent = self.sums.mean(series, origin, self.rhythm.level)
        yearly = self.sums.mean(series, origin, self.rhythm.year)
        blended = np.where(np.isnan(recent), yearly, (1 - _BLEND) * recent + _BLEND * yearly)
        level: Doubles = np.where(blended > 0, blended, np.where(np.isnan(blended), np.nan, 1e-3))
        return level


def past_features(past: Past, rows: Rows) -> tuple[Columns, Doubles]:
    """Own-history columns of the rows, and their level; ``rows.series`` are places in ``past``."""
    series, origin, target = rows.series, rows.origin, rows.target
    level = past.level(series, origin)
    columns: Columns = {"horizon": (target - origin).astype(np.float64), "level": np.log(level)}
    columns |= _windows(past, series, origin, level)
    columns |= _phases(past, series, origin, target, level)
    columns |= _last_year(past, series, origin, target, level)
    return columns, level


def _windows(past: Past, series: Ints, origin: Ints, level: Doubles) -> Columns:
    windows = past.rhythm.windows
    columns: Columns = {f"mean_{w}": past.sums.mean(series, origin, w) / level for w in windows}
    for w in (windows[2], windows[4] if len(windows) > 4 else windows[-1]):  # noqa: PLR2004
        columns[f"deviation_{w}"] = past.sums.deviation(series, origin, w) / level
        columns[f"zeros_{w}"] = past.zeros.mean(series, origin, w)
    columns["since_sale"] = np.minimum(origin - past.last_sale[series, origin], past.rhythm.year).astype(np.float64)
    columns["since_launch"] = np.minimum(origin - past.launch[series], past.rhythm.year).astype(np.float64)
    for lag in range(_LAGS if past.rhythm.cycle == 1 else 2):
        columns[f"last_{lag}"] = past.value(series, origin - lag) / level
    return columns


def _phases(past: Past, series: Ints, origin: Ints, target: Ints, level: Doubles) -> Columns:
    """Means of the target's own weekday."""
    cycle = past.rhythm.cycle
    if cycle == 1:
        return {}
    end = target - cycle * -(-(target - origin) // cycle)
    columns: Columns = {f"phase_{k}": past.phased.mean(series, end, k) / level for k in _PHASES}
    for back in (1, 2, 3):
        columns[f"phase_back_{back}"] = past.value(series, end - back * cycle) / level
    return columns


def _last_year(past: Past, series: Ints, origin: Ints, target: Ints, level: Doubles) -> Columns:
    """The same season one and two years before: values, and their ratio to the level of then."""
    rhythm = past.rhythm
    columns: Columns = {}
    for years in (1, 2):
        step = rhythm.year * (years - 1 + -(-(target - origin) // rhythm.year))
        same = target - step
        wide = 2 * rhythm.around + 1
        around = past.sums.mean(series, np.minimum(same + rhythm.around, origin), wide)
        base = past.sums.mean(series, origin - step, rhythm.recent)
        columns[f"year_{years}"] = past.value(series, same) / level
        columns[f"year_{years}_around"] = around / level
        columns[f"year_{years}_ratio"] = around / np.where(base > 0, base, np.nan)
        columns[f"year_{years}_growth"] = past.sums.mean(series, origin, rhythm.recent) / np.where(
            base > 0, base, np.nan
        )
    if rhythm.cycle > 1:
        columns["year_date"] = past.value(series, np.where(target - 365 > origin, -1, target - 365)) / level
    return columns
