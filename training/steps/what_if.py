"""What a what-if takes, published beside the forecasts it is compared with; see ``core.forecasting.what_if``."""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from core.contracts.errors import RejectedModelError
from core.contracts.sales import DATE, SERIES
from core.forecasting.grid import Doubles
from core.forecasting.what_if.file import HorizonWriter
from core.forecasting.what_if.horizons import horizons
from core.forecasting.what_if.model import WhatIfModel
from core.forecasting.what_if.ready import Ready
from training.steps.requested import Requested

HORIZONS_FILE: Final = "horizons.bin"
_NEAR: Final = 1e-3
"""Of a forecast and a unit: the same trees on another machine differ by far less."""


def write(requested: Requested, forecasts: pl.DataFrame, sha256: str, file: Path) -> Path:
    """Write every series' horizon and the boosters.

    Args:
        requested: what the forecasts were made from.
        forecasts: as published: date, store_id, item_id, mean; by series and date.
        sha256: of the published file.
        file: to be written.

    Raises:
        RejectedModelError: the model forecasts other than was published.
    """
    order = forecasts.select(SERIES).unique(maintain_order=True).rows()
    dates = forecasts[DATE].unique().sort().to_list()
    if forecasts.height != len(order) * len(dates):
        raise RejectedModelError(f"{forecasts.height} forecasts are not {len(dates)} dates of {len(order)} series")
    means = dict(zip(order, forecasts["mean"].to_numpy().reshape(len(order), len(dates)), strict=True))
    with HorizonWriter(file) as writer:
        for history, future in requested.parts():
            for series, ready, shape in horizons(requested.model, history, future):
                _prove(WhatIfModel.of(requested.model, shape), ready, series, means[series])
                writer.add(series, ready, shape)
        writer.finish(requested.model, order=order, dates=dates, forecasts=sha256)
    return file


def _prove(model: WhatIfModel, ready: Ready, series: tuple[str, str], means: Doubles) -> None:
    """Without a change of its plan a series is forecast as it was published."""
    told = model.forecast(ready, {}, whole=True).numbers[:, 0]
    if np.any(np.abs(told - means) > _NEAR * (1 + means)):
        raise RejectedModelError(f"store and item {series} were published as {means.tolist()}, not {told.tolist()}")
