"""Environment of the ``on_pipeline_change`` function."""

from lambdas.shared.environment import FunctionSettings, Names


class Settings(FunctionSettings):
    """Where a run left its papers, and what may be started next."""

    raw_bucket: str
    lake_bucket: str
    artifacts_bucket: str
    uploads_table: str
    retrain_pipelines: Names
    forecast_pipeline: str
