"""Plans that requests bring: from JSON to what the boosters know, or to a sentence on what is wrong."""

import datetime as dt
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from core.forecasting.placed import OPEN
from core.forecasting.what_if import values
from service.problems import ProblemError, quoted

if TYPE_CHECKING:
    from core.forecasting.what_if.file import Horizons
    from core.forecasting.what_if.model import Changes

Value = bool | int | FiniteFloat | str
_NAMED: Final = 20
"""Covariates that an error names."""


class PlannedDay(BaseModel):
    """What is planned for one date; what is left out stays as it is known."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"example": {"date": "2015-08-01", "promo": 1, "price": 2.49}}
    )
    __pydantic_extra__: dict[str, Value]

    date: dt.date = Field(description="one of those that are forecast")


def changes(horizons: "Horizons", plan: list[PlannedDay]) -> "Changes":
    """Rows and values by covariate.

    Raises:
        ProblemError: 422 naming the date, the covariate or the value, and what there is.
    """
    known = {each.name: each for each in horizons.model.shape.known}
    rows: dict[str, dict[int, float]] = {}
    for place, day in enumerate(plan):
        row = _row(horizons, day.date, place)
        for name, value in day.__pydantic_extra__.items():
            encoding = known.get(name)
            if encoding is None and name != OPEN:
                raise _unknown(name, place, [*known, OPEN])
            try:
                code = values.flag(value) if encoding is None else values.coded(encoding, value)
            except ValueError as error:
                sentence = f"plan.{place}.{name}: {quoted(str(value))} of {day.date}: {error}"
                raise ProblemError(422, "value_does_not_fit", sentence) from error
            if rows.setdefault(name, {}).setdefault(row, code) != code:
                raise ProblemError(422, "planned_twice", f"plan.{place}.{name}: two values for {day.date}; say one")
    return {
        name: (np.fromiter(told, np.int64, len(told)), np.fromiter(told.values(), np.float32, len(told)))
        for name, told in rows.items()
    }


def _row(horizons: "Horizons", day: dt.date, place: int) -> int:
    row = horizons.places.get(str(day))
    if row is None:
        first, last = horizons.dates[0], horizons.dates[-1]
        sentence = f"plan.{place}.date: {day} is not forecast; the {len(horizons.dates)} dates are {first} to {last}"
        raise ProblemError(422, "outside_horizon", sentence)
    return row


def _unknown(name: str, place: int, known: list[str]) -> ProblemError:
    near = get_close_matches(name[:100], known, n=1)
    meant = f"; did you mean {near[0]!r}" if near else ""
    more = " and so on" if len(known) > _NAMED else ""
    some = ", ".join(known[:_NAMED]) + more
    sentence = f"plan.{place}: the model knows no covariate {quoted(name)}{meant}; a plan may say {some}"
    return ProblemError(422, "unknown_covariate", sentence, covariates=known)
