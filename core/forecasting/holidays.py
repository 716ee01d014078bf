"""Public holidays of a country: when they are, and when each was a year before.

The dates come from the package ``holidays`` once, when a model is fitted, and travel with the model: a server needs
no list of its own, and a newer list changes nothing under a model that serves.
"""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
import polars as pl

from core.contracts.errors import ConfigError
from core.forecasting.calendar import Calendar
from core.forecasting.grid import Ints

_BEFORE, _AFTER = 2, 5
"""Years about the sales: features look two years back, and a model may serve some years on."""
_YEAR: Final = (300, 430)
"""Days between a holiday and the next of its name: moons and moving Sundays shift them."""
_REMARK: Final = re.compile(r" \((observed|estimated).*?\)")
_LANGUAGE: Final = "en_US"
"""Of the names, whatever the machine speaks: the order of features must not depend on it."""


@dataclass(frozen=True)
class Holidays:
    """The holidays of some years, in the periods of a calendar.

    Attributes:
        country: ISO 3166 code, with a subdivision where one was named: ``DE``, ``DE-BY``.
        periods: period number of each holiday, increasing; a period with two has two entries.
        kinds: number of each one's name, in the order of the year in which they are first met.
        before: period of the holiday of the same name a year before; -1 where the list knows none.
    """

    country: str
    periods: tuple[int, ...]
    kinds: tuple[int, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, country: str, calendar: Calendar, first: int, last: int) -> Self:
        """Holidays about some periods.

        Args:
            country: as ``named`` accepts it.
            calendar: that counts the periods.
            first: period in which sales begin.
            last: period in which they end.

        Raises:
            ConfigError: no holidays are known of the country.
        """
        begin, end = (day.year for day in calendar.dates(np.array([first, last])).to_list())
        told = named(country, begin - _BEFORE, end + _AFTER)
        days = [day for day, _ in told]
        numbers: dict[str, int] = {}
        kinds = tuple(numbers.setdefault(name, len(numbers)) for _, name in told)
        periods = calendar.index(pl.Series(days, dtype=pl.Date))
        earlier = _year_before(days, kinds)
        before = tuple(-1 if place is None else int(periods[place]) for place in earlier)
        return cls(country, tuple(periods.tolist()), kinds, before)

    def nearest(self, period: Ints) -> Ints:
        """Place, among the holidays, of the one nearest to each period; the earlier of two."""
        starts = np.asarray(self.periods)
        after = np.searchsorted(starts, period).clip(0, len(starts) - 1)
        earlier = np.maximum(after - 1, 0)
        nearer: Ints = np.where(np.abs(starts[earlier] - period) <= np.abs(starts[after] - period), earlier, after)
        return nearer

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The opposite of ``to_json``."""
        return cls(values["country"], *(tuple(values[name]) for name in ("periods", "kinds", "before")))


def named(country: str, first: int, last: int) -> list[tuple[dt.date, str]]:
    """Public holidays of some years, in their order; the days of a feast of several days are numbered.

    Args:
        country: ISO 3166 code, perhaps with a subdivision behind a hyphen.
        first: year.
        last: year.

    Raises:
        ConfigError: no holidays are known of the country, or of its subdivision.
    """
    from holidays import country_holidays  # noqa: PLC0415 - slow, and seldom wanted

    check_country(country)
    code, _, part = country.partition("-")
    listed = country_holidays(code, subdiv=part or None, years=range(first, last + 1), language=_LANGUAGE)
    told = sorted((day, name) for day in listed for name in listed.get_list(day))
    seen: dict[str, tuple[dt.date, int]] = {}
    found = []
    for day, told_name in told:
        name = _REMARK.sub("", told_name)
        previous, number = seen.get(name, (dt.date.min, 0))
        number = number + 1 if (day - previous).days == 1 else 1
        seen[name] = (day, number)
        found.append((day, f"{name} {number}"))
    return found


def check_country(country: str) -> None:
    """Say what is wrong with the name of a country.

    Raises:
        ConfigError: no holidays are known of the country, or of its subdivision.
    """
    from holidays import list_supported_countries  # noqa: PLC0415 - slow, and seldom wanted

    code, _, part = country.partition("-")
    known = list_supported_countries()
    if code not in known:
        raise ConfigError(
            f"model.country = {country!r}: no public holidays are known of it; write an ISO 3166 code such as 'DE'"
        )
    if part and part not in known[code]:
        parts = f"its parts are {', '.join(known[code])}" if known[code] else "write the country alone"
        raise ConfigError(f"model.country = {country!r}: {code} has no part {part!r} with holidays of its own; {parts}")


def _year_before(days: list[dt.date], kinds: tuple[int, ...]) -> list[int | None]:
    """Place of the same holiday about a year before; None where there is none."""
    by_kind: dict[int, list[int]] = defaultdict(list)
    found: list[int | None] = []
    for place, (day, kind) in enumerate(zip(days, kinds, strict=True)):
        near = [old for old in by_kind[kind] if _YEAR[0] <= (day - days[old]).days <= _YEAR[1]]
        found.append(near[-1] if near else None)
        by_kind[kind].append(place)
    return found
