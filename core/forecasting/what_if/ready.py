"""One series' horizon, ready for a plan, and as bytes."""

import zlib
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from core.forecasting.encoding import Encoding
from core.forecasting.features_known import LONGEST_RUN
from core.forecasting.grid import Doubles, Floats
from core.forecasting.spec import ForecastSpec

_FIRST, _COLD, _LEVEL, _FIXED = 0, 1, 2, 3
"""Places of the numbers that every series has one of, and how many they are."""
_DOUBLE: Final = "<f8"
_SINGLE: Final = "<f4"


def kept(spec: ForecastSpec) -> int:
    """Columns of history that features of the horizon look at through covariates."""
    return min(LONGEST_RUN + 1, spec.rhythm.history)


@dataclass(frozen=True)
class Shape:
    """What all series of a file have in common.

    Attributes:
        rows: dates of the horizon.
        features: columns of the boosters.
        known: covariates that a plan may change, but ``open``, which any plan may.
        usual: columns of numbers that are told beside their usual value.
        alike: columns that tell what was sold on days of the same flag.
    """

    rows: int
    features: tuple[str, ...]
    known: tuple[Encoding, ...]
    usual: tuple[str, ...]
    alike: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        plain = {name: getattr(self, name) for name in ("rows", "features", "usual", "alike")}
        return plain | {"known": [each.to_json() for each in self.known]}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        names = {name: tuple(values[name]) for name in ("features", "usual", "alike")}
        return cls(values["rows"], known=tuple(Encoding.from_json(each) for each in values["known"]), **names)


@dataclass(frozen=True)
class Ready:
    """What the forecasts of one series were made of.

    Attributes:
        values: (rows, features) as the boosters were given them.
        level: of the series at the origin, positive.
        local: (rows,) units that its own view expects; zeros where that has no share.
        cold: it has no sales of its own.
        first: column of the first row in the grids; the last column is the last row's.
        open: (columns,) whether the store sells.
        known: (columns,) of each covariate, NaN where nobody knows.
        usual: by column, what a number is told beside.
        alike: (2, rows) by column, what it tells where the flag is 0, and where it is 1.
    """

    values: Floats
    level: float
    local: Doubles
    cold: bool
    first: int
    open: Floats
    known: dict[str, Floats]
    usual: dict[str, float]
    alike: dict[str, Floats]

    def pack(self) -> bytes:
        """As bytes, a feature's values side by side: most are the same on all days."""
        doubles = [[self.first, self.cold, self.level], list(self.usual.values()), self.local]
        singles = [self.open, *self.known.values(), *self.alike.values(), self.values.T]
        parts = [*(np.asarray(each, dtype=_DOUBLE) for each in doubles), *(each.astype(_SINGLE) for each in singles)]
        return zlib.compress(b"".join(part.tobytes() for part in parts))

    @classmethod
    def unpack(cls, body: bytes, shape: Shape) -> Self:
        """The opposite of ``pack``; the arrays are not to be written to."""
        data, rows, means = zlib.decompress(body), shape.rows, len(shape.usual)
        doubles = np.frombuffer(data, _DOUBLE, _FIXED + means + rows)
        singles = np.frombuffer(data, _SINGLE, offset=doubles.nbytes)
        first = int(doubles[_FIRST])
        columns, grids = first + rows, 1 + len(shape.known)
        told = singles[: grids * columns].reshape(grids, columns)
        rest = singles[grids * columns :].reshape(-1, rows)
        sides = 2 * len(shape.alike)
        return cls(
            values=rest[sides:].T,
            level=float(doubles[_LEVEL]),
            local=doubles[_FIXED + means :],
            cold=bool(doubles[_COLD]),
            first=first,
            open=told[0],
            known={each.name: told[place] for place, each in enumerate(shape.known, start=1)},
            usual=dict(zip(shape.usual, doubles[_FIXED:].tolist(), strict=False)),
            alike={name: rest[2 * place : 2 * place + 2] for place, name in enumerate(shape.alike)},
        )
