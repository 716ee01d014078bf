"""Environment of the ``promote`` function."""

from lambdas.shared.environment import FunctionSettings


class Settings(FunctionSettings):
    """Where the pointer lies, which models may move it, and what is started for a new champion."""

    artifacts_bucket: str
    lake_bucket: str
    uploads_table: str
    forecast_pipeline: str
    model_package_group: str
