"""A dataset's configuration is read strictly, and its errors say where and what."""

import pytest

from core.contracts.dataset import DatasetConfig
from core.contracts.errors import ConfigError


def test_an_empty_file_is_all_defaults() -> None:
    assert DatasetConfig.from_toml("", "shop.toml") == DatasetConfig()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("frequency = 'X'", ["shop.toml", "frequency", "'X'"]),
        ("[reading]\nmax_refused_share = 2", ["reading.max_refused_share", "2"]),
        ("[reading]\ndelimitter = ';'", ["reading.delimitter", "';'"]),
        ("[model]\nquantiles = [0.1, 0.5]", ["model.quantiles", "must contain 0.1, 0.5 and 0.9"]),
        ("[model]\nquantiles = [0.9, 0.5, 0.1]", ["model.quantiles", "must increase"]),
        ("[model", ["shop.toml", "not valid TOML"]),
    ],
)
def test_a_wrong_entry_names_file_entry_and_value(text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        DatasetConfig.from_toml(text, "shop.toml")
    for word in words:
        assert word in str(caught.value)
