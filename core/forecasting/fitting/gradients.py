"""First and second derivatives of the losses by the margin, as XGBoost's own objectives have them."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from core.forecasting.grid import Floats

Gradient = Callable[[Floats, Floats, dict[str, Any]], tuple[Floats, Floats]]


def squared(margin: Floats, label: Floats, params: dict[str, Any]) -> tuple[Floats, Floats]:
    """Of half the squared error."""
    del params
    return margin - label, np.ones_like(margin)


def tweedie(margin: Floats, label: Floats, params: dict[str, Any]) -> tuple[Floats, Floats]:
    """Of the deviance of a compound Poisson whose mean is the exponent of the margin."""
    power = np.float32(params["tweedie_variance_power"])
    one, two = np.float32(1) - power, np.float32(2) - power
    sold, expected = label * np.exp(one * margin), np.exp(two * margin)
    return expected - sold, two * expected - one * sold


GRADIENTS: Final[dict[str, Gradient]] = {"reg:squarederror": squared, "reg:tweedie": tweedie}
