"""A dataset of a laptop world of which every new day is trained on and every model becomes champion.

What a benchmark times or swaps is then there after each drop, whatever the gate would say of so small a table.
"""

from typing import Final

from core.contracts import keys
from local.client import Client
from training.store import Bucket

CONFIG: Final = """
[retrain]
min_new_periods = 1
[gate]
max_naive_ratio = 1000.0
max_champion_ratio = 1000.0
"""


def configure(client: Client, dataset: str) -> None:
    """Give a dataset that configuration."""
    Bucket(client.cloud.s3, client.info.buckets.lake).put(keys.config(dataset), CONFIG)
