"""The demand engine: pure functions, frame in, frame out.

``train`` fits a :class:`TrainedModel` on canonical sales; the model forecasts from a
history window and what is known of the future. Training and service share every line.

Names are loaded when they are first asked for: whoever only measures or counts, as the
step that judges a file, does not wait for xgboost.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

# Before xgboost loads OpenMP: waiting threads that spin make a fit several times slower on a shared machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

if TYPE_CHECKING:
    from core.forecasting.model import TrainedModel, refit, train
    from core.forecasting.spec import ForecastSpec, Recipe

__all__ = ["ForecastSpec", "Recipe", "TrainedModel", "refit", "train"]
_MODULES: Final = {
    "ForecastSpec": "core.forecasting.spec",
    "Recipe": "core.forecasting.spec",
    "TrainedModel": "core.forecasting.model",
    "refit": "core.forecasting.model",
    "train": "core.forecasting.model",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
