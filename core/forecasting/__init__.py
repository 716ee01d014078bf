"""The demand engine: pure functions, frame in, frame out.

``train`` fits a :class:`TrainedModel` on canonical sales; the model forecasts from a
history window and what is known of the future. Training and service share every line.
"""

import os

# Before xgboost loads OpenMP: waiting threads that spin make a fit several times slower on a shared machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from core.forecasting.model import TrainedModel, refit, train
from core.forecasting.spec import ForecastSpec, Recipe

__all__ = ["ForecastSpec", "Recipe", "TrainedModel", "refit", "train"]
