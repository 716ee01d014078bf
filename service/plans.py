"""Plans that requests bring: from JSON to what the boosters know, or to a sentence on what is wrong."""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from pydantic import WithJsonSchema

from core.contracts.sales import DATE
from core.forecasting.what_if import values
from service.problems import ProblemError, quoted

if TYPE_CHECKING:
    from core.forecasting.what_if.file import Horizons
    from core.forecasting.what_if.model import Changes

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
        row = _row(horizons, day.get(DATE), place)
        for name, value in day.items():
            if name != DATE:
                code = _code(horizons, place, name, value)
                if rows.setdefault(name, {}).setdefault(row, code) != code:
                    raise ProblemError(
                        422, "planned_twice", f"plan.{place}.{name}: two values for {day[DATE]}; say one"
                    )
    return {
        name: (np.fromiter(told, np.int64, len(told)), np.fromiter(told.values(), np.float32, len(told)))
        for name, told in rows.items()
    }


def _row(horizons: "Horizons", day: object, place: int) -> int:
    row = horizons.places.get(day) if isinstance(day, str) else None
    if row is None:
        dates = horizons.dates
        said = "is required" if day is None else f"{quoted(str(day))} is not forecast"
        sentence = f"plan.{place}.date: {said}; the {len(dates)} dates are {dates[0]} to {dates[-1]}"
        raise ProblemError(422, "outside_horizon", sentence)
    return row


def _code(horizons: "Horizons", place: int, name: str, value: object) -> float:
    try:
        encoding = horizons.known[name]
        return values.flag(value) if encoding is None else values.coded(encoding, value)
    except KeyError:
        raise _unknown(name, place, list(horizons.known)) from None
    except ValueError as error:
        sentence = f"plan.{place}.{name}: {quoted(str(value))}: {error}"
        raise ProblemError(422, "value_does_not_fit", sentence) from error


def _unknown(name: str, place: int, known: list[str]) -> ProblemError:
    near = get_close_matches(name[:100], known, n=1)
    meant = f"; did you mean {near[0]!r}" if near else ""
    more = " and so on" if len(known) > _NAMED else ""
    some = ", ".join(known[:_NAMED]) + more
    sentence = f"plan.{place}: the model knows no covariate {quoted(name)}{meant}; a plan may say {some}"
    return ProblemError(422, "unknown_covariate", sentence, covariates=known)
