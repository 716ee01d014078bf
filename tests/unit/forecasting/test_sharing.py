"""How hosts share the rows that boosters learn from."""

from dataclasses import dataclass

import numpy as np
import pytest

from core.forecasting.fitting import Run

SERIES = np.repeat(np.arange(100), 10)


@dataclass
class Host(Run):
    rank: int
    hosts: int


@pytest.mark.parametrize(
    ("busy", "rows"),
    [(0, [500, 500]), (400, [300, 700]), (1e9, [50, 950]), (0, [330, 330, 340]), (400, [60, 470, 470])],
)
def test_a_host_that_has_other_work_is_given_fewer_rows_and_no_series_is_divided(busy: float, rows: list[int]) -> None:
    shares = [Host(rank, len(rows)).share(SERIES, busy) for rank in range(len(rows))]
    assert [len(share) for share in shares] == rows
    assert [share.start for share in shares] == [0, *(share.stop for share in shares[:-1])]
    assert shares[-1].stop == len(SERIES)


def test_one_host_has_all_rows_whatever_else_it_does() -> None:
    assert Run().share(SERIES, 400).rows == slice(0, len(SERIES))
