"""Is a new model due? The retrain policy, a pure function."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from core.contracts.dataset import SEASON, DatasetConfig, Frequency
from core.contracts.models import LiveAccuracy, Manifest

MIN_NEW_PERIODS: dict[str, int] = {"D": 28, "W": 4, "M": 1, "Q": 1}
_DAYS: Final = {"D": 1, "W": 7}
_MONTHS: Final = {"M": 1, "Q": 3}
_UNITS: Final = {"D": "days", "W": "weeks", "M": "months", "Q": "quarters"}


@dataclass(frozen=True)
class Arrived:
    """What the table holds after an ingest."""

    frequency: Frequency
    first: date
    last: date

    @property
    def periods(self) -> int:
        """Length of the history in periods."""
        return periods_between(self.first, self.last, self.frequency) + 1


def periods_between(start: date, end: date, frequency: Frequency) -> int:
    """Whole periods from one date to a later one."""
    if frequency in _MONTHS:
        return ((end.year - start.year) * 12 + end.month - start.month) // _MONTHS[frequency]
    return (end - start).days // _DAYS[frequency]


def least_history(frequency: Frequency, horizon: int) -> int:
    """Fewest periods a model can be trained and tested on."""
    return horizon + 2 * min(SEASON[frequency], horizon)


def decide(
    arrived: Arrived,
    *,
    horizon: int,
    champion: Manifest | None,
    live: LiveAccuracy | None,
    config: DatasetConfig,
) -> tuple[bool, str, int]:
    """Apply the policy.

    Returns:
        Whether training is due, why as a sentence, and how many periods are new since the champion.
    """
    unit = _UNITS[arrived.frequency]
    least = least_history(arrived.frequency, horizon)
    if arrived.periods < least:
        reason = f"{arrived.periods} {unit} of history; a horizon of {horizon} needs at least {least}"
        return False, reason, arrived.periods
    if champion is None:
        return True, "no model serves yet", arrived.periods
    new = max(0, periods_between(champion.data_as_of, arrived.last, arrived.frequency))
    worse = _worse_than_promised(champion, live, config.retrain.accuracy_ratio)
    if worse and new > 0:
        return True, worse, new
    enough = config.retrain.min_new_periods or MIN_NEW_PERIODS[arrived.frequency]
    if new >= enough:
        return True, f"{new} new {unit} since the champion's data, the policy asks for {enough}", new
    return False, f"{new} new {unit} since the champion's data, the policy waits for {enough}", new


def _worse_than_promised(champion: Manifest, live: LiveAccuracy | None, ratio: float) -> str | None:
    promised = champion.backtest.wape if champion.backtest else None
    seen = live.model.wape if live and live.model_id == champion.model_id else None
    if not promised or seen is None or seen <= promised * ratio:
        return None
    return f"live WAPE {seen:.3f} is over {ratio:g} x the backtest's {promised:.3f}"
