"""What to forecast (the spec) and how (the recipe)."""

import json
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any, Final, Self

from core.contracts.dataset import Frequency
from core.contracts.errors import ConfigError

THREADS: Final = 2
"""Fixed, not the machine's count: the order of sums, and so every byte of a model, depends on it."""


@dataclass(frozen=True)
class ForecastSpec:
    """What to forecast.

    Attributes:
        horizon: periods ahead.
        frequency: ``D``, ``W`` or ``M``.
        known: covariates that will be known for the horizon.
        static: attributes of a store, an item or a series that do not change.
        quantiles: of the forecast, increasing.
        backtest_windows: rolling origins that measure and calibrate the model.
        seed: of every random choice.
        country: whose public holidays count, as ``core.forecasting.holidays.named`` accepts it; None: of none.
    """

    horizon: int
    frequency: Frequency
    known: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    quantiles: tuple[float, ...] = (0.1, 0.5, 0.9)
    backtest_windows: int = 2
    seed: int = 7
    country: str | None = None

    def __post_init__(self) -> None:
        if self.horizon < 1:
            raise ConfigError(f"horizon = {self.horizon}: must be at least 1 period")
        if list(self.quantiles) != sorted(set(self.quantiles)) or not all(0 < q < 1 for q in self.quantiles):
            raise ConfigError(f"quantiles = {self.quantiles}: must increase, each between 0 and 1")

    @property
    def rhythm(self) -> "Rhythm":
        """Lengths that belong to the frequency."""
        return RHYTHMS[self.frequency]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        typed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**typed)


@dataclass(frozen=True)
class Rhythm:
    """Window lengths of one frequency, in periods.

    Attributes:
        cycle: the short season whose phases are compared (weekdays); 1 where there is none.
        year: periods after which the same season comes again, a multiple of ``cycle``.
        level: window of the level by which targets are scaled.
        windows: of the rolling statistics, increasing.
        around: half width of the window around the same time last year.
        recent: window of the level that last year's season is measured against.
        years: of history from which a series tells its own season.
    """

    cycle: int
    year: int
    level: int
    windows: tuple[int, ...]
    around: int
    recent: int
    years: int = 2

    @property
    def history(self) -> int:
        """Periods of history a forecast reaches back."""
        return self.years * self.year + 2 * self.recent

    @property
    def silence(self) -> int:
        """Periods without a row after which a series has ended."""
        return 2 * self.year + 2 * self.recent


RHYTHMS: Final[dict[str, Rhythm]] = {
    "D": Rhythm(cycle=7, year=364, level=56, windows=(7, 14, 28, 56, 91, 182, 364), around=3, recent=28),
    "W": Rhythm(cycle=1, year=52, level=8, windows=(2, 4, 8, 13, 26, 52), around=1, recent=8),
    "M": Rhythm(cycle=1, year=12, level=6, windows=(2, 3, 6, 12), around=1, recent=3, years=5),
    "Q": Rhythm(cycle=1, year=4, level=4, windows=(2, 3, 4, 8), around=0, recent=2, years=5),
}


LOCAL: Final = "local"
"""The view of each series by itself, beside the boosters' of all; see ``core.forecasting.smoothing``."""


@dataclass(frozen=True)
class Recipe:
    """How a model is fitted: everything chosen from the data, so that a fit can be repeated.

    Attributes:
        weights: share of each view in the forecast: boosters by objective, and ``LOCAL``; empty until it is chosen.
        factors: what each view's forecast is multiplied by to be a mean.
        rare: the same as ``weights`` of series that sell rarely (``core.forecasting.rare``); empty: they have no other.
        rounds: trees of each booster; twice as many, of half the step, where training rows are few.
        rows: most training rows.
        params: further settings of the boosters.
        spread_from: least training rows of a spread booster; None: never.
    """

    weights: dict[str, float] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)
    rounds: int = 200
    rows: int = 400_000
    params: dict[str, float] = field(default_factory=dict)
    spread_from: int | None = 20_000
    rare: dict[str, float] = field(default_factory=dict)

    @property
    def views(self) -> tuple[str, ...]:
        """Those with a share in any forecast."""
        shares = (*self.weights.items(), *self.rare.items())
        return tuple(dict.fromkeys(name for name, share in shares if share > 0))

    @property
    def objectives(self) -> tuple[str, ...]:
        """Boosters with a share in any forecast."""
        return tuple(name for name in self.views if name != LOCAL)

    @property
    def boosted(self) -> Self:
        """The same for series without sales, of which there is no view of their own: boosters alone."""
        if LOCAL not in self.weights:
            return self
        rest = {name: share for name, share in self.weights.items() if name != LOCAL}
        return replace(self, weights={name: share / sum(rest.values()) for name, share in rest.items()})

    @property
    def of_rare(self) -> Self:
        """The same for series that sell rarely."""
        return replace(self, weights=self.rare) if self.rare else self

    @property
    def unchosen(self) -> Self:
        """The same settings of the boosters, with nothing chosen from their forecasts yet."""
        return replace(self, weights={}, factors={}, rare={})

    @property
    def settings(self) -> str:
        """A word for what a booster of it depends on; empty for the defaults."""
        if not self.params:
            return ""
        told = json.dumps([self.rounds, self.rows, self.params], sort_keys=True)
        return f"-{sha256(told.encode()).hexdigest()[:12]}"

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        return cls(**values)
