"""What the forecasting commands share: files in, a spec out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.dataset import DatasetConfig, Frequency
from core.contracts.errors import ConfigError, RejectedDataError
from core.forecasting import ForecastSpec
from core.forecasting.frequency import infer_frequency, odd_periods
from core.forecasting.infer import known_covariates
from training import dataset
from training.commands import frames

SALES_HELP: Final = (
    "Any file that `check` can read; date, store_id, item_id, units and covariates as CSV or parquet are taken as they "
    "stand."
)


@dataclass(frozen=True)
class Inputs:
    """Sales, what is known of the horizon, the spec that follows from both, and what reading them left out."""

    sales: pl.DataFrame
    future: pl.DataFrame | None
    spec: ForecastSpec
    remarks: tuple[str, ...] = ()


def load(
    sales_file: Path,
    future_file: Path | None,
    horizon: int,
    frequency: Frequency | None,
    config_file: Path | None,
    *,
    planned: bool = False,
) -> Inputs:
    """Read the files and infer the rest.

    Args:
        sales_file: whatever ``check`` can read; canonical CSV or parquet is taken as it stands.
        future_file: covariates known in advance, or None.
        horizon: periods ahead.
        frequency: inferred when None.
        config_file: dataset.toml, or None.
        planned: there is no future file because the windows are cut from the sales; covariates
            count as known by their names.

    Raises:
        ConfigError: the configuration is wrong.
        RejectedDataError: a file cannot be used.
    """
    config = read_config(config_file)
    files = frames.read(sales_file, future_file, config)
    sales, future = files.sales, files.future
    given = frequency or config.frequency
    if not given and (odd := odd_periods(sales)):
        raise RejectedDataError(f"{sales_file}: {odd}")
    known, static = frames.roles(sales, future)
    if planned:
        known = known_covariates(sales, None)
    spec = ForecastSpec(
        horizon=horizon,
        frequency=given or infer_frequency(sales),
        known=known if config.model.known is None else config.model.known,
        static=config.model.static or static,
        quantiles=config.model.quantiles,
        backtest_windows=config.model.backtest_windows,
        seed=config.model.seed,
        country=config.model.country,
    )
    return Inputs(sales, future, spec, files.remarks)


def read_config(path: Path | None) -> DatasetConfig:
    """The dataset's configuration; defaults without a file."""
    if path is None:
        return DatasetConfig()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    return dataset.read_config(text, str(path))
