"""Plans that requests bring: from JSON to what the boosters know, or to a sentence on what is wrong."""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from pydantic import WithJsonSchema

from core.contracts.sales import DATE
from service.problems import ProblemError, quoted

if TYPE_CHECKING:
    from core.forecasting.what_if.file import Horizons
    from core.forecasting.what_if.plans import Changes

_NAMED: Final = 20
"""Covariates that an error names."""


PlannedDay = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                "date": {"type": "string", "format": "date", "description": "one of those that are forecast"}
            },
            "required": ["date"],
            "additionalProperties": {"anyOf": [{"type": kind} for kind in ("boolean", "number", "string")]},
            "example": {"date": "2015-08-01", "promo": 1, "price": 2.49},
        }
    ),
]
"""What is planned for one date; what is left out stays as it is known. Values are judged here, by their covariate."""


def changes(horizons: "Horizons", plan: list[dict[str, Any]]) -> "Changes":
    """Rows and values by covariate.

    Raises:
        ProblemError: 422 naming the date, the covariate or the value, and what there is.
    """
    rows: dict[str, dict[int, float]] = {}
    for place, day in enumerate(plan):
        said = day.get(DATE)
        row = horizons.places.get(said) if isinstance(said, str) else None
        if row is None:
            raise _outside(horizons, said, place)
        for name, value in day.items():
            if name == DATE:
                continue
            code = _code(horizons, place, name, value)
            if rows.setdefault(name, {}).setdefault(row, code) != code:
                sentence = f"plan.{place}.{name}: two values for {said}; say one"
                raise ProblemError(422, "planned_twice", sentence)
    return {
        name: (np.fromiter(told, np.int64, len(told)), np.fromiter(told.values(), np.float32, len(told)))
        for name, told in rows.items()
    }


def _code(horizons: "Horizons", place: int, name: str, value: object) -> float:
    coder = horizons.coders.get(name)
    if coder is None:
        raise _unknown(name, place, list(horizons.coders))
    try:
        return coder(value)
    except ValueError as error:
        sentence = f"plan.{place}.{name}: {quoted(str(value))}: {error}"
        raise ProblemError(422, "value_does_not_fit", sentence) from error


def _outside(horizons: "Horizons", said: object, place: int) -> ProblemError:
    dates = horizons.dates
    what = "is required" if said is None else f"{quoted(str(said))} is not forecast"
    sentence = f"plan.{place}.date: {what}; the {len(dates)} dates are {dates[0]} to {dates[-1]}"
    return ProblemError(422, "outside_horizon", sentence)


def _unknown(name: str, place: int, known: list[str]) -> ProblemError:
    near = get_close_matches(name[:100], known, n=1)
    meant = f"; did you mean {near[0]!r}" if near else ""
    more = " and so on" if len(known) > _NAMED else ""
    some = ", ".join(known[:_NAMED]) + more
    sentence = f"plan.{place}: the model knows no covariate {quoted(name)}{meant}; a plan may say {some}"
    return ProblemError(422, "unknown_covariate", sentence, covariates=known)
