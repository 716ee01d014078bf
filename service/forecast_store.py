"""One publication's forecasts in memory, compact and immutable.

Memory: 34 bytes a row (four float64 and a date number) plus one dictionary entry a series; M5's
30,490 series x 42 days take some 50 MB. Few Python containers, so the collector has nothing to walk.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from sys import intern
from typing import Final, Self

import numpy as np
import polars as pl

from core.contracts.sales import COLD_START_TIER, DATE, ITEM, MODEL_TIER, SERIES, STORE

NUMBERS: Final = ("mean", "p10", "p50", "p90")
DECIMALS: Final = 4
"""Of an answer's numbers: a ten-thousandth of a unit is beyond any model."""

Row = dict[str, str | float]


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows by store, item and date. Published files are so already, and sorting one takes far more than looking."""
    if _increases(frame):
        return frame
    frame = frame.sort(STORE, ITEM, DATE)
    if not _increases(frame):
        raise ValueError("two forecasts have the same date, store and item")
    return frame


def _increases(frame: pl.DataFrame) -> bool:
    grows = pl.lit(value=False)
    for name in (DATE, ITEM, STORE):
        former = pl.col(name).shift()
        grows = (pl.col(name) > former) | ((pl.col(name) == former) & grows)
    return bool(frame.select(grows.slice(1).all()).item())


def _differs(name: str) -> pl.Expr:
    return pl.col(name).ne_missing(pl.col(name).shift())


class ForecastStore:
    """Forecasts by (store, item), each series' rows one slice of the arrays.

    Args:
        frame: date (Date), store_id, item_id (String), mean, p10, p50, p90 (Float64), tier (String);
            one row a key.
    """

    def __init__(
        self,
        *,
        stores: list[str],
        items: list[str],
        cold: Sequence[bool],
        starts: Sequence[int],
        days: np.ndarray,
        calendar: list[str],
        numbers: np.ndarray,
    ) -> None:
        self._stores, self._items, self._cold, self._starts = stores, items, cold, starts
        self._days, self._calendar, self._numbers = days, calendar, numbers
        self._index: dict[str, dict[str, int]] = {}
        for position, (store, item) in enumerate(zip(stores, items, strict=True)):
            self._index.setdefault(store, {})[item] = position

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Self:
        """Build from a publication's rows, in any order.

        Raises:
            ValueError: two rows have the same key.
        """
        frame = _in_order(frame)
        first = frame.select(pl.any_horizontal(_differs(name) for name in SERIES).arg_true().alias("row"))["row"]
        series = frame[first]
        calendar = frame[DATE].unique().sort()
        return cls(
            stores=[intern(name) for name in series[STORE]],
            items=[intern(name) for name in series[ITEM]],
            cold=(series["tier"] == COLD_START_TIER).to_list(),
            starts=[*first.to_list(), frame.height],
            days=calendar.search_sorted(frame[DATE]).to_numpy().astype(np.uint16),
            calendar=calendar.dt.to_string("%Y-%m-%d").to_list(),
            numbers=np.ascontiguousarray(frame.select(NUMBERS).to_numpy().astype(np.float64).round(DECIMALS)),
        )

    def __len__(self) -> int:
        return len(self._stores)

    @property
    def rows(self) -> int:
        """Forecast rows held."""
        return len(self._days)

    def has_store(self, store_id: str) -> bool:
        """True when any series of this store is held."""
        return store_id in self._index

    def find(self, store_id: str, item_id: str) -> int | None:
        """Position of a series, None when it is not held."""
        items = self._index.get(store_id)
        return None if items is None else items.get(item_id)

    def tier(self, position: int) -> str:
        """``model`` or ``cold_start``."""
        return COLD_START_TIER if self._cold[position] else MODEL_TIER

    def name(self, position: int) -> tuple[str, str]:
        """Store and item of a series."""
        return self._stores[position], self._items[position]

    def forecasts(self, position: int, horizon: int) -> list[Row]:
        """A series' first ``horizon`` forecasts, oldest first."""
        start = self._starts[position]
        end = min(start + horizon, self._starts[position + 1])
        calendar = self._calendar
        return [
            {"date": calendar[day], "mean": mean, "p10": p10, "p50": p50, "p90": p90}
            for day, (mean, p10, p50, p90) in zip(
                self._days[start:end].tolist(), self._numbers[start:end].tolist(), strict=True
            )
        ]

    def begins_with(self, starts: np.ndarray, dates: pl.Series) -> bool:
        """True when each series' forecasts begin with these dates, ``starts`` being where each series' lie."""
        own, sizes = np.asarray(self._starts), np.diff(starts)
        if len(sizes) != len(self) or bool((sizes > np.diff(own)).any()):
            return False
        rows = np.arange(len(dates)) + np.repeat(own[:-1] - starts[:-1], sizes)
        calendar = pl.Series(self._calendar).str.to_date()
        return bool((calendar.gather(self._days[rows]).to_numpy() == dates.to_numpy()).all())

    def page(self, *, store_id: str | None, after: tuple[str, str] | None, limit: int) -> list[int]:
        """Positions of at most ``limit`` series behind ``after``, by store and item; of one store if named."""
        first, last = 0, len(self)
        if store_id is not None:
            first, last = bisect_left(self._stores, store_id), bisect_right(self._stores, store_id)
        if after is not None:
            first = max(first, bisect_right(range(len(self)), after, key=self.name))
        return list(range(first, min(first + limit, last)))
