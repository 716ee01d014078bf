"""A function's environment as a type: field names are the variables' names in lower case."""

import os
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from core.contracts.errors import ConfigError
from core.contracts.names import Environment


def _split(value: object) -> object:
    return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split), Field(min_length=1)]
"""Comma-separated, one at least."""


class FunctionSettings(BaseModel):
    """Base of every function's settings; a stack writes ``variables()``, the function reads ``from_env()``."""

    model_config = ConfigDict(frozen=True, str_min_length=1)

    environment: Environment

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Names of the environment variables this function needs."""
        return tuple(name.upper() for name in cls.model_fields)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings from the environment.

        Raises:
            ConfigError: naming the variable, its value and the cure.
        """
        source = os.environ if environ is None else environ
        try:
            return cls.model_validate({name.lower(): source[name] for name in cls.variables() if name in source})
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]).upper()
            value = repr(source[name]) if name in source else "not set"
            raise ConfigError(
                f"environment variable {name} is {value}: {first['msg']}; set it on the function"
            ) from error
