"""Dense arrays over time and the running sums that make any window a subtraction."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """A covariate over time, stored once where many series share it.

    Attributes:
        values: (rows, periods), NaN where unknown.
        row: (series,), each series' row.
    """

    values: Floats
    row: Ints

    def at(self, series: Ints, column: Ints) -> Floats:
        """Values of some series at some columns; NaN outside."""
        inside = (column >= 0) & (column < self.values.shape[1])
        within = np.minimum(np.maximum(column, 0), self.values.shape[1] - 1)  # np.clip takes far longer on few rows
        taken: Floats = self.values[self.row[series], within]
        return np.where(inside, taken, np.float32(np.nan))

    def of(self, block: slice) -> "Grid":
        """The grid of a block of series, with no more rows than they need."""
        needed, row = np.unique(self.row[block], return_inverse=True)
        return Grid(self.values[needed], row.astype(np.int64))


class RunningSums:
    """Sums over every ``stride``-th column, so that a window's mean costs two look-ups."""

    def __init__(self, values: npt.NDArray[np.floating], stride: int = 1, *, squares: bool = False) -> None:
        """Sum up.

        Args:
            values: (series, periods), NaN where unknown.
            stride: 1 for all columns, the cycle for columns of one phase.
            squares: also keep sums of squares, for ``deviation``.
        """
        known = ~np.isnan(values)
        filled = np.where(known, values, 0).astype(np.float64)
        self.stride = stride
        self.total = _running(filled, stride)
        self.count = _running(known.astype(np.float64), stride)
        self.square = _running(filled**2, stride) if squares else None

    def mean(self, series: Ints, end: Ints, width: int) -> Doubles:
        """Mean of the ``width`` strided columns up to and with ``end``; NaN where none is known."""
        high, low = self._bounds(end, width)
        count = self.count[series, high] - self.count[series, low]
        total = self.total[series, high] - self.total[series, low]
        return _divided(total, count)

    def known(self, series: Ints, end: Ints, width: int) -> Doubles:
        """How many of those columns are known."""
        high, low = self._bounds(end, width)
        known: Doubles = self.count[series, high] - self.count[series, low]
        return known

    def deviation(self, series: Ints, end: Ints, width: int) -> Doubles:
        """Standard deviation of those columns."""
        if self.square is None:
            raise ValueError("made without squares")
        high, low = self._bounds(end, width)
        count = self.count[series, high] - self.count[series, low]
        square = self.square[series, high] - self.square[series, low]
        variance = _divided(square, count) - self.mean(series, end, width) ** 2
        deviation: Doubles = np.sqrt(np.maximum(variance, 0))
        return deviation

    def _bounds(self, end: Ints, width: int) -> tuple[Ints, Ints]:
        last = self.total.shape[1] - 1
        high = np.clip(end + self.stride, 0, last)
        return high, np.clip(end + self.stride - width * self.stride, 0, high)


def _running(values: Doubles, stride: int) -> Doubles:
    """Cumulative sums along columns of one phase, after ``stride`` columns of zeros."""
    rows, columns = values.shape
    padded = np.zeros((rows, stride + -(-columns // stride) * stride))
    padded[:, stride : stride + columns] = values
    summed: Doubles = padded.reshape(rows, -1, stride).cumsum(axis=1).reshape(rows, -1)
    return summed[:, : stride + columns]


def last_where(condition: Bools) -> Ints:
    """For every cell the newest column up to it where the condition held; -1 where none."""
    columns = np.where(condition, np.arange(condition.shape[1]), -1)
    return np.maximum.accumulate(columns, axis=1)


def first_true(condition: Bools) -> Ints:
    """First column of each row where the condition holds; the number of columns where it never does."""
    first: Ints = np.where(condition.any(axis=1), condition.argmax(axis=1), condition.shape[1])
    return first


def _divided(total: Doubles, count: Doubles) -> Doubles:
    """Means; NaN where nothing was counted."""
    mean: Doubles = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return mean
