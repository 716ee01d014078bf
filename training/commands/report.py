"""What a command did, in numbers: seconds by stage, peak memory, quality beside seasonal naive."""

import resource
import sys
import time
from typing import TYPE_CHECKING, Any

import polars as pl
import typer

from core.contracts.models import Scores

if TYPE_CHECKING:
    from core.forecasting import TrainedModel


class Stages:
    """Seconds by stage; ``begin`` ends the one before."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name: str | None = None
        self._since = time.perf_counter()

    def begin(self, name: str) -> None:
        """Start a stage."""
        now = time.perf_counter()
        if self._name is not None:
            self.seconds[self._name] = round(self.seconds.get(self._name, 0.0) + now - self._since, 3)
        self._name, self._since = name, now

    def end(self) -> dict[str, float]:
        """Stop the clock."""
        self.begin("end")
        return self.seconds


def remark(sentences: tuple[str, ...]) -> None:
    """Say beside the results what reading left out or repaired."""
    for sentence in sentences:
        typer.echo(f"{sentence} `python -m training check` says more.", err=True)


def peak_memory_mib() -> float:
    """Largest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def both_scores(backtest: pl.DataFrame, sales: pl.DataFrame) -> dict[str, Scores]:
    """Scores of the model and of seasonal naive on the same rows."""
    from core.forecasting import metrics  # noqa: PLC0415 - numpy is loaded only where something is measured

    naive = backtest.with_columns(mean="naive").drop(metrics.quantile_columns(backtest))
    return {
        "model": metrics.scores(backtest, history=sales),
        "seasonal_naive": metrics.scores(naive, history=sales),
    }


def forecast_report(model: "TrainedModel", answer: pl.DataFrame, sales: pl.DataFrame, stages: Stages) -> dict[str, Any]:
    """The JSON document of ``forecast --report``."""
    scores = both_scores(model.backtest, sales)
    return {
        "rows": {"sales": sales.height, "forecast": answer.height},
        "series": answer.select("store_id", "item_id").n_unique(),
        "tiers": dict(answer["tier"].value_counts(sort=True).rows()),
        "frequency": model.spec.frequency,
        "horizon": model.spec.horizon,
        "known": model.spec.known,
        "static": model.spec.static,
        "recipe": model.recipe.to_json(),
        "features": model.features,
        "backtest": {name: score.model_dump() for name, score in scores.items()}
        | {"windows": [str(day) for day in model.backtest["window"].unique().sort()]}
        | {"periods": model.info.get("backtest_periods", model.spec.horizon)},
        "seconds": stages.end(),
        "peak_memory_mib": peak_memory_mib(),
    }
