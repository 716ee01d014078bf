"""How far ahead a dataset is forecast when its configuration does not say."""

from core.contracts.dataset import DEFAULT_HORIZON, DatasetConfig
from training.steps.due import Arrived


def horizon_of(config: DatasetConfig, arrived: Arrived) -> int:
    """Periods ahead: the configured ones, or the default, shortened where the history is short.

    A quarter of the history at the most: a longer horizon could not be tested on it.
    """
    if config.model.horizon:
        return config.model.horizon
    return max(1, min(DEFAULT_HORIZON[arrived.frequency], arrived.periods // 4))
