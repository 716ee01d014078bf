"""Which forecasts are asked for: a series, an origin and a target each."""

from dataclasses import dataclass

from core.forecasting.grid import Ints


@dataclass(frozen=True)
class Rows:
    """Parallel arrays of series, origin and target columns of a panel."""

    series: Ints
    origin: Ints
    target: Ints

    def __len__(self) -> int:
        return len(self.series)

    def take(self, index: Ints) -> "Rows":
        """Some of the rows."""
        return Rows(self.series[index], self.origin[index], self.target[index])
