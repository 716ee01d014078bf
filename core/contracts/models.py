"""Bundle manifest, champion pointer, publication, decision and gate: the model's papers."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.contracts.dataset import Frequency


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class Scores(_Frozen):
    """Forecast quality on one set of forecasts. None where the measure is undefined."""

    rows: int = Field(ge=0)
    wape: float | None = Field(None, description="sum |y - mean| / sum |y|")
    bias: float | None = Field(None, description="sum (mean - y) / sum |y|")
    rmsse: float | None = None
    pinball: float | None = Field(None, description="mean pinball loss of all quantiles over mean sales")
    coverage: float | None = Field(None, description="share of rows inside the outer quantiles")


class Manifest(_Frozen):
    """``manifest.json`` at the root of every model bundle."""

    schema_version: int = 1
    model_id: str
    dataset: str
    dataset_version: int | None = Field(None, description="Delta table version; None for a local file")
    data_as_of: date
    frequency: Frequency
    horizon: int = Field(ge=1)
    quantiles: tuple[float, ...]
    known: tuple[str, ...]
    static: tuple[str, ...]
    features: tuple[str, ...]
    history_periods: int = Field(ge=1, description="periods of history a forecast needs")
    series: int
    rows: int
    seed: int
    backtest: Scores | None = None
    naive: Scores | None = None
    cold_start: dict[str, dict[str, Scores]] = Field(
        default_factory=dict, description="kind -> who -> scores: series held out whole, beside the means of others"
    )
    tuning: tuple[dict[str, Any], ...] = Field((), description="settings that were tried, each with its error")
    libraries: dict[str, str]
    git_commit: str | None = None
    files: dict[str, str] = Field(default_factory=dict, description="file name -> sha256")


class Champion(_Frozen):
    """What serves, and since when."""

    model_id: str
    model_package_arn: str
    bundle_uri: str = Field(description="s3 address of model.tar.gz")
    promoted_at: datetime
    reason: str


class ChampionPointer(_Frozen):
    """``champions/<dataset>.json``, written by compare-and-set only."""

    schema_version: int = 1
    dataset: str
    current: Champion
    history: tuple[Champion, ...] = Field((), description="former champions, newest first, at most 20")
    withdrawn: tuple[Champion, ...] = Field((), description="rolled back, newest first, at most 20")


class Publication(_Frozen):
    """``forecasts/<dataset>/<model>/current.json``: the newest forecasts of one model."""

    schema_version: int = 1
    dataset: str
    model_id: str
    run_id: str
    dataset_version: int
    data_as_of: date
    frequency: Frequency
    horizon: int
    quantiles: tuple[float, ...]
    series: int
    rows: int
    uri: str = Field(description="s3 address of the forecasts, one parquet file")
    sha256: str
    totals_uri: str | None = Field(None, description="sums by store, item, department and altogether, one parquet file")
    totals_sha256: str | None = None
    causes_uri: str | None = Field(None, description="why: units by cause of each forecast, one parquet file")
    causes_sha256: str | None = None
    horizons_uri: str | None = Field(None, description="what a what-if takes: each series' features, and the boosters")
    horizons_sha256: str | None = None
    published_at: datetime


class Decision(_Frozen):
    """``decision.json`` of the ingest step: must a model be trained now?"""

    due: bool
    reason: str
    dataset: str
    run_id: str
    dataset_version: int | None
    data_as_of: date | None
    new_periods: int
    champion_model_id: str | None
    table_changed: bool
    verdicts: dict[str, int] = Field(default_factory=dict, description="kind -> files")


class Evaluation(_Frozen):
    """``evaluation.json``: the gate's rule and every number that decided it."""

    approved: bool
    reason: str
    dataset: str
    model_id: str
    champion_model_id: str | None
    challenger: Scores
    champion: Scores | None
    naive: Scores
    windows: tuple[dict[str, Any], ...] = Field((), description="origin and scores of each window")
    segments: dict[str, dict[str, Any]] = Field(default_factory=dict, description="segment -> who -> scores")
    cold_start: dict[str, dict[str, Scores]] = Field(default_factory=dict, description="as the manifest has it")
    rule: dict[str, Any] = Field(default_factory=dict)
    package: dict[str, str] = Field(default_factory=dict, description="what the registered package says of all this")


class LiveAccuracy(_Frozen):
    """Accuracy of forecasts already given, measured on the sales that came later."""

    dataset: str
    model_id: str
    origin: date = Field(description="data-as-of of the forecasts measured")
    first_date: date
    last_date: date
    run_id: str
    model: Scores
    naive: Scores
    measured_at: datetime
