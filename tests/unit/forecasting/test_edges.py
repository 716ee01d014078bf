"""Bin edges: the same for any number of hosts, and no split that knows a value from its edge."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import xgboost as xgb

from core.forecasting import edges
from core.forecasting.edges import round_down
from core.forecasting.fitting import ALONE, Run, Share
from core.forecasting.grid import Floats

BINS = 16


class OneOf(Run):
    """One of two hosts, that is told what the other has drawn."""

    def __init__(self, rank: int, parts: Sequence[Floats]) -> None:
        self.rank, self.hosts, self.parts = rank, 2, parts

    def gather(self, part: Any) -> Sequence[Any]:
        return [part if host == self.rank else other for host, other in enumerate(self.parts)]


@pytest.fixture
def features() -> Floats:
    rng = np.random.default_rng(5)
    columns = [rng.gamma(1.5, 3, 3_000), rng.integers(0, 7, 3_000), np.full(3_000, 2.5), np.full(3_000, np.nan)]
    matrix = np.stack(columns, axis=1).astype(np.float32)
    matrix[rng.random(3_000) < 0.1, 0] = np.nan
    return matrix


def rounded(values: Floats, share: Share, run: Run = ALONE) -> Floats:
    own = values[share.rows].copy()
    round_down(own, share, run, bins=BINS, seed=1)
    return own


def test_each_value_becomes_the_greatest_edge_not_above_it_and_few_values_stay(features: Floats) -> None:
    found = rounded(features, Share(0, 3_000, 3_000))
    known = ~np.isnan(features[:, 0])
    kept = np.unique(found[known, 0])
    assert len(kept) <= BINS
    assert set(kept) <= set(features[known, 0])
    for value, edge in zip(features[known, 0], found[known, 0], strict=True):
        assert edge == max(each for each in kept if each <= value)
    assert np.array_equal(found[:, 1:], features[:, 1:], equal_nan=True)
    assert np.isnan(found[~known, 0]).all()


@pytest.mark.parametrize("parted", [0, 1_000, 1_234, 3_000])
@pytest.mark.parametrize("sample", [500, 100_000])
def test_two_hosts_round_as_one_does_however_the_rows_are_parted(
    features: Floats, monkeypatch: pytest.MonkeyPatch, parted: int, sample: int
) -> None:
    monkeypatch.setattr(edges, "_SAMPLE", sample)
    whole = rounded(features, Share(0, 3_000, 3_000))
    shares = [Share(0, parted, 3_000), Share(parted, 3_000, 3_000)]
    drawn = [edges._drawn(features[share.rows], share, ALONE, 1) for share in shares]
    parts = [rounded(features, share, OneOf(rank, drawn)) for rank, share in enumerate(shares)]
    assert np.array_equal(np.concatenate(parts), whole, equal_nan=True)


def test_trees_answer_the_same_before_and_after_rounding(features: Floats) -> None:
    found = rounded(features, Share(0, 3_000, 3_000))
    label = np.nan_to_num(features[:, 0]) * (1 + features[:, 1])
    matrix = xgb.QuantileDMatrix(found, label=label, max_bin=BINS)
    booster = xgb.train({"tree_method": "hist", "max_bin": BINS, "max_depth": 6}, matrix, num_boost_round=20)
    assert np.array_equal(booster.inplace_predict(found), booster.inplace_predict(features))
    assert len(np.unique(booster.inplace_predict(features))) > BINS


@pytest.mark.parametrize("order", [1, -1])
def test_xgboost_cuts_at_every_edge_whatever_the_order_and_the_weight_of_rows(features: Floats, order: int) -> None:
    found = rounded(features, Share(0, 3_000, 3_000))[::order]
    weight = np.random.default_rng(6).gamma(0.3, 5, 3_000)[::order] + 1e-3
    label = np.zeros(3_000)
    matrix = xgb.QuantileDMatrix(np.ascontiguousarray(found), label=label, weight=weight, max_bin=BINS)
    ends, cuts = matrix.get_quantile_cut()
    for place in range(3):
        kept = np.unique(found[~np.isnan(found[:, place]), place])
        assert set(kept[1:]) <= set(cuts[ends[place] : ends[place + 1]])
