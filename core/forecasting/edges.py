"""Bin edges that all hosts of a training share, and features rounded down to them.

XGBoost cuts each feature into bins by what it sees of it: each host of its own rows, so two hosts
cut otherwise than one, and other cuts make other trees. Here the edges come from rows that are
drawn by their number among those of all hosts, and each value is replaced by the greatest edge that
is not above it. What is left are few enough distinct values that XGBoost cuts at every one of them,
wherever the rows lie. A split sends values below an edge to the left, and the same values are below it
before and after they were rounded: forecasts are made from features as they are.
"""

from typing import Final

import numpy as np

from core.forecasting.fitting import Run, Share
from core.forecasting.grid import Floats, Ints

_SAMPLE: Final = 100_000
"""Rows that edges are drawn from."""
_BLOCK: Final = 1 << 16
"""Rows rounded at one time."""


def round_down(values: Floats, share: Share, run: Run, *, bins: int, seed: int) -> None:
    """Replace features by their bin edges, in place.

    Args:
        values: (rows, features) of this host's rows; NaN stays.
        share: which of all hosts' rows these are.
        run: the hosts.
        bins: the most that a feature is cut into.
        seed: of the draw.
    """
    edges = _edges(_drawn(values, share, run, seed), bins)
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        for place, own in enumerate(edges):
            if len(own):
                column = block[:, place]
                below = np.maximum(np.searchsorted(own, column, side="right") - 1, 0)
                block[:, place] = np.where(np.isnan(column), column, own[below])


def _drawn(values: Floats, share: Share, run: Run, seed: int) -> Floats:
    """(sample, features) the rows that edges are drawn from, the same on all hosts and for any number of them."""
    chosen: Ints = np.arange(share.total)
    if share.total > _SAMPLE:
        chosen = np.sort(np.random.default_rng([seed, 3]).permutation(share.total)[:_SAMPLE])
    mine = chosen[(chosen >= share.start) & (chosen < share.stop)] - share.start
    return np.concatenate(run.gather(values[mine]))


def _edges(sample: Floats, bins: int) -> list[Floats]:
    """Of each feature, increasing: all its values where they are few, else quantiles that are values."""
    found = []
    for column in sample.T:
        known = np.sort(column[~np.isnan(column)])
        distinct = np.unique(known)
        if len(distinct) > bins:
            distinct = np.unique(known[np.arange(bins) * len(known) // bins])
        found.append(distinct)
    return found
