"""Choose a recipe from the backtest: how much of each objective."""

from dataclasses import replace
from typing import Final

import numpy as np

from core.contracts.sales import UNITS
from core.forecasting.backtest import Tested
from core.forecasting.spec import Recipe

_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


def choose(tested: Tested, recipe: Recipe) -> Recipe:
    """The blend with the least error on all windows; the given one where there is no window."""
    frame = tested.frame
    if frame.is_empty():
        return recipe
    units = frame[UNITS].to_numpy()
    log, tweedie = frame["log"].to_numpy(), frame["tweedie"].to_numpy()
    smearing = float(np.clip(units.sum() / max(log.sum(), 1e-9), 0.8, 1.25))
    errors = [_error(units, share * smearing * log + (1 - share) * tweedie) for share in _SHARES]
    share = _SHARES[int(np.argmin(errors))]
    return replace(recipe, weights={"log": share, "tweedie": 1 - share}, smearing=smearing)


def _error(
    units: np.ndarray[tuple[int], np.dtype[np.float64]], mean: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> float:
    """WAPE times root mean square: neither the middle nor the peaks alone decide."""
    error = mean - units
    return float(np.abs(error).mean() * np.sqrt((error**2).mean()))
