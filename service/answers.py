"""What the API answers, as the OpenAPI document tells it. The answers themselves are built without these."""

from datetime import date, datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from core.contracts.dataset import Frequency
from core.contracts.models import Champion, Publication, Scores

_FORECAST: Final[JsonDict] = {"date": "2015-08-01", "mean": 5263.4, "p10": 4410.2, "p50": 5215.8, "p90": 6190.5}
_PUBLISHED: Final[JsonDict] = {name: value for name, value in _FORECAST.items() if name != "date"}
_SERIES: Final[JsonDict] = {
    "dataset": "rossmann",
    "store_id": "1",
    "item_id": "all",
    "model_id": "rossmann-20150801t020000-4f2a",
    "data_as_of": "2015-07-31",
    "frequency": "D",
    "tier": "model",
}


class _Answer(BaseModel):
    model_config = ConfigDict(protected_namespaces=())


class Forecast(_Answer):
    """One date."""

    date: date
    mean: float = Field(description="expected units")
    p10: float
    p50: float
    p90: float


class PublishedForecast(_Answer):
    """What is published of one date, with the plan as it is known."""

    mean: float
    p10: float
    p50: float
    p90: float


class ExplainedForecast(Forecast):
    """One date; asked for with `explain=true`, its causes as well."""

    causes: dict[str, float] | None = Field(
        None, description="units by cause, which sum to the mean; null where untold"
    )
    basis: str | None = Field(None, description="what the forecast rests on, a sentence")


class _OfSeries(_Answer):
    """One series, and by what it was forecast."""

    dataset: str
    store_id: str
    item_id: str
    model_id: str = Field(description="the model that made them")
    data_as_of: date = Field(description="last day of sales they know")
    frequency: Frequency
    tier: Literal["model", "cold_start"]


class ForecastAnswer(_OfSeries):
    """One series' forecasts, oldest first."""

    model_config = ConfigDict(
        protected_namespaces=(), json_schema_extra={"example": {**_SERIES, "forecasts": [_FORECAST]}}
    )

    forecasts: list[ExplainedForecast]


class WhatIfForecast(Forecast):
    """One date under the plan, beside what is published."""

    published: PublishedForecast


class WhatIfAnswer(_OfSeries):
    """One series' forecasts under another plan, oldest first."""

    model_config = ConfigDict(
        protected_namespaces=(),
        json_schema_extra={
            "example": {**_SERIES, "forecasts": [{**_FORECAST, "mean": 6120.7, "p90": 7230.1, "published": _PUBLISHED}]}
        },
    )

    forecasts: list[WhatIfForecast]


class TotalAnswer(_Answer):
    """Forecasts of a sum, oldest first: the mean is the sum of the series' means, quantiles are those of the sum."""

    dataset: str
    by: Literal["store", "item", "department", "total"]
    id: str = Field(description="of the store, item or department; `total` of all")
    model_id: str = Field(description="the model that made them")
    data_as_of: date = Field(description="last day of sales they know")
    frequency: Frequency
    forecasts: list[Forecast]


class Series(_Answer):
    """One store and item."""

    store_id: str
    item_id: str
    tier: Literal["model", "cold_start"]


class SeriesAnswer(_Answer):
    """A page of series, by store and item."""

    dataset: str
    total: int = Field(description="series of the dataset")
    series: list[Series]
    next: str | None = Field(description="give it as `after` for the next page; null on the last")


class ErrorNote(_Answer):
    """Why what should serve does not."""

    reason: str
    sentence: str
    since: datetime


class ModelScores(_Answer):
    """Backtest of the model that serves, beside the seasonal naive forecast's."""

    backtest: Scores | None
    naive: Scores | None


class CurrentModel(_Answer):
    """What serves, what should serve, and what stands between."""

    dataset: str
    state: Literal["serving", "pending"]
    champion: Champion | None = Field(description="what the pointer names now")
    history: list[Champion] = Field(description="former champions, newest first")
    withdrawn: list[Champion] = Field(description="rolled back, newest first")
    publication: Publication | None = Field(description="the forecasts in memory")
    loaded_at: datetime | None
    scores: ModelScores | None = Field(description="of the model in memory")
    card: str | None = Field(description="where the card of the model in memory is, below this API's own address")
    pending: str | None = Field(description="what the champion still lacks, a sentence")
    last_error: ErrorNote | None = Field(description="why the newest could not be loaded; the last good one serves")


class Health(_Answer):
    """A probe's answer."""

    status: str
