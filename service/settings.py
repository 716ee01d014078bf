"""The service's environment, typed: field names are the variables' names in lower case."""

import os
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.contracts.errors import ConfigError
from core.contracts.names import Environment

EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - a pod and a SageMaker container are asked from outside themselves


class Settings(BaseSettings):
    """What a pod, a SageMaker container, a Lambda or a laptop process is told.

    Both buckets set: forecasts of the champions are served. A bundle below ``opt_ml/model``:
    SageMaker's ``/ping`` and ``/invocations`` run it. Both may hold at once.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    environment: Environment = "dev"
    build: str = Field("unknown", description="tag or digest of the image, for the log")
    lake_bucket: str | None = None
    artifacts_bucket: str | None = None
    datasets: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="comma-separated; every dataset with a champion when empty"
    )
    poll_seconds: float = Field(2, gt=0, le=3600, description="between two looks at the champion pointers")
    discover_seconds: float = Field(20, gt=0, le=3600, description="between two looks for datasets not yet known")
    host: str = EVERYWHERE
    port: int = Field(8080, ge=1, le=65535)
    sagemaker_bind_to_port: int | None = Field(None, ge=1, le=65535, description="SageMaker's own; wins over port")
    opt_ml: Path = Field(Path("/opt/ml"), description="root of SageMaker's folders")
    api_key: SecretStr | None = Field(None, description="asked for in X-Api-Key when set")
    api_key_file: Path | None = Field(None, description="file of accepted keys, one a line; for rotation without a gap")
    graceful_seconds: int = Field(30, ge=1, le=600, description="requests in flight may take this long at a stop")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @classmethod
    def from_env(cls) -> Self:
        """Read the process environment.

        Raises:
            ConfigError: naming the variable, its value and what is wrong.
        """
        try:
            return cls()
        except ValidationError as error:
            raise ConfigError("; ".join(_sentence(dict(fault)) for fault in error.errors())) from error

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Names of the environment variables that are read."""
        return tuple(name.upper() for name in cls.model_fields)

    @field_validator("datasets", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _both_buckets_or_none(self) -> Self:
        if (self.lake_bucket is None) != (self.artifacts_bucket is None):
            missing = "LAKE_BUCKET" if self.lake_bucket is None else "ARTIFACTS_BUCKET"
            raise ValueError(f"{missing} is not set; forecasts are served from both buckets, or from none")
        return self

    @property
    def serves_forecasts(self) -> bool:
        """True when there are buckets to serve forecasts from."""
        return self.lake_bucket is not None

    @property
    def bind_port(self) -> int:
        """Port to listen on."""
        return self.sagemaker_bind_to_port or self.port

    @property
    def bundle(self) -> Path | None:
        """Folder of the model bundle, None where SageMaker (or nobody) left one."""
        folder = self.opt_ml / "model"
        return folder if folder.is_dir() and any(folder.iterdir()) else None

    def keys(self) -> tuple[str, ...]:
        """API keys that are accepted; none when the API is open to whoever reaches it.

        Raises:
            ConfigError: the file of keys cannot be read or is empty: an API meant to be closed stays closed.
        """
        found = [self.api_key.get_secret_value()] if self.api_key else []
        if self.api_key_file:
            try:
                lines = self.api_key_file.read_text().split()
            except OSError as error:
                raise ConfigError(f"API_KEY_FILE {self.api_key_file}: {error.strerror}") from error
            if not lines:
                raise ConfigError(f"API_KEY_FILE {self.api_key_file} holds no key; write one key a line")
            found += lines
        return tuple(found)


def _sentence(fault: dict[str, object]) -> str:
    location = fault["loc"]
    if not isinstance(location, tuple) or not location:
        return str(fault["msg"]).removeprefix("Value error, ")
    name = str(location[0]).upper()
    value = "" if name.startswith("API_KEY") else f" is {os.environ.get(name, 'not set')!r}"
    return f"environment variable {name}{value}: {fault['msg']}"
