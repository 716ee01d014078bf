"""Bin edges: the same for any number of hosts, and no split that knows a value from its edge."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np
import pytest
import xgboost as xgb

from core.forecasting import edges
from core.forecasting.edges import found, reference
from core.forecasting.fitting import ALONE, Run, Share
from core.forecasting.grid import Floats

BINS = 16


class OneOf(Run):
    """One of two hosts, each in a thread, that lay their parts on a table and wait for the other's."""

    def __init__(self, rank: int, table: list[Any], meeting: Barrier) -> None:
        self.rank, self.hosts, self.table, self.meeting = rank, 2, table, meeting

    def gather(self, part: Any) -> Sequence[Any]:
        self.table[self.rank] = part
        self.meeting.wait()
        parts = list(self.table)
        self.meeting.wait()
        return parts


@pytest.fixture
def features() -> Floats:
    rng = np.random.default_rng(5)
    columns = [rng.gamma(1.5, 3, 3_000), rng.integers(0, 7, 3_000), np.full(3_000, 2.5), np.full(3_000, np.nan)]
    matrix = np.stack(columns, axis=1).astype(np.float32)
    matrix[rng.random(3_000) < 0.1, 0] = np.nan
    return matrix


def rounded(values: Floats, cuts: Sequence[Floats]) -> Floats:
    """Each value by the greatest edge not above it, the way bins are meant."""
    columns = [
        np.where(np.isnan(column), column, own[np.maximum(np.searchsorted(own, column, side="right") - 1, 0)])
        if len(own)
        else column
        for column, own in zip(values.T, cuts, strict=True)
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def test_few_values_are_all_edges_and_many_are_cut_at_values_that_occur(features: Floats) -> None:
    cuts = found(features, Share(0, 3_000, 3_000), ALONE, bins=BINS, seed=1)
    assert BINS // 2 < len(cuts[0]) <= BINS
    assert set(cuts[0]) <= set(features[:, 0])
    assert [list(own) for own in cuts[1:]] == [list(range(7)), [2.5], []]


@pytest.mark.parametrize("parted", [0, 1_000, 1_234, 3_000])
@pytest.mark.parametrize("sample", [500, 100_000])
def test_two_hosts_cut_as_one_does_however_the_rows_are_parted(
    features: Floats, monkeypatch: pytest.MonkeyPatch, parted: int, sample: int
) -> None:
    monkeypatch.setattr(edges, "_SAMPLE", sample)
    whole = found(features, Share(0, 3_000, 3_000), ALONE, bins=BINS, seed=1)
    shares = [Share(0, parted, 3_000), Share(parted, 3_000, 3_000)]
    table, meeting = [None, None], Barrier(2, timeout=60)

    def cut(rank: int) -> list[Floats]:
        share = shares[rank]
        return found(features[share.rows], share, OneOf(rank, table, meeting), bins=BINS, seed=1)

    with ThreadPoolExecutor(2) as hosts:
        for own in hosts.map(cut, range(2)):
            assert all(np.array_equal(one, other) for one, other in zip(own, whole, strict=True))


def test_trees_are_those_of_features_rounded_down_to_their_edges(features: Floats) -> None:
    share = Share(0, 3_000, 3_000)
    label = np.nan_to_num(features[:, 0]) * (1 + features[:, 1])
    params = {"tree_method": "hist", "max_bin": BINS, "max_depth": 6}
    few = rounded(features, found(features, share, ALONE, bins=BINS, seed=1))
    cuts = reference(features, share, ALONE, bins=BINS, seed=1)
    boosters = [
        xgb.train(params, xgb.QuantileDMatrix(values, label=label, max_bin=BINS, ref=ref), num_boost_round=20)
        for values, ref in ((features, cuts), (few, None))
    ]
    one, other = (booster.save_raw("json") for booster in boosters)
    assert one == other
    assert np.array_equal(boosters[0].inplace_predict(few), boosters[0].inplace_predict(features))
    assert len(np.unique(boosters[0].inplace_predict(features))) > BINS


@pytest.mark.parametrize("order", [1, -1])
def test_xgboost_cuts_at_every_edge_whatever_the_order_and_the_weight_of_rows(features: Floats, order: int) -> None:
    share = Share(0, 3_000, 3_000)
    cuts = found(features, share, ALONE, bins=BINS, seed=1)
    weight = np.random.default_rng(6).gamma(0.3, 5, 3_000) + 1e-3
    values, ref = np.ascontiguousarray(features[::order]), reference(features, share, ALONE, bins=BINS, seed=1)
    matrix = xgb.QuantileDMatrix(values, label=np.zeros(3_000), weight=weight, max_bin=BINS, ref=ref)
    ends, told = matrix.get_quantile_cut()
    for place in range(3):
        assert list(told[ends[place] : ends[place + 1]][1:-1]) == list(cuts[place][1:])
