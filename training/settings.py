"""Environment of a pipeline step; the pipeline definition writes exactly these names."""

import os
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.contracts.errors import ConfigError

EVERY_DATASET: Final = "*"
"""Stands for a dataset where a step is for all of them; no dataset can be called so."""


class StepSettings(BaseModel):
    """What every step is told, by environment variables of the same names."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    ENVIRONMENT: str
    RAW_BUCKET: str
    LAKE_BUCKET: str
    ARTIFACTS_BUCKET: str
    DATASET: str
    RUN_ID: str
    MODEL_ID: str | None = None
    MODEL_DATA_URL: str | None = None
    TUNE_MINUTES: int = Field(0, ge=0, le=600)

    @classmethod
    def from_env(cls) -> Self:
        """Read the process environment.

        Raises:
            ConfigError: naming the variables that are missing.
        """
        try:
            return cls.model_validate(dict(os.environ))
        except ValidationError as error:
            missing = ", ".join(str(e["loc"][0]) for e in error.errors())
            raise ConfigError(f"environment variables missing or wrong: {missing}; the pipeline sets them") from error

    @property
    def model_id(self) -> str:
        """The model this run makes, or the one it was asked to forecast with."""
        return self.MODEL_ID or f"{self.DATASET}-{self.RUN_ID}"
