import json
import logging
import os

import pytest

from core.contracts.errors import ConfigError
from service.logs import JsonFormatter
from service.settings import EVERYWHERE, Settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.variables():
        monkeypatch.delenv(name, raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings.from_env()


def test_defaults_suit_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch)
    assert (settings.host, settings.bind_port, settings.poll_seconds) == (EVERYWHERE, 8080, 2)
    assert not settings.serves_forecasts
    assert settings.bundle is None


def test_everything_comes_from_variables_of_the_fields_names(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(
        monkeypatch,
        ENVIRONMENT="prod",
        LAKE_BUCKET="lake",
        ARTIFACTS_BUCKET="artifacts",
        DATASETS="a, b,",
        HOST="127.0.0.1",
        PORT="8090",
        POLL_SECONDS="0.5",
    )
    assert settings.serves_forecasts
    assert settings.datasets == ("a", "b")
    assert (settings.environment, settings.host, settings.bind_port) == ("prod", "127.0.0.1", 8090)


def test_sagemakers_port_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, PORT="8090", SAGEMAKER_BIND_TO_PORT="9000").bind_port == 9000


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, PORT="", DATASETS="", API_KEY="").keys() == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "high"), ("PORT", "70000"), ("POLL_SECONDS", "0"), ("ENVIRONMENT", "test"), ("LOG_LEVEL", "loud")],
)
def test_a_wrong_variable_is_named_with_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"environment variable {name} is '{value}'"):
        given(monkeypatch, **{name: value})


def test_one_bucket_without_the_other_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="ARTIFACTS_BUCKET is not set"):
        given(monkeypatch, LAKE_BUCKET="lake")


def test_a_log_line_is_one_json_object_with_its_extras() -> None:
    record = logging.makeLogRecord({"name": "service", "levelname": "INFO", "msg": "swap %s", "args": ("done",)})
    record.dataset, record.odd = "shop", os
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record.exc_info = (ValueError, error, None)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["message"], told["dataset"], told["level"]) == ("swap done", "shop", "INFO")
    assert "ValueError: two" in told["exception"]
