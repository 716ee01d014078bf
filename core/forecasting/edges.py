"""Bin edges that all hosts of a training share.

XGBoost cuts each feature into bins by what it sees of it: each host of its own rows, so two hosts
cut otherwise than one, and other cuts make other trees. Here the edges come from rows that are
drawn by their number among those of all hosts. XGBoost takes them over from a small matrix that holds
nothing else, which also spares it to look for cuts in every row of every booster.
"""

from typing import Final

import numpy as np
import xgboost as xgb

from core.forecasting.fitting import Run, Share
from core.forecasting.grid import Floats, Ints
from core.forecasting.spec import THREADS

_SAMPLE: Final = 100_000
"""Rows that edges are drawn from."""


def reference(values: Floats, share: Share, run: Run, *, bins: int, seed: int) -> xgb.QuantileDMatrix:
    """A matrix to be the ``ref`` of those that boosters are fitted on.

    Args:
        values: (rows, features) of this host's rows, NaN where unknown.
        share: which of all hosts' rows these are.
        run: the hosts.
        bins: the most that a feature is cut into.
        seed: of the draw.
    """
    edges = found(values, share, run, bins=bins, seed=seed)
    table = np.full((max(len(own) for own in edges), len(edges)), np.nan, dtype=np.float32)
    for place, own in enumerate(edges):
        table[: len(own), place] = own
    return xgb.QuantileDMatrix(table, max_bin=bins, nthread=THREADS)


def found(values: Floats, share: Share, run: Run, *, bins: int, seed: int) -> list[Floats]:
    """Of each feature, increasing: all its values where they are few, else quantiles that are values.

    Hosts look for those of some columns each, and tell the others.
    """
    columns = _drawn(values, share, run, seed).T
    by_host = run.gather([_edges(column, bins) for column in columns[run.rank :: run.hosts]])
    return [by_host[place % run.hosts][place // run.hosts] for place in range(len(columns))]


def _edges(column: Floats, bins: int) -> Floats:
    known = np.sort(column[~np.isnan(column)])
    distinct: Floats = known[np.diff(known, prepend=np.float32(np.nan)) != 0]
    if len(distinct) > bins:
        distinct = np.unique(known[np.arange(bins) * len(known) // bins])
    return distinct


def _drawn(values: Floats, share: Share, run: Run, seed: int) -> Floats:
    """(sample, features) the rows that edges are drawn from, the same on all hosts and for any number of them."""
    chosen: Ints = np.arange(share.total)
    if share.total > _SAMPLE:
        chosen = np.sort(np.random.default_rng([seed, 3]).permutation(share.total)[:_SAMPLE])
    mine = chosen[(chosen >= share.start) & (chosen < share.stop)] - share.start
    return np.concatenate(run.gather(values[mine]))
