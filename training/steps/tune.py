"""Tune, part of the train step: look for better settings of the boosters while there is time."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from core.forecasting import ForecastSpec, Recipe, TrainedModel
from core.forecasting.fitting import Run
from core.forecasting.tuning import Trial, tune
from training.container import extract_bundle
from training.steps.context import Context
from training.store import key_of

MOST_TRIALS: Final = 60


def tuned(context: Context, sales: pl.DataFrame, spec: ForecastSpec, run: Run) -> tuple[Recipe, tuple[Trial, ...]]:
    """Settings for this training, and what was tried: the defaults and nothing, unless somebody gave it minutes.

    The minutes are the pipeline's parameter, or else the dataset's configuration. The champion's
    settings are tried first, then the defaults, then others.
    """
    minutes = context.settings.TUNE_MINUTES or context.config.model.tune_minutes
    if not minutes:
        return Recipe(), ()
    until = time.monotonic() + 60 * minutes
    champion = run.once(lambda: _champion(context) or Recipe())
    known = (champion,) if not champion.params else (champion, Recipe())
    print(f"train: tune, {minutes} min", flush=True)  # noqa: T201
    return tune(sales, spec, known, trials=MOST_TRIALS, more=lambda: time.monotonic() < until, run=run)


def _champion(context: Context) -> Recipe | None:
    """The settings of the model that serves now."""
    pointer = context.champion()
    if pointer is None:
        return None
    with TemporaryDirectory() as scratch:
        archive = context.artifacts.download(key_of(pointer.current.bundle_uri), Path(scratch) / "champion.tar.gz")
        return TrainedModel.load(extract_bundle(archive, Path(scratch) / "champion")).recipe
