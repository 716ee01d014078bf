"""A function's environment is a type: complete, or refused in a sentence. And its code is light."""

import subprocess
import sys

import pytest

from core.contracts.errors import ConfigError
from lambdas.on_pipeline_change.settings import Settings as OnPipelineChange
from lambdas.on_upload.settings import Settings as OnUpload
from lambdas.promote.settings import Settings as Promote
from lambdas.shared.environment import FunctionSettings
from tests.unit.lambdas.conftest import ENVIRONMENT

ALL = [OnUpload, Promote, OnPipelineChange]


@pytest.mark.parametrize("settings", ALL)
def test_settings_are_read_from_exactly_their_variables(settings: type[FunctionSettings]) -> None:
    environ = {name: ENVIRONMENT[name] for name in settings.variables()}
    found = settings.from_env(environ).model_dump()
    told = {name.upper(): ",".join(each) if isinstance(each, tuple) else each for name, each in found.items()}
    assert told == environ


@pytest.mark.parametrize("settings", ALL)
def test_each_missing_variable_is_named(settings: type[FunctionSettings]) -> None:
    for missing in settings.variables():
        environ = {name: ENVIRONMENT[name] for name in settings.variables() if name != missing}
        with pytest.raises(ConfigError, match=f"{missing} is not set"):
            settings.from_env(environ)


def test_a_wrong_value_is_named() -> None:
    with pytest.raises(ConfigError, match="ENVIRONMENT is 'test'"):
        OnUpload.from_env({**ENVIRONMENT, "ENVIRONMENT": "test"})
    with pytest.raises(ConfigError, match="RETRAIN_PIPELINES is ','"):
        OnUpload.from_env({**ENVIRONMENT, "RETRAIN_PIPELINES": ","})
    with pytest.raises(ConfigError, match="RAW_BUCKET is ''"):
        OnUpload.from_env({**ENVIRONMENT, "RAW_BUCKET": ""})


@pytest.mark.parametrize("name", ["on_upload", "promote", "on_pipeline_change"])
def test_a_handler_imports_nothing_that_its_zip_does_not_hold(name: str) -> None:
    heavy = ["polars", "numpy", "xgboost", "boto3", "core.forecasting", "training", "service", "local", "stacks"]
    script = f"import sys, lambdas.{name}.handler; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
