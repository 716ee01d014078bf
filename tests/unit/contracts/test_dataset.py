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
        ("frequncy = 'D'", ["frequncy = 'D'", "did you mean 'frequency'?"]),
        ("duplicates = 'sum'", ["duplicates = 'sum'", "it belongs under [reading]"]),
        ("[reading]\nfrequency = 'D'", ["section [reading]", "above the first section"]),
        ("[reading]\ndelimitter = ';'", ["did you mean 'delimiter'?"]),
        ("[reading]\nzzz = 1", ["reading.zzz = 1", "its keys are columns, delimiter"]),
        ("[reading]\nduplicates = 'summ'", ["must be 'sum', 'last' or 'reject'", "did you mean 'sum'?"]),
        ("[reading]\nmax_refused_share = 'few'", ["'few'", "must be a number"]),
        ("[model]\nhorizon = 1.5", ["model.horizon = 1.5", "must be a whole number"]),
        ("[model]\nknown = 'promo'", ["model.known = 'promo'", "must be a list in brackets"]),
        ("reading = 5", ["reading = 5", "must be a section of keys", "[reading]"]),
        ("[model]\nknown = ['promo']\nstatic = ['promo']", ["'promo' is both known and static"]),
        ("[reading.columns]\ndate = 'A'\nunits = 'A'", ["date and units both name column 'A'"]),
        ("[reading.columns]\ndate = ''", ["'date' = ''", "name a column"]),
        ("[reading]\ndate_format = 'dd/mm/yyyy'", ["is no strptime format; write '%d/%m/%Y'"]),
        ("[reading]\ndate_format = 'TT.MM.JJJJ hh:mm'", ["write '%d.%m.%Y %H:%M'"]),
        ("[reading]\ndate_format = 'european'", ["is no strptime format; %Y, %m and %d stand for year"]),
        ("[gate]\nconfidence = 0.2\nmax_naive_ratio = -1", ["gate.max_naive_ratio = -1", "gate.confidence = 0.2"]),
    ],
)
def test_a_wrong_entry_names_file_entry_and_value(text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        DatasetConfig.from_toml(text, "shop.toml")
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("form", ["%d/%m/%Y", "DAY 1 = 2024-01-01", "excel serial"])
def test_a_date_format_may_be_a_pattern_a_first_day_or_a_serial(form: str) -> None:
    assert DatasetConfig.from_toml(f"[reading]\ndate_format = {form!r}", "shop.toml").reading.date_format == form
