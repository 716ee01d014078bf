import pytest

from core.contracts.dataset import DatasetConfig
from core.contracts.errors import ConfigError
from training.dataset import read_config


def test_a_dataset_without_a_file_has_all_defaults() -> None:
    assert read_config(None, "config/shops.toml") == DatasetConfig()


@pytest.mark.parametrize("country", ["DE", "DE-BY", "US-CA", "GB"])
def test_a_country_may_be_named_whole_or_in_part(country: str) -> None:
    assert read_config(f'[model]\ncountry = "{country}"', "shops.toml").model.country == country


@pytest.mark.parametrize(
    ("country", "told"),
    [
        ("Germany", "shops.toml: model.country = 'Germany': is no ISO 3166 code; write two capitals such as 'DE'"),
        ("XX", "shops.toml: model.country = 'XX': no public holidays are known of it"),
        (
            "DE-NRW",
            "shops.toml: model.country = 'DE-NRW': DE has no part 'NRW' with holidays of its own; its parts are",
        ),
    ],
)
def test_a_wrong_country_is_told_before_anything_is_read(country: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_config(f'[model]\ncountry = "{country}"', "shops.toml")
    assert str(error.value).startswith(told)
