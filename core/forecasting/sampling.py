"""Training rows: random targets of random series, each seen from a random origin before it.

Sampling origins costs a fraction of all rows and loses little: neighbouring days teach the same.
"""

from typing import Final

import numpy as np

from core.contracts.errors import RejectedDataError
from core.forecasting.grid import Bools
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.spec import ForecastSpec

_REPEATS: Final = 6
"""Origins from which one target is seen at the most, on average."""
_ENOUGH: Final = 120_000
"""Rows beyond which no target is seen twice on average: what is new teaches more, for the same time."""
_HALF_LIFE_YEARS: Final = 1.5


def training_rows(panel: Panel, spec: ForecastSpec, most: int, rng: np.random.Generator) -> Rows:
    """Draw rows whose target is known and whose series had begun by the origin.

    Recent targets are drawn more often. Rows are sorted, so that equal data gives equal bytes.
    """
    series_count, periods = panel.units.shape[0], panel.origin + 1
    known = ~np.isnan(panel.units[:, :periods])
    wanted = min(most, _worthwhile(int(known.sum()), spec.horizon))
    earliest = min(spec.rhythm.year, periods // 3)
    columns = np.arange(earliest + 1, periods)
    if not len(columns) or not wanted:
        return _newest(known)
    age = (periods - 1 - columns) / spec.rhythm.year
    share = 0.5 ** (age / _HALF_LIFE_YEARS)
    density = max(0.02, float(known[:, earliest + 1 :].mean()))
    drawn = int(wanted / density * 1.1) + 16
    target = rng.choice(columns, size=drawn, p=share / share.sum())
    series = rng.integers(0, series_count, size=drawn)
    origin = target - rng.integers(1, spec.horizon + 1, size=drawn)
    good = known[series, target] & (origin >= panel.launch[series]) & (origin >= 0)
    # one number each: numbers are sorted in a fraction of the time that triples are
    packed = np.unique((series[good] * periods + origin[good]) * periods + target[good])
    if not len(packed):
        return _newest(known)
    kept = packed[np.sort(rng.permutation(len(packed))[:wanted])]
    return Rows(kept // periods**2, kept // periods % periods, kept % periods)


def _worthwhile(known: int, horizon: int) -> int:
    """Rows that teach more than they cost, by the number of known targets."""
    return max(known, min(known * min(horizon, _REPEATS), _ENOUGH))


def _newest(known: Bools) -> Rows:
    """Each series' newest day as its own forecast: all that a history of a day or two can teach.

    Raises:
        RejectedDataError: there is no day with a value at all.
    """
    series, column = np.nonzero(known)
    if not len(series):
        raise RejectedDataError("sales: no store was open on any day; nothing can be learned")
    last = np.flatnonzero(np.append(series[1:] != series[:-1], np.True_))
    return Rows(series[last], column[last], column[last])
