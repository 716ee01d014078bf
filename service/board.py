"""What is served now: one immutable state a dataset, replaced whole, read without a lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.contracts.models import ChampionPointer, Manifest, Publication
from service.causes import Causes
from service.forecast_store import ForecastStore

if TYPE_CHECKING:
    from core.forecasting.what_if.file import Horizons


@dataclass(frozen=True)
class Card:
    """The model card as its evaluation wrote it."""

    markdown: bytes
    json: bytes | None


@dataclass(frozen=True)
class Serving:
    """Forecasts in memory and the papers that came with them."""

    publication: Publication
    manifest: Manifest | None
    store: ForecastStore
    loaded_at: datetime
    totals: ForecastStore | None = None
    """Sums, as series whose store is the level and whose item is the id."""
    causes: Causes | None = None
    """Why the forecasts are what they are; None until they are told."""
    card: Card | None = None
    """The model's card; None where its evaluation left none."""
    horizons: "Horizons | None" = None
    """What a what-if takes; None until it is there, and in publications of older versions."""


@dataclass(frozen=True)
class LastError:
    """Why the newest pointer or publication is not what is served."""

    reason: str
    sentence: str
    since: datetime


@dataclass(frozen=True)
class State:
    """One dataset: what serves, what should serve, and what stands between."""

    dataset: str
    pointer: ChampionPointer | None = None
    serving: Serving | None = None
    pending: str | None = None
    last_error: LastError | None = None


@dataclass
class Board:
    """All datasets' states. The loader writes, requests read: one attribute, swapped whole."""

    states: Mapping[str, State] = field(default_factory=lambda: MappingProxyType({}))
    looked: bool = False
    """True once every known dataset was looked at, successfully or not."""
    _writing: Lock = field(default_factory=Lock, repr=False)

    def put(self, state: State) -> None:
        """Show a dataset's new state."""
        with self._writing:
            self.states = MappingProxyType({**self.states, state.dataset: state})

    @property
    def ready(self) -> bool:
        """True when forecasts are in memory and no dataset is still to be tried."""
        return self.looked and any(state.serving for state in self.states.values())

    @property
    def missing(self) -> str | None:
        """What is waited for, a sentence; None when ready."""
        if self.ready:
            return None
        if not self.looked:
            return "the champions have not all been looked at yet; this takes seconds after a start"
        if not self.states:
            return "no dataset has a champion yet; upload sales, the first approved model becomes it"
        reasons = (state.last_error.sentence if state.last_error else state.pending for state in self.states.values())
        return "no champion's forecasts are in memory: " + "; ".join(reason for reason in reasons if reason)
