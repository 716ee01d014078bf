"""A dataset's configuration, checked by what only the image knows."""

from core.contracts.dataset import DatasetConfig
from core.contracts.errors import ConfigError


def read_config(text: str | None, place: str) -> DatasetConfig:
    """Parse a configuration file; defaults where there is none.

    Args:
        text: of the file, or None.
        place: where it lies, for the error.

    Raises:
        ConfigError: naming the file, the entry, its value and what is wrong.
    """
    if text is None:
        return DatasetConfig()
    config = DatasetConfig.from_toml(text, place)
    if config.model.country is not None:
        from core.forecasting.holidays import check_country  # noqa: PLC0415 - loads the engine; most have no country

        try:
            check_country(config.model.country)
        except ConfigError as error:
            raise ConfigError(f"{place}: {error}") from error
    return config
