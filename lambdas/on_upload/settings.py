"""Environment of the ``on_upload`` function."""

from lambdas.shared.environment import FunctionSettings, Names


class Settings(FunctionSettings):
    """Where uploads arrive, where they are remembered, and what is started for them."""

    raw_bucket: str
    lake_bucket: str
    uploads_table: str
    retrain_pipelines: Names
