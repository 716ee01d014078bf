"""Why one publication's forecasts are what they are, in memory beside them.

Memory: 25 bytes a row (six float32 and a number for the basis); the baseline is what the others leave of the mean.
"""

from typing import Final, Self

import numpy as np
import polars as pl

from core.contracts.sales import DATE, ITEM, SERIES, STORE
from core.forecasting.groups import BASELINE, GROUPS
from service.forecast_store import DECIMALS, ForecastStore, Row

BASIS: Final = "basis"
MOVERS: Final = tuple(name for name in GROUPS if name != BASELINE)
SCHEMA: Final = {
    DATE: pl.Date,
    STORE: pl.String,
    ITEM: pl.String,
    **dict.fromkeys(MOVERS, pl.Float32),
    BASIS: pl.String,
}


class Causes:
    """Units by cause of each series' first forecasts."""

    def __init__(self, starts: np.ndarray, units: np.ndarray, bases: list[str], basis: np.ndarray) -> None:
        self._starts, self._units, self._bases, self._basis = starts, units, bases, basis

    @classmethod
    def of(cls, frame: pl.DataFrame, store: ForecastStore) -> Self:
        """Build from a publication's explanations (columns of ``SCHEMA``), in any order.

        Raises:
            ValueError: they are of other series or dates than the forecasts, or not finite.
        """
        frame = frame.sort(*SERIES, DATE)
        if not frame.select(pl.all_horizontal(pl.col(MOVERS).is_finite()).fill_null(value=False).all()).item():
            raise ValueError("a cause is missing or not finite")
        sizes = frame.group_by(SERIES, maintain_order=True).len()
        starts = np.concatenate([[0], sizes["len"].cum_sum().to_numpy()]).astype(np.int64)
        if [store.name(at) for at in range(len(store))] != sizes.select(SERIES).rows():
            raise ValueError(f"{sizes.height} series are explained, {len(store)} forecast, or they are others")
        if not store.begins_with(starts, frame[DATE]):
            raise ValueError("the dates explained are not the first that are forecast")
        bases = frame[BASIS].unique().sort()
        basis = bases.search_sorted(frame[BASIS]).to_numpy().astype(np.uint8)
        return cls(starts, frame.select(MOVERS).to_numpy().round(DECIMALS), bases.to_list(), basis)

    def explained(self, position: int, forecasts: list[Row]) -> list[dict[str, object]]:
        """A series' forecasts, each with its causes, which sum to the mean, and its basis; None beyond what is told."""
        start, end = self._starts[position], self._starts[position + 1]
        units = self._units[start : start + len(forecasts)][: end - start].astype(np.float64).round(DECIMALS).tolist()
        told: list[dict[str, object]] = [
            row | {"causes": _whole(row, moves), BASIS: self._bases[self._basis[start + place]]}
            for place, (row, moves) in enumerate(zip(forecasts, units, strict=False))
        ]
        return told + [row | {"causes": None, BASIS: None} for row in forecasts[len(units) :]]


def _whole(row: Row, moves: list[float]) -> dict[str, float]:
    """Causes by name; the baseline takes what rounding leaves."""
    mean = row["mean"]
    assert isinstance(mean, float)  # noqa: S101 - the store's own row
    return {BASELINE: round(mean - sum(moves), DECIMALS), **dict(zip(MOVERS, moves, strict=True))}
